package steps

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// edited changes a fact that was seen.
func edited[T any](f *evidence.Fact[T], change func(*T)) {
	v, _ := f.Get()
	change(&v)
	*f = evidence.Seen(v, src)
}

// ruled puts a ruleset on the default branch; pass is whether the signed-in
// person may pass it by.
func ruled(s *stage, kind, pass string) {
	s.world.GitHub.DefaultBranch = evidence.Seen(branchWith(kind), src)
	s.world.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{{ID: 2, Name: "Main", Target: "branch", Enforcement: "active", YouBypass: pass}}, src)
}

// committed puts an empty commit onto the checkout that GitHub does not have.
func committed(t *testing.T, s *stage, subject string) {
	t.Helper()
	cmd := exec.Command("git", "commit", "-q", "--allow-empty", "-m", subject)
	cmd.Dir = s.world.Tree.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func classic(s *stage, c evidence.ClassicProtection) {
	edited(&s.world.GitHub.DefaultBranch, func(b *evidence.BranchProtection) {
		b.Protected, b.Classic = evidence.Seen(true, src), evidence.Seen(c, src)
	})
}

func allowed(s *stage, role string, of evidence.Repository) {
	edited(&s.world.GitHub.Repository, func(r *evidence.Repository) {
		r.Admin, r.Maintain, r.Push, r.Archived = of.Admin, of.Maintain, of.Push, of.Archived
	})
	s.world.GitHub.Role = evidence.Seen(role, src)
}

// TestHowItIsDelivered: the first way is what a plan does, what is not possible
// is left to a person with the reason.
func TestHowItIsDelivered(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	const push, pull, write, none = "file:.github/workflows/publish.yml push:main", "pull-request:trustpub/publish-workflow", "Only write", ""
	noScope := func(s *stage) {
		s.world.GitHub.Token = evidence.Seen(evidence.Token{Classic: true, Scopes: []string{"repo"}}, src)
	}
	remote := func(s *stage, url string) {
		edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Remotes[0].URL = url })
	}
	for name, row := range map[string]struct {
		happens func(*stage)
		// does is what a plan does, left what it leaves; other is a way that must
		// be there besides, not one that must not.
		does, left, other, not string
	}{
		"in step, and free": {func(*stage) {}, push, none, "Open a pull request", ""},
		"another branch is out": {func(s *stage) {
			edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Branch = evidence.Seen("topic", src) })
		}, pull, none, write, "push it"},
		"HEAD is detached": {func(s *stage) {
			edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Branch = evidence.Absent[string](src) })
		}, pull, none, write, "push it"},
		"the checkout is not in step": {func(s *stage) {
			edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Head = evidence.Seen("2", src) })
			committed(t, s, "work of mine")
		}, pull, none, "with your commits that are not on GitHub yet", ""},
		"the checkout is behind": {func(s *stage) {
			s.world.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: strings.Repeat("2", 40)}, src)
		}, pull, none, "with your commits that are not on GitHub yet", ""},
		"the commit of a try that was broken off": {func(s *stage) {
			edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Head = evidence.Seen("2", src) })
			committed(t, s, workflowMessage)
		}, push, none, "Open a pull request", ""},
		"more than the edits, and nobody is signed in": {func(s *stage) {
			edited(&s.world.Tree.Git, func(g *evidence.Git) { g.Head = evidence.Seen("2", src) })
			committed(t, s, "work of mine")
			s.world.GitHub.User = evidence.Absent[evidence.User](src)
		}, push, none, "", "Open a pull request"},
		"a file of that name is there": {func(s *stage) { writeInto(t, s, publishing, "on: push # mine\n") }, none, "is there already and does something else", "", ""},
		"a draft of ours is there": {func(s *stage) {
			writeInto(t, s, publishing, "# Publishes to PyPI by trusted publishing: no token is stored anywhere.\n")
		}, push, none, "", ""},
		"no repository": {func(s *stage) {
			s.world.Repo, s.world.GitHub = evidence.Absent[evidence.RepoName](src), evidence.GitHub{}
		}, none, "no repository on GitHub is known: create it with gh repo create", none, ""},
		"no checkout":                      {func(s *stage) { s.world.Tree.Dir = "" }, pull, none, "", "Only write"},
		"a ruleset asks for pull requests": {func(s *stage) { ruled(s, "pull_request", "never") }, pull, none, "", "push it"},
		"a ruleset asks for checks":        {func(s *stage) { ruled(s, "required_status_checks", "pull_requests_only") }, pull, none, "", "push it"},
		"a ruleset that may be passed by":  {func(s *stage) { ruled(s, "pull_request", "always") }, pull, none, "push it", ""},
		"a ruleset of no matter":           {func(s *stage) { ruled(s, "deletion", "never") }, push, none, "", ""},
		"protection binds administrators":  {func(s *stage) { classic(s, evidence.ClassicProtection{PullRequests: true, EnforceAdmins: true}) }, pull, none, "", "push it"},
		"protection lets administrators":   {func(s *stage) { classic(s, evidence.ClassicProtection{PullRequests: true}) }, pull, none, "push it", ""},
		"protection of no matter":          {func(s *stage) { classic(s, evidence.ClassicProtection{}) }, push, none, "", ""},
		"how it is protected is hidden": {func(s *stage) {
			edited(&s.world.GitHub.DefaultBranch, func(b *evidence.BranchProtection) {
				b.Protected, b.Classic = evidence.Seen(true, src), evidence.Unknown[evidence.ClassicProtection](src, "needs admin rights")
			})
		}, pull, none, "push it", ""},
		"nobody is signed in": {func(s *stage) { s.world.GitHub.User = evidence.Absent[evidence.User](src) }, push, none, "", ""},
		"nobody is signed in, and no checkout": {func(s *stage) { s.world.GitHub.User, s.world.Tree.Dir = evidence.Absent[evidence.User](src), "" }, none,
			"gh auth login -h github.com", "", ""},
		"who may only read":              {func(s *stage) { allowed(s, "read", evidence.Repository{}) }, none, "ana may not push to acme/market-data: ask ana", "Only write", "Open a pull request"},
		"who may write":                  {func(s *stage) { allowed(s, "write", evidence.Repository{Push: true}) }, push, none, "", ""},
		"a token that passes nothing on": {func(s *stage) { allowed(s, "admin", evidence.Repository{}) }, none, "this token does not pass that on", "", "Open a pull request"},
		"an archived repository":         {func(s *stage) { allowed(s, "admin", evidence.Repository{Admin: true, Push: true, Archived: true}) }, none, "is archived", "", "Open a pull request"},
		"no scope for workflows":         {func(s *stage) { noScope(s); remote(s, "https://github.com/acme/market-data.git") }, none, "gh auth refresh -h github.com -s workflow", write, "push it"},
		"no scope, and git has a key":    {func(s *stage) { noScope(s); remote(s, "git@github.com:acme/market-data.git") }, push, none, "", ""},
		"a fine-grained token":           {func(s *stage) { s.world.GitHub.Token = evidence.Seen(evidence.Token{}, src) }, push, none, "", ""},
		"an empty repository":            {func(s *stage) { s.world.Judged = evidence.Absent[evidence.Commit](src) }, none, "main has no commit on GitHub yet: push a first one (git push -u upstream main)", "", "push it"},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t)
			checkedOut(t, s)
			row.happens(s)
			route := s.lay()
			p := PlanOf(route)
			var does []string
			for _, c := range p.Changes {
				if c.Step == checks.Workflow {
					does = append(does, c.Change.ID)
				}
			}
			if strings.Join(does, " ") != row.does {
				t.Errorf("does %v", does)
			}
			if text := left(p, checks.Workflow); row.left == "" && text != "" || !strings.Contains(text, row.left) {
				t.Errorf("left: %q", text)
			}
			i := slices.IndexFunc(route.Scenes, func(s Scene) bool { return s.Step.ID == checks.Workflow })
			if contains(t, "ways", labels(route.Scenes[i]), row.other); name != "no repository" {
				contains(t, "ways", labels(route.Scenes[i]), "Show me the commands")
			}
			if row.not != "" {
				lacks(t, "ways", labels(route.Scenes[i]), row.not)
			}
		})
	}
}

