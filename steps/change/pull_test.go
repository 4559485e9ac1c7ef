package change

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

const proposedBranch = "trustpub/publish-workflow"

func (h *hosted) wanted() PullRequest {
	return PullRequest{Edits: []Edit{{Path: published, After: []byte("on: push\n# ü\n")}, {Path: "README.md", Before: []byte(h.git("show", "main:README.md") + "\n"), After: []byte("new\n")}},
		Message: "Publish by trusted publishing", Title: "Publish by trusted publishing", Body: "What it does.",
		Branch: proposedBranch, Base: "main", Commit: h.git("rev-parse", "main")}
}

func (h *hosted) perform(c Change) error { return c.Perform(h.t.Context(), Hands{}) }

func (h *hosted) pulls() []*github.PullRequest {
	h.t.Helper()
	repo, err := h.world.GitHub.Repository("acme", "market-data")
	if err != nil {
		h.t.Fatal(err)
	}
	return repo.Pulls
}

// proposes fails the test unless one pull request is open, whose branch is
// commits ahead of main with just the wanted files.
func (h *hosted) proposes(p PullRequest, commits string) {
	h.t.Helper()
	pulls := h.pulls()
	if len(pulls) != 1 || pulls[0].State != "open" || pulls[0].Head != p.Branch || pulls[0].Base != "main" || pulls[0].Title != p.Title {
		h.t.Fatalf("pull requests: %+v", pulls)
	}
	if got := h.git("diff", "--name-only", "main..."+p.Branch); got != published+"\nREADME.md" {
		h.t.Errorf("changed: %s", got)
	}
	if got := h.git("show", p.Branch+":"+published); got+"\n" != string(p.Edits[0].After) {
		h.t.Errorf("%q", got)
	}
	if got := h.git("rev-list", "--count", "main.."+p.Branch); got != commits {
		h.t.Errorf("%s commits, not %s", got, commits)
	}
	if got := h.git("branch", "--list", "--format=%(refname:short)"); got != "main\n"+p.Branch {
		h.t.Errorf("branches: %s", got)
	}
}

func TestAPullRequestNeedsNoClone(t *testing.T) {
	h := host(t)
	p := h.wanted()
	c := h.PullRequest(p)
	if c.ID != "pull-request:"+proposedBranch || c.Lasting == "" || !strings.Contains(previewText(c), "+on: push") {
		t.Errorf("%q %q\n%s", c.ID, c.Lasting, previewText(c))
	}
	for range 2 {
		if err := h.perform(c); err != nil {
			t.Fatal(err)
		}
		h.proposes(p, "1")
	}
	if got := h.git("log", "-1", "--format=%an|%B", proposedBranch); got != "ana|Publish by trusted publishing\n\n"+trailer {
		t.Error(got)
	}
}

// TestAPullRequestAfterACrash breaks off before and after each write; the next
// try comes to the same.
func TestAPullRequestAfterACrash(t *testing.T) {
	h := host(t)
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			h.reset()
			p := h.wanted()
			h.wire.failAt, h.wire.after = at, after
			if err := h.perform(h.PullRequest(p)); err == nil {
				if at < 4 {
					t.Errorf("only %d writes", at-1)
				}
				break
			} else if !strings.Contains(err.Error(), errWire.Error()) {
				t.Fatal(err)
			}
			h.wire.failAt = 0
			if err := h.perform(h.PullRequest(p)); err != nil {
				t.Fatalf("after a crash at write %d: %v", at, err)
			}
			h.proposes(p, "1")
		}
	}
}

func TestAPullRequestIsBroughtUpToDate(t *testing.T) {
	h := host(t)
	p := h.wanted()
	if err := h.perform(h.PullRequest(p)); err != nil {
		t.Fatal(err)
	}
	p.Edits[0].After, p.Number = []byte("on: release\n"), 1
	h.commit("main", "of a colleague")
	p.Commit = h.git("rev-parse", "main")
	c := h.PullRequest(p)
	if !strings.Contains(c.Title, "#1") {
		t.Error(c.Title)
	}
	if err := h.perform(c); err != nil {
		t.Fatal(err)
	}
	h.proposes(p, "2")
	if h.git("merge-base", "main", proposedBranch) != p.Commit {
		t.Error("main is not part of the branch")
	}
}

