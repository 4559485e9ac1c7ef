// Package github collects what GitHub's API tells of one repository. It only
// reads. What cannot be read becomes an unknown fact with its true reason, and
// costs no other fact.
package github

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Bounds of what is read.
const (
	// parallel is how many requests of one kind are under way at once.
	parallel = 8
	// maxDetailed is how many environments are looked into beyond their list.
	maxDetailed = 20
	// maxTeams is how many teams are asked for their members.
	maxTeams = 20
	// defaultRuns is how many runs of each publishing workflow are read.
	defaultRuns = 10
	// anonymousRuns replaces it without a token, when 60 requests an hour are all.
	anonymousRuns = 3
	// maxLogs is how many job logs are read.
	maxLogs = 8
	// logTail is how many bytes of a log are kept.
	logTail = 64 << 10
)

// Focus is what the workflow files make worth a closer look.
type Focus struct {
	// Workflows are the paths of the files whose runs are read.
	Workflows []string
	// Environments are looked into first.
	Environments []string
	// Jobs are ids and names of publishing jobs, whose logs are read first.
	Jobs []string
}

// Request says what to collect.
type Request struct {
	Repo evidence.RepoName
	// Ref is the ref whose workflow files are judged, "refs/tags/v1"; "" is the
	// head of the default branch.
	Ref string
	// Focus chooses from the workflow files; nil chooses nothing.
	Focus func(Judged) Focus
	// Runs is how many runs of each workflow are read; 0 is ten.
	Runs int
	// WantLog asks for the log of a job besides those that failed; nil asks for
	// none.
	WantLog func(evidence.Run, evidence.RunJob) bool
}

// Judged are the workflow files that are judged, and where they were read.
type Judged struct {
	// Repo is the repository under its present name.
	Repo   evidence.RepoName
	Commit evidence.Commit
	Files  []evidence.WorkflowFile
}

// Result is what was seen.
type Result struct {
	GitHub    evidence.GitHub
	Judged    evidence.Fact[evidence.Commit]
	Workflows evidence.Fact[[]evidence.WorkflowFile]
}

// look is one collection under way.
type look struct {
	*rest.Reader
	request Request
	user    evidence.Fact[evidence.User]
	repo    evidence.Repository
	// base is the path of the repository, under its present name.
	base string
}

// Collect reads everything. It returns facts only: what failed says so itself.
func Collect(ctx context.Context, r *rest.Reader, request Request) Result {
	l := &look{Reader: r, request: request}
	var out Result
	g := &out.GitHub
	together(
		func() { g.User, g.Token = l.readUser(ctx) },
		func() { g.Repository = l.readRepository(ctx) },
	)
	repo, ok := g.Repository.Get()
	if !ok {
		return unseen(out)
	}
	l.user, l.repo, l.base = g.User, repo, "repos/"+rest.Path(repo.Name.Owner, repo.Name.Name)
	l.fill(ctx, &out)
	return out
}

