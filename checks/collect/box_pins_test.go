package collect_test

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// TestActionsAreLookedUpThroughTheBox: every action of the templates is found in
// its own repository, at the commit of the table.
func TestActionsAreLookedUpThroughTheBox(t *testing.T) {
	w := open(t)
	world := w.look(t, w.Token, collect.Request{Dir: w.Checkout, Actions: template.Actions()})
	for _, action := range template.Actions() {
		name, version, _ := strings.Cut(action, "@")
		table, _ := template.Known(name)
		for _, ref := range []string{"", version} {
			if pin := value(t, action, world.Pin(name, ref)); pin.Commit != table.Commit || pin.Version != version {
				t.Errorf("%s at %q is %+v", name, ref, pin)
			}
		}
	}
	if u := value(t, "updates", world.Updates); u.Dependabot.Path != "" || u.Renovate != "" {
		t.Errorf("updates %+v", u)
	}
}

// TestWhatWorkflowsUseIsLookedUpThroughTheBox: branches, moving tags and annotated
// ones; and neither what does not publish, nor anything without a token.
func TestWhatWorkflowsUseIsLookedUpThroughTheBox(t *testing.T) {
	w := open(t)
	must(t, w.github.EditAction("acme", "setup", func(a *github.Action) {
		const commit = "1111111111111111111111111111111111111111"
		a.Set(github.ActionRef{Name: "tags/v2", Commit: commit, Tag: "2222222222222222222222222222222222222222"})
		a.Set(github.ActionRef{Name: "tags/v2.1.0", Commit: commit})
	}))
	w.push(t, ".github/workflows/publish.yml", publish+"      - uses: acme/setup@v2\n      - uses: acme/gone@v1\n")
	w.push(t, ".github/dependabot.yml", "version: 2\nupdates: []\n")
	world := w.look(t, w.Token, collect.Request{Dir: w.Checkout, Actions: template.Actions()})
	for ref, want := range map[string]string{"pypa/gh-action-pypi-publish@release/v1": "v1.14.2 dc37677b2e1c63e2034f94d8a5b11f265b73ba33", "acme/setup@v2": "v2.1.0 1111111111111111111111111111111111111111"} {
		action, tag, _ := strings.Cut(ref, "@")
		if pin := value(t, ref, world.Pin(action, tag)); pin.Version+" "+pin.Commit != want {
			t.Errorf("%s is %+v", ref, pin)
		}
	}
	if f := world.Pin("acme/gone", "v1"); !f.Unknown() || f.Reason() == "not looked at" || len(world.Pins) != 3 {
		t.Errorf("%v %q; looked up: %v", f.State(), f.Reason(), world.Pins)
	}
	if u := value(t, "updates", world.Updates); u.Dependabot.Path != ".github/dependabot.yml" || string(value(t, "its text", u.Dependabot.Content)) != "version: 2\nupdates: []\n" {
		t.Errorf("updates %+v", u)
	}
	nobody := w.look(t, "", collect.Request{Dir: w.Checkout, Actions: template.Actions()})
	if f := nobody.Pin("acme/setup", "v2"); !strings.Contains(f.Reason(), "not signed in") || !strings.Contains(nobody.Updates.Reason(), "not signed in") {
		t.Errorf("without a token: %q, %q", f.Reason(), nobody.Updates.Reason())
	}
	offline, err := w.collector(t, w.Token, "").Offline(t.Context(), collect.Request{Dir: w.Checkout, Actions: template.Actions()})
	must(t, err)
	if len(offline.Pins) > 0 || offline.Updates.State() != evidence.StateUnknown {
		t.Errorf("offline: %v", offline.Pins)
	}
}
