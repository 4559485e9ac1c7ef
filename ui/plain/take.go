package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// take goes one way; what fails is told, and the walk goes on.
func (w *wizard) take(ctx context.Context, way steps.Way) error {
	if way.Help != "" && way.Kind != steps.Page { // a page has a note of its own
		w.say("%s", evidence.Clean(way.Help))
	}
	err := w.goWay(ctx, way)
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, ErrQuit), isEnd(err):
		return err
	}
	if _, short := errors.AsType[*change.ShortError](err); short {
		w.say("Done, but for what is not there: %s", evidence.Clean(err.Error()))
		return nil
	}
	w.say("It did not work: %s", evidence.Clean(err.Error()))
	return nil
}

func (w *wizard) goWay(ctx context.Context, way steps.Way) error {
	id := w.scene().Step.ID
	switch way.Kind {
	case steps.Do:
		return w.do(ctx, way)
	case steps.Page:
		return w.page(ctx, *way.Open)
	case steps.Commands:
		w.say("Run these, here or elsewhere:")
		for _, l := range way.Lines {
			w.say("    %s", evidence.Clean(l))
		}
		return w.pause(ctx)
	case steps.Say:
		w.say("Noted as said. The rehearsal will show whether it holds.")
		return w.Session.Say(way.Said...)
	case steps.Unskip:
		return w.Session.Unskip(id)
	case steps.Skip:
		return w.skip(ctx, way)
	}
	return nil
}

func (w *wizard) do(ctx context.Context, way steps.Way) error {
	answers, err := w.ask(ctx, way.Questions)
	if err != nil {
		return err
	}
	changes, err := way.Prepare(answers)
	if err != nil {
		return err
	}
	var leftOut []change.Change
	if !way.Choices {
		if changes, leftOut, err = w.consent(ctx, changes); err != nil || len(changes) == 0 {
			return err
		}
	}
	var outcomes []change.Outcome
	hands := w.hands()
	hands.Outcome = func(o change.Outcome) { outcomes = append(outcomes, o) }
	err = w.Session.Perform(ctx, changes, hands)
	for _, line := range walk.Table(outcomes) {
		w.say("%s", line)
	}
	if err != nil {
		return err
	}
	w.say("%s", strings.TrimSpace("Done. "+walk.LeftOut(leftOut)))
	return nil
}

// consent asks once for all that can be taken back, and once for each change
// that cannot.
func (w *wizard) consent(ctx context.Context, changes []change.Change) (agreed, leftOut []change.Change, err error) {
	ask := change.Ask(changes)
	for about := ask.Next(); about != nil; about = ask.Next() {
		for i, c := range about {
			if change.LikeNext(about, i) {
				w.say("%s, and", evidence.CleanLine(c.Title))
				continue // what they show stands after the last of them
			}
			w.preview(evidence.CleanLine(c.Title)+":", c.Preview)
			if c.Lasting != "" {
				w.say("This cannot be taken back: %s", evidence.CleanLine(c.Lasting))
			}
		}
		if about[0].Lasting == "" {
			for _, c := range ask.Later() {
				w.say("Asked by itself afterwards: %s. It cannot be taken back: %s", evidence.CleanLine(c.Title), evidence.CleanLine(c.Lasting))
			}
		}
		yes, err := w.yes(ctx, "Do it?")
		if err != nil {
			return nil, nil, err
		}
		ask.Answer(yes)
	}
	if len(ask.Agreed()) == 0 {
		w.say("Nothing was changed.")
	}
	return ask.Agreed(), ask.LeftOut(), nil
}

// yes asks until it hears yes or no; an empty line is a no.
func (w *wizard) yes(ctx context.Context, question string) (bool, error) {
	for {
		line, err := w.lines.ask(ctx, question+" yes or no [no]: ")
		if err != nil {
			return false, err
		}
		switch line {
		case "yes", "y":
			return true, nil
		case "no", "n", "":
			return false, nil
		}
	}
}

// confirm shows what came to light on the way of a change.
func (w *wizard) confirm(ctx context.Context, title string, lines []change.DiffLine) error {
	w.preview(evidence.CleanLine(title)+":", lines)
	yes, err := w.yes(ctx, "Go on?")
	if err == nil && !yes {
		err = change.ErrDeclined
	}
	return err
}

func (w *wizard) page(ctx context.Context, link steps.PageLink) error {
	address, err := w.Session.Open(ctx, link, w.hands())
	w.say("Page: %s", evidence.CleanLine(address))
	if err != nil {
		w.say("The browser did not open: %s", evidence.CleanLine(err.Error()))
	}
	if link.Note != "" {
		w.say("%s", evidence.Clean(link.Note))
	}
	for _, f := range link.Fields {
		value := evidence.CleanLine(f.Value)
		if value == "" {
			value = "(leave empty)"
		}
		w.say("  %s: %s", f.Label, value)
	}
	return w.pageDone(ctx, link.Fields)
}

func (w *wizard) pause(ctx context.Context) error {
	_, err := w.lines.ask(ctx, "Press Enter when you are done, to look again: ")
	return err
}

func (w *wizard) skip(ctx context.Context, way steps.Way) error {
	reason, err := w.lines.ask(ctx, "Why not now? [later]: ")
	if err != nil {
		return err
	}
	if reason == "" {
		reason = "later"
	}
	return w.Session.Skip(w.scene().Step.ID, reason)
}

func (w *wizard) hands() change.Hands {
	return change.Hands{
		Progress: func(text string) { w.say("  %s", evidence.CleanLine(text)) },
		Confirm:  w.confirm,
		Terminal: func(child *exec.Cmd) error {
			shown := w.Err
			if shown == nil {
				shown = os.Stderr
			}
			if copied := child.Stderr; copied != nil {
				shown = io.MultiWriter(shown, copied)
			}
			child.Stdin, child.Stdout, child.Stderr = w.In, w.Out, shown
			return child.Run()
		},
	}
}
