package change

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os/exec"

	"github.com/cli/go-gh/v2/pkg/config"
	"github.com/cli/safeexec"
	"github.com/mattn/go-shellwords"
	"github.com/pkg/browser"
)

// Browser opens pages. The zero value opens the system's browser.
type Browser struct {
	// Launcher is a command line to which the address is added; "" is the
	// system's browser. It may own the terminal, as lynx does.
	Launcher string
	// None opens nothing: the address is only shown.
	None bool
	// System replaces the system's browser, in tests.
	System func(address string) error
}

// Launcher is the command that gh would open pages with: GH_BROWSER, else the
// browser of gh's configuration, else BROWSER (the rules of go-gh v2.17.0,
// pkg/browser); "" for the system's browser.
func Launcher(getenv func(string) string) string {
	if l := getenv("GH_BROWSER"); l != "" {
		return l
	}
	if cfg, err := config.Read(nil); err == nil {
		if l, err := cfg.Get([]string{"browser"}); err == nil && l != "" {
			return l
		}
	}
	return getenv("BROWSER")
}

// Open opens an https address; no other is opened.
func (b Browser) Open(ctx context.Context, address string, h Hands) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("open %q: only https addresses are opened", address)
	}
	switch {
	case b.None:
		return nil
	case b.Launcher != "":
		return b.launch(ctx, u.String(), h)
	case b.System != nil:
		return b.System(u.String())
	}
	// What the helper prints would land in the middle of a screen.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	if err := browser.OpenURL(u.String()); err != nil {
		return fmt.Errorf("open %s: %w; open it by hand, or name a browser in GH_BROWSER", address, err)
	}
	return nil
}

func (b Browser) launch(ctx context.Context, address string, h Hands) error {
	words, err := shellwords.Parse(b.Launcher)
	if err != nil || len(words) == 0 {
		return fmt.Errorf("open %s: the browser command %q cannot be read: %w", address, b.Launcher, err)
	}
	program, err := safeexec.LookPath(words[0])
	if err != nil {
		return fmt.Errorf("open %s: find the browser %s: %w; see GH_BROWSER and BROWSER", address, words[0], err)
	}
	cmd := exec.CommandContext(ctx, program, append(words[1:], address)...)
	if h.Terminal != nil {
		err = h.Terminal(cmd)
	} else {
		err = cmd.Run()
	}
	if err != nil {
		return fmt.Errorf("open %s with %s: %w", address, words[0], err)
	}
	return nil
}
