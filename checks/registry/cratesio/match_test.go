package cratesio

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func known(text string) workflow.Claim { return workflow.Claim{Text: text, Known: true} }

// job is what Acme/market-data's publish.yml presents on a tag.
func job() workflow.ClaimSet {
	return workflow.ClaimSet{
		Repository: known("Acme/market-data"), RepositoryOwner: known("Acme"), RepositoryOwnerID: known("65"),
		WorkflowRef: known("Acme/market-data/.github/workflows/publish.yml@refs/tags/v1"), WorkflowFile: known("publish.yml"),
		JobWorkflowRef: known("Acme/market-data/.github/workflows/publish.yml@refs/tags/v1"), JobWorkflowFile: known("publish.yml"),
		Environment: known("release"), EventName: known("push"), Ref: known("refs/tags/v1"),
	}
}

func config(change func(*identity.Publisher)) identity.Publisher {
	p := identity.Publisher{Registry: identity.CratesIO, Package: "market-data", Identity: identity.Identity{
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

// The texts are those of crates.io commit 57fa000, 2026-08-21.
func TestEachStageHasItsOwnRefusal(t *testing.T) {
	const config0 = "The Trusted Publishing config for repository `Acme/market-data` "
	for name, c := range map[string]struct {
		job     func(*workflow.ClaimSet)
		configs []identity.Publisher
		stage   string
		field   identity.Field
		text    string
	}{
		"pull_request_target": {job: func(c *workflow.ClaimSet) { c.EventName = known("pull_request_target") }, configs: []identity.Publisher{config(nil)}, stage: StageEvent,
			text: "Trusted Publishing does not support the `pull_request_target` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`."},
		"workflow_run comes before all": {job: func(c *workflow.ClaimSet) { c.EventName = known("workflow_run") }, stage: StageEvent,
			text: "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`."},
		"no slash":                       {job: func(c *workflow.ClaimSet) { c.Repository = known("x") }, stage: StageClaims, text: "Unexpected `repository` value"},
		"no file":                        {job: func(c *workflow.ClaimSet) { c.WorkflowRef = known("Acme/x/.github/workflows/y@main") }, stage: StageClaims, field: identity.FieldWorkflow, text: "Unexpected `workflow_ref` value"},
		"no number":                      {job: func(c *workflow.ClaimSet) { c.RepositoryOwnerID = known("x") }, stage: StageClaims, field: identity.FieldOwnerID, text: "Unexpected `repository_owner_id` value"},
		"number too big":                 {job: func(c *workflow.ClaimSet) { c.RepositoryOwnerID = known("4294967296") }, stage: StageClaims, field: identity.FieldOwnerID, text: "Unexpected `repository_owner_id` value"},
		"claims come before the configs": {job: func(c *workflow.ClaimSet) { c.Repository = known("x") }, configs: []identity.Publisher{config(file("a.yml"))}, stage: StageClaims, text: "Unexpected `repository` value"},
		"the event comes before the claims": {job: func(c *workflow.ClaimSet) { c.EventName, c.Repository = known("workflow_run"), known("x") }, stage: StageEvent,
			text: "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`."},
		"the repository comes before the owner id": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.Repository, p.OwnerID = "y", 9 })}, stage: StageRepository, field: identity.FieldRepository,
			text: "No Trusted Publishing config found for repository `Acme/market-data`."},
		"the owner id comes before the file": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.OwnerID, p.Workflow = 9, "y.yml" }), config(func(p *identity.Publisher) { p.OwnerID = 8 })}, stage: StageOwnerID, field: identity.FieldOwnerID,
			text: config0 + "does not match the repository owner ID (65) in the JWT. Expected owner IDs: 9, 8. Please recreate the Trusted Publishing config to update the repository owner ID."},
		"the file comes before the environment": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.Environment, p.Workflow = "b", "y.yml" })}, stage: StageWorkflow, field: identity.FieldWorkflow,
			text: config0 + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `y.yml`"},
		"nothing registered": {stage: StageRepository, text: "No Trusted Publishing config found for repository `Acme/market-data`."},
		"another repository": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.Repository = "marketdata" })}, stage: StageRepository, field: identity.FieldRepository,
			text: "No Trusted Publishing config found for repository `Acme/market-data`."},
		"another owner": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.Owner = "acme-inc" })}, stage: StageRepository, field: identity.FieldOwner,
			text: "No Trusted Publishing config found for repository `Acme/market-data`."},
		"owner made anew": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.OwnerID = 9 })}, stage: StageOwnerID, field: identity.FieldOwnerID,
			text: config0 + "does not match the repository owner ID (65) in the JWT. Expected owner IDs: 9. Please recreate the Trusted Publishing config to update the repository owner ID."},
		"another file": {configs: []identity.Publisher{config(file("release.yml"))}, stage: StageWorkflow, field: identity.FieldWorkflow,
			text: config0 + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`"},
		"a file's case counts": {configs: []identity.Publisher{config(file("Publish.yml")), config(file("publish.yaml"))}, stage: StageWorkflow, field: identity.FieldWorkflow,
			text: config0 + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `Publish.yml`, `publish.yaml`"},
		"a reusable workflow's caller counts": {job: func(c *workflow.ClaimSet) {
			c.WorkflowRef = known("Acme/market-data/.github/workflows/ci.yml@refs/tags/v1")
		},
			configs: []identity.Publisher{config(nil)}, stage: StageWorkflow, field: identity.FieldWorkflow,
			text: config0 + "does not match the workflow filename `ci.yml` in the JWT. Expected workflow filenames: `publish.yml`"},
		"another environment": {configs: []identity.Publisher{config(environment("pypi"))}, stage: StageEnvironment, field: identity.FieldEnvironment,
			text: config0 + "does not match the environment `release` in the JWT. Expected environments: `pypi`"},
		"no environment": {job: func(c *workflow.ClaimSet) { c.Environment = known("") }, configs: []identity.Publisher{config(nil), config(environment("b"))}, stage: StageEnvironment, field: identity.FieldEnvironment,
			text: config0 + "requires an environment, but the JWT does not specify one. Expected environments: `release`, `b`"},
		"the stages narrow": {configs: []identity.Publisher{config(file("a.yml")), config(environment("b"))}, stage: StageEnvironment, field: identity.FieldEnvironment,
			text: config0 + "does not match the environment `release` in the JWT. Expected environments: `b`"},
		"other registries do not count": {configs: []identity.Publisher{config(func(p *identity.Publisher) { p.Registry = identity.PyPI })}, stage: StageRepository,
			text: "No Trusted Publishing config found for repository `Acme/market-data`."},
	} {
		t.Run(name, func(t *testing.T) {
			claims := job()
			if c.job != nil {
				c.job(&claims)
			}
			o := Match(claims, c.configs)
			if o.Verdict != trust.Refused || o.Stage != c.stage || o.Field != c.field || o.Text != c.text {
				t.Errorf("%s at %q on %q: %s\nwant at %q on %q: %s", o.Verdict, o.Stage, o.Field, o.Text, c.stage, c.field, c.text)
			}
			if c.field != "" && o.Presented == "" && c.field != identity.FieldEnvironment {
				t.Errorf("the job's value is missing: %+v", o)
			}
		})
	}
}

func TestWhatMatches(t *testing.T) {
	for name, c := range map[string]struct {
		job    func(*workflow.ClaimSet)
		config func(*identity.Publisher)
	}{
		"the same":                    {},
		"owner in another case":       {config: func(p *identity.Publisher) { p.Owner = "ACME" }},
		"repository in another case":  {config: func(p *identity.Publisher) { p.Repository = "Market-Data" }},
		"environment in another case": {config: environment("Release")},
		"any environment":             {config: environment("")},
		"any environment, none given": {config: environment(""), job: func(c *workflow.ClaimSet) { c.Environment = known("") }},
		"any environment, none known": {config: environment(""), job: func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Why: "?"} }},
		"job in a called file":        {job: func(c *workflow.ClaimSet) { c.JobWorkflowRef = known("o/x/.github/workflows/y.yml@v1") }},
		"odd file name": {config: file("a@b.yml"), job: func(c *workflow.ClaimSet) {
			c.WorkflowRef = known("Acme/market-data/.github/workflows/a@b.yml@refs/heads/x@y.yml")
		}},
		"ref not known": {job: func(c *workflow.ClaimSet) { c.WorkflowRef = workflow.Claim{Why: "?"} }},
	} {
		claims := job()
		if c.job != nil {
			c.job(&claims)
		}
		if o := Match(claims, []identity.Publisher{config(c.config)}); o.Verdict != trust.Matched || len(o.Publishers) != 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// One token covers every crate whose config matched.
func TestATokenCoversAllCratesThatMatch(t *testing.T) {
	named := func(name, env string) identity.Publisher {
		return config(func(p *identity.Publisher) { p.Package, p.Environment = name, env })
	}
	o := Match(job(), []identity.Publisher{named("a", "release"), named("b", ""), named("c", "other")})
	var names []string
	for _, p := range o.Publishers {
		names = append(names, p.Package)
	}
	if o.Verdict != trust.Matched || strings.Join(names, " ") != "a b" {
		t.Errorf("%s for %v", o.Verdict, names)
	}
	if want := "The provided access token is not valid for crate `c`"; NotCovered("c") != want {
		t.Errorf("%q, want %q", NotCovered("c"), want)
	}
}

// What is not known never matches; it refuses only where every value would.
func TestWhatIsNotKnown(t *testing.T) {
	open := workflow.Claim{Why: "only known at run time"}
	for name, c := range map[string]struct {
		job    func(*workflow.ClaimSet)
		config func(*identity.Publisher)
		want   trust.Verdict
	}{
		"owner id":                      {func(c *workflow.ClaimSet) { c.RepositoryOwnerID = open }, nil, trust.Unknown},
		"owner id, file differs":        {func(c *workflow.ClaimSet) { c.RepositoryOwnerID = open }, file("x.yml"), trust.Refused},
		"event":                         {func(c *workflow.ClaimSet) { c.EventName = open }, nil, trust.Unknown},
		"file":                          {func(c *workflow.ClaimSet) { c.WorkflowFile, c.WorkflowRef = open, open }, nil, trust.Unknown},
		"repository":                    {func(c *workflow.ClaimSet) { c.Repository = open }, nil, trust.Unknown},
		"environment":                   {func(c *workflow.ClaimSet) { c.Environment = open }, nil, trust.Unknown},
		"environment, file differs":     {func(c *workflow.ClaimSet) { c.Environment = open }, file("x.yml"), trust.Refused},
		"one environment of two":        {func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Possible: []string{"release", "x"}} }, nil, trust.Unknown},
		"no environment of two":         {func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Possible: []string{"y", "x"}} }, nil, trust.Refused},
		"both environments, config any": {func(c *workflow.ClaimSet) { c.Environment = workflow.Claim{Possible: []string{"y", "x"}} }, environment(""), trust.Matched},
	} {
		claims := job()
		c.job(&claims)
		o := Match(claims, []identity.Publisher{config(c.config)})
		if o.Verdict != c.want || (o.Verdict == trust.Unknown) != (o.Why != "" && o.Text == "") {
			t.Errorf("%s: %+v, want %s", name, o, c.want)
		}
	}
}
