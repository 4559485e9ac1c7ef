package pypi

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func known(text string) workflow.Claim { return workflow.Claim{Text: text, Known: true} }

const own = "Acme/market-data/.github/workflows/publish.yml@refs/tags/v1"

// job is what Acme/market-data's publish.yml presents on a tag.
func job() workflow.ClaimSet {
	return workflow.ClaimSet{
		Repository: known("Acme/market-data"), RepositoryOwner: known("Acme"), RepositoryOwnerID: known("65"),
		WorkflowRef: known(own), WorkflowFile: known("publish.yml"), JobWorkflowRef: known(own), JobWorkflowFile: known("publish.yml"),
		Environment: known("release"), EventName: known("push"), Ref: known("refs/tags/v1"), SHA: known("abc"),
	}
}

func publisher(change func(*identity.Publisher)) identity.Publisher {
	p := identity.Publisher{Registry: identity.PyPI, Package: "market-data", Identity: identity.Identity{
		Owner: "Acme", OwnerID: 65, Repository: "market-data", Workflow: "publish.yml", Environment: "release",
	}}
	if change != nil {
		change(&p)
	}
	return p
}

func environment(name string) func(*identity.Publisher) {
	return func(p *identity.Publisher) { p.Environment = name }
}

func file(name string) func(*identity.Publisher) {
	return func(p *identity.Publisher) { p.Workflow = name }
}

