package python

import (
	"path"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python/pysource"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// usualVersion is the pattern that hatchling, scikit-build-core and pdm look
// for when none is given.
var usualVersion = regexp.MustCompile(
	`(?im)^(?:__version__|VERSION)(?: ?: ?str)? *= *(?:'v?(?P<version>[^'\n]+)'|"v?(?P<value>[^"\n]+)")`)

// hatchVersion follows [tool.hatch.version] (hatch.pypa.io, "Versioning",
// 2026-11).
func (p *project) hatchVersion() evidence.Fact[string] {
	table := p.doc.Get("tool", "hatch", "version")
	source, _ := table.Get("source").Text()
	switch {
	case source == "vcs":
		return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed from git tags by hatch-vcs")
	case source == "code":
		return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed by running the project's code")
	case source == "" || source == "regex":
		return p.versionIn(table.Get("path").Text, table.Get("pattern").Text, table.At())
	}
	if tool, ok := fromTags[source]; ok {
		return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed from git tags by %s", tool)
	}
	return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed by the hatch version source %q", source)
}

// pdmVersion follows [tool.pdm.version] (backend.pdm-project.org, 2026-11).
func (p *project) pdmVersion() evidence.Fact[string] {
	table := p.doc.Get("tool", "pdm", "version")
	source, _ := table.Get("source").Text()
	switch source {
	case "file":
		return p.versionIn(table.Get("path").Text, table.Get("pattern").Text, table.At())
	case "scm":
		return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed from git tags by pdm-backend")
	case "call":
		return p.unknown(p.file(Pyproject), table.Get("source").At(), "computed by running the project's code")
	}
	return p.computedBy("version", 0)
}

// scikitVersion follows [tool.scikit-build.metadata.version] (scikit-build-core
// "Dynamic metadata", 2026-11).
func (p *project) scikitVersion() evidence.Fact[string] {
	table := p.doc.Get("tool", "scikit-build", "metadata", "version")
	provider, _ := table.Get("provider").Text()
	switch {
	case strings.HasSuffix(provider, ".regex"):
		return p.versionIn(table.Get("input").Text, table.Get("regex").Text, table.At())
	case strings.HasSuffix(provider, ".setuptools_scm"):
		return p.unknown(p.file(Pyproject), table.At(), "computed from git tags by setuptools_scm")
	case provider != "":
		return p.unknown(p.file(Pyproject), table.At(), "computed by the metadata provider %s", provider)
	}
	return p.computedBy("version", 0)
}

// versionIn applies a pattern to a file, as the backends do.
func (p *project) versionIn(name, pattern func() (string, bool), line int) evidence.Fact[string] {
	file, ok := name()
	if !ok {
		return p.computedBy("version", line)
	}
	expression := usualVersion
	if given, ok := pattern(); ok && given != "" {
		compiled, err := regexp.Compile("(?m)" + given)
		if err != nil {
			return p.unknown(p.file(Pyproject), line, "found in %s by a pattern that only Python's re understands: %s", file, given)
		}
		expression = compiled
	}
	full := path.Join(p.dir, file)
	data, err := p.tree.Read(full)
	if err != nil {
		return p.unknown(full, 0, "the version's file %v", err)
	}
	value, offset := namedGroup(expression, data)
	if value == "" {
		return p.unknown(full, 0, "no version that its pattern matches is in this file")
	}
	return p.seen(full, 1+strings.Count(string(data[:offset]), "\n"), value)
}

// namedGroup is what the group "version" or "value" matched, else the first
// group.
func namedGroup(expression *regexp.Regexp, data []byte) (value string, offset int) {
	at := expression.FindSubmatchIndex(data)
	first := -1
	for i, name := range expression.SubexpNames() {
		if i == 0 || at == nil || at[2*i] < 0 {
			continue
		}
		if name == "version" || name == "value" {
			return string(data[at[2*i]:at[2*i+1]]), at[2*i]
		}
		if first < 0 {
			first = i
		}
	}
	if first < 0 {
		return "", 0
	}
	return string(data[at[2*first]:at[2*first+1]]), at[2*first]
}

// variable is the literal that a module's file assigns to a name; found is
// false when none of the files is there.
func (p *project) variable(name string, candidates []string) (fact evidence.Fact[string], found bool) {
	for _, file := range candidates {
		if !p.tree.Exists(file) {
			continue
		}
		data, err := p.tree.Read(file)
		if err != nil {
			return p.unknown(file, 0, "%v", err), true
		}
		literal, outcome := pysource.Assignment(string(data), name)
		if outcome == pysource.Plain {
			return p.seen(file, literal.Line, literal.Value), true
		}
		return p.unknown(file, literal.Line, "%s is not set to one plain string here, and the code is not run to find out", name), true
	}
	return evidence.Fact[string]{}, false
}

// moduleFiles are the files that can hold a dotted module below one of roots.
func moduleFiles(module string, roots []string) []string {
	name := strings.ReplaceAll(module, ".", "/")
	var files []string
	for _, root := range roots {
		files = append(files, path.Join(root, name+".py"), path.Join(root, name, "__init__.py"))
	}
	return files
}
