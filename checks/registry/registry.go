// Package registry lists the registries that accept trusted publishers from
// GitHub Actions.
package registry

import (
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/cratesio"
	"github.com/trustpub/gh-trustpub/checks/registry/pypi"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
)

// All lists the registries, in the order in which screens show them. A new one
// is one line here.
func All() []trust.Registry {
	return []trust.Registry{cratesio.Registry(), pypi.Registry(), pypi.TestRegistry()}
}

// Of returns a registry by its id.
func Of(id identity.Registry) (trust.Registry, bool) {
	for _, r := range All() {
		if r.ID == id {
			return r, true
		}
	}
	return trust.Registry{}, false
}