// The texts are those of warehouse commit 6b62157, 2026-08-21.
func TestEachStageHasItsOwnRefusal(t *testing.T) {
	const elsewhere = "org/shared/.github/workflows/publish.yml@refs/tags/v1"
	expecting := "The job_workflow_ref claim does not match, expecting one of ['Acme/market-data/.github/workflows/publish.yml@abc', '" + own + "'], got "
	for name, c := range map[string]struct {
		job       func(*workflow.ClaimSet)
		publisher func(*identity.Publisher)
		stage     string
		field     identity.Field
		text      string
	}{
		"another repository":       {publisher: func(p *identity.Publisher) { p.Repository = "x" }, stage: StageLookup, field: identity.FieldRepository, text: notFound},
		"repository's case counts": {publisher: func(p *identity.Publisher) { p.Repository = "Market-Data" }, stage: StageLookup, field: identity.FieldRepository, text: notFound},
		"owner's case counts":      {publisher: func(p *identity.Publisher) { p.Owner = "acme" }, stage: StageLookup, field: identity.FieldOwner, text: notFound},
		"another owner":            {publisher: func(p *identity.Publisher) { p.Owner = "other" }, stage: StageLookup, field: identity.FieldOwner, text: notFound},
		"owner made anew":          {publisher: func(p *identity.Publisher) { p.OwnerID = 9 }, stage: StageLookup, field: identity.FieldOwnerID, text: notFound},
		"another file":             {publisher: file("release.yml"), stage: StageLookup, field: identity.FieldWorkflow, text: notFound},
		"file with a space":        {publisher: file("publish.yml "), stage: StageLookup, field: identity.FieldWorkflow, text: notFound},
		"another environment":      {publisher: environment("pypi"), stage: StageLookup, field: identity.FieldEnvironment, text: notFound},
		"no environment":           {job: func(c *workflow.ClaimSet) { c.Environment = known("") }, stage: StageLookup, field: identity.FieldEnvironment, text: notFound},
		"no file in the ref": {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known("Acme/x/publish@main") }, stage: StageClaims, field: identity.FieldWorkflow,
			text: "Could not job extract workflow filename from OIDC claims"},
		"a reusable workflow elsewhere": {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known(elsewhere) }, stage: StageWorkflowRef, field: identity.FieldWorkflow,
			text: expecting + "'" + elsewhere + "'"},
		"another ref": {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known(strings.Replace(own, "tags/v1", "heads/main", 1)) }, stage: StageWorkflowRef, field: identity.FieldWorkflow,
			text: expecting + "'Acme/market-data/.github/workflows/publish.yml@refs/heads/main'"},
		"a claim is missing":            {job: func(c *workflow.ClaimSet) { c.RepositoryOwnerID = known("") }, stage: StageClaims, text: "Missing claim 'repository_owner_id'"},
		"the file's claim is missing":   {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known("") }, stage: StageClaims, text: "Missing claim 'job_workflow_ref'"},
		"owner of another":              {job: func(c *workflow.ClaimSet) { c.RepositoryOwner = known("other") }, stage: StageChecks, field: identity.FieldOwner, text: "Check failed for required claim 'repository_owner'"},
		"before the lookup, the claims": {job: func(c *workflow.ClaimSet) { c.EventName = known("") }, publisher: file("x.yml"), stage: StageClaims, text: "Missing claim 'event_name'"},
		"the lookup before the event":   {job: func(c *workflow.ClaimSet) { c.EventName = known("pull_request_target") }, publisher: file("x.yml"), stage: StageLookup, field: identity.FieldWorkflow, text: notFound},
		"the file's ref before the event": {job: func(c *workflow.ClaimSet) {
			c.EventName, c.JobWorkflowRef = known("pull_request_target"), known(elsewhere)
		}, stage: StageWorkflowRef, field: identity.FieldWorkflow, text: expecting + "'" + elsewhere + "'"},
		"ref and commit are the same": {job: func(c *workflow.ClaimSet) { c.SHA = known("refs/tags/v1"); c.JobWorkflowRef = known(elsewhere) }, stage: StageWorkflowRef, field: identity.FieldWorkflow,
			text: "The job_workflow_ref claim does not match, expecting one of ['" + own + "'], got '" + elsewhere + "'"},
		"no ref at all": {job: func(c *workflow.ClaimSet) { c.Ref, c.SHA = known(""), known("") }, stage: StageClaims, text: "The ref and sha claims are empty"},
		"pull_request_target": {job: func(c *workflow.ClaimSet) { c.EventName = known("pull_request_target") }, stage: StageEvent,
			text: "Publishing from a workflow invoked via 'pull_request_target' is not supported."},
		"registered at TestPyPI": {publisher: func(p *identity.Publisher) { p.Registry = identity.TestPyPI }, stage: StageLookup, text: notFound},
	} {
		t.Run(name, func(t *testing.T) {
			claims := job()
			if c.job != nil {
				c.job(&claims)
			}
			o := Match(claims, []identity.Publisher{publisher(c.publisher)})
			text := "invalid-publisher: valid token, but no corresponding publisher (" + c.text + ")"
			if o.Verdict != trust.Refused || o.Stage != c.stage || o.Field != c.field || o.Text != text {
				t.Errorf("%s at %q on %q: %s\nwant at %q on %q: %s", o.Verdict, o.Stage, o.Field, o.Text, c.stage, c.field, text)
			}
		})
	}
}

func TestWhatMatches(t *testing.T) {
	for name, c := range map[string]struct {
		job       func(*workflow.ClaimSet)
		publisher func(*identity.Publisher)
	}{
		"the same":                    {},
		"environment in another case": {job: func(c *workflow.ClaimSet) { c.Environment = known("RELEASE") }},
		"any environment":             {publisher: environment("")},
		"any environment, none given": {publisher: environment(""), job: func(c *workflow.ClaimSet) { c.Environment = known("") }},
		"workflow_run":                {job: func(c *workflow.ClaimSet) { c.EventName = known("workflow_run") }},
		"job's ref is the commit":     {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known(strings.Replace(own, "refs/tags/v1", "abc", 1)) }},
		"called by another file": {job: func(c *workflow.ClaimSet) {
			c.WorkflowRef, c.WorkflowFile = known("Acme/market-data/.github/workflows/ci.yml@x"), known("ci.yml")
		}},
	} {
		claims := job()
		if c.job != nil {
			c.job(&claims)
		}
		if o := Match(claims, []identity.Publisher{publisher(c.publisher)}); o.Verdict != trust.Matched || len(o.Publishers) != 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	test := publisher(func(p *identity.Publisher) { p.Registry = identity.TestPyPI })
	if o := MatchTest(job(), []identity.Publisher{test}); o.Verdict != trust.Matched {
		t.Errorf("TestPyPI: %+v", o)
	}
}

