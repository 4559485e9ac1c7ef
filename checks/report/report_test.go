package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

var (
	at  = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	api = evidence.Source{Name: "api.github.com/repos/o/r", At: at}
)

// sample is a report with every verdict in it, and remote text that tries to
// steer the terminal.
func sample() checks.Report {
	result := func(id string, step checks.Step, level checks.Level, f checks.Finding) checks.Result {
		f.Level = level
		return checks.Result{Check: checks.Check{ID: id, Step: step, Level: level}, Finding: f}
	}
	w := &evidence.World{
		At: at, Mode: evidence.Live,
		Repo:   evidence.Seen(evidence.RepoName{Host: "github.com", Owner: "o", Name: "r"}, evidence.Source{Name: "git remote origin"}),
		Judged: evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: "1111111111111111111111111111111111111111"}, api),
	}
	w.GitHub.Repository = evidence.Seen(evidence.Repository{ID: 1, OwnerID: 2, Name: evidence.RepoName{Host: "github.com", Owner: "o", Name: "r"}, DefaultBranch: "main"}, api)
	w.Tree.Packages = evidence.Seen([]evidence.Package{
		{Ecosystem: evidence.Cargo, Path: "Cargo.toml", Name: evidence.Seen("x", api), Version: evidence.Seen("0.3.0", api)},
		{Ecosystem: evidence.Python, Path: "pyproject.toml", Name: evidence.Seen("x", api), Version: evidence.Unknown[string](api, "computed")},
		{Ecosystem: evidence.Cargo, Path: "inner/Cargo.toml", Name: evidence.Seen("inner", api), Publish: evidence.Seen(false, api)},
	}, api)
	return checks.Report{
		At: at, Mode: evidence.Live, World: w,
		Publishers: []identity.Publisher{{Registry: identity.CratesIO, Package: "x", Identity: identity.Identity{
			Owner: "o", OwnerID: 2, Repository: "r", Workflow: "publish.yml", Environment: "release",
			Origin: map[identity.Field]string{identity.FieldWorkflow: "the only file that publishes"}}}},
		Results: []checks.Result{
			result("repository-on-github", checks.Survey, checks.Works, checks.Finding{Verdict: checks.OK, Because: "o/r is on GitHub", Seen: []evidence.Source{api}}),
			result("tests-run-in-ci", checks.Survey, checks.Advice, checks.Finding{Verdict: checks.Wrong, Because: "no test runs", Fix: "run `cargo test`"}),
			result("first-release-done", checks.FirstRelease, checks.Works, checks.Finding{Subject: "pypi:x", Verdict: checks.Said, Because: "you said so"}),
			result("workflow-grants-id-token", checks.Workflow, checks.Works, checks.Finding{Subject: ".github/workflows/publish.yml#a", Verdict: checks.Wrong,
				Because: "id-token is none: evil \x1b[2Jtitle\u202e", Fix: "add `id-token: write`", Seen: []evidence.Source{{Name: ".github/workflows/publish.yml"}}, Where: &checks.Where{File: ".github/workflows/publish.yml", Line: 41}}),
			result("versions-agree", checks.Survey, checks.Works, checks.Finding{Verdict: checks.NotApplicable, Because: "nothing here that it could be said of"}),
			result("rehearsal-passed", checks.Rehearsal, checks.Works, checks.Finding{Subject: "pypi", Verdict: checks.Waiting, Because: "it waits"}),
			result("no-publishing-secrets", checks.Lock, checks.Safe, checks.Finding{Subject: "organization", Verdict: checks.Unknown, Because: "needs admin rights"}),
		},
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := os.ReadFile("../../docs/verify.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("verify.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("verify.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func render(t *testing.T, r checks.Report) []byte {
	t.Helper()
	out, err := JSON(r, "gh-trustpub 0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func validate(t *testing.T, out []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return schema(t).Validate(doc)
}

func TestJSONFitsItsSchema(t *testing.T) {
	offline := checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Offline}), checks.All(), nil)
	for name, r := range map[string]checks.Report{"sample": sample(), "an offline world that nobody looked at": offline} {
		if err := validate(t, render(t, r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSchemaRefusesWhatBreaksThePromise(t *testing.T) {
	good := string(render(t, sample()))
	for name, change := range map[string][2]string{
		"an unknown key":           {`"schema": 1,`, `"schema": 1, "more": 2,`},
		"another schema":           {`"schema": 1,`, `"schema": 2,`},
		"a verdict of its own":     {`"verdict": "said"`, `"verdict": "maybe"`},
		"a level of its own":       {`"level": "safe"`, `"level": "nice"`},
		"an ok without a source":   {`"verdict": "said"`, `"verdict": "ok"`},
		"a line that is no line":   {`"line": 41`, `"line": 0`},
		"a missing key":            {`"mode": "live",`, ``},
		"a time that is none":      {`"at": "2026-11-22T21:00:00Z",`, `"at": "yesterday",`},
		"a registry of its own":    {`"registry": "crates.io",`, `"registry": "npm",`},
		"a reason that is nothing": {`"because": "you said so"`, `"because": ""`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: the sample does not hold %s", name, change[0])
			continue
		}
		if validate(t, []byte(bad)) == nil {
			t.Errorf("%s passes the schema", name)
		}
	}
}

func TestJSONKeysStandInTheirOrder(t *testing.T) {
	out := string(render(t, sample()))
	last := -1
	for _, key := range []string{"schema", "tool", "at", "mode", "judged", "repository", "packages", "publishers", "verdict", "checks"} {
		i := strings.Index(out, "\n  \""+key+"\":")
		if i <= last {
			t.Errorf("%s stands at %d, after %d", key, i, last)
		}
		last = i
	}
	check := out[strings.Index(out, `"checks"`):]
	last = -1
	for _, key := range []string{"id", "step", "level", "subject", "verdict", "because", "fix", "seen", "where", "docs"} {
		i := strings.Index(check, "\n      \""+key+"\":")
		if i <= last {
			t.Errorf("%s stands at %d, after %d", key, i, last)
		}
		last = i
	}
}

func TestJSONSaysNullWhereNothingIsKnown(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(render(t, checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Offline}), checks.All(), nil)), &doc); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"at", "judged", "repository"} {
		if v, ok := doc[key]; !ok || v != nil {
			t.Errorf("%s is %v", key, v)
		}
	}
	for _, key := range []string{"packages", "publishers"} {
		if v, ok := doc[key].([]any); !ok || len(v) != 0 {
			t.Errorf("%s is %v, want an empty list", key, doc[key])
		}
	}
	var sampleDoc struct{ Packages []map[string]any }
	if err := json.Unmarshal(render(t, sample()), &sampleDoc); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"registry": "crates.io", "name": "x", "version": "0.3.0", "path": "Cargo.toml"},
		{"registry": "pypi", "name": "x", "version": nil, "path": "pyproject.toml"},
	}
	if diff := cmp.Diff(want, sampleDoc.Packages); diff != "" {
		t.Errorf("packages (-want +got)\n%s", diff)
	}
}

