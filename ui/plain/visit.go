package plain

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
)

// visit shows the step and takes one command; the caller looks again after it.
func (w *wizard) visit(ctx context.Context) error {
	w.tell(w.scene())
	ways := w.scene().Ways
	w.say("Ways on:")
	for i, way := range ways {
		w.say("  %d. %s", i+1, evidence.CleanLine(way.Label))
	}
	line, err := w.command(ctx)
	if err != nil {
		return err
	}
	switch line {
	case "r":
		return nil
	case "?":
		w.help()
		return nil
	case "b":
		return w.turn(w.step - 1)
	case "f":
		return w.turn(w.step + 1)
	case "o":
		return w.turn(w.route.Current)
	case "":
		if line = "1"; len(ways) == 0 {
			return w.turn(w.step + 1)
		}
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(ways) {
		w.say("There is no way %q here; type a number from 1 to %d, or ? for help.", evidence.CleanLine(line), len(ways))
		return nil
	}
	return w.take(ctx, ways[n-1])
}

// command waits for a line. While the step is under way elsewhere it goes on
// looking, and comes back when something has changed.
func (w *wizard) command(ctx context.Context) (string, error) {
	prompt := fmt.Sprintf("Choose a number (1 to %d), r to look again, ? for help, q to quit [1]: ", len(w.scene().Ways))
	if len(w.scene().Ways) == 0 {
		prompt = "Nothing is left to do here: f for the next step, r to look again, ? for help, q to quit [f]: "
	}
	if w.scene().State != steps.Waiting || !w.follow {
		return w.lines.ask(ctx, prompt)
	}
	w.say("This is under way elsewhere; it is looked at every few seconds.")
	for {
		line, rang, err := w.lines.askFor(ctx, prompt, time.After(w.Every))
		if !rang {
			return line, err
		}
		prompt = ""
		if w.moved(ctx) {
			w.say("")
			w.say("Something has changed.")
			return "r", nil
		}
	}
}

// moved looks whether the step shows something else than it did.
func (w *wizard) moved(ctx context.Context) bool {
	route, err := w.Session.Look(ctx)
	if err != nil {
		return false
	}
	before, after := w.scene(), route.Scenes[w.step]
	return before.State != after.State || texts(before) != texts(after)
}

func texts(s steps.Scene) string {
	all := ""
	for _, l := range s.Now {
		all += string(l.Mark) + l.Text + "\n"
	}
	for _, w := range s.Ways {
		all += w.Label + "\n"
	}
	return all
}

func (w *wizard) turn(step int) error {
	w.step = max(0, min(step, len(w.route.Scenes)-1))
	w.follow = w.step == w.route.Current
	return nil
}