func TestAPullRequestIsNotMadeOverOthersWork(t *testing.T) {
	shared := host(t)
	for name, row := range map[string]struct {
		happens func(*hosted, *PullRequest)
		says    string
	}{
		"main has moved":        {func(h *hosted, _ *PullRequest) { h.commit("main", "of a colleague") }, "the branch has moved on GitHub since it was read"},
		"a branch of others":    {func(h *hosted, _ *PullRequest) { h.git("branch", proposedBranch, "main") }, "its last commit ("},
		"the file is there":     {func(_ *hosted, p *PullRequest) { p.Edits[1].Before = nil }, "main has a file of that name already"},
		"the file is another":   {func(_ *hosted, p *PullRequest) { p.Edits[1].Before = []byte("x") }, "as something else than was read"},
		"the file is not there": {func(_ *hosted, p *PullRequest) { p.Edits[0].Before = []byte("x") }, "as something else than was read"},
		"it is no text":         {func(_ *hosted, p *PullRequest) { p.Edits[0].After = []byte("\xff") }, "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			h := shared.reset()
			p := h.wanted()
			row.happens(h, &p)
			before := h.git("for-each-ref")
			err := h.perform(h.PullRequest(p))
			if err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v", err)
			}
			if h.git("for-each-ref") != before || len(h.pulls()) > 0 {
				t.Errorf("something was done: %s %v", h.git("for-each-ref"), h.pulls())
			}
		})
	}
}

func TestAPullRequestThatTheTokenMayNotMake(t *testing.T) {
	fine := func(permissions map[string]string) github.Token {
		return github.Token{Login: "ana", Kind: github.FineGrained, Permissions: permissions}
	}
	shared := host(t)
	for name, row := range map[string]struct {
		token github.Token
		says  []string
		// stays is whether the branch is made all the same.
		stays bool
	}{
		"no scope for workflows": {github.Token{Login: "ana", Scopes: []string{"repo"}}, []string{"write " + published, "gh auth refresh -h github.com -s workflow"}, false},
		"no permission for workflows": {fine(map[string]string{"contents": "write", "pull_requests": "write"}),
			[]string{"“Workflows: write”"}, false},
		"no permission to write": {fine(map[string]string{"contents": "read", "workflows": "write", "pull_requests": "write"}), []string{"the permission"}, false},
		"no permission for pull requests": {fine(map[string]string{"contents": "write", "workflows": "write", "pull_requests": "read"}),
			[]string{"“Pull requests: write”", "The branch trustpub/publish-workflow stands on GitHub", "https://github.com/acme/market-data/compare/main...trustpub/publish-workflow?expand=1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := shared.reset()
			h.as(row.token)
			err := h.perform(h.PullRequest(h.wanted()))
			if err == nil {
				t.Fatal("no error")
			}
			for _, says := range row.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("no %q in %v", says, err)
				}
			}
			if got := strings.Contains(h.git("for-each-ref"), proposedBranch); got != row.stays || len(h.pulls()) > 0 {
				t.Errorf("branch %v, pull requests %v", got, h.pulls())
			}
			h.as(github.Token{Login: "ana", Scopes: []string{"repo", "workflow"}})
			p := h.wanted()
			if err := h.perform(h.PullRequest(p)); err != nil {
				t.Fatal(err)
			}
			h.proposes(p, "1")
		})
	}
}

func TestIdsAreGits(t *testing.T) {
	r := newRepository(t)
	for _, text := range []string{"", "a", "on: push\n", "\x00\xff"} {
		r.write("f", text)
		if got := BlobID([]byte(text)); got != r.git("hash-object", "f") {
			t.Errorf("%q: %s", text, got)
		}
	}
}
