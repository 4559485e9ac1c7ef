package python

import (
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// poetry is metadata in a [tool.poetry] table (python-poetry.org, "The
// pyproject.toml file", 2026-11).
type poetry struct{ *project }

func (p *project) poetryValue(key string) *tomlpos.Value { return p.doc.Get("tool", "poetry", key) }

// fromPoetry is a field of [tool.poetry], unless a plugin computes it.
func (p *project) fromPoetry(key string) evidence.Fact[string] {
	if enabled, _ := p.doc.Get("tool", "poetry-dynamic-versioning", "enable").Truth(); enabled && key == "version" {
		return p.computedBy(key, 0)
	}
	v := p.poetryValue(key)
	if v == nil {
		return evidence.Absent[string](p.tree.Source(p.file(Pyproject), p.doc.Get("tool", "poetry").At()))
	}
	return p.tree.Text(p.file(Pyproject), "tool.poetry."+key, v)
}

func (p poetry) manifest() string                      { return p.file(Pyproject) }
func (p poetry) text(key string) evidence.Fact[string] { return p.fromPoetry(key) }
func (p poetry) license() evidence.Fact[string]        { return p.fromPoetry("license") }
func (p poetry) classifiers() []classifier             { return p.classifiersIn(p.poetryValue("classifiers")) }

func (p poetry) hiddenURLs() evidence.Fact[string] { return p.nothing(p.manifest()) }

func (p poetry) urls() []link {
	links := p.linksIn(p.poetryValue("urls"))
	for _, key := range []string{"repository", "homepage"} {
		if fact := p.fromPoetry(key); fact.Seen() {
			links = append(links, link{key, fact.Or(""), fact.Source()})
		}
	}
	return links
}
