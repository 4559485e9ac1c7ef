package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// holdChecks judges the workflow as anybody's.
func holdChecks(report checks.Report, fail func(string, ...any)) {
	judged := 0
	for _, r := range report.Results {
		about := r.Check.Step == checks.Workflow || r.Check.ID == "environment-limits-refs" || r.Check.ID == "someone-can-approve"
		if !about || r.Verdict == checks.NotApplicable {
			continue
		}
		judged++
		if r.Verdict != checks.OK {
			fail("%s of %s is %s: %s", r.Check.ID, r.Subject, r.Verdict, r.Because)
		}
	}
	if judged < 12 {
		fail("only %d results", judged)
	}
}

// holdAdmission foresees a release, a rehearsal, and both from where they must
// not come.
func holdAdmission(c *checks.Case, s shape, fail func(string, ...any)) {
	want := map[identity.Registry]bool{identity.CratesIO: s.crates != "none", identity.PyPI: s.projects != "none", identity.TestPyPI: s.projects != "none" && s.testPyPI}
	tag := strings.TrimSuffix(strings.TrimSuffix(s.tag, "*"), "[0-9]") + "0.1.0"
	for _, p := range []struct {
		push     checks.Push
		admitted bool
		uploads  bool
	}{
		{checks.Push{Ref: "refs/tags/" + tag, Event: "push"}, true, true},
		{checks.Push{Ref: "refs/heads/main", Event: "workflow_dispatch"}, true, false},
		{checks.Push{Ref: "refs/heads/other", Event: "workflow_dispatch"}, false, false},
		{checks.Push{Ref: "refs/tags/nightly-1", Event: "workflow_dispatch"}, s.tag == "*", false},
	} {
		reached := map[identity.Registry]bool{}
		for _, run := range c.Foresee(p.push).Runs {
			for _, j := range run.Jobs {
				if j.Fate == checks.Skipped {
					continue
				}
				refused := strings.Contains(j.Text, "is not allowed to deploy to")
				if refused == p.admitted || j.Environment == "" {
					fail("%s at %s: job %s in environment %q is %s: %s", p.push.Event, p.push.Ref, j.Subject, j.Environment, j.Fate, j.Because)
				}
				for _, r := range j.Registries {
					reached[r.Registry] = true
					if r.Uploads != p.uploads {
						fail("%s at %s: %s uploads to %s: %v", p.push.Event, p.push.Ref, j.Subject, r.Registry, r.Uploads)
					}
				}
			}
		}
		for r, wanted := range want {
			if wanted = wanted && !(p.uploads && r == identity.TestPyPI); reached[r] != wanted {
				fail("%s at %s reaches %s: %v", p.push.Event, p.push.Ref, r, reached[r])
			}
		}
	}
	holdClaims(c, want, fail)
}

// holdClaims: every place that uploads exchanges its token, in an environment
// that its publisher names.
func holdClaims(c *checks.Case, want map[identity.Registry]bool, fail func(string, ...any)) {
	found := map[identity.Registry]bool{}
	for _, p := range c.Publishing {
		if p.DryRun {
			continue
		}
		found[p.Registry] = true
		known := false
		for _, pub := range c.Publishers {
			known = known || pub.Registry == p.Registry && p.Job.Environment != nil && pub.Environment == p.Job.Environment.Name
		}
		if p.Credential != workflow.CredentialExchange || !known {
			fail("line %d: %s with %s in %+v", p.Line, p.Means, p.Credential, p.Job.Environment)
		}
	}
	for r, wanted := range want {
		if found[r] != wanted {
			fail("%s is published to: %v", r, found[r])
		}
	}
}

// TestTheEnvironmentMatters: the same, with environments that are too narrow,
// too wide, or others than the file names.
func TestTheEnvironmentMatters(t *testing.T) {
	s := shape{"one", "pure", true, false, "", "v*"}
	branch, tag := evidence.RefRule{Type: "branch", Pattern: "main"}, evidence.RefRule{Type: "tag", Pattern: "v*"}
	for name, edit := range map[string]func(*evidence.Environment){
		"no tag":    func(e *evidence.Environment) { e.Refs = evidence.Seen([]evidence.RefRule{branch}, src) },
		"no branch": func(e *evidence.Environment) { e.Refs = evidence.Seen([]evidence.RefRule{tag}, src) },
		"any branch": func(e *evidence.Environment) {
			e.Refs = evidence.Seen([]evidence.RefRule{{Type: "branch", Pattern: "*"}, tag}, src)
		},
		"everything": func(e *evidence.Environment) { e.Policy = evidence.RefsAll },
		"tag as branch": func(e *evidence.Environment) {
			e.Refs = evidence.Seen([]evidence.RefRule{branch, {Type: "branch", Pattern: "v*"}}, src)
		},
	} {
		st := s.stage(t).write().protect()
		environments := st.world.GitHub.Environments.Or(nil)
		edit(&environments[0])
		st.world.GitHub.Environments = evidence.Seen(environments, src)
		faults := 0
		holdAdmission(checks.NewCase(st.world), s, func(string, ...any) { faults++ })
		if faults == 0 {
			t.Errorf("%s: nothing is found", name)
		}
	}
}
