package github

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPatternsAreGitHubs(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"main", "main", true}, {"main", "Main", false}, {"v*", "v1.2.3", true}, {"v*", "v1/2", false}, {"*", "a/b", false},
		{"release/*", "release/1", true}, {"release/*", "release/1/2", false}, {"release/*/*", "release/1/2", true},
		{"release/**/*", "release/1/2", true}, {"**/*", "a/b/c", true}, {"v?", "v1", true}, {"v?", "v12", false},
		{"v[0-9]*", "v1", true}, {"v[0-9]*", "vx", false}, {"v[^0-9]", "vx", true}, {"{a,b}", "a", false}, {"{a,b}", "{a,b}", true},
		{"", "a", false}, {"[", "[", false},
	} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.name, got)
		}
	}
}

func FuzzPatternsNeverPanic(f *testing.F) {
	f.Add("v*", "v1")
	f.Add("[a-", "{")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if strings.ContainsAny(pattern, `*?[]\{}`) {
			_ = matches(pattern, name)
			return
		}
		if matches(pattern, name) != (pattern == name) {
			t.Errorf("a pattern without signs must match itself only: %q, %q", pattern, name)
		}
	})
}

func branchPolicy(name string) DeploymentPolicy { return DeploymentPolicy{Type: "branch", Name: name} }

func tagPolicy(name string) DeploymentPolicy { return DeploymentPolicy{Type: "tag", Name: name} }

// deployments are all policies with all kinds of refs.
var deployments = []struct {
	name      string
	policy    RefPolicy
	patterns  []DeploymentPolicy
	protected []string
	ref       string
	refused   string
}{
	{name: "no restriction, tag", policy: AllRefs, ref: "refs/tags/v1"},
	{name: "no restriction, branch", policy: AllRefs, ref: "refs/heads/x"},
	{name: "branch by name", policy: CustomRefs, patterns: []DeploymentPolicy{branchPolicy("main")}, ref: "refs/heads/main"},
	{name: "tag by pattern", policy: CustomRefs, patterns: []DeploymentPolicy{tagPolicy("v*")}, ref: "refs/tags/v1"},
	{
		name: "a branch policy never matches a tag", policy: CustomRefs, patterns: []DeploymentPolicy{branchPolicy("v*")}, ref: "refs/tags/v1",
		refused: `Tag "v1" is not allowed to deploy to release due to environment protection rules.`,
	},
	{
		name: "a tag policy never matches a branch", policy: CustomRefs, patterns: []DeploymentPolicy{tagPolicy("*")}, ref: "refs/heads/main",
		refused: `Branch "main" is not allowed to deploy to release due to environment protection rules.`,
	},
	{
		name: "no pattern admits nothing", policy: CustomRefs, ref: "refs/heads/main",
		refused: `Branch "main" is not allowed to deploy to release due to environment protection rules.`,
	},
	{
		name: "a slash needs its own star", policy: CustomRefs, patterns: []DeploymentPolicy{branchPolicy("release/*")}, ref: "refs/heads/release/1/2",
		refused: `Branch "release/1/2" is not allowed to deploy to release due to environment protection rules.`,
	},
	{name: "pull request by its full name", policy: CustomRefs, patterns: []DeploymentPolicy{branchPolicy("refs/pull/*/merge")}, ref: "refs/pull/7/merge"},
	{name: "protected branch", policy: ProtectedBranches, protected: []string{"main"}, ref: "refs/heads/main"},
	{name: "protected by pattern", policy: ProtectedBranches, protected: []string{"rel*"}, ref: "refs/heads/rel1"},
	{
		name: "unprotected branch", policy: ProtectedBranches, protected: []string{"main"}, ref: "refs/heads/x",
		refused: `Branch "x" is not allowed to deploy to release due to environment protection rules.`,
	},
	{name: "nothing is protected", policy: ProtectedBranches, ref: "refs/heads/x"},
	{
		name: "a tag is no protected branch", policy: ProtectedBranches, protected: []string{"main"}, ref: "refs/tags/v1",
		refused: `Tag "v1" is not allowed to deploy to release due to environment protection rules.`,
	},
}

