package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func oneWorkflowPublishes() Check {
	return Check{
		ID: "one-workflow-publishes", Step: Workflow, Level: Works,
		Claim: "One workflow file publishes to the registry.",
		Why:   "A publisher names one file: what another file tries to publish is refused, or races with the first for the same version.",
		Judge: judgeOneWorkflow,
	}
}

func judgeOneWorkflow(c *Case) []Finding {
	var findings []Finding
	for _, r := range identity.Registries() {
		places := placesThat(placesOf(c.Publishing, r), func(p workflow.Publishing) bool { return publishes(p) && c.mayRun(p) })
		if len(places) > 0 {
			findings = append(findings, c.judgeFilesOf(r, places))
		}
	}
	return findings
}

func (c *Case) judgeFilesOf(r identity.Registry, places []workflow.Publishing) Finding {
	var files, lines []string
	var sources []evidence.Source
	for _, p := range places {
		if f := readFile(r, p); !slices.Contains(files, f) {
			files = append(files, f)
			lines = append(lines, startOf(f, p))
			sources = append(sources, c.fileSource(f))
		}
	}
	if len(files) == 1 {
		return c.judgeOnlyFile(r, files[0]).seen(sources...)
	}
	if told := c.sharesOf(r).told(); told != "" {
		return finding(OK, string(r), "each package has one file that publishes it to %s: %s", r.Title(), told).seen(sources...)
	}
	f := finding(Wrong, string(r), "%d files publish to %s: %s", len(files), r.Title(), strings.Join(lines, ", ")).
		seen(sources...).at(pathOf(places[0].File), places[0].Line)
	if c.chosen(files) {
		return f.as(Advice).advise("keep %s, and take the publishing out of the others", path.Base(c.World.Wanted.Workflow))
	}
	f = f.advise("keep one of them, or choose with --workflow")
	if why := c.apart(r, places); why != "" {
		f.Verdict, f.Because = Unknown, f.Because+"; "+why
		return f.advise("register a publisher for each of them, or keep one; choose which one to look at with --workflow, and with --package what it publishes")
	}
	return f
}

// startOf names the line that publishes, and the file that is started for it
// where that is another one.
func startOf(started string, p workflow.Publishing) string {
	place := fmt.Sprintf("%s:%d", path.Base(p.File.Path), p.Line)
	if started == p.File.Path {
		return place
	}
	return path.Base(started) + " (by " + place + ")"
}

func (c *Case) chosen(files []string) bool {
	w := c.World.Wanted.Workflow
	return w != "" && slices.ContainsFunc(files, func(f string) bool { return path.Base(f) == path.Base(w) })
}

func (c *Case) judgeOnlyFile(r identity.Registry, file string) Finding {
	for _, o := range c.opaqueSteps() {
		if o.file.Path != file && !c.chosen([]string{file}) {
			return finding(Unknown, string(r), "%s publishes to %s; %s:%d runs %s with an identity too, and what that does the file does not show",
				path.Base(file), r.Title(), o.file.Base(), o.step.Line, o.name).at(o.file.Path, o.step.Line).
				advise("choose the file that publishes with --workflow")
		}
	}
	for _, b := range c.Blind {
		if h, ok := c.hiddenAt(b); ok && c.hasIdentity(b) && h.file.Path != file && !c.chosen([]string{file}) {
			return finding(Unknown, string(r), "%s publishes to %s; %s:%d %s", path.Base(file), r.Title(), h.file.Base(), h.line, h.what).at(h.file.Path, h.line).
				advise("choose the file that publishes with --workflow")
		}
	}
	return finding(OK, string(r), "%s is the only file that publishes to %s", path.Base(file), r.Title())
}

// apart says why several files can be right: each for packages of its own, or
// each with a publisher of its own. "" when nothing speaks for it.
func (c *Case) apart(r identity.Registry, places []workflow.Publishing) string {
	switch {
	case len(publishable(c.World, r)) > 1:
		return "which of them publishes which package the files do not show"
	case !slices.ContainsFunc(places, func(p workflow.Publishing) bool { return !mints(p) }):
		return "each needs a publisher of its own"
	}
	return ""
}
