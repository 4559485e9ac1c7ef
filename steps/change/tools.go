package change

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// API is what changes use of a GitHub client; rest.Client has it.
type API interface {
	// Do makes one request: body as JSON unless nil, the answer decoded into
	// out unless nil. Errors are *transport.Error or the context's.
	Do(ctx context.Context, method, path string, body, out any) (*transport.Answer, error)
}

// Tools are the clients that changes are bound to when they are made.
type Tools struct {
	// GitHub is nil when nobody is signed in.
	GitHub API
	Repo   evidence.RepoName
	// Dir is the top folder of the working tree; "" without one.
	Dir string
	// Env is the environment of children; nil is our own.
	Env []string
	// Secrets takes note of every secret that a change is given; nil takes none.
	Secrets *Redactor
	// Versions gives the versions of a package that a registry shows to everybody;
	// none when it is absent. Nil shows nothing.
	Versions func(ctx context.Context, registry identity.Registry, name string) ([]string, error)
	// Crates is crates.io's API, and CratesToken the token that changes use there;
	// "" for none. It is never written anywhere.
	Crates      CratesIO
	CratesToken string
	// CargoToken is where cargo keeps its own.
	CargoToken CargoToken
	// Sleep waits; nil waits for real.
	Sleep func(context.Context, time.Duration) error
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (t *Tools) sleep(ctx context.Context, d time.Duration) error {
	if t.Sleep != nil {
		return t.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Clock is the time by which records are dated.
func (t *Tools) Clock() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

func (t *Tools) env() []string {
	if t.Env != nil {
		return t.Env
	}
	return os.Environ()
}

func (t *Tools) api() (API, error) {
	if t.GitHub == nil {
		return nil, fmt.Errorf("nobody is signed in to %s: run gh auth login, then come back", t.Repo.Host)
	}
	return t.GitHub, nil
}

// progress shows a sentence, if there is anybody to show it to.
func (h Hands) progress(format string, args ...any) {
	if h.Progress != nil {
		h.Progress(fmt.Sprintf(format, args...))
	}
}

// detail shows something for a moment.
func (h Hands) detail(format string, args ...any) {
	if h.Detail != nil {
		h.Detail(fmt.Sprintf(format, args...))
	}
}
