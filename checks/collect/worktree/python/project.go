package python

import (
	"path"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python/pysource"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// project is one folder with Python manifests.
type project struct {
	*reader
	dir string
	// doc is pyproject.toml; nil without one. broken: it could not be read.
	doc    *tomlpos.Value
	broken bool
	// cfg is setup.cfg; nil without one.
	cfg setupCfg
	// hasScript is set when there is a setup.py; call is its one setup(...),
	// if hasCall.
	hasScript, hasCall bool
	call               pysource.Call
}

func (p *project) script(source string) {
	p.hasScript = true
	p.call, p.hasCall = pysource.OnlyCall(source, "setup")
}

func (p *project) file(name string) string { return path.Join(p.dir, name) }

// fields are what a package's metadata can be asked for.
type fields interface {
	// manifest is the file that makes the folder a package.
	manifest() string
	// text is a field under its pyproject.toml name: name, version, description.
	text(key string) evidence.Fact[string]
	license() evidence.Fact[string]
	urls() []link
	classifiers() []classifier
}

// classifier is a trove classifier with its place.
type classifier struct {
	text string
	src  evidence.Source
}

// metadata is how the folder describes its package; nil: it describes none.
// Tool configuration alone is no package.
func (p *project) metadata() fields {
	tool := p.doc.Get("tool")
	switch {
	case p.broken:
		return nil
	case p.doc.Get("project").IsTable():
		return standard{p}
	case tool.Get("poetry", "name") != nil || tool.Get("poetry", "package-mode") != nil:
		return poetry{p}
	case tool.Get("flit", "metadata").IsTable():
		return oldFlit{p}
	case p.family() == familyMaturin:
		return computed{p}
	case p.family() == familySetuptools:
		return p.oldSetuptools()
	case p.doc.Get("build-system").IsTable():
		return computed{p}
	}
	return nil
}

func (p *project) oldSetuptools() fields {
	_, named := p.cfg.metadata("name")
	if p.hasScript || named {
		return setuptools{p}
	}
	return nil
}

// evidence is what the folder says of its package; ok is false for none.
func (p *project) evidence() (evidence.Package, bool) {
	meta := p.metadata()
	if meta == nil {
		return evidence.Package{}, false
	}
	return evidence.Package{
		Ecosystem:   evidence.Python,
		Path:        evidence.Printable(meta.manifest()),
		Name:        meta.text("name"),
		Version:     meta.text("version"),
		Description: meta.text("description"),
		License:     p.licenseOf(meta),
		Repository:  p.repositoryOf(meta),
		Publish:     p.publish(meta),
		Backend:     p.backendFact(meta),
	}, true
}

// licenseOf is the license, or what a classifier says of it.
func (p *project) licenseOf(meta fields) evidence.Fact[string] {
	license := meta.license()
	if license.Absent() {
		for _, c := range meta.classifiers() {
			if strings.HasPrefix(c.text, "License ::") {
				return evidence.Seen(evidence.Printable(c.text), c.src)
			}
		}
	}
	return license
}

// publish says whether the package may be uploaded: PyPI refuses classifiers
// that begin with "Private ::" (warehouse commit 6b62157, 2026-08-21), and
// poetry and uv have switches of their own.
func (p *project) publish(meta fields) evidence.Fact[bool] {
	for _, c := range meta.classifiers() {
		if strings.HasPrefix(strings.ToLower(c.text), "private ::") {
			return evidence.Seen(false, c.src)
		}
	}
	for _, keys := range [][]string{{"tool", "uv", "package"}, {"tool", "poetry", "package-mode"}} {
		value := p.doc.Get(keys...)
		if is, ok := value.Truth(); ok && !is {
			return evidence.Seen(false, p.tree.Source(p.file(Pyproject), value.At()))
		}
	}
	return evidence.Seen(true, p.tree.Source(meta.manifest(), 0))
}

// classifiersIn are the strings of a TOML list.
func (p *project) classifiersIn(list *tomlpos.Value) []classifier {
	var found []classifier
	for _, item := range list.Items() {
		if text, ok := item.Text(); ok {
			found = append(found, classifier{text, p.tree.Source(p.file(Pyproject), item.At())})
		}
	}
	return found
}
