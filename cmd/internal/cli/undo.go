package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

type undoFlags struct {
	consent
	list bool
	only []string
}

func newUndo(sys *Streams, flags *common) *cobra.Command {
	own := &undoFlags{}
	cmd := &cobra.Command{
		Use: "undo", Short: "Take back what it changed, newest first", Args: cobra.NoArgs,
		Long: "undo goes by the journal of what gh trustpub changed, newest first. It shows what it would take back and asks.\n" +
			"What has become something else since is left as it is, and the difference shown. What cannot be taken back\n" +
			"is listed with what to do by hand. Publishers on crates.io want the token in CARGO_REGISTRY_TOKEN again.\n\n" +
			"Exit status: 0 all is taken back; 1 something was refused or failed; 2 cancelled; 8 what is left is for a person.",
		RunE: func(cmd *cobra.Command, _ []string) error { return undo(cmd.Context(), sys, flags, own) },
	}
	cmd.Flags().BoolVar(&own.list, "list", false, "list the changes and what would become of them; change nothing")
	cmd.Flags().BoolVar(&own.yes, "yes", false, "take back what can be without asking")
	cmd.Flags().StringSliceVar(&own.only, "only", nil, "only the changes with these `ID`s, as --list names them")
	return cmd
}

func undo(ctx context.Context, sys *Streams, flags *common, own *undoFlags) error {
	if flags.offline {
		return usage("undo compares with the world as it is now: it cannot work --offline")
	}
	if !own.list && !own.yes && !sys.Terminal {
		return usage("undo asks before it changes anything, and there is no terminal: say --yes, or --list to look")
	}
	e, err := newEyes(sys, flags)
	if err != nil {
		return err
	}
	session, err := undoSession(ctx, sys, flags, e)
	if err != nil {
		return err
	}
	return takeBack(ctx, sys, session, own)
}

// undoSession is a walk with the working tree that the command was called in.
func undoSession(ctx context.Context, sys *Streams, flags *common, e *eyes) (*steps.Session, error) {
	world, err := e.collector.Offline(ctx, e.request)
	if err != nil {
		return nil, err
	}
	name := e.name(ctx)
	if name.Name == "" {
		return nil, usage("undo: no repository is known here: %s", cmp.Or(world.Repo.Reason(), "no git remote names one on GitHub; name it with --repo OWNER/REPO"))
	}
	return newSessionIn(sys, flags, e, name, world.Tree.Dir)
}

// takeBack goes on as long as taking one change back brings older ones of the
// same thing to light.
func takeBack(ctx context.Context, sys *Streams, session *steps.Session, own *undoFlags) error {
	declined := map[string]bool{}
	for {
		found, err := session.Undoable(ctx)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(t steps.TakeBack) bool {
			return declined[t.Made.Entry.ID] || len(own.only) > 0 && !slices.Contains(own.only, t.Made.Entry.ID)
		})
		tellTakeBacks(sys, found, own.list)
		if own.list || !slices.ContainsFunc(found, pending) {
			return status(undoStatus(found))
		}
		if found, err = own.agreed(sys, found, declined); err != nil {
			return err
		}
		if err := takeAll(ctx, sys, session, found); err != nil {
			return err
		}
	}
}

// agreed are the changes to take back that got their yes. That one stands undone
// already is only noted, and needs none.
func (o *undoFlags) agreed(sys *Streams, found []steps.TakeBack, declined map[string]bool) ([]steps.TakeBack, error) {
	var inverses []change.Change
	for _, t := range found {
		if t.Possible() {
			inverse := t.Inverse
			inverse.ID = t.Made.Entry.ID
			inverses = append(inverses, inverse)
		}
	}
	if len(inverses) == 0 {
		return found, nil
	}
	agreed, err := o.agree(sys, inverses, "Take back")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(t steps.TakeBack) bool {
		no := t.Possible() && !slices.ContainsFunc(agreed, func(c change.Change) bool { return c.ID == t.Made.Entry.ID })
		declined[t.Made.Entry.ID] = declined[t.Made.Entry.ID] || no
		return no
	}), nil
}

// pending is whether something is left to do, or to note, about a change.
func pending(t steps.TakeBack) bool { return t.Possible() || errors.Is(t.Refused, change.ErrAsBefore) }

func takeAll(ctx context.Context, sys *Streams, session *steps.Session, found []steps.TakeBack) error {
	hands := change.Hands{Terminal: attached(sys), Progress: func(text string) { fmt.Fprintf(sys.Out, "  %s\n", evidence.CleanLine(text)) }}
	for _, t := range found {
		switch {
		case errors.Is(t.Refused, change.ErrAsBefore):
			if err := session.Forget(ctx, t); err != nil {
				return err
			}
		case t.Possible():
			fmt.Fprintln(sys.Out, evidence.CleanLine(t.Inverse.Title))
			if err := session.Undo(ctx, t, hands); err != nil {
				return fmt.Errorf("%s: %w", t.Inverse.Title, err)
			}
		}
	}
	fmt.Fprintln(sys.Out, "Taken back.")
	return nil
}

func undoStatus(found []steps.TakeBack) int {
	code := exitReady
	for _, t := range found {
		lasting := new(change.LastingError)
		switch {
		case t.Refused == nil, errors.Is(t.Refused, change.ErrAsBefore):
		case errors.As(t.Refused, &lasting):
			code = max(code, exitUnproven)
		default:
			return exitProblem
		}
	}
	return code
}

// fewLines is how much of a difference a list shows.
const fewLines = 12

func tellTakeBacks(sys *Streams, found []steps.TakeBack, brief bool) {
	if len(found) == 0 {
		fmt.Fprintln(sys.Out, "The journal holds nothing that is not taken back.")
	}
	for _, t := range found {
		fmt.Fprintf(sys.Out, "%s  %s  %s\n", t.Made.At.Local().Format("2006-01-02 15:04"), evidence.CleanLine(t.Made.Entry.ID), evidence.CleanLine(t.Made.Entry.Title))
		moved := new(change.MovedOnError)
		switch {
		case errors.As(t.Refused, &moved):
			fmt.Fprintf(sys.Out, "  left: %s\n", evidence.CleanLine(moved.Error()))
			tellDiff(sys, moved.Diff, brief)
		case t.Refused != nil:
			fmt.Fprintf(sys.Out, "  left: %s\n", evidence.CleanLine(t.Refused.Error()))
		default:
			fmt.Fprintf(sys.Out, "  %s\n", evidence.CleanLine(t.Inverse.Title))
			tellDiff(sys, t.Inverse.Preview, brief)
			if stays := t.Made.Entry.Lasting; stays != "" {
				fmt.Fprintf(sys.Out, "  stays: %s\n", evidence.CleanLine(stays))
			}
		}
	}
}

func tellDiff(sys *Streams, diff []change.DiffLine, brief bool) {
	for i, d := range diff {
		if brief && i == fewLines && len(diff) > fewLines+1 {
			fmt.Fprintf(sys.Out, "    … and %d more lines\n", len(diff)-i)
			return
		}
		fmt.Fprintf(sys.Out, "    %c %s\n", d.Op, evidence.Clean(d.Text))
	}
}
