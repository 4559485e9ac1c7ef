package change

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// settings are those of the repository in the practice GitHub's own store.
func (h *hub) settings(t *testing.T) github.ActionsSettings {
	t.Helper()
	repo, err := h.Repository("acme", "market-data")
	must(t, err)
	return repo.Actions
}

func (h *hub) released(t *testing.T) bool {
	t.Helper()
	repo, err := h.Repository("acme", "market-data")
	must(t, err)
	return repo.ImmutableReleases
}

// TestSettingsInPractice: the practice GitHub stores what is asked for and
// nothing else, and stands as before when it was taken back.
func TestSettingsInPractice(t *testing.T) {
	h := newHub(t)
	before := github.ActionsSettings{Allowed: "selected", GitHubOwned: true, Patterns: []string{"acme/*"}, WritableToken: true, MayApprovePulls: true}
	must(t, h.Edit("acme", "market-data", func(r *github.Repository) error { r.Actions = before; return nil }))
	changes := []Change{h.tools.DefaultToken("write", "read", "none relies on it"), h.tools.AllowActions([]string{"acme/*"}, []string{"pypa/gh-action-pypi-publish@*"}, "publish.yml:9"), h.tools.ImmutableReleases(true, "your choice")}
	for _, c := range append(changes, changes...) {
		perform(t, c)
	}
	want := before
	want.WritableToken, want.Patterns = false, []string{"acme/*", "pypa/gh-action-pypi-publish@*"}
	if diff := cmp.Diff(want, h.settings(t)); diff != "" || !h.released(t) {
		t.Errorf("immutable releases %v, %s", h.released(t), diff)
	}
	for _, c := range changes {
		back, err := h.tools.Inverse(t.Context(), kept(t, c))
		must(t, err)
		perform(t, back)
	}
	if diff := cmp.Diff(before, h.settings(t)); diff != "" || h.released(t) {
		t.Errorf("taken back: immutable releases %v, %s", h.released(t), diff)
	}
}

// TestWhatAnOwnerDecidesIsSaidSo: nothing is done by half, and the page of the
// owner is named.
func TestWhatAnOwnerDecidesIsSaidSo(t *testing.T) {
	h := newHub(t)
	must(t, h.Edit("acme", "market-data", func(r *github.Repository) error {
		r.Actions.WritableToken, r.Actions.TokenByOwner = true, true
		return nil
	}))
	for _, c := range []Change{h.tools.DefaultToken("write", "read", "none relies on it"), h.tools.ImmutableReleases(true, "your choice")} {
		if c.ID == "immutable-releases" { // enforced between the look and the yes
			must(t, h.Edit("acme", "market-data", func(r *github.Repository) error { r.ReleasesByOwner = true; return nil }))
			perform(t, c)
			continue
		}
		err := c.Perform(t.Context(), Hands{})
		if err == nil || !strings.Contains(err.Error(), "acme decides that for its repositories: an owner of it changes it at https://github.com/organizations/acme/settings") {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	if h.released(t) || !h.settings(t).WritableToken {
		t.Error("something was written all the same")
	}
}
