package python

import (
	"path"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python/pysource"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// setuptools is metadata in setup.py and setup.cfg (setuptools.pypa.io,
// "Keywords" and "Configuring setuptools using setup.cfg files", 2026-11).
// What setup.py passes outranks setup.cfg.
type setuptools struct{ *project }

func (s setuptools) manifest() string {
	if _, named := s.cfg.metadata("name"); named || !s.hasScript {
		return s.file(SetupCfg)
	}
	return s.file(SetupPy)
}

func (s setuptools) text(key string) evidence.Fact[string] { return s.fromSetuptools(key, 0) }

// fromSetuptools is a field that setuptools fills in: what pyproject.toml says
// under [tool.setuptools.dynamic], a tool that reads git tags, setup.py,
// setup.cfg.
func (p *project) fromSetuptools(key string, declared int) evidence.Fact[string] {
	if v := p.doc.Get("tool", "setuptools", "dynamic", key); v != nil {
		return p.dynamicDirective(key, v)
	}
	if key == "version" {
		if fact, is := p.setuptoolsTags(); is {
			return fact
		}
	}
	if fact, there := p.fromScript(key); there {
		return fact
	}
	if v, ok := p.cfg.metadata(key, cfgAlias[key]); ok {
		return p.cfgDirective(v)
	}
	switch {
	case p.hasScript && !p.hasCall:
		return p.unknown(p.file(SetupPy), 0, "set by setup.py, which is not run to find out")
	case p.hasCall && p.call.Unpacks():
		return p.unknown(p.file(SetupPy), p.call.Line, "setup() takes arguments from a mapping, and setup.py is not run to find out")
	case declared > 0:
		return p.computedBy(key, declared)
	}
	return evidence.Absent[string](p.tree.Source(setuptools{p}.manifest(), 0))
}

// cfgAlias are the names that setup.cfg's keys had before.
var cfgAlias = map[string]string{"description": "summary", "url": "home_page", "classifiers": "classifier"}

// setuptoolsTags tells when the version comes from git tags.
func (p *project) setuptoolsTags() (evidence.Fact[string], bool) {
	if tool, line := p.tagTool(); tool != "" {
		return p.unknown(p.file(Pyproject), line, "computed from git tags by %s", tool), true
	}
	for keyword, tool := range map[string]string{"use_scm_version": "setuptools_scm", "pbr": "pbr"} {
		if at, outcome := p.call.Keyword(keyword); outcome != pysource.NotThere && !p.call.Is(keyword, "False") {
			return p.unknown(p.file(SetupPy), at.Line, "computed from git tags by %s", tool), true
		}
	}
	return evidence.Fact[string]{}, false
}

// fromScript is a keyword argument of the one setup(...) call.
func (p *project) fromScript(key string) (fact evidence.Fact[string], there bool) {
	if !p.hasCall {
		return fact, false
	}
	literal, outcome := p.call.Keyword(key)
	switch outcome {
	case pysource.Plain:
		return p.seen(p.file(SetupPy), literal.Line, literal.Value), true
	case pysource.Computed:
		if set, outcome := p.constant(key); outcome == pysource.Plain {
			return p.seen(p.file(SetupPy), set.Line, set.Value), true
		}
		return p.unknown(p.file(SetupPy), literal.Line, "setup.py computes it, and is not run to find out"), true
	}
	return fact, false
}

// constant is the string of a variable of setup.py's own that setup(...) is
// given, where the module sets it once and plainly. In a function the name could
// be a parameter.
func (p *project) constant(key string) (pysource.Literal, pysource.Outcome) {
	name := p.call.Name(key)
	if name == "" || !p.call.TopLevel {
		return pysource.Literal{}, pysource.Computed
	}
	return pysource.Assignment(p.source, name)
}

// dynamicDirective follows {attr = "…"} and {file = …} of pyproject.toml.
func (p *project) dynamicDirective(key string, v *tomlpos.Value) evidence.Fact[string] {
	if attr, ok := v.Get("attr").Text(); ok {
		return p.attribute(attr, p.file(Pyproject), v.At())
	}
	file := v.Get("file")
	if items := file.Items(); len(items) == 1 {
		file = items[0]
	}
	if name, ok := file.Text(); ok {
		return p.contents(name)
	}
	return p.computedBy(key, v.At())
}

// cfgDirective follows "attr: …" and "file: …" of setup.cfg.
func (p *project) cfgDirective(v cfgValue) evidence.Fact[string] {
	text := v.text()
	if attr, ok := strings.CutPrefix(text, "attr:"); ok {
		return p.attribute(strings.TrimSpace(attr), p.file(SetupCfg), v.line)
	}
	if file, ok := strings.CutPrefix(text, "file:"); ok {
		if strings.Contains(file, ",") {
			return p.unknown(p.file(SetupCfg), v.line, "put together from several files")
		}
		return p.contents(strings.TrimSpace(file))
	}
	return p.seen(p.file(SetupCfg), v.line, text)
}

// contents is the text of a file that is the value by itself.
func (p *project) contents(name string) evidence.Fact[string] {
	full := p.file(name)
	data, err := p.tree.Read(full)
	if err != nil {
		return p.unknown(full, 0, "%v", err)
	}
	return p.seen(full, 1, string(data))
}

// attribute is a module's variable, "package.module.NAME".
func (p *project) attribute(attr, manifest string, line int) evidence.Fact[string] {
	dot := strings.LastIndex(attr, ".")
	if dot < 0 {
		return p.unknown(manifest, line, "taken from the attribute %q, which names no module", attr)
	}
	fact, found := p.variable(attr[dot+1:], moduleFiles(attr[:dot], p.sourceRoots()))
	if !found {
		return p.unknown(manifest, line, "taken from the attribute %q, whose module was not found", attr)
	}
	return fact
}

// sourceRoots are the folders in which the project's modules may lie.
func (p *project) sourceRoots() []string {
	roots := []string{}
	if root, ok := p.doc.Get("tool", "setuptools", "package-dir", "").Text(); ok {
		roots = append(roots, p.file(root))
	}
	for _, item := range p.doc.Get("tool", "setuptools", "packages", "find", "where").Items() {
		if text, ok := item.Text(); ok {
			roots = append(roots, p.file(text))
		}
	}
	for _, line := range p.cfg["options"]["package_dir"].lines {
		if name, root, ok := strings.Cut(line.text, "="); ok && strings.TrimSpace(name) == "" {
			roots = append(roots, p.file(strings.TrimSpace(root)))
		}
	}
	return append(roots, p.dir, path.Join(p.dir, "src"))
}
