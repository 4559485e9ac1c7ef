package cli

import (
	"context"
	"errors"
	"os"

	"github.com/cli/go-gh/v2/pkg/auth"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
	"github.com/trustpub/gh-trustpub/ui"
	"github.com/trustpub/gh-trustpub/ui/plain"
)

// wizard walks the route with somebody at the terminal.
func wizard(ctx context.Context, sys *Streams, flags *common) error {
	switch {
	case !sys.Terminal:
		return usage("the wizard needs a terminal to ask on; `gh trustpub verify` reads and judges without one, `gh trustpub practice --auto` plays the route through")
	case flags.json:
		return usage("the wizard prints no JSON; `gh trustpub verify --json` does")
	case flags.offline:
		return usage("the wizard looks at GitHub and the registries; `gh trustpub verify --offline` reads the working tree alone")
	}
	e, err := newEyes(sys, flags)
	if err != nil {
		return err
	}
	name := e.name(ctx)
	session, err := newSession(sys, flags, e, name)
	if err != nil {
		return err
	}
	route, err := walkThrough(ctx, sys, flags, session, name.String())
	if err != nil && !errors.Is(err, plain.ErrQuit) {
		return err
	}
	if route == nil || route.Current < len(route.Scenes) {
		return status(exitCancelled)
	}
	return status(report.ExitStatus(route.Report))
}

func walkThrough(ctx context.Context, sys *Streams, flags *common, session *steps.Session, name string) (*steps.Route, error) {
	if flags.plain || sys.Getenv("TERM") == "dumb" {
		return plain.Run(ctx, plain.Options{Session: session, In: sys.In, Out: sys.Out, Err: sys.Err, Label: sys.badge(), Copy: lineClipboard(sys)})
	}
	return ui.Run(ctx, ui.Options{Session: session, Repository: name, Label: sys.badge(), NoColor: flags.noColor, Copy: machineClipboard(sys)})
}

// newSession wires the walk: what looks, what remembers, what acts.
func newSession(sys *Streams, flags *common, e *eyes, name evidence.RepoName) (*steps.Session, error) {
	return newSessionIn(sys, flags, e, name, "")
}

// newSessionIn is newSession with the working tree's top folder, for what is
// done without a look first; a look finds the folder by itself.
func newSessionIn(sys *Streams, flags *common, e *eyes, name evidence.RepoName, dir string) (*steps.Session, error) {
	o := steps.Options{Look: e.sight, Wanted: e.request.Wanted, Tools: e.tools(name), Browser: browserFor(sys, flags), CratesToken: sys.Getenv(change.TokenName)}
	o.Tools.Dir = dir
	if name.Name != "" {
		kept, err := journal.Open(e.stateDir, name)
		if err != nil {
			return nil, err
		}
		o.Journal = kept
	}
	return steps.New(o)
}

// tools are the clients that changes are made with, with gh's own login.
func (e *eyes) tools(name evidence.RepoName) *change.Tools {
	tools := &change.Tools{Repo: name, Env: os.Environ(), Versions: change.Shown(e.transport), Crates: change.OnCratesIO(e.transport)}
	home, _ := os.UserHomeDir() // without one there is no token of cargo's
	tools.CargoToken = change.FindCargoToken(os.Getenv, home)
	if token, _ := auth.TokenForHost(name.Host); token != "" {
		tools.GitHub = rest.New(e.transport, name.Host, token)
	}
	return tools
}
