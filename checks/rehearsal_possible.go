package checks

import (
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func rehearsalPossible() Check {
	return Check{
		ID: "rehearsal-possible", Step: Workflow, Level: Advice,
		Claim: "The workflow can be started by hand so that it exchanges a token and publishes nothing.",
		Why:   "The exchange can then be tried before a release depends on it, and again after every change.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, r := range identity.Registries() {
				for _, path := range c.mintingFilesOf(r) {
					findings = append(findings, c.judgeRehearsable(r, path))
				}
			}
			return findings
		},
	}
}

// mintingFilesOf are the paths of the files whose trigger starts an exchange
// with the registry.
func (c *Case) mintingFilesOf(r identity.Registry) []string {
	at := Case{World: c.World, Publishing: placesThat(c.Publishing, func(p workflow.Publishing) bool { return p.Registry == r && p.Triggered != nil })}
	return at.mintingFiles()
}

func (c *Case) judgeRehearsable(r identity.Registry, path string) Finding {
	subject, src, f := path+" "+string(r), c.fileSource(path), c.file(path)
	t := f.Trigger("workflow_dispatch")
	if t == nil {
		return finding(Wrong, subject, "nothing starts %s by hand", f.Base()).seen(src).at(path, 1).
			advise("add `workflow_dispatch` with an input that lets a run exchange a token with %s and skip the upload", r.Title())
	}
	exchanges := 0
	for _, p := range placesOf(c.Publishing, r) {
		if triggeredFile(p) != path || !mints(p) {
			continue
		}
		reached, _ := workflow.Foresee(p, c.runBy(t))
		if publishes(p) && reached == workflow.Reached {
			return finding(Wrong, subject, "a start by hand publishes: %s at line %d", p.Means, p.Line).seen(src).at(pathOf(p.File), p.Line).
				advise("let a condition on an input of workflow_dispatch skip the upload")
		}
		minting, _ := foresee(p, c.runBy(t))
		if minting != workflow.Skipped && (!publishes(p) || mintingStep(p) != p.Step) {
			exchanges++
		}
	}
	if exchanges == 0 {
		return finding(Wrong, subject, "a start by hand comes to no exchange with %s that leaves the upload out", r.Title()).seen(src).at(path, t.Line).
			advise("add a step that only exchanges a token, for starts by hand (`gh trustpub` writes one)")
	}
	return finding(OK, subject, "a start by hand can exchange a token with %s and publish nothing", r.Title()).seen(src).at(path, t.Line)
}
