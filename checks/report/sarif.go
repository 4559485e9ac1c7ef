package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/trustpub/gh-trustpub/checks"
)

const (
	// project is where the program is at home.
	project = "https://github.com/trustpub/gh-trustpub"
	// mostResults is how many results of a run GitHub takes in; it refuses files
	// with more than 25,000 (docs.github.com, "SARIF support for code scanning",
	// read 2026-11).
	mostResults = 5000
	// mostWords is the length in characters to which GitHub holds a rule's
	// descriptions (same page).
	mostWords = 1024
	// safeSeverity is the score of a rule whose failure lets somebody publish who
	// should not: "high" at GitHub.
	safeSeverity = "8.0"
)

// SARIF renders the problems of a report as SARIF 2.1.0 on one line, in the
// part of it that GitHub code scanning reads. tool is the program's name, a
// space, and its version.
func SARIF(r checks.Report, tool string) ([]byte, error) {
	log := sarif.NewReport()
	run := sarif.NewRun().WithTool(driver(r, tool)).WithAutomationDetails(sarif.NewRunAutomationDetails().WithID(category(r)))
	if p := provenance(r); p != nil {
		run.AddVersionControlProvenance(p)
	}
	places := placesOf(r)
	seen := map[string]int{}
	problems := chosen(r, checks.Wrong)
	for _, res := range problems[:min(len(problems), mostResults)] {
		run.AddResult(alert(res, places, seen).WithRuleIndex(run.GetRuleIndex(res.Check.ID)))
	}
	run.AddInvocation(open(r))
	out, err := lean(log.AddRun(run))
	if err != nil {
		return nil, fmt.Errorf("writing the report as SARIF: %w", err)
	}
	return out, nil
}

// lean writes without what the library sets to the schema's defaults: empty
// lists and the index -1, which GitHub allows in no location.
func lean(log *sarif.Report) ([]byte, error) {
	text, err := json.Marshal(log)
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(pruned(doc))
	return out.Bytes(), err
}

func pruned(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	case map[string]any:
		for key, value := range v {
			v[key] = pruned(value)
			list, isList := value.([]any)
			bag, isBag := value.(map[string]any)
			if value == float64(-1) || isList && len(list) == 0 && key != "results" && key != "rules" || isBag && len(bag) == 0 {
				delete(v, key)
			}
		}
	}
	return v
}

// open tells what is not decided, which is no result: GitHub shows it nowhere,
// other readers do.
func open(r checks.Report) *sarif.Invocation {
	run := sarif.NewInvocation().WithExecutionSuccessful(true)
	for _, res := range chosen(r, checks.Unknown, checks.Waiting, checks.Said) {
		run.AddToolExecutionNotification(sarif.NewNotification().WithLevel("note").
			WithAssociatedRule(sarif.NewReportingDescriptorReference().WithID(res.Check.ID)).
			WithMessage(sarif.NewTextMessage(string(res.Verdict) + ": " + message(res))))
	}
	return run
}

// docsPage is where a check is explained, for readers without the repository.
func docsPage(id string) string { return project + "/blob/main/" + checks.Docs(id) }

// driver is this program and the checks that were run, as rules.
func driver(r checks.Report, tool string) *sarif.Tool {
	name, version, _ := strings.Cut(tool, " ")
	d := sarif.NewToolComponent().WithName(name).WithVersion(version).WithInformationURI(project)
	for _, c := range ran(r) {
		d.AddRule(rule(c))
	}
	return sarif.NewTool().WithDriver(d)
}

// ran lists the checks that have results, in their order.
func ran(r checks.Report) []checks.Check {
	var list []checks.Check
	for _, res := range r.Results {
		if !slices.ContainsFunc(list, func(c checks.Check) bool { return c.ID == res.Check.ID }) {
			list = append(list, res.Check)
		}
	}
	return list
}

func rule(c checks.Check) *sarif.ReportingDescriptor {
	page := docsPage(c.ID)
	properties := sarif.NewPropertyBag().AddTag("trusted-publishing").AddTag(string(c.Step)).
		Add("precision", "very-high").Add("problem.severity", severities[c.Level])
	if c.Level == checks.Safe {
		properties.AddTag("security").Add("security-severity", safeSeverity)
	}
	claim, why := cmp.Or(c.Claim, c.ID), cmp.Or(c.Why, c.Claim, c.ID)
	return sarif.NewRule(c.ID).WithName(c.ID).WithHelpURI(page).
		WithShortDescription(multiform(claim, claim)).WithFullDescription(multiform(why, why)).
		WithHelp(multiform(claim+" "+why+" "+page, fmt.Sprintf("**%s**\n\n%s\n\n[What fails, what passes, and the fix](%s)", claim, why, page))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(levels[c.Level])).
		WithProperties(properties)
}

// levels are SARIF's words for ours; severities are GitHub's of a rule.
var (
	levels     = map[checks.Level]string{checks.Works: "error", checks.Safe: "warning", checks.Advice: "note"}
	severities = map[checks.Level]string{checks.Works: "error", checks.Safe: "warning", checks.Advice: "recommendation"}
)

func multiform(plain, markdown string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(upTo(mostWords, plain)).WithMarkdown(markdown)
}

// upTo cuts a text to so many characters.
func upTo(most int, s string) string {
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}

func alert(res checks.Result, places places, seen map[string]int) *sarif.Result {
	file, region := places.of(res)
	artifact := sarif.NewArtifactLocation().WithURI(address(file))
	where := sarif.NewPhysicalLocation().WithArtifactLocation(artifact).WithRegion(region)
	return sarif.NewRuleResult(res.Check.ID).WithLevel(levels[res.Level]).
		WithMessage(sarif.NewTextMessage(message(res))).
		AddLocation(sarif.NewLocationWithPhysicalLocation(where)).
		WithPartialFingerprints(map[string]string{"primaryLocationLineHash": places.fingerprint(res, file, seen)})
}

// message is the result in plain text. "[text](target)" would be a link in it
// (SARIF 2.1.0, 3.11.6), which no text from outside may make.
func message(res checks.Result) string {
	text := line(res.Because)
	if res.Subject != "" {
		text = line(res.Subject) + ": " + text
	}
	if res.Fix != "" {
		text = strings.TrimSuffix(text, ".") + ". Fix: " + line(res.Fix)
	}
	return strings.ReplaceAll(text, "](", "] (")
}

// category tells GitHub which earlier upload this one replaces: the part up to
// the last slash.
func category(r checks.Report) string {
	name := "gh-trustpub/" + string(r.Mode) + "/"
	if list := ran(r); len(list) < len(checks.All()) {
		for _, c := range list {
			name += c.ID + "/"
		}
	}
	return name + r.At.UTC().Format(time.RFC3339)
}

// provenance is the commit that was judged; nil where nothing tells it.
func provenance(r checks.Report) *sarif.VersionControlDetails {
	if r.World == nil {
		return nil
	}
	repo := repositoryOf(r.World)
	c, ok := r.World.Judged.Get()
	if repo == nil || !ok || c.SHA == "" {
		return nil
	}
	v := sarif.NewVersionControlDetails().WithRevisionID(line(c.SHA)).
		WithRepositoryURI((&url.URL{Scheme: "https", Host: repo.Host, Path: "/" + repo.Owner + "/" + repo.Name}).String())
	if branch, ok := strings.CutPrefix(c.Ref, "refs/heads/"); ok {
		v.WithBranch(line(branch))
	}
	return v
}
