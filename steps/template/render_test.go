package template

import (
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"mvdan.cc/sh/v3/syntax"

	sample "github.com/trustpub/gh-trustpub/assets"
)

var update = flag.Bool("update", false, "write the golden files anew")

func base() Plan {
	return Plan{Repository: "acme/market-data", Environment: "release", TagPattern: "v*", TestPyPI: true}
}

// with is the base with something changed.
func with(edit func(*Plan)) Plan { p := base(); edit(&p); return p }

// variants are the shapes of repository for which there is a golden file.
func variants() map[string]Plan {
	crate := []Crate{{"market-data", "Cargo.toml"}}
	several := []Crate{{"market-core", "crates/core/Cargo.toml"}, {"market-data", "crates/data/Cargo.toml"}}
	return map[string]Plan{
		"crate":           with(func(p *Plan) { p.Crates = crate }),
		"crate-in-folder": with(func(p *Plan) { p.Crates = []Crate{{"market-data", "rust/market data/Cargo.toml"}} }),
		"workspace":       with(func(p *Plan) { p.Crates, p.Workspace = several, true }),
		"some-crates":     with(func(p *Plan) { p.Crates = several }),
		"python": with(func(p *Plan) {
			p.Projects = []Project{{Name: "market-data", Dir: ".", Builder: Build, Version: "pyproject.toml"}}
		}),
		"python-without-testpypi": with(func(p *Plan) {
			p.Projects, p.TestPyPI = []Project{{Name: "market-data", Dir: "py/market data", Builder: Build}}, false
		}),
		"maturin": with(func(p *Plan) {
			p.Projects = []Project{{Name: "market-data", Dir: ".", Builder: Maturin, Version: "Cargo.toml"}}
		}),
		"mixed": with(func(p *Plan) {
			p.Crates, p.Projects = crate, []Project{{Name: "market-data", Dir: ".", Builder: Maturin, Version: "Cargo.toml"}}
			p.Upload = true
		}),
		"uv": with(func(p *Plan) {
			p.Projects = []Project{{Name: "market-data", Dir: ".", Builder: UV, Version: "pyproject.toml"}}
			p.Upload = true
		}),
		"own-environments": with(func(p *Plan) {
			p.Crates, p.Attest = crate, true
			p.Projects = []Project{{Name: "market-data", Dir: ".", Builder: Maturin, Version: "Cargo.toml"}, {Name: "Market.Tools", Dir: "tools", Builder: Build, Version: "tools/pyproject.toml", Environment: "release-market-tools"}}
			p.Upload = true
		}),
		"everything": with(func(p *Plan) {
			p.Crates, p.Workspace, p.TagPattern, p.Environment = several, true, "releases/v[0-9]*", "Release to all"
			p.Projects = []Project{{Name: "market-data", Dir: "python", Builder: Maturin}, {Name: "Market.Tools", Dir: "tools", Builder: UV}}
		}),
	}
}

func rendered(t *testing.T, p Plan) string {
	t.Helper()
	text, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestGoldens(t *testing.T) {
	for name, plan := range variants() {
		t.Run(name, func(t *testing.T) {
			got, file := rendered(t, plan), filepath.Join("testdata", name+".yml")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
				t.Error(diff)
			}
			if crlf := strings.ReplaceAll(got, "\n", "\r\n"); !IsOurs(got) || !IsOurs(crlf) || IsOurs("\n"+got) {
				t.Error("not told from a workflow of somebody else")
			}
		})
	}
}

