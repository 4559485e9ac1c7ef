package checks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

func tokenOutlivesPublish() Check {
	return Check{
		ID: "token-outlives-publish", Step: Workflow, Level: Advice,
		Claim: "The token is exchanged right before the uploads, and lives longer than they take.",
		Why:   "crates.io's token lives 30 minutes and PyPI's 15: one that runs out leaves half of a release published.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, r := range identity.Registries() {
				places := placesThat(placesOf(c.Publishing, r), func(p workflow.Publishing) bool { return publishes(p) && mints(p) })
				for _, p := range oneForEachJob(places) {
					findings = append(findings, c.judgeTokenLife(p))
				}
			}
			return findings
		},
	}
}

// lifetime is how long a registry's token lives (crates.io commit 57fa000 and
// warehouse commit 6b62157, 2026-08-21).
func lifetime(r identity.Registry) time.Duration {
	if r == identity.CratesIO {
		return 30 * time.Minute
	}
	return 15 * time.Minute
}

// manyCrates is how many crates, each compiled while the token ages, are taken
// to be more than half an hour may allow.
const manyCrates = 8

func (c *Case) judgeTokenLife(p workflow.Publishing) Finding {
	subject, path := placeSubject(p), pathOf(p.File)
	life := fmt.Sprintf("%d minutes", lifetime(p.Registry)/time.Minute)
	wrong := func(line int, format string, args ...any) Finding {
		return finding(Wrong, subject, format, args...).seen(c.fileSource(path)).at(path, line)
	}
	for _, b := range c.builds(p.File, p.Job) {
		if between(p, b.step) && !b.hidden {
			return wrong(b.line, "`%s` at line %d runs while the token of %s ages", b.what, b.line, life).advise("move the exchange behind it: mint last")
		}
	}
	if wait, line := waits(p); wait >= lifetime(p.Registry)/2 {
		return wrong(line, "the script waits for %s while the token of %s ages", wait, life).
			advise("take the waits out: uploads with such a token are under no rate limit; or exchange a token for each batch")
	}
	crates := len(publishable(c.World, identity.CratesIO))
	if b, ok := c.verifying(p); ok && p.Registry == identity.CratesIO && crates >= manyCrates {
		return wrong(b.line, "`%s` compiles %d crates while the token of %s ages", b.what, crates, life).
			advise("verify in an earlier job without the token, and publish with --no-verify")
	}
	if from := mintingStep(p); from == p.Step {
		return finding(OK, subject, "%s exchanges its token when it uploads", p.Means).seen(c.fileSource(path)).at(path, p.Line)
	}
	return finding(OK, subject, "nothing that takes long lies between the exchange and the upload").seen(c.fileSource(path)).at(path, mintingStep(p).Line)
}

// between says whether a step runs after the exchange and before the upload.
func between(p workflow.Publishing, s *workflow.Step) bool {
	from := mintingStep(p)
	return from != nil && p.Step != nil && s.Index > from.Index && s.Index < p.Step.Index
}

// verifying is the uploading command, if it compiles what it uploads.
func (c *Case) verifying(p workflow.Publishing) (building, bool) {
	for _, b := range c.builds(p.File, p.Job) {
		if b.step == p.Step && !b.hidden {
			return b, true
		}
	}
	return building{}, false
}

// waits adds up the sleeps of the scripts from the exchange to the last upload.
// One in a loop counts once: how often it runs the file does not show.
func waits(p workflow.Publishing) (total time.Duration, line int) {
	from := mintingStep(p)
	for _, s := range p.Job.Steps {
		if from == nil || s.Index < from.Index || p.Step != nil && s.Index > p.Step.Index {
			continue
		}
		for _, cmd := range script.Read(s.Run, nil).Commands {
			if len(cmd.Args) < 2 || cmd.Args[0] != "sleep" {
				continue
			}
			total += sleep(cmd.Args[1])
			line = min(s.RunLine+cmd.Line-1, len(p.File.Lines))
		}
	}
	return total, line
}

// sleep reads the argument of sleep: seconds, or a number with s, m or h.
func sleep(arg string) time.Duration {
	unit := time.Second
	for suffix, d := range map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour} {
		if rest, ok := strings.CutSuffix(arg, suffix); ok {
			arg, unit = rest, d
		}
	}
	n, err := strconv.ParseFloat(arg, 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return time.Duration(n * float64(unit))
}