// fill reads what hangs on the repository. Environments and runs wait for the
// workflow files, which say where to look.
func (l *look) fill(ctx context.Context, out *Result) {
	g := &out.GitHub
	focus := make(chan Focus, 1)
	var environments evidence.Fact[[]evidence.Environment]
	together(
		func() {
			branch := l.readBranch(ctx)
			together(
				func() { g.DefaultBranch = l.readProtection(ctx, branch) },
				func() {
					out.Judged = l.judged(ctx, branch)
					out.Workflows = l.readFiles(ctx, out.Judged)
					focus <- l.focus(out.Judged, out.Workflows)
				})
		},
		func() { environments = l.listEnvironments(ctx) },
		func() { g.Collaborators = l.readCollaborators(ctx) },
		func() { g.Teams = l.readTeams(ctx) },
		func() { g.Plan = l.readPlan(ctx) },
		func() { g.RepositorySecrets = l.readSecrets(ctx, "actions/secrets") },
		func() { g.OrganizationSecrets = l.readOrganizationSecrets(ctx) },
		func() { g.DependabotSecrets = l.readSecrets(ctx, "dependabot/secrets") },
		func() { g.DefaultTokenPermission, g.ActionsApprovePulls = l.readDefaultPermission(ctx) },
		func() { g.Role = l.readRole(ctx) },
		func() { g.Subject = l.readSubject(ctx) },
		func() { g.OrganizationSubject = l.readOrganizationSubject(ctx) },
		func() { g.ImmutableReleases = l.readImmutableReleases(ctx) },
		func() { g.Actions = l.readActionsPolicy(ctx) },
		func() { g.Rulesets = l.readRulesets(ctx) },
		func() { g.Proposals = l.readProposals(ctx) },
		func() { g.WorkflowStates = l.readWorkflowStates(ctx) },
	)
	chosen := <-focus
	together(
		func() { g.Environments = l.detail(ctx, environments, chosen.Environments) },
		func() { g.Runs = l.readRuns(ctx, chosen, out.Judged.Or(evidence.Commit{})) },
	)
}

func (l *look) focus(at evidence.Fact[evidence.Commit], files evidence.Fact[[]evidence.WorkflowFile]) Focus {
	list, ok := files.Get()
	if !ok || l.request.Focus == nil {
		return Focus{}
	}
	return l.request.Focus(Judged{Repo: l.repo.Name, Commit: at.Or(evidence.Commit{}), Files: list})
}

// unseen carries the reason for which the repository could not be read to all
// that hangs on it.
func unseen(out Result) Result {
	r, g := out.GitHub.Repository, &out.GitHub
	if r.Absent() {
		r = evidence.Unknown[evidence.Repository](r.Source(), "the repository was not found")
	}
	g.Collaborators = evidence.Carry[[]evidence.Collaborator](r)
	g.Teams = evidence.Carry[[]evidence.Team](r)
	g.Plan = evidence.Carry[string](r)
	g.Environments = evidence.Carry[[]evidence.Environment](r)
	g.RepositorySecrets = evidence.Carry[[]evidence.Secret](r)
	g.OrganizationSecrets = evidence.Carry[[]evidence.Secret](r)
	g.DependabotSecrets = evidence.Carry[[]evidence.Secret](r)
	g.DefaultTokenPermission = evidence.Carry[string](r)
	g.ActionsApprovePulls = evidence.Carry[bool](r)
	g.Role = evidence.Carry[string](r)
	g.Subject = evidence.Carry[evidence.SubjectSettings](r)
	g.OrganizationSubject = evidence.Carry[evidence.SubjectSettings](r)
	g.ImmutableReleases = evidence.Carry[evidence.ImmutableReleases](r)
	g.DefaultBranch = evidence.Carry[evidence.BranchProtection](r)
	g.Rulesets = evidence.Carry[[]evidence.Ruleset](r)
	g.Actions = evidence.Carry[evidence.ActionsPolicy](r)
	g.Proposals = evidence.Carry[[]evidence.Proposal](r)
	g.WorkflowStates = evidence.Carry[[]evidence.WorkflowState](r)
	g.Runs = evidence.Carry[[]evidence.Run](r)
	out.Judged = evidence.Carry[evidence.Commit](r)
	out.Workflows = evidence.Carry[[]evidence.WorkflowFile](r)
	return out
}

// Unseen is the result of not asking, or of asking in vain: everything is
// unknown for the reason for which the repository is.
func Unseen(repository evidence.Fact[evidence.Repository]) Result {
	return unseen(Result{GitHub: evidence.GitHub{Repository: repository}})
}

// together runs the functions at the same time and waits for all.
func together(all ...func()) {
	var wg sync.WaitGroup
	for _, f := range all {
		wg.Go(f)
	}
	wg.Wait()
}

// each runs f for every index, a few at a time.
func each(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(parallel)
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait() // f reports through what it fills
}