func TestWhichRefsMayDeploy(t *testing.T) {
	p := newPractice(t)
	for _, c := range deployments {
		t.Run(c.name, func(t *testing.T) {
			p.edit(func(r *Repository) {
				r.Environments = []*Environment{{Name: "release", Policy: c.policy, Policies: c.patterns}}
				r.Protection = map[string]*Protection{}
				for _, name := range c.protected {
					r.Protection[name] = &Protection{}
				}
			})
			run, job := p.startRun(c.ref, "ana", Job{Key: "publish", Environment: "Release"})
			err := p.s.EnterEnvironment(t.Context(), run.ID, job)
			var refused *Refused
			if errors.As(err, &refused) != (c.refused != "") {
				t.Fatalf("%v", err)
			}
			after, _ := p.s.Run(run.ID)
			if c.refused != "" && (refused.Annotations[0] != c.refused || !slices.Contains(after.Job(job).Annotations, c.refused)) {
				t.Errorf("said %q, annotated %q", refused.Annotations, after.Job(job).Annotations)
			}
			if deployed := after.Job(job).DeploymentID != 0; deployed != (c.refused == "") {
				t.Errorf("deployment made: %v", deployed)
			}
		})
	}
}

func TestAnEnvironmentThatIsNotThereIsMadeBare(t *testing.T) {
	p := newPractice(t)
	run, job := p.startRun("refs/tags/v1", "ana", Job{Key: "publish", Environment: "relaese"})
	p.must(p.s.EnterEnvironment(t.Context(), run.ID, job))
	got := p.expect(200, "ana", "GET", "R/environments/relaese", "")
	if got.get("deployment_branch_policy") != nil || got.get("protection_rules.0") != nil {
		t.Errorf("made with rules: %s", got.body)
	}
}

// waiting is a run whose one job waits for release, which bo and ana may
// approve, and ana started.
func waiting(t *testing.T, change func(*Environment)) (p *practice, run *Run, entered chan error) {
	t.Helper()
	p = newPractice(t)
	p.edit(func(r *Repository) {
		e := &Environment{Name: "release", PreventSelfReview: true, Reviewers: []Reviewer{
			{"User", p.s.account("bo").ID}, {"User", p.s.account("ana").ID},
		}}
		if change != nil {
			change(e)
		}
		r.Environments = []*Environment{e}
	})
	run, job := p.startRun("refs/tags/v1", "ana", Job{Key: "publish", Environment: "release"})
	entered = make(chan error, 1)
	go func() { entered <- p.s.EnterEnvironment(t.Context(), run.ID, job) }()
	for {
		changed := p.s.Changed()
		if now, _ := p.s.Run(run.ID); now.Status == Waiting {
			return p, now, entered
		}
		<-changed
	}
}

