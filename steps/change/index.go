package change

import (
	"context"
	"fmt"
	"slices"
	"time"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/identity"
	crates "github.com/trustpub/gh-trustpub/checks/registry/cratesio/client"
	projects "github.com/trustpub/gh-trustpub/checks/registry/pypi/client"
)

// Shown is what Tools.Versions is outside of tests: it asks the index of
// crates.io, and the simple API of PyPI and TestPyPI, anew each time.
func Shown(t *transport.Transport) func(ctx context.Context, registry identity.Registry, name string) ([]string, error) {
	return func(ctx context.Context, registry identity.Registry, name string) ([]string, error) {
		if registry == identity.CratesIO {
			return crates.Versions(ctx, t.Pass(ctx), name)
		}
		return projects.Versions(ctx, t.Pass(ctx), registry, name)
	}
}

// How often and how long a registry is asked for a version.
const (
	indexPace     = 3 * time.Second
	indexPatience = 3 * time.Minute
)

// shows says whether a registry shows a version to everybody.
func (t *Tools) shows(ctx context.Context, registry identity.Registry, name, version string) (bool, error) {
	if t.Versions == nil {
		return false, nil
	}
	versions, err := t.Versions(ctx, registry, name)
	if err != nil {
		return false, fmt.Errorf("look for %s on %s: %w", name, registry.Title(), err)
	}
	return slices.ContainsFunc(versions, func(v string) bool { return sameVersion(registry, v, version) }), nil
}

// awaitShown waits until everybody can see a version.
func (t *Tools) awaitShown(ctx context.Context, h Hands, registry identity.Registry, name, version string) error {
	if t.Versions == nil {
		return nil
	}
	h.progress("Waiting until %s shows %s %s", registry.Title(), name, version)
	for range int(indexPatience / indexPace) {
		there, err := t.shows(ctx, registry, name, version)
		if err != nil || there {
			return err
		}
		if err := t.sleep(ctx, indexPace); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s %s was uploaded, and %s does not show it after %s: look again later", name, version, registry.Title(), indexPatience)
}

// sameVersion compares as the registry does: to Python 1.0 and 1.0.0 are one.
func sameVersion(registry identity.Registry, a, b string) bool {
	if registry == identity.CratesIO || a == b {
		return a == b
	}
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	return errX == nil && errY == nil && x.Equal(y)
}
