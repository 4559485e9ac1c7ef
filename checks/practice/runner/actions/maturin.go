package actions

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/mattn/go-shellwords"
)

// maturin is PyO3/maturin-action: one maturin command with its arguments.
func maturin(ctx context.Context, s *Step) error {
	args, err := shellwords.Parse(s.Input("args", ""))
	if err != nil {
		return fmt.Errorf("the input args: %w", err)
	}
	command := append([]string{"maturin", s.Input("command", "build")}, args...)
	for _, name := range []string{"target", "manylinux"} {
		if value := s.Input(name, "auto"); value != "auto" && value != "off" {
			command = append(command, "--"+name, value)
		}
	}
	return s.run(ctx, s.Input("working-directory", "."), command...)
}

func (s *Step) run(ctx context.Context, dir string, args ...string) error {
	full, err := s.Place.Path(s.Workspace, dir)
	if err != nil {
		return err
	}
	s.Say("[command]%v", args)
	code, err := s.Tool(ctx, full, args...)
	if err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("The process '%s' failed with exit code %d", args[0], code) //nolint:staticcheck // the action's own text
	}
	return nil
}

// inspectPackage is hynek/build-and-inspect-python-package: it builds, and
// uploads the result as the artifact "Packages".
func inspectPackage(ctx context.Context, s *Step) error {
	dist := filepath.Join(s.Place.Temp(), "baipp", "dist")
	if err := s.run(ctx, s.Input("path", "."), "python", "-m", "build", "--outdir", dist); err != nil {
		return err
	}
	s.SetOutput("dist", dist)
	inner := *s
	inner.Inputs = map[string]string{"name": "Packages" + s.Input("upload-name-suffix", ""), "path": dist}
	return uploadArtifact(ctx, &inner)
}
