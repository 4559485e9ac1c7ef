// Package cli is the command line: flags, exit statuses, and the one place
// that wires everything together.
package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the release build.
var version = ""

// toolVersion is the release's version, or what the Go build knows of itself.
func toolVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0.1.0-dev"
}

// Main runs the program and returns its exit status.
func Main(args []string, sys *Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(sys)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && !errors.As(err, new(*exitError)) {
		err = errors.Join(context.Canceled, err)
	}
	return finish(sys, err)
}

func newRoot(sys *Streams) *cobra.Command {
	flags := &common{}
	root := &cobra.Command{
		Use:   "gh trustpub",
		Short: "From publishing by token to trusted publishing, step by step",
		Long: "gh trustpub takes the maintainer of a Rust crate, a Python package or both to trusted publishing\n" +
			"on crates.io, PyPI and TestPyPI from GitHub Actions, and proves that it works.\n\n" +
			"Without a command it is the wizard. It only reads until it gets a yes.",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "gh trustpub"},
		Args:        cobra.NoArgs, SilenceUsage: true, SilenceErrors: true, Version: toolVersion(),
		RunE: func(cmd *cobra.Command, _ []string) error { return wizard(cmd.Context(), sys, flags) },
	}
	root.SetIn(sys.In)
	root.SetOut(sys.Out)
	root.SetErr(sys.Err)
	root.SetVersionTemplate("gh trustpub {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	flags.register(root)
	root.AddCommand(newVerify(sys, flags), newPredict(sys, flags), newOpen(sys, flags), newPlan(sys, flags), newApply(sys, flags), newUndo(sys, flags), newPractice(sys, flags), newBrowse(sys), newStandIn(sys))
	return root
}
