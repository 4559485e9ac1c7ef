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
	// source is setup.py's text.
	source string
}

// nothing is the absence of what the manifest could have set.
func (p *project) nothing(manifest string) evidence.Fact[string] {
	return evidence.Absent[string](p.tree.Source(manifest, 0))
}

func (p *project) script(source string) {
	p.hasScript, p.source = true, source
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
	// hiddenURLs is unknown when there may be addresses that urls cannot tell.
	hiddenURLs() evidence.Fact[string]
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
		if p.dir != "." && p.virtual() {
			return nil
		}
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

// virtual says whether nothing tells how the project is built. uv takes such a
// project for a set of dependencies, not for a package (docs.astral.sh/uv,
// "Build systems", 2026-11); only at the top of a tree may it still be one.
func (p *project) virtual() bool {
	forced, _ := p.doc.Get("tool", "uv", "package").Truth()
	return !p.doc.Get("build-system").IsTable() && !p.hasScript && p.cfg == nil && !forced
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
		Path:        evidence.CleanLine(meta.manifest()),
		Name:        meta.text("name"),
		Version:     meta.text("version"),
		Description: meta.text("description"),
		License:     p.licenseOf(meta),
		Repository:  p.repositoryOf(meta),
		Publish:     p.publish(meta),
		Backend:     p.backendFact(meta),
		Keeper:      p.keeper(meta),
	}, true
}

// uvLock is uv's lock file, one for a project or a workspace
// (docs.astral.sh/uv, "Project structure", 2026-11).
const uvLock = "uv.lock"

// keeper is uv where the build backend, a table or the lock file is uv's.
func (p *project) keeper(meta fields) evidence.Fact[string] {
	table := p.doc.Get("tool", "uv")
	switch {
	case p.family() == familyUV:
		_, line := p.backend()
		return evidence.Seen("uv", p.tree.Source(p.file(Pyproject), line))
	case table != nil:
		return evidence.Seen("uv", p.tree.Source(p.file(Pyproject), table.At()))
	case p.tree.Exists(p.file(uvLock)):
		return evidence.Seen("uv", p.tree.Source(p.file(uvLock), 0))
	case p.tree.Exists(uvLock):
		return evidence.Seen("uv", p.tree.Source(uvLock, 0))
	}
	return p.nothing(meta.manifest())
}

// licenseClassifier begins the trove classifiers that name a license.
const licenseClassifier = "License ::"

// licenseOf is the license, or what a classifier says of it.
func (p *project) licenseOf(meta fields) evidence.Fact[string] {
	license := meta.license()
	if license.Absent() {
		for _, c := range meta.classifiers() {
			if strings.HasPrefix(c.text, licenseClassifier) {
				return evidence.Seen(evidence.CleanLine(c.text), c.src)
			}
		}
	}
	return license
}

// publish says whether the package may be uploaded: PyPI refuses classifiers
// that begin with "Private ::" (warehouse commit 6b62157, 2026-08-21), and
// poetry, pdm (cli/commands/build.py, commit 000d1a1) and uv have switches of
// their own.
func (p *project) publish(meta fields) evidence.Fact[bool] {
	for _, c := range meta.classifiers() {
		if strings.HasPrefix(strings.ToLower(c.text), "private ::") {
			return evidence.Seen(false, c.src)
		}
	}
	for _, keys := range [][]string{{"tool", "poetry", "package-mode"}, {"tool", "pdm", "distribution"}} {
		if switched := p.doc.Get(keys...); isFalse(switched) {
			return evidence.Seen(false, p.tree.Source(p.file(Pyproject), switched.At()))
		}
	}
	// With a build system, uv's switch only says what uv installs.
	uv := p.doc.Get("tool", "uv")
	if p.virtual() && (isFalse(uv.Get("package")) || uv.Get("workspace") != nil) {
		return evidence.Seen(false, p.tree.Source(p.file(Pyproject), uv.At()))
	}
	return evidence.Seen(true, p.tree.Source(meta.manifest(), 0))
}

func isFalse(v *tomlpos.Value) bool {
	is, ok := v.Truth()
	return ok && !is
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
