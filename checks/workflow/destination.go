package workflow

import (
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// destination is a registry to which something goes; doubt says why it may be
// another one.
type destination struct {
	registry identity.Registry
	doubt    string
}

// destinations tells where a text that names an index or gives its address can
// lead. Other indexes than ours are left out. An empty text is the default.
func destinations(set expr.Set, home identity.Registry, named bool) []destination {
	var found []destination
	add := func(d destination) {
		for _, f := range found {
			if f.registry == d.registry {
				return
			}
		}
		found = append(found, d)
	}
	for _, text := range set.Texts() {
		if strings.Contains(text, "$") {
			add(destination{home, "the index is " + text + ", which is only known when the job runs"})
			continue
		}
		if r, ok := index(text, home, named); ok {
			add(destination{registry: r})
		}
	}
	if set.Open {
		add(destination{home, "the index can be another one: " + set.Why})
	}
	return found
}

// index tells which of our registries a name or an address means.
func index(text string, home identity.Registry, named bool) (identity.Registry, bool) {
	switch {
	case text == "":
		return home, true
	case strings.Contains(text, "://"):
		return byHost(text)
	case !named:
		return "", false
	case home == identity.CratesIO:
		return home, text == "crates-io" || text == "crates.io"
	}
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(text)) {
	case "pypi", "main", "pypiorg":
		return identity.PyPI, true
	case "testpypi", "test", "pypitest", "testpypiorg":
		return identity.TestPyPI, true
	}
	return "", false
}

func byHost(address string) (identity.Registry, bool) {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "sparse+"), "registry+")
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "", false
	}
	switch strings.ToLower(u.Hostname()) {
	case "pypi.org", "upload.pypi.org", "pypi.python.org", "upload.pypi.io", "pypi.io":
		return identity.PyPI, true
	case "test.pypi.org", "testpypi.python.org":
		return identity.TestPyPI, true
	case "crates.io", "index.crates.io":
		return identity.CratesIO, true
	case "github.com":
		return identity.CratesIO, strings.Contains(u.Path, "rust-lang/crates.io-index")
	}
	return "", false
}

// destinations of a tool's call: the address counts more than the name.
func (c call) destinations(s scope) []destination {
	if text, ok := c.setting(s, c.tool.urlFlags, c.tool.urlEnv); ok && text != "" {
		return destinations(s.values(text), c.tool.home, false)
	}
	name, _ := c.setting(s, c.tool.repositoryFlags, c.tool.repositoryEnv)
	return destinations(s.values(name), c.tool.home, true)
}
