// Package standin uploads in the place of programs that a person does not
// have, so that the practice world can be walked with Go and git alone. It
// says so each time.
package standin

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
)

// Cargo stands in for `cargo publish`.
type Cargo struct {
	// Client reaches the registry.
	Client *http.Client
	// Dir is the working directory, Token what CARGO_REGISTRY_TOKEN holds.
	Dir, Token string
	Out, Err   io.Writer
}

// failed is cargo's exit status for a command that failed.
const failed = 101

// Run does what cargo would with the arguments, as far as it can, and returns
// an exit status.
func (c Cargo) Run(ctx context.Context, args []string) int {
	if slices.Equal(args, []string{"--version"}) {
		fmt.Fprintln(c.Out, "cargo 1.95.0 (practice stand-in: cargo is not installed here)")
		return 0
	}
	if len(args) == 0 || args[0] != "publish" {
		return c.fail(fmt.Errorf("the practice stand-in can only publish, not %q", strings.Join(args, " ")))
	}
	fmt.Fprintln(c.Err, "cargo is not installed: the practice world packages and uploads in its place, and compiles nothing.")
	if err := c.publish(ctx, args[1:]); err != nil {
		return c.fail(err)
	}
	return 0
}

func (c Cargo) publish(ctx context.Context, args []string) error {
	cargo := build.Cargo{Client: c.Client, Out: c.Err, Token: c.Token}
	flags := pflag.NewFlagSet("cargo publish", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	packages := flags.StringArrayP("package", "p", nil, "")
	workspace := flags.Bool("workspace", false, "")
	manifest := flags.String("manifest-path", "", "")
	flags.BoolVarP(&cargo.DryRun, "dry-run", "n", false, "")
	flags.BoolVar(&cargo.NoVerify, "no-verify", false, "")
	flags.BoolVar(&cargo.AllowDirty, "allow-dirty", false, "")
	flags.Bool("locked", false, "")
	flags.String("registry", "crates-io", "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("the practice stand-in does not know this: %w", err)
	}
	crates, err := c.crates(*manifest, *packages, *workspace)
	if err != nil {
		return err
	}
	return cargo.Publish(ctx, crates)
}

func (c Cargo) crates(manifest string, packages []string, workspace bool) ([]*build.Crate, error) {
	dir := c.Dir
	if manifest != "" {
		dir = strings.TrimSuffix(strings.TrimSuffix(manifest, "Cargo.toml"), "/")
	}
	w, err := build.LoadWorkspace(dir, "")
	if err != nil {
		return nil, err
	}
	if len(packages) == 0 && !workspace && w.Here != nil {
		return []*build.Crate{w.Here}, nil
	}
	return slices.DeleteFunc(slices.Clone(w.Crates), func(k *build.Crate) bool {
		return len(packages) > 0 && !slices.Contains(packages, k.Name)
	}), nil
}

func (c Cargo) fail(err error) int {
	fmt.Fprintf(c.Err, "error: %v\n", err)
	return failed
}
