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
		places := placesThat(placesOf(c.Publishing, r), publishes)
		if len(places) == 0 {
			continue
		}
		findings = append(findings, c.judgeFilesOf(r, places))
	}
	return findings
}

func (c *Case) judgeFilesOf(r identity.Registry, places []workflow.Publishing) Finding {
	var files, lines []string
	var sources []evidence.Source
	for _, p := range places {
		if f := readFile(r, p); !slices.Contains(files, f) {
			files = append(files, f)
			lines = append(lines, fmt.Sprintf("%s:%d", path.Base(p.File.Path), p.Line))
			sources = append(sources, c.fileSource(f))
		}
	}
	if len(files) == 1 {
		return finding(OK, string(r), "%s is the only file that publishes to %s", path.Base(files[0]), r.Title()).seen(sources...)
	}
	f := finding(Wrong, string(r), "%d files publish to %s: %s", len(files), r.Title(), strings.Join(lines, ", ")).
		seen(sources...).at(pathOf(places[0].File), places[0].Line)
	if w := c.World.Wanted.Workflow; w != "" && slices.ContainsFunc(files, func(f string) bool { return path.Base(f) == path.Base(w) }) {
		return f.as(Advice).advise("keep %s, and take the publishing out of the others", path.Base(w))
	}
	return f.advise("keep one of them, or choose with --workflow")
}
