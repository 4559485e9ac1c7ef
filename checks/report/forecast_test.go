package report

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// foreseen is a forecast in which everything is set once.
func foreseen() checks.Forecast {
	src := evidence.Source{Name: "api.github.com"}
	return checks.Forecast{
		Ref: "refs/tags/v1.2.0", Origin: "the tag for 1.2.0 (Cargo.toml:3)", Exists: evidence.Seen(false, src), Files: "judged with the workflow files of main",
		Judged:  evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: "1111111111111111111111111111111111111111"}, src),
		Differs: []string{".github/workflows/ci.yml"},
		Remarks: []checks.Remark{{Verdict: checks.Wrong, Text: "the tag is for 1.2.0", Fix: "raise it"}, {Verdict: checks.OK, Text: "supposed is"}},
		Runs: []checks.RunForecast{{File: ".github/workflows/publish.yml", Line: 3, Event: "push", Ref: "refs/tags/v1.2.0", Fate: checks.Passes, Because: "publish.yml:3: tags [v*] matches", Jobs: []checks.JobForecast{
			{Subject: ".github/workflows/publish.yml#crates", Line: 9, Fate: checks.Waits, Because: "waits for ana \x1b[2Jto approve", Environment: "release", Approvers: []string{"ana"}, Minutes: 5, Apps: []string{"gate"},
				Registries: []checks.RegistryForecast{
					{Registry: identity.CratesIO, Uploads: true, Fate: checks.Refused, Because: "environment differs", Stage: "environment", Field: identity.FieldEnvironment, Presented: "release", Registered: []string{"pypi"}, Text: "The config does not match"},
					{Registry: identity.PyPI, Fate: checks.Passes, Packages: []checks.PackageForecast{{Name: "x", Version: "1.2.0", Fate: checks.Open, Because: "you said so"}}},
				}},
			{Subject: ".github/workflows/publish.yml#other", Fate: checks.Refused, Because: "not let in", Text: `Tag "v1.2.0" is not allowed`, Fix: "add a policy", Nobody: true},
		}}},
		Idle: []checks.Idle{{File: ".github/workflows/old.yml", Because: "it is disabled"}},
	}
}

func predictSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := os.ReadFile("../../docs/predict.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("predict.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("predict.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fits(t *testing.T, out []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return predictSchema(t).Validate(doc)
}

func TestForecastsFitTheirSchema(t *testing.T) {
	empty := &evidence.World{Mode: evidence.Offline}
	for name, f := range map[string]checks.Forecast{
		"everything":                    foreseen(),
		"a world that nobody looked at": checks.NewCase(empty).Foresee(checks.Push{Ref: "refs/tags/v1"}),
		"the same for one event":        checks.NewCase(empty).Foresee(checks.Push{Ref: "refs/heads/main", Event: "schedule"}),
	} {
		out, err := ForecastJSON(f, empty, "gh-trustpub 0.1.0")
		if err != nil {
			t.Fatal(err)
		}
		if err := fits(t, out); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if bytes.ContainsRune(out, '\x1b') || bytes.Contains(out, []byte(`\u001b`)) {
			t.Errorf("%s: control characters are left", name)
		}
	}
}

func TestThePredictSchemaRefusesWhatBreaksThePromise(t *testing.T) {
	out, err := ForecastJSON(foreseen(), &evidence.World{Mode: evidence.Live}, "gh-trustpub 0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	good := string(out)
	for name, change := range map[string][2]string{
		"an unknown key":         {`"schema": 1,`, `"schema": 1, "more": 2,`},
		"another schema":         {`"schema": 1,`, `"schema": 2,`},
		"a fate of its own":      {`"fate": "waits"`, `"fate": "maybe"`},
		"an outlook of its own":  {`"outlook": "would-fail"`, `"outlook": "rain"`},
		"a field of its own":     {`"field": "environment"`, `"field": "colour"`},
		"a short ref":            {`"ref": "refs/tags/v1.2.0",`, `"ref": "v1.2.0",`},
		"a wait without a cause": {`"because": "waits for ana to approve"`, `"because": ""`},
		"a line that is none":    {`"line": 9`, `"line": 0`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: %s is not in the sample\n%s", name, change[0], good)
		} else if fits(t, []byte(bad)) == nil {
			t.Errorf("%s passes the schema", name)
		}
	}
}

func TestForecastText(t *testing.T) {
	var out bytes.Buffer
	if err := ForecastText(&out, foreseen(), 80, false); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"If the tag v1.2.0 were pushed now:", "the tag for 1.2.0 (Cargo.toml:3)", "judged with the workflow files of main", "not the same on the default branch: .github/workflows/ci.yml",
		"✗ the tag is for 1.2.0", "fix: raise it", "✓ push starts .github/workflows/publish.yml at refs/tags/v1.2.0", "… waits  .github/workflows/publish.yml#crates", "waits for ana to approve",
		"✗ refused  crates.io", "crates.io would say: The config does not match", "✓ passes  PyPI, token only", "? unknown  x", `GitHub would say: Tag "v1.2.0" is not allowed`, "fix: add a policy",
		"not started: .github/workflows/old.yml: it is disabled", "It would not publish all",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing", part)
		}
	}
	if t.Failed() {
		t.Log("\n" + out.String())
	}
}

