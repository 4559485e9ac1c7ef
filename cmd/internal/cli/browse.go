package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-shellwords"
	"github.com/pkg/browser"
	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/practice"
	pages "github.com/trustpub/gh-trustpub/checks/practice/browser"
	"github.com/trustpub/gh-trustpub/checks/practice/textbrowser"
)

// browseName is the hidden command that stands in GH_BROWSER inside the
// practice world.
const browseName = "practice-browser"

// newBrowse is the practice world's opener: it turns a real address into the
// loopback page of the world, so that no real address reaches a browser.
func newBrowse(sys *Streams) *cobra.Command {
	return &cobra.Command{
		Use: browseName + " URL", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return browse(cmd.Context(), sys, args[0]) },
	}
}

func browse(ctx context.Context, sys *Streams, address string) error {
	base := sys.Getenv(practice.EnvPages)
	if base == "" {
		return usage("%s opens pages of a running practice world only; start one with `gh trustpub practice`", browseName)
	}
	b := pages.New(base)
	local, err := b.Loopback(address)
	if err != nil {
		return err
	}
	switch own := sys.Getenv(practice.EnvBrowser); {
	case own != "":
		return outside(ctx, sys, own, local)
	case graphical(sys):
		browser.Stdout, browser.Stderr = io.Discard, io.Discard
		if err := browser.OpenURL(local); err == nil {
			return nil
		}
	}
	if !sys.Terminal {
		fmt.Fprintln(sys.Out, local)
		return nil
	}
	// The wizard lends its terminal: neither what stood there before nor the
	// page itself is to stay behind.
	clear(sys)
	defer clear(sys)
	return textbrowser.Run(ctx, b, address, sys.In, sys.Out)
}

func clear(sys *Streams) {
	if sys.Getenv("TERM") != "dumb" {
		fmt.Fprint(sys.Out, ansi.EraseEntireScreen+ansi.CursorHomePosition)
	}
}

// outside starts the browser that the person has set, with the loopback page.
func outside(ctx context.Context, sys *Streams, own, local string) error {
	words, err := shellwords.Parse(own)
	if err != nil || len(words) == 0 {
		return errors.Join(usage("the browser %q cannot be read as a command", own), err)
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], local)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = sys.In, sys.Out, sys.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("opening %s with %s: %w", local, words[0], err)
	}
	return nil
}

// graphical says whether a window can be opened: elsewhere than on a desktop
// the page is shown as text.
func graphical(sys *Streams) bool {
	if sys.Getenv("SSH_CONNECTION") != "" {
		return false
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" ||
		sys.Getenv("DISPLAY") != "" || sys.Getenv("WAYLAND_DISPLAY") != "" || exists("/proc/sys/fs/binfmt_misc/WSLInterop")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