func TestThePublisherThatNamesTheEnvironmentWins(t *testing.T) {
	named := func(project, env string) identity.Publisher {
		return publisher(func(p *identity.Publisher) { p.Package, p.Environment = project, env })
	}
	for env, want := range map[string]string{"release": "a b", "other": "c", "": "c"} {
		claims := job()
		claims.Environment = known(env)
		var names []string
		for _, p := range Match(claims, []identity.Publisher{named("c", ""), named("a", "release"), named("b", "release")}).Publishers {
			names = append(names, p.Package)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: the token covers %q, want %q", env, got, want)
		}
	}
}

// A publisher for the calling file is the usual mistake with reusable
// workflows; PyPI's text does not say so.
func TestTheCallingFileIsNamed(t *testing.T) {
	claims := job()
	claims.WorkflowRef, claims.WorkflowFile = known("Acme/market-data/.github/workflows/ci.yml@refs/tags/v1"), known("ci.yml")
	o := Match(claims, []identity.Publisher{publisher(file("ci.yml"))})
	if o.Verdict != trust.Refused || o.Presented != "publish.yml" || !strings.Contains(o.Why, "publish.yml, and not ci.yml") {
		t.Errorf("%+v", o)
	}
}

// What is not known never matches; it refuses only where every value would.
func TestWhatIsNotKnown(t *testing.T) {
	open := workflow.Claim{Why: "only known at run time"}
	for name, c := range map[string]struct {
		job       func(*workflow.ClaimSet)
		publisher func(*identity.Publisher)
		want      trust.Verdict
	}{
		"owner id":                 {func(c *workflow.ClaimSet) { c.RepositoryOwnerID = open }, nil, trust.Unknown},
		"owner id, file differs":   {func(c *workflow.ClaimSet) { c.RepositoryOwnerID = open }, file("x.yml"), trust.Refused},
		"event":                    {func(c *workflow.ClaimSet) { c.EventName = open }, nil, trust.Unknown},
		"repository":               {func(c *workflow.ClaimSet) { c.Repository = open }, nil, trust.Unknown},
		"job file's ref":           {func(c *workflow.ClaimSet) { c.JobWorkflowRef = open }, nil, trust.Unknown},
		"ref, commit not known":    {func(c *workflow.ClaimSet) { c.Ref, c.SHA = open, open }, nil, trust.Unknown},
		"environment":              {func(c *workflow.ClaimSet) { c.Environment = open }, nil, trust.Unknown},
		"environment, general one": {func(c *workflow.ClaimSet) { c.Environment = open }, environment(""), trust.Matched},
		"one environment of two":   {func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Possible: []string{"release", "x"}} }, nil, trust.Unknown},
		"no environment of two":    {func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Possible: []string{"y", "x"}} }, nil, trust.Refused},
		"reusable, tag or branch": {func(c *workflow.ClaimSet) {
			c.JobWorkflowRef = workflow.Claim{Possible: []string{"o/s/.github/workflows/publish.yml@refs/tags/v1", "o/s/.github/workflows/publish.yml@refs/heads/v1"}}
		}, nil, trust.Refused},
	} {
		claims := job()
		c.job(&claims)
		o := Match(claims, []identity.Publisher{publisher(c.publisher)})
		if o.Verdict != c.want || (o.Verdict == trust.Unknown && (o.Why == "" || o.Text != "")) {
			t.Errorf("%s: %+v, want %s", name, o, c.want)
		}
	}
}
