package checks

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// hidings take single facts out of sight, as a missing right or a dead server
// does.
var hidings = map[string]func(*evidence.World){
	"user":                 func(w *evidence.World) { w.GitHub.User = evidence.Fact[evidence.User]{} },
	"repository":           func(w *evidence.World) { w.GitHub.Repository = evidence.Fact[evidence.Repository]{} },
	"environments":         func(w *evidence.World) { w.GitHub.Environments = evidence.Fact[[]evidence.Environment]{} },
	"repository secrets":   func(w *evidence.World) { w.GitHub.RepositorySecrets = evidence.Fact[[]evidence.Secret]{} },
	"organisation secrets": func(w *evidence.World) { w.GitHub.OrganizationSecrets = evidence.Fact[[]evidence.Secret]{} },
	"default permission":   func(w *evidence.World) { w.GitHub.DefaultTokenPermission = evidence.Fact[string]{} },
	"default branch":       func(w *evidence.World) { w.GitHub.DefaultBranch = evidence.Fact[evidence.BranchProtection]{} },
	"rulesets":             func(w *evidence.World) { w.GitHub.Rulesets = evidence.Fact[[]evidence.Ruleset]{} },
	"actions":              func(w *evidence.World) { w.GitHub.Actions = evidence.Fact[evidence.ActionsPolicy]{} },
	"dependabot secrets":   func(w *evidence.World) { w.GitHub.DependabotSecrets = evidence.Fact[[]evidence.Secret]{} },
	"runs":                 func(w *evidence.World) { w.GitHub.Runs = evidence.Fact[[]evidence.Run]{} },
	"judged":               func(w *evidence.World) { w.Judged = evidence.Fact[evidence.Commit]{} },
	"repo":                 func(w *evidence.World) { w.Repo = evidence.Fact[evidence.RepoName]{} },
	"workflows":            func(w *evidence.World) { w.Workflows = evidence.Fact[[]evidence.WorkflowFile]{} },
	"packages":             func(w *evidence.World) { w.Tree.Packages = evidence.Fact[[]evidence.Package]{} },
	"crates.io":            hideProject(identity.CratesIO),
	"pypi":                 hideProject(identity.PyPI),
	"testpypi":             hideProject(identity.TestPyPI),
}

func hideProject(r identity.Registry) func(*evidence.World) {
	return func(w *evidence.World) { delete(w.Projects, evidence.ProjectKey{Registry: r, Name: "data"}) }
}

// faults are worlds that are not ready, each for one reason.
func faults(t *testing.T) map[string]func(*evidence.World) {
	change := func(f func(*testing.T, *evidence.World)) func(*evidence.World) {
		return func(w *evidence.World) { f(t, w) }
	}
	return map[string]func(*evidence.World){
		"none": func(*evidence.World) {},
		"secret left": func(w *evidence.World) {
			w.GitHub.RepositorySecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_TOKEN"}}, api)
		},
		"no reviewers":   func(w *evidence.World) { setEnvironment(w, func(e *evidence.Environment) { e.Reviewers = nil }) },
		"no environment": change(noEnvironment),
		"admins pass by": func(w *evidence.World) {
			setEnvironment(w, func(e *evidence.Environment) { e.AdminsBypass = evidence.Seen(true, api) })
		},
		"branch open":       change(guardsOfBranch(evidence.Seen([]evidence.Rule{}, api), evidence.Absent[evidence.ClassicProtection](api))),
		"tags open":         change(rulesets()),
		"actions off":       func(w *evidence.World) { w.GitHub.Actions = evidence.Seen(evidence.ActionsPolicy{}, api) },
		"refused":           change(earlier(refusedRehearsal(9, 1, notFound))),
		"not rehearsed":     change(earlier()),
		"another publisher": func(w *evidence.World) { listed(w, with(registered(identity.CratesIO), otherFile)) },
		"a token released": func(w *evidence.World) {
			setProject(w, identity.CratesIO, tokenVersion("0.4.0", 1), trustedCrate("0.3.0", 5))
		},
		"no id-token":        change(edited("      id-token: write\n", "")),
		"two files":          change(file(".github/workflows/old.yml", secretWorkflow)),
		"no licence":         change(changedCrate(func(p *evidence.Package) { p.License = evidence.Absent[string](line("Cargo.toml", 0)) })),
		"said, nothing else": func(w *evidence.World) { untried(w); says(w, 1, registered(identity.PyPI)) },
	}
}

// What is out of sight never makes anything greener: hiding facts turns no
// world ready, and no result of a check from a problem into ok. Publishers are
// left out of the second: there the newest evidence that is in sight decides,
// and hiding it brings an older one up.
func TestHidingNeverMakesGreener(t *testing.T) {
	broken := faults(t)
	worlds, hidden := slices.Sorted(maps.Keys(broken)), slices.Sorted(maps.Keys(hidings))
	rapid.Check(t, func(rt *rapid.T) {
		fault := rapid.SampledFrom(worlds).Draw(rt, "fault")
		hide := rapid.SliceOfNDistinct(rapid.SampledFrom(hidden), 1, 4, rapid.ID[string]).Draw(rt, "hide")
		before, after := ready(t), ready(t)
		broken[fault](before)
		broken[fault](after)
		for _, h := range hide {
			hidings[h](after)
		}
		was, is := Judge(NewCase(before), All(), nil), Judge(NewCase(after), All(), nil)
		if was.Verdict() != Ready && is.Verdict() == Ready {
			rt.Fatalf("%s with %v out of sight is ready", fault, hide)
		}
		for _, res := range was.Results {
			if res.Check.Step != Publishers && res.Verdict == Wrong && verdictOf(is, res) == OK {
				rt.Fatalf("%s: %s %q was a problem, and is ok with %v out of sight", fault, res.Check.ID, res.Subject, hide)
			}
		}
		holds(t, is)
	})
}

// Nearly every fact is needed: with one of them out of sight, the world in
// which all is done is unproven.
func TestEachFactIsNeeded(t *testing.T) {
	spare := map[string]bool{
		"user": true, "repo": true, // the repository was seen
		"default permission": true, // jobs say for themselves
	}
	for name, hide := range hidings {
		w := ready(t)
		hide(w)
		want := Unproven
		if spare[name] {
			want = Ready
		}
		if got := Judge(NewCase(w), All(), nil).Verdict(); got != want {
			t.Errorf("without %s: %s, want %s", name, got, want)
		}
	}
}

func verdictOf(r Report, of Result) Verdict {
	for _, res := range r.Of(of.Check.ID) {
		if res.Subject == of.Subject {
			return res.Verdict
		}
	}
	return NotApplicable
}
