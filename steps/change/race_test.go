package change

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

const releasePath = "/repos/acme/market-data/environments/release"

// edit changes the repository's settings, as somebody else does.
func (h *hosted) edit(change func(*github.Repository)) {
	h.t.Helper()
	if err := h.world.GitHub.Edit("acme", "market-data", func(r *github.Repository) error { change(r); return nil }); err != nil {
		h.t.Fatal(err)
	}
}

// on lets something happen right before the nth request of a kind.
func (h *hosted) on(method, path string, nth int, happens func()) {
	seen := 0
	h.wire.during = func(r *http.Request) {
		if match, _ := filepath.Match(path, r.URL.Path); match && r.Method == method {
			if seen++; seen == nth || nth == 0 {
				happens()
			}
		}
	}
}

func (h *hosted) release() *github.Environment {
	h.t.Helper()
	repo, err := h.world.GitHub.Repository("acme", "market-data")
	if err != nil {
		h.t.Fatal(err)
	}
	return repo.Environment("release")
}

// TestWhatOthersSetMeanwhileStays: somebody makes the environment stricter while
// ours is being made.
func TestWhatOthersSetMeanwhileStays(t *testing.T) {
	h := host(t)
	bo := h.account("bo")
	tighten := func() {
		h.edit(func(r *github.Repository) {
			r.Environments = []*github.Environment{{Name: "release", WaitMinutes: 30, Reviewers: []github.Reviewer{{Type: "User", ID: bo}}, AdminsCannotBypass: true,
				Policy: github.CustomRefs, Policies: []github.DeploymentPolicy{{Type: "tag", Name: "v1.*"}}}}
		})
	}
	for name, at := range map[string]struct {
		method, path string
		nth          int
	}{
		"before the first read":  {http.MethodGet, releasePath, 1},
		"before the second":      {http.MethodGet, releasePath, 2},
		"before it is read back": {http.MethodGet, releasePath, 3},
	} {
		t.Run(name, func(t *testing.T) {
			h.edit(func(r *github.Repository) { r.Environments = nil })
			c, err := h.Environment(StateOf(nil), EnvironmentWish{Name: "release", Refs: []Ref{{"tag", "v*"}}})
			if err != nil {
				t.Fatal(err)
			}
			h.on(at.method, at.path, at.nth, tighten)
			err = h.perform(c)
			e := h.release()
			if e == nil || e.WaitMinutes != 30 || len(e.Reviewers) != 1 || !e.AdminsCannotBypass {
				t.Errorf("what was set is gone: %+v", e)
			}
			if at.nth == 3 {
				// It was set over ours: that is said, since a rule for refs is lacking.
				if err == nil || !strings.Contains(err.Error(), "did not store the rule for tag v*") {
					t.Errorf("%v", err)
				}
			} else if err != nil || len(e.Policies) != 2 {
				t.Errorf("%v; %+v", err, e)
			}
		})
	}
	t.Run("all the time", func(t *testing.T) {
		h.edit(func(r *github.Repository) { r.Environments = nil })
		c, err := h.Environment(StateOf(nil), EnvironmentWish{Name: "release", Refs: []Ref{{"tag", "v*"}}})
		if err != nil {
			t.Fatal(err)
		}
		minutes := 0
		h.wire.writes = 0
		h.on(http.MethodGet, releasePath, 0, func() {
			minutes++
			h.edit(func(r *github.Repository) {
				r.Environments = []*github.Environment{{Name: "release", WaitMinutes: minutes}}
			})
		})
		if err := h.perform(c); err == nil || !strings.Contains(err.Error(), "keeps changing while it is read") || h.wire.writes > 0 {
			t.Errorf("%v, %d writes", err, h.wire.writes)
		}
	})
}

func (h *hosted) account(login string) int64 {
	h.t.Helper()
	var id int64
	if err := h.world.GitHub.EditAccount(login, func(a *github.Account) error { id = a.ID; return nil }); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// TestABranchThatOthersMoveMeanwhile: their commit is not lost, and ours is not
// put anywhere.
func TestABranchThatOthersMoveMeanwhile(t *testing.T) {
	h := host(t)
	t.Run("a new branch", func(t *testing.T) {
		p := h.wanted()
		h.on(http.MethodPost, "/repos/*/*/git/refs", 1, func() { h.git("branch", proposedBranch, "main") })
		err := h.perform(h.PullRequest(p))
		if err == nil || !strings.Contains(err.Error(), "put the commit onto the branch "+proposedBranch) || !strings.Contains(err.Error(), "Reference already exists") {
			t.Errorf("%v", err)
		}
		if h.git("rev-parse", proposedBranch) != h.start || len(h.pulls()) > 0 {
			t.Error("something was done")
		}
	})
	t.Run("one that is there", func(t *testing.T) {
		h.reset()
		p := h.wanted()
		if err := h.perform(h.PullRequest(p)); err != nil {
			t.Fatal(err)
		}
		p.Edits[0].After, p.Number = []byte("on: release\n"), 1
		theirs := ""
		h.on(http.MethodPatch, "/repos/*/*/git/refs/heads/trustpub/publish-workflow", 1, func() { theirs = h.commit(proposedBranch, "Fix a typo") })
		if err := h.perform(h.PullRequest(p)); err == nil || !strings.Contains(err.Error(), "not a fast forward") {
			t.Errorf("%v", err)
		}
		if h.git("rev-parse", proposedBranch) != theirs {
			t.Error("their commit is lost")
		}
		if err := h.perform(h.PullRequest(p)); err == nil || !strings.Contains(err.Error(), "is none of ours") {
			t.Errorf("again: %v", err)
		}
	})
}

// TestARulesetThatOthersAddMeanwhile: theirs stays as it is.
func TestARulesetThatOthersAddMeanwhile(t *testing.T) {
	h := host(t)
	wish := RulesetWish{Name: "Default branch", Target: "branch", Include: []string{"~DEFAULT_BRANCH"}, Rules: []string{"deletion", "non_fast_forward"}}
	h.on(http.MethodPost, "/repos/*/*/rulesets", 1, func() {
		h.edit(func(r *github.Repository) {
			r.Rulesets = []*github.Ruleset{{Name: "Default branch", Target: "branch", Enforcement: "evaluate", Include: []string{"~ALL"}}}
		})
	})
	err := h.perform(h.Ruleset(wish))
	if err == nil || !strings.Contains(err.Error(), "write the ruleset Default branch") || !strings.Contains(err.Error(), "Name must be unique") {
		t.Errorf("%v", err)
	}
	h.wire.during = nil
	if err := h.perform(h.Ruleset(wish)); err == nil || !strings.Contains(err.Error(), "one of that name is there, and lacks") {
		t.Errorf("again: %v", err)
	}
}