func TestRemoteTextSteersNoTerminal(t *testing.T) {
	var text bytes.Buffer
	if err := Text(&text, sample(), 80, false); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"text": text.String(), "json": string(render(t, sample()))} {
		if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, `\u001b`) {
			t.Errorf("%s holds control text: %q", name, out)
		}
		if !strings.Contains(out, "evil title") {
			t.Errorf("%s lost the words", name)
		}
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := Text(&out, sample(), 80, false); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"Survey\n  ✓ ok      repository-on-github\n    o/r is on GitHub [api.github.com/repos/o/r]\n",
		"  ✗ problem tests-run-in-ci  (advice)\n",
		"  - nothing to judge: versions-agree\n",
		"  » said    first-release-done  pypi:x\n",
		"    fix: add `id-token: write`\n    at:  .github/workflows/publish.yml:41\n",
		"  … waiting rehearsal-passed  pypi\n",
		"  ? unknown no-publishing-secrets  organization\n",
		"\n1 ok · 1 to fix · 1 waiting · 1 said · 1 cannot see\n",
		"Judged the workflow files (live) at refs/heads/main\n1111111111111111111111111111111111111111.\n",
		"Not ready: something is to be fixed.\n",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is not in\n%s", part, out.String())
		}
	}
}

// At every width no line is longer than it, and colour changes no word.
func TestTextKeepsItsWidth(t *testing.T) {
	for width := narrowest; width <= 140; width += 20 {
		var plain, coloured bytes.Buffer
		if err := Text(&plain, sample(), width, false); err != nil {
			t.Fatal(err)
		}
		if err := Text(&coloured, sample(), width, true); err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(plain.String(), "\n") {
			if n := ansi.StringWidth(l); n > width {
				t.Errorf("width %d: %d cells: %q", width, n, l)
			}
		}
		if ansi.Strip(coloured.String()) != plain.String() {
			t.Errorf("width %d: colour changes the words", width)
		}
		if coloured.String() == plain.String() {
			t.Errorf("width %d: there is no colour", width)
		}
	}
}

func TestExitStatus(t *testing.T) {
	with := func(level checks.Level, verdicts ...checks.Verdict) checks.Report {
		var r checks.Report
		for _, v := range verdicts {
			r.Results = append(r.Results, checks.Result{Finding: checks.Finding{Verdict: v, Level: level}})
		}
		return r
	}
	for _, row := range []struct {
		name string
		r    checks.Report
		want int
	}{
		{"all ok", with(checks.Works, checks.OK, checks.NotApplicable), 0},
		{"a problem", with(checks.Safe, checks.OK, checks.Unknown, checks.Wrong), 1},
		{"advice changes nothing", with(checks.Advice, checks.Wrong, checks.Unknown), 0},
		{"not all seen", with(checks.Works, checks.Unknown), 8},
		{"said", with(checks.Works, checks.Said), 8},
		{"waiting", with(checks.Safe, checks.Waiting), 8},
	} {
		if got := ExitStatus(row.r); got != row.want {
			t.Errorf("%s: %d, want %d", row.name, got, row.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestTextSaysWhenItCannotWrite(t *testing.T) {
	if err := Text(broken{}, sample(), 80, false); err == nil || !strings.Contains(err.Error(), "writing the report") {
		t.Errorf("%v", err)
	}
}

// A report on a few checks says so: it is no word on the whole.
func TestANarrowedReportDoesNotSayReady(t *testing.T) {
	r := checks.Report{Narrowed: true, Results: []checks.Result{{Check: checks.Check{ID: "packages-found"}, Finding: checks.Finding{Verdict: checks.OK, Level: checks.Works}}}}
	if text := Conclusion(r); strings.Contains(text, "Ready") || !strings.Contains(text, "the others were not judged") {
		t.Error(text)
	}
	r.Narrowed = false
	if text := Conclusion(r); !strings.HasPrefix(text, "Ready:") {
		t.Error(text)
	}
}