// proposing puts a branch of ours with a pull request into the world; text is
// what it has as the workflow, "" what is wanted.
func (s *stage) proposing(p evidence.Proposal, pull *evidence.PullRequest, text string) *stage {
	s.t.Helper()
	if text == "" {
		c := checks.NewCase(s.world)
		var err error
		if text, err = newLayout(Basis{World: s.world, Case: c, Report: checks.Judge(c, checks.All(), nil), Memory: s.memory}).render(); err != nil {
			s.t.Fatal(err)
		}
	}
	p.SHA, p.Files = "3", evidence.Seen(map[string]string{publishing: change.BlobID([]byte(text))}, src)
	p.Pull = evidence.Absent[evidence.PullRequest](src)
	if pull != nil {
		p.Pull = evidence.Seen(*pull, src)
	}
	s.world.GitHub.Proposals = evidence.Seen(append(s.world.GitHub.Proposals.Or(nil), p), src)
	return s
}

const ourMessage = "Publish by trusted publishing\n\nMade-with: gh trustpub\n"

func branch(name, message string) evidence.Proposal {
	return evidence.Proposal{Branch: name, Message: evidence.Seen(message, src)}
}

// TestAPullRequestIsWaitedFor: while it is open there is nothing to do but merge
// it; closed, or of somebody else, it is offered anew.
func TestAPullRequestIsWaitedFor(t *testing.T) {
	const name = "trustpub/publish-workflow"
	open := &evidence.PullRequest{Number: 7, Title: "Publish", URL: "https://github.com/acme/market-data/pull/7", Open: true}
	closed, merged := &evidence.PullRequest{Number: 7}, &evidence.PullRequest{Number: 7, Merged: true}
	for title, row := range map[string]struct {
		happens    func(*stage)
		state      State
		does, left string
	}{
		"open":                                 {func(s *stage) { s.proposing(branch(name, ourMessage), open, "") }, Waiting, "", "Merge the pull request #7: Review it and merge it"},
		"open, and what is wanted has changed": {func(s *stage) { s.proposing(branch(name, ourMessage), open, "on: push\n") }, Todo, "pull-request:" + name, ""},
		"open, and others have added to it": {func(s *stage) { s.proposing(branch(name, "Fix a typo"), open, "on: push\n") }, Waiting, "",
			"Somebody has added to it, and it differs"},
		"closed":               {func(s *stage) { s.proposing(branch(name, ourMessage), closed, "") }, Todo, "pull-request:" + name, ""},
		"merged, then removed": {func(s *stage) { s.proposing(branch(name, ourMessage), merged, "") }, Todo, "pull-request:" + name, ""},
		"never opened":         {func(s *stage) { s.proposing(branch(name, ourMessage), nil, "") }, Todo, "pull-request:" + name, ""},
		"a branch of others":   {func(s *stage) { s.proposing(branch(name, "Mine"), nil, "x") }, Todo, "pull-request:" + name + "-2", ""},
		"two branches of others": {func(s *stage) {
			s.proposing(branch(name, "Mine"), nil, "x").proposing(branch(name+"-2", "Mine"), closed, "x")
		}, Todo, "pull-request:" + name + "-3", ""},
		"the second is open": {func(s *stage) {
			s.proposing(branch(name, "Mine"), nil, "x").proposing(branch(name+"-2", ourMessage), open, "")
		}, Waiting, "", "Merge the pull request #7"},
		"not seen": {func(s *stage) { s.world.GitHub.Proposals = evidence.Unknown[[]evidence.Proposal](src, "no time") }, Todo, "pull-request:" + name, ""},
	} {
		t.Run(title, func(t *testing.T) {
			s := fresh(t)
			s.world.Tree.Dir = ""
			row.happens(s)
			scene := s.scene(checks.Workflow)
			if scene.State != row.state {
				t.Errorf("%s\n%s", scene.State, labels(scene))
			}
			p := PlanOf(s.lay())
			did := slices.IndexFunc(p.Changes, func(c Planned) bool { return c.Step == checks.Workflow && c.Change.ID == row.does })
			if (did >= 0) != (row.does != "") || !strings.Contains(left(p, checks.Workflow), row.left) {
				t.Errorf("does %s; left: %q", ids(p), left(p, checks.Workflow))
			}
			if row.state == Waiting && !strings.Contains(left(p, checks.Workflow), open.URL) {
				t.Errorf("no page: %q", left(p, checks.Workflow))
			}
		})
	}
}

func TestThePullRequestTellsWhatItIs(t *testing.T) {
	s := fresh(t)
	l := newLayout(s.basis())
	body := l.pullBody([]fileEdit{{path: publishing, about: l.workflowAbout()}, {path: ".github/dependabot.yml", before: []byte("x")}})
	contains(t, "body", body, "- Adds `"+publishing+"`: publishes market-data to crates.io, market-data to PyPI", "when a tag `v*` is pushed", "- Changes `.github/dependabot.yml`\n", "Then run `gh trustpub` again")
	for settles, want := range map[string]string{"workflow": "trustpub/publish-workflow", "updates": "trustpub/updates", "workflow:" + workflow.Dir + "Publish.yml": "trustpub/workflow-github-workflows-publish-yml"} {
		if got := proposalBranch(settles); got != want {
			t.Errorf("%s: %s", settles, got)
		}
	}
}
