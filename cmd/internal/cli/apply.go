package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

type applyFlags struct {
	consent
	only []string
}

func newApply(sys *Streams, flags *common) *cobra.Command {
	own := &applyFlags{}
	cmd := &cobra.Command{
		Use: "apply", Short: "Carry the plan out without the wizard", Args: cobra.NoArgs,
		Long: "apply makes the changes that plan shows, after showing them and a yes: one for all that undo can take back, and\n" +
			"one of its own for each change that cannot be taken back. It looks again afterwards, and goes on with what has\n" +
			"become possible. Each change is in the journal, so that undo can take it back. Publishers on crates.io are changed\n" +
			"only with the token in CARGO_REGISTRY_TOKEN (scope trusted-publishing), if there is one.\n\n" +
			"--yes says yes to all of it, what cannot be taken back too: run plan first to see that.\n\n" +
			"Exit status: 0 ready; 1 something failed; 2 cancelled; 8 what is left is for a person.",
		RunE: func(cmd *cobra.Command, _ []string) error { return apply(cmd.Context(), sys, flags, own) },
	}
	cmd.Flags().BoolVar(&own.yes, "yes", false, "make the changes without asking, those too that cannot be taken back")
	cmd.Flags().StringSliceVar(&own.only, "only", nil, "only the changes with these `ID`s, as plan names them")
	return cmd
}

func apply(ctx context.Context, sys *Streams, flags *common, own *applyFlags) error {
	if flags.json {
		return usage("apply prints no JSON; `gh trustpub plan --json` shows the changes, `gh trustpub verify --json` what they came to")
	}
	if !own.yes && !sys.Terminal {
		return usage("apply asks before it changes anything, and there is no terminal: say --yes, or run plan to look")
	}
	session, err := planner(ctx, sys, flags, "apply")
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for {
		route, err := session.Look(ctx)
		if err != nil {
			return err
		}
		p := steps.PlanOf(route)
		todo := own.choose(p, made)
		if len(todo) == 0 {
			tellPlan(sys, p)
			return status(appliedStatus(p))
		}
		if err := own.carryOut(ctx, sys, session, p, todo, made); err != nil {
			return err
		}
	}
}

// choose leaves out what --only does not name, and what was made in this run:
// a change that the next look asks for again has not helped.
func (o *applyFlags) choose(p steps.Plan, made map[string]bool) []change.Change {
	var todo []change.Change
	for _, c := range p.Changes {
		if !made[c.Change.ID] && (len(o.only) == 0 || slices.Contains(o.only, c.Change.ID)) {
			todo = append(todo, c.Change)
		}
	}
	return todo
}

func (o *applyFlags) carryOut(ctx context.Context, sys *Streams, session *steps.Session, p steps.Plan, todo []change.Change, made map[string]bool) error {
	for i, c := range todo {
		made[c.ID] = true
		tellChange(sys, todo, i, o.yes) // a question is asked about what was shown whole
	}
	todo, err := o.agree(sys, todo, "Make")
	if err != nil {
		return err
	}
	var outcomes []change.Outcome
	hands := change.Hands{Terminal: attached(sys), Progress: func(text string) { fmt.Fprintf(sys.Out, "  %s\n", evidence.CleanLine(text)) },
		Outcome: func(o change.Outcome) { outcomes = append(outcomes, o) }}
	err = session.Perform(ctx, todo, hands)
	for _, line := range walk.Table(outcomes) {
		fmt.Fprintln(sys.Out, line)
	}
	if _, short := errors.AsType[*change.ShortError](err); short {
		fmt.Fprintln(sys.Err, evidence.Clean(err.Error()))
		return nil // the next look judges what is there
	}
	return err
}

// appliedStatus is the verdict's, but for what is left to a person: that is no
// failure of ours.
func appliedStatus(p steps.Plan) int {
	code := exitStatus(p.Route.Report)
	if code == exitProblem && len(p.Left) > 0 && len(p.Changes) == 0 {
		return exitUnproven
	}
	return code
}