func TestActionlintFindsNothing(t *testing.T) {
	for name, plan := range variants() {
		linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := linter.Lint("publish.yml", []byte(rendered(t, plan)), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// parse reads a rendered plan as actionlint's model.
func parse(t *testing.T, p Plan) *actionlint.Workflow {
	t.Helper()
	w, errs := actionlint.Parse([]byte(rendered(t, p)))
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	return w
}

func TestScriptsParseAndHoldNoExpression(t *testing.T) {
	for name, plan := range variants() {
		for _, job := range parse(t, plan).Jobs {
			for _, step := range job.Steps {
				run, ok := step.Exec.(*actionlint.ExecRun)
				if !ok {
					continue
				}
				if strings.Contains(run.Run.Value, "${{") {
					t.Errorf("%s: step %q holds an expression in its script", name, step.Name.Value)
				}
				if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(run.Run.Value), ""); err != nil {
					t.Errorf("%s: step %q: %v", name, step.Name.Value, err)
				}
			}
		}
	}
}

// publishes says whether the job of an id is one that talks to a registry.
func publishes(id string) bool {
	return id == "crates-io" || strings.HasPrefix(id, "pypi") || strings.HasPrefix(id, "testpypi")
}

var pinned = regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)

// TestRights holds what makes the file safe: every action pinned, no right by
// default, none to mint where code of the project runs, an environment wherever
// a token is minted.
func TestRights(t *testing.T) {
	for name, plan := range variants() {
		w := parse(t, plan)
		if w.Permissions == nil || len(w.Permissions.Scopes) != 0 || w.Permissions.All != nil {
			t.Errorf("%s: the workflow level must grant nothing", name)
		}
		for id, job := range w.Jobs {
			_, mints := job.Permissions.Scopes["id-token"]
			if mints != publishes(id) || mints != (job.Environment != nil) {
				t.Errorf("%s: job %s: id-token %v, environment %v", name, id, mints, job.Environment)
			}
			if job.If == nil || !strings.Contains(job.If.Value, "github.repository == 'acme/market-data'") {
				t.Errorf("%s: job %s would run in forks", name, id)
			}
			for _, step := range job.Steps {
				if use, ok := step.Exec.(*actionlint.ExecAction); ok && !pinned.MatchString(use.Uses.Value) {
					t.Errorf("%s: %s is not pinned", name, use.Uses.Value)
				}
			}
		}
	}
}

// TestNothingIsBuiltWhereATokenIs: cargo without --no-verify builds, and a
// build.rs would see the token.
func TestNothingIsBuiltWhereATokenIs(t *testing.T) {
	for name, plan := range variants() {
		for id, job := range parse(t, plan).Jobs {
			for _, step := range job.Steps {
				run, ok := step.Exec.(*actionlint.ExecRun)
				if ok && publishes(id) && strings.Contains(run.Run.Value, "cargo") && !strings.Contains(run.Run.Value, "--no-verify") {
					t.Errorf("%s: job %s, step %q builds", name, id, step.Name.Value)
				}
				if ok && publishes(id) && strings.Contains(run.Run.Value, "cargo") && (run.WorkingDirectory == nil || run.WorkingDirectory.Value != "${{ runner.temp }}") {
					t.Errorf("%s: job %s, step %q runs where the project can configure cargo", name, id, step.Name.Value)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	bad := map[string]func(*Plan){
		"no package":              func(p *Plan) { p.Crates = nil },
		"repository":              func(p *Plan) { p.Repository = "acme" },
		"injection by repository": func(p *Plan) { p.Repository = "a/b' || true || '" },
		"environment":             func(p *Plan) { p.Environment = "it's" },
		"expression":              func(p *Plan) { p.Environment = "${{ secrets.X }}" },
		"environment with space":  func(p *Plan) { p.Environment = " release" },
		"newline":                 func(p *Plan) { p.Environment = "a\nb" },
		"no star":                 func(p *Plan) { p.TagPattern = "v1" },
		"two stars":               func(p *Plan) { p.TagPattern = "v*.*" },
		"quote in the tag":        func(p *Plan) { p.TagPattern = "v'*" },
		"crate name":              func(p *Plan) { p.Crates[0].Name = "a; curl evil" },
		"manifest outside":        func(p *Plan) { p.Crates[0].Manifest = "../Cargo.toml" },
		"manifest outside, later": func(p *Plan) { p.Crates[0].Manifest = "a/../../Cargo.toml" },
		"manifest absolute":       func(p *Plan) { p.Crates[0].Manifest = "/Cargo.toml" },
		"manifest with dollar":    func(p *Plan) { p.Crates[0].Manifest = "$(id)/Cargo.toml" },
		"project name":            func(p *Plan) { p.Projects = []Project{{Name: "-x", Dir: ".", Builder: UV}} },
		"project folder":          func(p *Plan) { p.Projects = []Project{{Name: "x", Dir: "..", Builder: UV}} },
		"builder":                 func(p *Plan) { p.Projects = []Project{{Name: "x", Dir: "."}} },
		"manifest of a version":   func(p *Plan) { p.Projects = []Project{{Name: "x", Dir: ".", Builder: UV, Version: "/etc/passwd"}} },
		"own environment":         func(p *Plan) { p.Projects = []Project{{Name: "x", Dir: ".", Builder: UV, Environment: "a\nb"}} },
		"computed version":        func(p *Plan) { p.Projects, p.Upload = []Project{{Name: "x", Dir: ".", Builder: UV}}, true },
	}
	for name, spoil := range bad {
		p := base()
		p.Crates = []Crate{{"market-data", "Cargo.toml"}}
		spoil(&p)
		if text, err := Render(p); err == nil {
			t.Errorf("%s: rendered\n%s", name, text)
		}
	}
}

// The practice world that begins at the end of the route holds what the program
// would write.
func TestThePracticeWorldHoldsOurWorkflow(t *testing.T) {
	project, err := sample.Scenario("ready")
	if err != nil {
		t.Fatal(err)
	}
	held, err := fs.ReadFile(project, ".github/workflows/publish.yml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rendered(t, variants()["mixed"]), string(held)); diff != "" {
		t.Errorf("assets/scenarios/ready differs from the template (-template +asset)\n%s", diff)
	}
}

func TestPrefix(t *testing.T) {
	for pattern, want := range map[string]string{"v*": "v", "*": "", "lib/v[0-9]*": "lib/v", "v[0-9]*": "v"} {
		if got, ok := Prefix(pattern); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", pattern, got, ok, want)
		}
	}
	for _, pattern := range []string{"", "v", "v[0-9]+.[0-9]+", "v**", "!v*", "v?*"} {
		if got, ok := Prefix(pattern); ok {
			t.Errorf("%s: taken, with prefix %q", pattern, got)
		}
	}
}
