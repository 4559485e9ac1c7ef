package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func newPredict(sys *Streams, flags *common) *cobra.Command {
	event := ""
	cmd := &cobra.Command{
		Use: "predict [REF]", Short: "What would happen if a tag or branch were pushed now", Args: cobra.MaximumNArgs(1),
		Long: "predict says what would happen if REF were pushed now: which runs start, wait for whom, or are refused,\n" +
			"by whom, on which field. It pushes nothing.\n\n" +
			"REF is a tag or a branch, v1.2.0, main or refs/tags/v1.2.0. Without it the tag is meant that would be\n" +
			"pushed next: the one for the present version, or for the version after it where that one is out.\n" +
			"A ref that exists is judged by its own files; one that does not exist yet, by those of the default branch.\n\n" +
			"Exit status: 0 it would publish; 1 something is refused or fails, or nothing would be published;\n" +
			"4 sign-in needed and nothing could be read; 8 a person must approve, or not all of it could be seen.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return predict(cmd.Context(), sys, flags, strings.Join(args, ""), event)
		},
	}
	cmd.Flags().StringVar(&event, "event", "", "the one `EVENT` that is meant: push, release, workflow_dispatch, schedule, …")
	return cmd
}

func predict(ctx context.Context, sys *Streams, flags *common, ref, event string) error {
	if event == "workflow_call" || event != strings.ToLower(event) || strings.ContainsAny(event, " /") {
		return usage("--event %q: an event that starts workflows is meant, such as push, release or workflow_dispatch", event)
	}
	e, err := newEyes(sys, flags)
	if err != nil {
		return err
	}
	world, push, err := e.ask(ctx, ref, event)
	if err != nil {
		return err
	}
	f := checks.NewCase(world).Foresee(push)
	if err := tell(sys, flags, f, world); err != nil {
		return err
	}
	if unread(world) {
		return status(exitSignIn)
	}
	return status(report.ForecastStatus(f))
}

func tell(sys *Streams, flags *common, f checks.Forecast, w *evidence.World) error {
	if !flags.json {
		return report.ForecastText(sys.Out, f, sys.Width, sys.colour(flags.noColor))
	}
	data, err := report.ForecastJSON(f, w, tool())
	if err == nil {
		_, err = sys.Out.Write(data)
	}
	return err
}

// ask looks at the world and settles what is asked about: the ref, whether it
// exists, and the world as it is there.
func (e *eyes) ask(ctx context.Context, ref, event string) (*evidence.World, checks.Push, error) {
	push := checks.Push{Event: event}
	world, err := e.look(ctx)
	if err != nil {
		return nil, push, err
	}
	c := checks.NewCase(world)
	switch {
	case ref != "":
		push.Ref = fullRef(c, ref)
	case onDefaultBranch(event):
		push.Ref, push.Origin = "refs/heads/"+c.DefaultBranch(), "the default branch, where "+event+" runs unless another is named"
	default:
		pattern, err := e.tagPattern(ctx)
		if err != nil {
			return nil, push, err
		}
		push = c.NextPush(pattern)
		if event != "" {
			push.Release = c.NextRelease(pattern)
			push.Ref, push.Origin, push.Event = push.Release.Ref, push.Release.Origin, event
		}
	}
	if e.offline {
		push.Exists = c.KnowsTag(push.Ref)
		return world, push, nil
	}
	return e.at(ctx, world, push)
}

// onDefaultBranch are events of which nobody would expect a tag.
func onDefaultBranch(event string) bool {
	return event != "" && !slices.Contains([]string{"push", "create", "release", "delete"}, event)
}

// fullRef spells a ref out. A name that is no branch that is known, and no
// version either, is taken for a branch.
func fullRef(c *checks.Case, name string) string {
	git := c.World.Tree.Git.Or(evidence.Git{})
	branches := []string{c.DefaultBranch(), git.Branch.Or("")}
	if !strings.ContainsAny(name, "0123456789") && !slices.Contains(git.Tags.Or(nil), name) {
		branches = append(branches, name)
	}
	return workflow.FullRef(name, branches...)
}

// at looks at GitHub once more, with the files at the ref. Where it does not
// exist, the first look is all there is.
func (e *eyes) at(ctx context.Context, world *evidence.World, push checks.Push) (*evidence.World, checks.Push, error) {
	judged := world.Judged.Or(evidence.Commit{})
	repo, known := world.Repo.Get()
	switch {
	case judged.Ref == push.Ref && judged.SHA != "":
		push.Exists = evidence.Seen(true, world.Judged.Source())
		return world, push, nil
	case !known || !world.GitHub.Repository.Seen():
		push.Exists = evidence.Carry[bool](world.GitHub.Repository)
		return world, push, nil
	}
	request := e.request
	request.Wanted, request.Said = world.Wanted, world.Said
	request.Ref, request.Before, request.Parts = push.Ref, world, []collect.Part{collect.GitHub}
	// The manifests are to be those of the ref, not of the working tree.
	request.Dir, request.Repo = "", repo.Host+"/"+repo.String()
	there, err := e.collector.Live(ctx, request)
	switch {
	case err != nil:
		return nil, push, err
	case there.Judged.Absent():
		push.Exists = evidence.Seen(false, there.Judged.Source())
		return world, push, nil
	case !there.Judged.Seen():
		push.Exists = evidence.Carry[bool](there.Judged)
		return world, push, nil
	}
	push.Exists, push.Default = evidence.Seen(true, there.Judged.Source()), world.Workflows
	if !there.Tree.Packages.Seen() {
		push.Remarks = append(push.Remarks, checks.Remark{Verdict: checks.Unknown, Text: "the manifests at the ref could not be read: " + there.Tree.Packages.Reason() + "; those of the working tree stand for them"})
		there.Tree = world.Tree
	}
	there.Tree.Git, there.Repo = world.Tree.Git, world.Repo
	return there, push, nil
}

// tagPattern is the pattern of release tags that was chosen in the wizard; ""
// for none.
func (e *eyes) tagPattern(ctx context.Context) (string, error) {
	repo := e.name(ctx)
	if repo.Name == "" {
		return "", nil
	}
	kept, err := journal.Open(e.stateDir, repo)
	if err != nil {
		return "", err
	}
	records, err := kept.Load()
	if err != nil {
		return "", err
	}
	if c := journal.Recall(records).Choices; c != nil {
		return c.TagPattern, nil
	}
	return "", nil
}
