package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/practice/standin"
)

// standInName is the hidden command behind the practice world's cargo.
const standInName = "practice-cargo"

// newStandIn runs in the place of a cargo that is not there.
func newStandIn(sys *Streams) *cobra.Command {
	return &cobra.Command{
		Use: standInName, Hidden: true, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			code, err := standInForCargo(cmd.Context(), sys, args)
			if err != nil {
				return err
			}
			return status(code)
		},
	}
}

func standInForCargo(ctx context.Context, sys *Streams, args []string) (int, error) {
	way, err := transport.New(transport.Options{Version: toolVersion(), Getenv: sys.Getenv})
	if err != nil {
		return 0, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return 0, fmt.Errorf("finding the crate's folder: %w", err)
	}
	cargo := standin.Cargo{Client: &http.Client{Transport: way}, Dir: dir, Token: sys.Getenv("CARGO_REGISTRY_TOKEN"), Out: sys.Out, Err: sys.Err}
	return cargo.Run(ctx, args), nil
}

// addStandIns puts a cargo at the end of PATH where there is none, in a folder
// of the world.
func addStandIns(env []string, self, dir string) ([]string, error) {
	if works("cargo") {
		return env, nil
	}
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	name, text := "cargo", fmt.Sprintf("#!/bin/sh\nexec %q %s \"$@\"\n", self, standInName)
	if runtime.GOOS == "windows" {
		name, text = "cargo.bat", fmt.Sprintf("@\"%s\" %s %%*\r\n", self, standInName)
	}
	if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
		return nil, fmt.Errorf("standing in for cargo: %w", err)
	}
	return before(env, bin), nil
}

// works tells a program from a shim of it that cannot start.
func works(program string) bool {
	path, err := exec.LookPath(program)
	return err == nil && exec.Command(path, "--version").Run() == nil
}

// before puts a folder first on PATH: a cargo that is there but cannot start
// must not be found instead.
func before(env []string, dir string) []string {
	for i, v := range env {
		if name, path, _ := strings.Cut(v, "="); strings.EqualFold(name, "PATH") {
			env[i] = name + "=" + dir + string(os.PathListSeparator) + path
			return env
		}
	}
	return append(env, "PATH="+dir)
}
