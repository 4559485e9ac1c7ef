package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
	"github.com/trustpub/gh-trustpub/ui"
)

type verifyFlags struct {
	only   []string
	format string
	watch  bool
}

func newVerify(sys *Streams, flags *common) *cobra.Command {
	own := &verifyFlags{}
	cmd := &cobra.Command{
		Use: "verify", Short: "The checklist: live on a terminal, text otherwise", Args: cobra.NoArgs,
		Long: "verify looks at the repository, GitHub and the registries, and judges what it sees.\n" +
			"With a token of crates.io in CARGO_REGISTRY_TOKEN (scope trusted-publishing) it sees the publishers there\n" +
			"too; it only reads with it.\n\n" +
			"Exit status: 0 ready; 1 something to fix; 4 sign-in needed and nothing could be read;\n" +
			"8 nothing wrong, but not proven yet or not all of it could be seen.\n\n" +
			"--watch looks again every minute (every 20 without a sign-in, every 2 seconds offline), and\n" +
			"prints a report each time that something has changed: as JSON and SARIF a line each. It ends\n" +
			"with 0 as soon as all is ready, and with 2 when it is interrupted. On a terminal the checklist\n" +
			"is live by itself.",
		RunE: func(cmd *cobra.Command, _ []string) error { return verify(cmd.Context(), sys, flags, own) },
	}
	cmd.Flags().StringSliceVar(&own.only, "only", nil, "only the checks with these `ID`s (docs/checks.md)")
	cmd.Flags().StringVar(&own.format, "format", "", "the `FORMAT`: text, json, markdown (a comment on GitHub) or sarif (code scanning)")
	cmd.Flags().BoolVar(&own.watch, "watch", false, "look again until all is ready, and print what has changed")
	return cmd
}

func verify(ctx context.Context, sys *Streams, flags *common, own *verifyFlags) error {
	format, err := own.pick(flags)
	if err != nil {
		return err
	}
	if err := known(own.only); err != nil {
		return err
	}
	e, err := newEyes(sys, flags)
	if err != nil {
		return err
	}
	judge := func(ctx context.Context) (checks.Report, error) { return judged(ctx, e, own.only) }
	if format == "" && sys.Terminal && !flags.plain && sys.Getenv("TERM") != "dumb" && sys.Getenv("CI") == "" {
		return checklist(ctx, sys, flags, judge)
	}
	if own.watch {
		return watch(ctx, sys, flags, format, judge)
	}
	r, err := judge(ctx)
	if err != nil {
		return err
	}
	if err := render(sys.Out, sys, flags, r, format); err != nil {
		return err
	}
	return status(exitStatus(r))
}

// pick settles the format: --json is short for --format json.
func (v *verifyFlags) pick(flags *common) (string, error) {
	switch {
	case flags.json && (v.format == "" || v.format == "json"):
		return "json", nil
	case flags.json:
		return "", usage("--json and --format %s cannot both be", v.format)
	case v.format == "" || slices.Contains(formats, v.format):
		return v.format, nil
	}
	return "", usage("--format %q: there are %s", v.format, strings.Join(formats, ", "))
}

var formats = []string{"text", "json", "markdown", "sarif"}

func judged(ctx context.Context, e *eyes, only []string) (checks.Report, error) {
	world, err := e.look(ctx)
	if err != nil {
		return checks.Report{}, err
	}
	return checks.Judge(checks.NewCase(world), checks.All(), only), nil
}

// render writes a report in a format; "" is text.
func render(w io.Writer, sys *Streams, flags *common, r checks.Report, format string) (err error) {
	var data []byte
	switch format {
	case "json":
		data, err = report.JSON(r, tool())
	case "sarif":
		data, err = report.SARIF(r, tool())
	case "markdown":
		return report.Markdown(w, r)
	default:
		return report.Text(w, r, sys.Width, sys.colour(flags.noColor))
	}
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

func tool() string { return "gh-trustpub " + toolVersion() }

// exitStatus is the report's, or the one for a sign-in that is needed where
// nothing at all could be read without it.
func exitStatus(r checks.Report) int {
	if unread(r.World) {
		return exitSignIn
	}
	return report.ExitStatus(r)
}

// unread says that nobody is signed in and nothing at all could be read.
func unread(w *evidence.World) bool {
	return w.Mode == evidence.Live && w.GitHub.User.Absent() && !w.GitHub.Repository.Seen() && !w.Tree.Packages.Seen()
}

func checklist(ctx context.Context, sys *Streams, flags *common, judge func(context.Context) (checks.Report, error)) error {
	r, err := ui.RunChecklist(ctx, ui.ChecklistOptions{
		Look: judge, Page: settling, Open: opener(sys, flags), Label: sys.badge(), Every: pace, NoColor: flags.noColor,
	})
	if err != nil {
		return err
	}
	return status(exitStatus(r))
}
