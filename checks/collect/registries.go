package collect

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	cratesio "github.com/trustpub/gh-trustpub/checks/registry/cratesio/client"
	pypi "github.com/trustpub/gh-trustpub/checks/registry/pypi/client"
)

// registriesOf are the registries that a package can go to.
func registriesOf(e evidence.Ecosystem) []identity.Registry {
	if e == evidence.Cargo {
		return []identity.Registry{identity.CratesIO}
	}
	return []identity.Registry{identity.PyPI, identity.TestPyPI}
}

// keys are the packages to ask for and where: those that their manifest lets
// be published, narrowed by what was wanted. A manifest that does not say is
// asked for.
func keys(w *evidence.World) []evidence.ProjectKey {
	var out []evidence.ProjectKey
	for _, p := range w.Tree.Packages.Or(nil) {
		name, ok := p.Name.Get()
		if !ok || !p.Publish.Or(true) {
			continue
		}
		for _, registry := range registriesOf(p.Ecosystem) {
			key := evidence.ProjectKey{Registry: registry, Name: name}
			if wants(w.Wanted, key) && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// wants narrows by --registry and --package.
func wants(wanted evidence.Wanted, key evidence.ProjectKey) bool {
	if len(wanted.Registries) > 0 && !slices.Contains(wanted.Registries, key.Registry) {
		return false
	}
	same := func(name string) bool { return key.Registry.SamePackage(name, key.Name) }
	return len(wanted.Packages) == 0 || slices.ContainsFunc(wanted.Packages, same)
}

// registries asks each registry for its packages, all registries at once.
func (c *Collector) registries(ctx context.Context, r Request, w *evidence.World, pass *transport.Pass) {
	names := map[identity.Registry][]string{}
	for _, key := range keys(w) {
		names[key.Registry] = append(names[key.Registry], key.Name)
	}
	var mu sync.Mutex
	put := func(registry identity.Registry, facts map[string]evidence.Fact[evidence.Project]) {
		mu.Lock()
		defer mu.Unlock()
		for name, fact := range facts {
			w.Projects[evidence.ProjectKey{Registry: registry, Name: name}] = fact
		}
	}
	ask := func(part Part, registry identity.Registry, read func([]string) map[string]evidence.Fact[evidence.Project]) func() {
		return func() {
			known, rest := r.before(part, registry, names[registry])
			put(registry, known)
			if len(rest) > 0 {
				put(registry, read(rest))
			}
		}
	}
	together(
		ask(CratesIO, identity.CratesIO, func(n []string) map[string]evidence.Fact[evidence.Project] { return c.crates(ctx, r, pass, n) }),
		ask(PyPI, identity.PyPI, func(n []string) map[string]evidence.Fact[evidence.Project] {
			return projects(ctx, pass, identity.PyPI, n)
		}),
		ask(PyPI, identity.TestPyPI, func(n []string) map[string]evidence.Fact[evidence.Project] {
			return projects(ctx, pass, identity.TestPyPI, n)
		}),
	)
}

// before takes facts from the look before, where this one leaves the part out.
func (r Request) before(part Part, registry identity.Registry, names []string) (map[string]evidence.Fact[evidence.Project], []string) {
	if r.looksAt(part) {
		return nil, names
	}
	known := map[string]evidence.Fact[evidence.Project]{}
	var rest []string
	for _, name := range names {
		if fact, ok := r.Before.Projects[evidence.ProjectKey{Registry: registry, Name: name}]; ok {
			known[name] = fact
		} else {
			rest = append(rest, name)
		}
	}
	return known, rest
}

func projects(ctx context.Context, pass *transport.Pass, registry identity.Registry, names []string) map[string]evidence.Fact[evidence.Project] {
	ctx, cancel := context.WithTimeout(ctx, pypiTime)
	defer cancel()
	return pypi.Projects(ctx, pass, registry, names)
}

// crates gives crates.io a second for each request on top of its time.
func (c *Collector) crates(ctx context.Context, r Request, pass *transport.Pass, names []string) map[string]evidence.Fact[evidence.Project] {
	ctx, cancel := context.WithTimeout(ctx, cratesTime+time.Duration(min(cratesio.MaxAsked, 3*len(names)))*time.Second)
	defer cancel()
	o := cratesio.Options{Token: cmp.Or(r.CratesToken, c.o.Getenv("CARGO_REGISTRY_TOKEN")), Anew: r.Touched}
	if r.Known != nil {
		o.Before = map[string]evidence.Fact[evidence.Project]{}
		for key, fact := range r.Known.Projects {
			if key.Registry == identity.CratesIO {
				o.Before[key.Name] = fact
			}
		}
	}
	if r.Progress != nil {
		o.Progress = func(done, total int) { r.Progress(CratesIO, done, total) }
	}
	return cratesio.Projects(ctx, pass, names, o)
}
