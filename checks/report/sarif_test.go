package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// officialSchema is OASIS's schema of SARIF 2.1.0 (errata 01), out of the text
// of the library that we write with, which carries it unchanged.
func officialSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	value := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
	text, err := strconv.Unquote(value)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	const name = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	if id := doc.(map[string]any)["id"]; id != name {
		t.Fatalf("the schema is %v", id)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func renderSARIF(t *testing.T, r checks.Report) []byte {
	t.Helper()
	out, err := SARIF(r, "gh-trustpub 0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// codeScanning is what GitHub reads of a SARIF file.
type codeScanning struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
		VersionControlProvenance []struct{ RepositoryURI, RevisionID, Branch string }
		Tool                     struct {
			Driver struct {
				Name, Version, InformationURI string
				Rules                         []struct {
					ID, Name, HelpURI                       string
					ShortDescription, FullDescription, Help struct{ Text, Markdown string }
					DefaultConfiguration                    struct{ Level string }
					Properties                              map[string]any
				}
			}
		}
		Results []scanned
	}
}

type scanned struct {
	RuleID              string
	RuleIndex           int
	Level               string
	Message             struct{ Text string }
	PartialFingerprints map[string]string
	Locations           []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
		}
	}
}

func scan(t *testing.T, r checks.Report) codeScanning {
	t.Helper()
	var read codeScanning
	if err := json.Unmarshal(renderSARIF(t, r), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// reports are those that every format must take.
func reports() map[string]checks.Report {
	offline := checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Offline}), checks.All(), nil)
	return map[string]checks.Report{"sample": sample(), "an offline world that nobody looked at": offline, "nothing at all": {}, "many": {Results: many(60, checks.Wrong, "NAME lacks <b>it</b>")}}
}

func TestSARIFFitsTheOfficialSchema(t *testing.T) {
	schema := officialSchema(t)
	check := func(text string) error {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	for name, r := range reports() {
		if err := check(string(renderSARIF(t, r))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := string(renderSARIF(t, sample()))
	for name, change := range map[string][2]string{
		"another version":      {`"version":"2.1.0"`, `"version":"2.0.0"`},
		"a level of its own":   {`"level":"error"`, `"level":"bad"`},
		"a line that is none":  {`"startLine":41`, `"startLine":0`},
		"a result without say": {`"message":{`, `"massage":{`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: %q is not in the file", name, change[0])
		} else if check(bad) == nil {
			t.Errorf("%s passes the schema", name)
		}
	}
}

// What GitHub demands beyond the schema (docs.github.com, "SARIF support for
// code scanning").
func TestSARIFHasWhatCodeScanningDemands(t *testing.T) {
	for name, r := range reports() {
		read := scan(t, r)
		if read.Version != "2.1.0" || read.Schema == "" || len(read.Runs) != 1 {
			t.Fatalf("%s: version %q, schema %q, %d runs", name, read.Version, read.Schema, len(read.Runs))
		}
		run := read.Runs[0]
		for _, rule := range run.Tool.Driver.Rules {
			for what, text := range map[string]string{"id": rule.ID, "short description": rule.ShortDescription.Text,
				"full description": rule.FullDescription.Text, "help": rule.Help.Text, "level": rule.DefaultConfiguration.Level} {
				if text == "" || len(text) > mostWords {
					t.Errorf("%s: the %s of rule %s has %d characters", name, what, rule.ID, len(text))
				}
			}
			if rule.HelpURI != "https://github.com/trustpub/gh-trustpub/blob/main/docs/checks.md#"+rule.ID {
				t.Errorf("%s: the help of rule %s is at %s", name, rule.ID, rule.HelpURI)
			}
		}
		prints := map[string]bool{}
		for _, res := range run.Results {
			demanded(t, res)
			if res.RuleIndex < 0 || run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
				t.Errorf("%s: rule %d is not %s", name, res.RuleIndex, res.RuleID)
			}
			print := res.RuleID + res.PartialFingerprints["primaryLocationLineHash"]
			if prints[print] {
				t.Errorf("%s: two results are one alert: %s", name, res.Message.Text)
			}
			prints[print] = true
		}
	}
}

func demanded(t *testing.T, res scanned) {
	t.Helper()
	if res.Message.Text == "" || len(res.Locations) != 1 || res.PartialFingerprints["primaryLocationLineHash"] == "" {
		t.Fatalf("%+v lacks a text, a place or a fingerprint", res)
	}
	at := res.Locations[0].PhysicalLocation
	if uri := at.ArtifactLocation.URI; uri == "" || strings.HasPrefix(uri, "/") || strings.Contains(uri, "://") {
		t.Errorf("%s is at %q, which is not relative to the repository", res.RuleID, uri)
	}
	if g := at.Region; g.StartLine < 1 || g.StartColumn < 1 || g.EndLine != g.StartLine || g.EndColumn <= g.StartColumn {
		t.Errorf("%s is at %+v", res.RuleID, g)
	}
}

func TestSARIFHoldsTheProblemsAlone(t *testing.T) {
	read := scan(t, sample())
	run := read.Runs[0]
	if n := len(run.Results); n != 2 {
		t.Fatalf("%d results, want the two problems", n)
	}
	first, second := run.Results[0], run.Results[1]
	if first.RuleID != "workflow-grants-id-token" || first.Level != "error" || second.RuleID != "tests-run-in-ci" || second.Level != "note" {
		t.Errorf("the results are %s (%s) and %s (%s)", first.RuleID, first.Level, second.RuleID, second.Level)
	}
	if got := first.Locations[0].PhysicalLocation; got.ArtifactLocation.URI != ".github/workflows/publish.yml" || got.Region.StartLine != 41 {
		t.Errorf("the first is at %+v", got)
	}
	if got := second.Locations[0].PhysicalLocation.ArtifactLocation.URI; got != "Cargo.toml" {
		t.Errorf("what belongs to no file is shown at %q", got)
	}
	if want := ".github/workflows/publish.yml#a: id-token is none: evil title. Fix: add `id-token: write`"; first.Message.Text != want {
		t.Errorf("%q, want %q", first.Message.Text, want)
	}
	var open []string
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		open = append(open, n.Message.Text)
	}
	want := []string{"waiting: pypi: it waits", "said: pypi:x: you said so", "unknown: organization: needs admin rights"}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("what is open (-want +got)\n%s", diff)
	}
	if p := run.VersionControlProvenance; len(p) != 1 || p[0].RepositoryURI != "https://github.com/o/r" || p[0].Branch != "main" || len(p[0].RevisionID) != 40 {
		t.Errorf("the commit is %+v", p)
	}
}

