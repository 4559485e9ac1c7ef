package python

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python/pysource"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// oldFlit is metadata in [tool.flit.metadata], flit's format before PEP 621
// (flit.pypa.io, "The pyproject.toml config file", 2026-11).
type oldFlit struct{ *project }

// flitModule is the module that flit packages.
func (p *project) flitModule() string {
	for _, keys := range [][]string{
		{"tool", "flit", "module", "name"}, {"tool", "flit", "metadata", "module"}, {"project", "name"},
	} {
		if text, ok := p.doc.Get(keys...).Text(); ok {
			return strings.ReplaceAll(text, "-", "_")
		}
	}
	return ""
}

// flitVersion is the module's __version__.
func (p *project) flitVersion() evidence.Fact[string] {
	module := p.flitModule()
	fact, found := p.variable("__version__", moduleFiles(module, []string{p.dir, p.file("src")}))
	if !found {
		return p.flitLost(module)
	}
	return fact
}

func (p *project) flitLost(module string) evidence.Fact[string] {
	_, line := p.backend()
	return p.unknown(p.file(Pyproject), line, "flit takes it from the module %q, which was not found", module)
}

// flitSummary is the first line of the module's docstring (flit_core 3.12,
// flit_core/common.py, get_info_from_module).
func (p *project) flitSummary() evidence.Fact[string] {
	module := p.flitModule()
	for _, file := range moduleFiles(module, []string{p.dir, p.file("src")}) {
		if !p.tree.Exists(file) {
			continue
		}
		data, err := p.tree.Read(file)
		if err != nil {
			return p.unknown(file, 0, "%v", err)
		}
		return p.summary(file, string(data))
	}
	return p.flitLost(module)
}

func (p *project) summary(file, source string) evidence.Fact[string] {
	literal, outcome := pysource.Docstring(source)
	switch outcome {
	case pysource.NotThere:
		return p.unknown(file, 0, "flit takes it from the module's docstring, which has none: flit does not build it so")
	case pysource.Computed:
		return p.unknown(file, literal.Line, "flit takes it from the module's docstring, which is not one plain string here")
	}
	text := strings.TrimLeft(literal.Value, " \t\r\n\f\v")
	blank := strings.Count(literal.Value[:len(literal.Value)-len(text)], "\n")
	first, _, _ := strings.Cut(text, "\n")
	return p.seen(file, literal.Line+blank, first)
}

func (f oldFlit) manifest() string { return f.file(Pyproject) }

func (f oldFlit) text(key string) evidence.Fact[string] {
	switch key {
	case "version":
		return f.flitVersion()
	case "name":
		if v := f.doc.Get("tool", "flit", "metadata", "dist-name"); v != nil {
			return f.tree.Text(f.manifest(), "tool.flit.metadata.dist-name", v)
		}
		return f.tree.Text(f.manifest(), "tool.flit.metadata.module", f.doc.Get("tool", "flit", "metadata", "module"))
	}
	return f.flitSummary()
}

func (f oldFlit) license() evidence.Fact[string] {
	return f.tree.Text(f.manifest(), "tool.flit.metadata.license", f.doc.Get("tool", "flit", "metadata", "license"))
}

func (f oldFlit) urls() []link {
	links := f.linksIn(f.doc.Get("tool", "flit", "metadata", "urls"))
	home := f.doc.Get("tool", "flit", "metadata", "home-page")
	if text, ok := home.Text(); ok {
		links = append(links, link{"homepage", evidence.CleanLine(text), f.tree.Source(f.manifest(), home.At())})
	}
	return links
}

func (f oldFlit) hiddenURLs() evidence.Fact[string] { return f.nothing(f.manifest()) }

func (f oldFlit) classifiers() []classifier {
	return f.classifiersIn(f.doc.Get("tool", "flit", "metadata", "classifiers"))
}
