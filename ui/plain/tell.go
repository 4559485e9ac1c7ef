package plain

import (
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// overview names the repository and where each step stands.
func (w *wizard) overview() {
	name := "this folder"
	if repo, ok := w.route.World.Repo.Get(); ok {
		name = evidence.CleanLine(repo.String())
	}
	if w.Label != "" {
		name += " (" + w.Label + ")"
	}
	w.say("Repository: %s.", name)
	w.say("The route has %d steps.", len(w.route.Standings))
	for i, s := range w.route.Standings {
		w.say("  Step %d, %s: %s.", i+1, s.Step.Title, s.State)
	}
}

// tell says all that a step shows but its ways.
func (w *wizard) tell(s steps.Scene) {
	w.say("")
	w.say("Step %d of %d: %s. State: %s.", w.step+1, len(w.route.Scenes), s.Step.Title, s.State)
	w.say("%s", s.Step.Why)
	w.block("What is seen now:", s.Now)
	w.block("What is wanted:", s.Wanted)
	w.preview("What it would change:", s.Preview)
}

func (w *wizard) block(head string, lines []steps.Line) {
	if len(lines) == 0 {
		return
	}
	w.say("%s", head)
	for _, l := range lines {
		text := evidence.CleanLine(l.Text)
		if l.Mark != "" {
			text = walk.VerdictWord(l.Mark) + ": " + text
		}
		if source := walk.Source(l.Source, time.Time{}); source != "" {
			text += " (" + evidence.CleanLine(l.Source.String()) + ")"
		}
		w.say("  %s", text)
	}
}

func (w *wizard) preview(head string, diff []change.DiffLine) {
	if len(diff) == 0 {
		return
	}
	w.say("%s", head)
	for _, d := range change.Briefly(diff) {
		text := evidence.Clean(d.Text)
		if d.Origin != "" {
			text += " (from " + evidence.CleanLine(d.Origin) + ")"
		}
		w.say("  %s%s", sign(d.Op), text)
	}
}

func sign(op byte) string {
	switch op {
	case '+':
		return "add: "
	case '-':
		return "remove: "
	}
	return "keep: "
}

// end closes the walk with the checklist's line.
func (w *wizard) end() {
	w.say("")
	w.say("The route is done: %s. %s", walk.Tally(w.route.Report), report.Conclusion(w.route.Report))
	w.say("Run `gh trustpub verify` for every check with its evidence.")
}

func (w *wizard) help() {
	for _, line := range strings.Split(strings.TrimSpace(`
Type the number of a way and press Enter. Enter alone takes the first.
r looks again now. b goes to the step before, f to the step after, o back to the open step.
q quits. `+walk.Kept), "\n") {
		w.say("%s", line)
	}
}
