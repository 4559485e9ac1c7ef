package steps

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rhysd/actionlint"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// shape is one combination of what a repository can hold and its maintainer
// choose, as far as the workflow that is written depends on it.
type shape struct {
	crates, projects string
	testPyPI, attest bool
	environment, tag string
}

func (s shape) String() string {
	return fmt.Sprintf("crates %s, projects %s, TestPyPI %v, attested %v, environment %q, tags %s", s.crates, s.projects, s.testPyPI, s.attest, s.environment, s.tag)
}

// crateShapes and projectShapes are what a repository can hold.
var (
	crateShapes = map[string][]evidence.Package{
		"none":      nil,
		"one":       {crateAt("Cargo.toml", "market-data")},
		"in folder": {crateAt("rust/market data/Cargo.toml", "market-data")},
		"workspace": {crateAt("crates/core/Cargo.toml", "market-core"), crateAt("Cargo.toml", "market-data", "market-core")},
		"some":      {crateAt("crates/core/Cargo.toml", "market-core"), crateAt("Cargo.toml", "market-data", "market-core"), kept(crateAt("xtask/Cargo.toml", "xtask")), crateAt("crates/more/Cargo.toml", "market-more")},
	}
	projectShapes = map[string][]evidence.Package{
		"none":       nil,
		"pure":       {projectAt(".", "market-data", "hatchling.build")},
		"in folder":  {projectAt("py/market data", "market-data", "setuptools.build_meta")},
		"computed":   {computedVersion(projectAt(".", "market-data", "setuptools.build_meta"))},
		"uv":         {keptWithUV(projectAt(".", "market-data", "uv_build"))},
		"maturin":    {projectAt(".", "market-data", "maturin")},
		"from crate": {versionFrom(projectAt("python", "market-data", "maturin"), "Cargo.toml")},
		"several":    {projectAt("python", "market-data", "maturin"), keptWithUV(projectAt("tools", "Market.Tools", "hatchling.build")), projectAt("more", "market-more", "flit_core.buildapi")},
		"new":        {projectAt("python", "market-data", "maturin"), keptWithUV(projectAt("tools", "Market.Tools", "hatchling.build"))},
	}
)

func in(file string) evidence.Source { return evidence.Source{Name: file, Line: 3, At: at} }

func crateAt(file, name string, after ...string) evidence.Package {
	return evidence.Package{Ecosystem: evidence.Cargo, Path: file, Name: evidence.Seen(name, in(file)), Version: evidence.Seen("0.1.0", in(file)),
		Publish: evidence.Seen(true, in(file)), Description: evidence.Seen("Data", in(file)), License: evidence.Seen("MIT", in(file)), DependsOn: after}
}

func kept(p evidence.Package) evidence.Package {
	p.Publish = evidence.Seen(false, in(p.Path))
	return p
}

func projectAt(dir, name, backend string) evidence.Package {
	file := path.Join(dir, "pyproject.toml")
	return evidence.Package{Ecosystem: evidence.Python, Path: file, Name: evidence.Seen(name, in(file)), Version: evidence.Seen("0.1.0", in(file)), Backend: evidence.Seen(backend, in(file)),
		Publish: evidence.Seen(true, in(file)), Description: evidence.Seen("Data", in(file)), License: evidence.Seen("MIT", in(file))}
}

func keptWithUV(p evidence.Package) evidence.Package {
	p.Keeper = evidence.Seen("uv", in(p.Path))
	return p
}

func computedVersion(p evidence.Package) evidence.Package {
	p.Version = evidence.Unknown[string](in(p.Path), "computed from git tags by setuptools_scm")
	return p
}

func versionFrom(p evidence.Package, file string) evidence.Package {
	p.Version = evidence.Seen("0.1.0", in(file))
	return p
}

// shapes are all combinations.
func shapes() []shape {
	var all []shape
	for _, crates := range slices.Sorted(maps.Keys(crateShapes)) {
		for _, projects := range slices.Sorted(maps.Keys(projectShapes)) {
			if crates == "none" && projects == "none" {
				continue
			}
			for _, testPyPI := range []bool{true, false}[:min(len(projectShapes[projects])+1, 2)] {
				for _, attest := range []bool{false, true}[:min(len(crateShapes[crates])+1, 2)] {
					for _, names := range [][2]string{{"", "v*"}, {"Release to all", "releases/v[0-9]*"}, {"true", "*"}} {
						all = append(all, shape{crates, projects, testPyPI, attest, names[0], names[1]})
					}
				}
			}
		}
	}
	return all
}

// stage is a repository of the shape, of which nothing is set up.
func (s shape) stage(t *testing.T) *stage {
	st := fresh(t)
	packages := append(append([]evidence.Package{}, crateShapes[s.crates]...), projectShapes[s.projects]...)
	st.world.Tree.Packages = evidence.Seen(packages, in("."))
	for _, p := range packages {
		for _, r := range identity.Registries() {
			project := evidence.Seen(evidence.Project{Name: p.Name.Or(""), Versions: []evidence.Version{byToken("0.0.1")}}, src)
			if s.projects == "new" && r != identity.CratesIO {
				project = evidence.Absent[evidence.Project](src)
			}
			st.world.Projects[evidence.ProjectKey{Registry: r, Name: p.Name.Or("")}] = project
		}
	}
	c := journal.Choices{Profile: "solo", Environment: s.environment, TagPattern: s.tag, Attest: s.attest}
	if !s.testPyPI {
		c.Registries = []identity.Registry{identity.CratesIO, identity.PyPI}
	}
	return st.choose(c)
}