func stillWaits(t *testing.T, entered chan error) {
	t.Helper()
	select {
	case err := <-entered:
		t.Fatalf("the job did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
}

func TestARunWaitsForAReviewByWhoMayGiveIt(t *testing.T) {
	p, run, entered := waiting(t, nil)
	for _, login := range []string{"ana", "mallory", ""} {
		_, err := p.s.Review(run.ID, Answer{Login: login, Environments: []string{"release"}, State: "approved"})
		if !isRefusal(err, 403) {
			t.Errorf("%q approved: %v", login, err)
		}
	}
	stillWaits(t, entered)
	at := "R/actions/runs/" + decimal(run.ID) + "/pending_deployments"
	for as, can := range map[string]bool{"ana": false, "bo": true, "mallory": false} {
		if got := p.expect(200, as, "GET", at, ""); got.get("0.current_user_can_approve") != can {
			t.Errorf("%s: %s", as, got.body)
		}
	}
	deployments, err := p.s.Review(run.ID, Answer{Login: "bo", Environments: []string{"release"}, State: "approved", Comment: "go"})
	if err != nil || len(deployments) != 1 {
		t.Fatalf("%v, %v", deployments, err)
	}
	p.must(<-entered)
	after, _ := p.s.Run(run.ID)
	if len(after.Pending) != 0 || after.Reviews[0].Login != "bo" || after.Jobs[0].Status != Queued {
		t.Errorf("after the approval: %+v", after)
	}
	if _, err := p.s.Review(run.ID, Answer{Login: "bo", Environments: []string{"release"}, State: "approved"}); !isRefusal(err, 422) {
		t.Errorf("a second approval: %v", err)
	}
}

func TestSelfReviewIsAllowedUnlessPrevented(t *testing.T) {
	p, run, entered := waiting(t, func(e *Environment) { e.PreventSelfReview = false })
	_, err := p.s.Review(run.ID, Answer{Login: "ana", Environments: []string{"release"}, State: "approved"})
	p.must(err)
	p.must(<-entered)
}

func TestATeamMayApprove(t *testing.T) {
	p, run, entered := waiting(t, func(e *Environment) { e.Reviewers = nil; e.WaitMinutes = 1 << 20 })
	team, err := p.s.AddTeam(Team{Organization: "acme", Slug: "core", Members: []string{"bo"}})
	p.must(err)
	p.edit(func(r *Repository) {
		r.Environments[0].Reviewers, r.Environments[0].WaitMinutes = []Reviewer{{"Team", team.ID}}, 0
	})
	stillWaits(t, entered)
	_, err = p.s.Review(run.ID, Answer{Login: "bo", Environments: []string{"RELEASE"}, State: "approved"})
	p.must(err)
	p.must(<-entered)
}

func TestARejectionEndsTheJob(t *testing.T) {
	p, run, entered := waiting(t, nil)
	_, err := p.s.Review(run.ID, Answer{Login: "bo", Environments: []string{"release"}, State: "rejected"})
	p.must(err)
	var refused *Refused
	if err := <-entered; !errors.As(err, &refused) {
		t.Errorf("after a rejection: %v", err)
	}
}

func TestAdministratorsMayBypassUnlessTheyMayNot(t *testing.T) {
	p, run, entered := waiting(t, nil)
	bypass := Answer{Environments: []string{"release"}, State: "approved", Bypass: true}
	bypass.Login = "bo"
	if _, err := p.s.Review(run.ID, bypass); !isRefusal(err, 403) {
		t.Errorf("bo has no admin rights: %v", err)
	}
	bypass.Login = "ana"
	p.edit(func(r *Repository) { r.Environments[0].AdminsCannotBypass = true })
	if _, err := p.s.Review(run.ID, bypass); !isRefusal(err, 403) {
		t.Errorf("bypass is off: %v", err)
	}
	stillWaits(t, entered)
	p.edit(func(r *Repository) { r.Environments[0].AdminsCannotBypass = false })
	_, err := p.s.Review(run.ID, bypass)
	p.must(err)
	p.must(<-entered)
}

func TestTheTimerRunsBesideTheReview(t *testing.T) {
	// A minute is a millisecond here, on the world's clock that stands still.
	p, run, entered := waiting(t, func(e *Environment) { e.WaitMinutes = 5 })
	_, err := p.s.Review(run.ID, Answer{Login: "bo", Environments: []string{"release"}, State: "approved"})
	p.must(err)
	stillWaits(t, entered)
	p.clock.advance(5 * time.Millisecond)
	p.must(<-entered)
}

func TestAWaitEndsWithTheRunAndWithTheContext(t *testing.T) {
	p, run, entered := waiting(t, nil)
	p.must(p.s.UpdateRun(run.ID, func(r *Run) { r.Status, r.Conclusion = Completed, Cancelled }))
	if err := <-entered; err == nil {
		t.Error("a cancelled run went on")
	}
	run2, job := p.startRun("refs/tags/v2", "ana", Job{Key: "publish", Environment: "release"})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := p.s.EnterEnvironment(ctx, run2.ID, job); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
}

func TestAJobTellsItsDeployment(t *testing.T) {
	p := newPractice(t)
	run, job := p.startRun("refs/heads/main", "ana", Job{Key: "publish", Environment: "e"})
	p.must(p.s.EnterEnvironment(t.Context(), run.ID, job))
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) { j.Status = InProgress }))
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) { j.Status, j.Conclusion = Completed, Failure }))
	repo, _ := p.s.Repository("acme", "x")
	var states []string
	for _, s := range repo.Deployments[0].Statuses {
		states = append(states, s.State)
	}
	if !slices.Equal(states, []string{"queued", "in_progress", "failure"}) {
		t.Errorf("states %v", states)
	}
}