func TestSARIFRulesAreRated(t *testing.T) {
	r := checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Offline}), checks.All(), nil)
	run := scan(t, r).Runs[0]
	if len(run.Tool.Driver.Rules) != len(checks.All()) {
		t.Fatalf("%d rules for %d checks", len(run.Tool.Driver.Rules), len(checks.All()))
	}
	for i, c := range checks.All() {
		rule := run.Tool.Driver.Rules[i]
		severity, rated := rule.Properties["security-severity"]
		security := fmt.Sprint(rule.Properties["tags"]) == "[trusted-publishing "+string(c.Step)+" security]"
		if want := c.Level == checks.Safe; rated != want || security != want {
			t.Errorf("%s of level %s: security-severity %v, tags %v", c.ID, c.Level, severity, rule.Properties["tags"])
		}
	}
}

// placed is one problem at a line of a workflow file with this text.
func placed(text string, n int, because string) checks.Report {
	r := sample()
	r.World.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: ".github/workflows/publish.yml", Content: evidence.Seen([]byte(text), api)}}, api)
	r.Results = []checks.Result{{Check: checks.Check{ID: "actions-pinned", Step: checks.Workflow, Level: checks.Safe}, Finding: checks.Finding{
		Level: checks.Safe, Verdict: checks.Wrong, Subject: "publish.yml#a x/y@v1", Because: because, Where: &checks.Where{File: ".github/workflows/publish.yml", Line: n}}}}
	return r
}

func TestAnAlertIsTheSameAfterItsLineMoved(t *testing.T) {
	alert := func(text string, n int, because string) scanned {
		return scan(t, placed(text, n, because)).Runs[0].Results[0]
	}
	before := alert("on: push\njobs:\n  - uses: x/y@v1\n", 3, "v1 moves")
	same := before.PartialFingerprints["primaryLocationLineHash"]
	if got := before.Locations[0].PhysicalLocation.Region; got.EndColumn != len("  - uses: x/y@v1")+1 {
		t.Errorf("the line ends at column %d", got.EndColumn)
	}
	if got := alert("# more\n\non: push\njobs:\n    - uses: x/y@v1\r\n", 5, "v1 moves, seen 3 days ago"); got.PartialFingerprints["primaryLocationLineHash"] != same {
		t.Error("a line that moved, was indented and is told of otherwise is a new alert")
	}
	if got := alert("on: push\njobs:\n  - uses: x/z@v1\n", 3, "v1 moves"); got.PartialFingerprints["primaryLocationLineHash"] == same {
		t.Error("another line is the same alert")
	}
}

func TestSARIFMakesNoLinkOfRemoteText(t *testing.T) {
	text := scan(t, placed("on: push\n", 1, "see [here](https://evil.example) \x1b[2J{0}")).Runs[0].Results[0].Message.Text
	if strings.Contains(text, "](") || strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}
}

func TestANarrowedReportReplacesNoWholeOne(t *testing.T) {
	whole := checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Live}), checks.All(), nil)
	one := checks.Judge(checks.NewCase(&evidence.World{Mode: evidence.Live}), checks.All(), []string{"workflow-lints"})
	id := func(r checks.Report) string {
		name := scan(t, r).Runs[0].AutomationDetails.ID
		return name[:strings.LastIndex(name, "/")]
	}
	if id(whole) != "gh-trustpub/live" || id(one) != "gh-trustpub/live/workflow-lints" {
		t.Errorf("the categories are %q and %q", id(whole), id(one))
	}
}

func TestSARIFKeepsToGitHubsLimits(t *testing.T) {
	r := checks.Report{Results: append(many(mostResults+1, checks.Wrong, "NAME lacks it"), many(1, checks.Wrong, "NAME lacks more")...)}
	for i := range mostResults {
		r.Results[i].Level = checks.Advice
	}
	run := scan(t, r).Runs[0]
	if len(run.Results) != mostResults || run.Results[0].Level != "error" || run.Results[1].Level != "error" || run.Results[2].Level != "note" {
		t.Errorf("%d results, the first %s", len(run.Results), run.Results[0].Level)
	}
	if out := renderSARIF(t, sample()); bytes.Count(out, []byte("\n")) != 1 || bytes.Contains(out, []byte(":-1")) || bytes.Contains(out, []byte(":[]")) {
		t.Errorf("the file is not one line without defaults:\n%s", out)
	}
}