// protect gives the world the environments that the program would make.
func (s *stage) protect() *stage {
	s.t.Helper()
	l := newLayout(s.basis())
	var made []evidence.Environment
	for _, name := range l.environments() {
		asked, err := change.Merge(change.StateOf(nil), l.wish(name, l.environmentDefaults()))
		if err != nil {
			s.t.Fatal(err)
		}
		e := evidence.Environment{Name: name, Policy: asked.Policy, PreventSelfReview: evidence.Seen(asked.PreventSelfReview, src), AdminsBypass: evidence.Seen(!asked.NoBypass, src), Source: src}
		var refs []evidence.RefRule
		for i, r := range asked.Refs {
			refs = append(refs, evidence.RefRule{ID: int64(i), Type: r.Type, Pattern: r.Pattern})
		}
		for _, r := range asked.Reviewers {
			e.Reviewers = append(e.Reviewers, evidence.Reviewer{Type: r.Type, ID: r.ID, Name: r.Name})
		}
		e.Refs = evidence.Seen(refs, src)
		made = append(made, e)
	}
	s.world.GitHub.Environments = evidence.Seen(made, src)
	return s
}

// everyShape runs TestGenerated over all combinations, as CI does; without it
// they are a part in which every value meets most others.
var everyShape = flag.Bool("every-shape", false, "hold all workflows that can be generated, not a part of them")

// some is each seventh: no list of values has seven.
func some(all []shape) []shape {
	var part []shape
	for i := 0; i < len(all); i += 7 {
		part = append(part, all[i])
	}
	return part
}

// TestGenerated holds every workflow that can be written to the linter with
// shellcheck, to all checks of workflows, to the claims engine, to what a
// security linter asks for, and to the environment that the program would make
// for it.
func TestGenerated(t *testing.T) {
	all := shapes()
	if len(all) < 400 {
		t.Fatalf("only %d shapes", len(all))
	}
	if !*everyShape && os.Getenv("TRUSTPUB_REQUIRE_TOOLS") != "1" {
		all = some(all)
	}
	lint := newLinter(t)
	distinct := sync.Map{}
	t.Run("each", func(t *testing.T) {
		for i := range 8 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				for j := i; j < len(all); j += 8 {
					st := all[j].stage(t).write()
					text := string(st.world.Workflows.Or(nil)[0].Content.Or(nil))
					distinct.Store(text, true)
					fail := func(format string, args ...any) {
						t.Errorf("%s:\n%s", all[j], fmt.Sprintf(format, args...))
					}
					lint.hold(text, fail)
					holdSecurity(text, fail)
					in := st.protect().basis()
					holdChecks(in.Report, fail)
					holdAdmission(in.Case, all[j], fail)
				}
			})
		}
	})
	n := 0
	distinct.Range(func(any, any) bool { n++; return true })
	t.Logf("%d shapes, %d different workflows, %d scripts through shellcheck", len(all), n, lint.scripts())
}

// linter lints workflows. Of the scripts each is given to shellcheck once: what
// shellcheck says depends on nothing but the script and its shell.
type linter struct {
	shellcheck string
	mu         sync.Mutex
	seen       map[string]bool
}

// newLinter finds shellcheck; TRUSTPUB_REQUIRE_TOOLS=1 makes its absence a
// failure.
func newLinter(t *testing.T) *linter {
	l := &linter{seen: map[string]bool{}}
	var err error
	if l.shellcheck, err = exec.LookPath("shellcheck"); err != nil {
		l.shellcheck = ""
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatal("shellcheck is required")
		}
		t.Log("shellcheck is not here: the scripts are parsed by actionlint alone")
	}
	return l
}

func (l *linter) scripts() int {
	if l.shellcheck == "" {
		return 0
	}
	return len(l.seen)
}

func (l *linter) hold(text string, fail func(string, ...any)) {
	options := &actionlint.LinterOptions{}
	if l.isNew(text) {
		options.Shellcheck = l.shellcheck
	}
	linter, err := actionlint.NewLinter(io.Discard, options)
	if err != nil {
		fail("%v", err)
		return
	}
	found, err := linter.Lint("publish.yml", []byte(text), nil)
	if err != nil {
		fail("%v", err)
	}
	for _, f := range found {
		fail("%s", f)
	}
}

// isNew says whether a workflow holds a script that no other had.
func (l *linter) isNew(text string) bool {
	w, _ := actionlint.Parse([]byte(text))
	l.mu.Lock()
	defer l.mu.Unlock()
	isNew := false
	for _, job := range w.Jobs {
		shell := ""
		if job.Defaults != nil && job.Defaults.Run != nil && job.Defaults.Run.Shell != nil {
			shell = job.Defaults.Run.Shell.Value
		}
		for _, step := range job.Steps {
			if run, ok := step.Exec.(*actionlint.ExecRun); ok && !l.seen[shell+"\x00"+run.Run.Value] {
				l.seen[shell+"\x00"+run.Run.Value], isNew = true, true
			}
		}
	}
	return isNew
}

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
