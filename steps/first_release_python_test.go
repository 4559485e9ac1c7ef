package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// TestARouteIsChosen: by default no token; where one is chosen, the page that
// makes it, the upload, and the commands take the form's place.
func TestARouteIsChosen(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo", TagPattern: "rel-*"})
	choose := way(t, s.scene(checks.FirstRelease), "Choose how each project gets there")
	if len(choose.Questions) != 2 || choose.Questions[0].ID != "testpypi:market-data" || choose.Questions[0].Default != pendingRoute {
		t.Fatalf("%+v", choose.Questions)
	}
	contains(t, "costs", choose.Questions[0].Help, "reserves no name", "lapses in 30 days", "whole account")
	var kept journal.Choices
	basis := s.basis()
	basis.Remember = rememberInto(&kept)
	l := newLayout(basis)
	if _, err := l.chooseRoutes(l.unannounced()).Prepare(Answers{"testpypi:market-data": tokenRoute, "pypi:market-data": pendingRoute}); err != nil {
		t.Fatal(err)
	}
	if len(kept.Routes) != 1 || kept.Routes["testpypi:market-data"] != tokenRoute || kept.TagPattern != "rel-*" {
		t.Errorf("%+v", kept)
	}
	s.choose(kept)
	scene := s.scene(checks.FirstRelease)
	contains(t, "ways", labels(scene), "TestPyPI: open the page for a token", "TestPyPI: publish the first version of market-data for me", "PyPI: open the publisher page")
	lacks(t, "ways", labels(scene), "TestPyPI: open the publisher page")
	if page := way(t, scene, "TestPyPI: open the page for a token").Open; page.URL != "https://test.pypi.org/manage/account/token/" || !strings.Contains(page.Note, "delete it") {
		t.Errorf("%+v", page)
	}
	lines := strings.Join(way(t, scene, "Show me").Lines, "\n")
	contains(t, "commands", lines, "# TestPyPI: build without a token", "# PyPI: no upload")
}

// TestTheProjectTokenIsNowhere: not in the change that is shown and journalled.
func TestTheProjectTokenIsNowhere(t *testing.T) {
	const token = "pypi-SecretSecretSecretSecret"
	s := fresh(t).choose(journal.Choices{Profile: "solo", Routes: map[string]string{"pypi:market-data": tokenRoute}})
	w := way(t, s.scene(checks.FirstRelease), "PyPI: publish the first version")
	for _, bad := range []string{"", "cioSecretSecretSecretSecret", "pypi-has a space in it"} {
		if w.Questions[0].Check(bad) == nil {
			t.Errorf("%q taken", bad)
		}
	}
	if err := w.Questions[0].Check(token); err != nil || w.Questions[0].Kind != Masked {
		t.Error(err)
	}
	changes, err := w.Prepare(Answers{"token": token})
	if err != nil || len(changes) != 1 || changes[0].ID != "first-release:pypi:market-data" || changes[0].Lasting == "" {
		t.Fatal(changes, err)
	}
	entry, err := entryOf(changes[0])
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, "change", diff(changes[0].Preview)+string(entry.After)+string(entry.Before)+entry.Title+entry.ID+entry.Lasting, token)
}

// TestTheRehearsalIndexComesFirst among the projects that wait.
func TestTheRehearsalIndexComesFirst(t *testing.T) {
	got := testFirst([]identity.Publisher{{Registry: identity.PyPI}, {Registry: identity.TestPyPI}, {Registry: identity.CratesIO}})
	if got[0].Registry != identity.CratesIO || got[1].Registry != identity.TestPyPI || got[2].Registry != identity.PyPI {
		t.Errorf("%v", got)
	}
}
