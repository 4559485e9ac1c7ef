// Package client reads what PyPI and TestPyPI tell of projects: the simple API
// for releases and files, the JSON API for owners, the integrity API for who
// published. It only reads; no API of theirs shows publishers.
package client

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// simpleJSON is the media type of the simple API's JSON form (PEP 691).
const simpleJSON = "application/vnd.pypi.simple.v1+json"

// Projects reads the projects of these names at PyPI or TestPyPI. It returns a
// fact for each: absent where the index answered 404.
func Projects(ctx context.Context, p *transport.Pass, registry identity.Registry, names []string) map[string]evidence.Fact[evidence.Project] {
	l := &look{pass: p, registry: registry, base: "https://" + registry.Host() + "/"}
	out := make(map[string]evidence.Fact[evidence.Project], len(names))
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(6)
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		g.Go(func() error {
			fact := l.project(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			out[name] = fact
			return nil
		})
	}
	_ = g.Wait() // failures are in the facts
	return out
}

type look struct {
	pass     *transport.Pass
	registry identity.Registry
	base     string
}

func (l *look) source(path string) evidence.Source {
	return evidence.Source{Name: strings.TrimPrefix(l.base, "https://") + path}
}

func (l *look) get(ctx context.Context, address, accept string, out any) (*transport.Answer, error) {
	answer, err := l.pass.Get(ctx, transport.Request{URL: address, Header: http.Header{"Accept": {accept}}})
	if err != nil {
		return nil, err
	}
	return answer, answer.JSON(out)
}

// valid keeps names out of addresses that are no project names (PEP 508).
func valid(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("-_.", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func (l *look) project(ctx context.Context, name string) evidence.Fact[evidence.Project] {
	path := "simple/" + identity.NormalizeProject(name) + "/"
	if !valid(name) {
		return evidence.Unknown[evidence.Project](l.source(path), "%q is no name for a project", name)
	}
	var page simplePage
	answer, err := l.get(ctx, l.base+path, simpleJSON, &page)
	if err == nil && page.Files == nil {
		err = answer.Shape("no list of files in it")
	}
	switch {
	case transport.Is(err, transport.KindNotFound):
		return evidence.Absent[evidence.Project](l.source(path))
	case err != nil:
		return transport.Unknown[evidence.Project](l.source(path), err)
	}
	out := evidence.Project{Name: name, Status: page.Status.Status, StatusReason: page.Status.Reason,
		Teams: evidence.Absent[[]string](answer.Source()), Versions: page.releases(answer.Source()),
		TrustpubOnly: evidence.Unknown[bool](answer.Source(), "%s has no such switch", l.registry.Title()),
		Publishers:   evidence.Unknown[[]identity.Publisher](answer.Source(), "%s shows publishers only on its pages, to those who manage the project", l.registry.Title())}
	l.about(ctx, &out)
	if len(out.Versions) > 0 {
		newest := &out.Versions[0]
		files := page.filesOf(newest.Number)
		newest.Attested = attested(files, answer.Source())
		newest.Trusted = l.trusted(ctx, files, answer.Source())
	}
	return evidence.Seen(out, answer.Source())
}