func TestForecastTextKeepsItsWidth(t *testing.T) {
	for _, width := range []int{40, 60, 100} {
		var plain, coloured bytes.Buffer
		if err := ForecastText(&plain, foreseen(), width, false); err != nil {
			t.Fatal(err)
		}
		if err := ForecastText(&coloured, foreseen(), width, true); err != nil {
			t.Fatal(err)
		}
		if ansi.Strip(coloured.String()) != plain.String() || plain.String() == coloured.String() {
			t.Errorf("%d: colours change the text, or there are none", width)
		}
		for _, l := range strings.Split(plain.String(), "\n") {
			if ansi.StringWidth(l) > width && strings.Contains(strings.TrimSpace(l), " ") {
				t.Errorf("%d: %q is wider", width, l)
			}
		}
	}
}

// The outlook, its sentence and the exit status are one thing.
func TestOutlooks(t *testing.T) {
	run := func(job checks.JobForecast) checks.Forecast {
		return checks.Forecast{Runs: []checks.RunForecast{{Fate: checks.Passes, Jobs: []checks.JobForecast{job}}}}
	}
	to := func(uploads bool, fate checks.Fate) checks.JobForecast {
		return checks.JobForecast{Fate: checks.Passes, Registries: []checks.RegistryForecast{{Uploads: uploads, Fate: fate}}}
	}
	for name, c := range map[string]struct {
		f      checks.Forecast
		says   string
		status int
	}{
		"publishes":        {run(to(true, checks.Passes)), "It would publish.", 0},
		"only exchanges":   {run(to(false, checks.Passes)), "publish nothing", 0},
		"is refused":       {run(to(true, checks.Refused)), "It would not publish all", 1},
		"cannot be seen":   {run(to(true, checks.Open)), "not all could be seen", 8},
		"waits":            {run(checks.JobForecast{Fate: checks.Waits}), "a person must approve", 8},
		"is skipped":       {run(checks.JobForecast{Fate: checks.Skipped}), "Nothing would be published", 1},
		"starts nothing":   {checks.Forecast{}, "Nothing would be published", 1},
		"has a bad remark": {checks.Forecast{Remarks: []checks.Remark{{Verdict: checks.Wrong}}, Runs: run(to(true, checks.Passes)).Runs}, "It would not publish all", 1},
	} {
		if says := OutlookLine(c.f); !strings.Contains(says, c.says) || ForecastStatus(c.f) != c.status {
			t.Errorf("%s: %q, exit status %d; want %q, %d", name, says, ForecastStatus(c.f), c.says, c.status)
		}
	}
}
