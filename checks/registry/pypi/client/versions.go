package client

import (
	"context"
	"fmt"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Versions asks the simple API alone which versions of a project have files;
// none when the index has no such project.
func Versions(ctx context.Context, p *transport.Pass, registry identity.Registry, name string) ([]string, error) {
	l := &look{pass: p, registry: registry, base: "https://" + registry.Host() + "/"}
	path := "simple/" + identity.NormalizeProject(name) + "/"
	if !valid(name) {
		return nil, fmt.Errorf("%q is no name for a project", name)
	}
	var page simplePage
	answer, err := l.get(ctx, l.base+path, simpleJSON, &page)
	switch {
	case transport.Is(err, transport.KindNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", l.source(path).Name, err)
	}
	var versions []string
	for _, v := range page.releases(answer.Source()) {
		versions = append(versions, v.Number)
	}
	return versions, nil
}
