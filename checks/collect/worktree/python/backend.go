package python

import (
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// family is a build backend, whichever of its entry points is named.
type family string

// The backends whose way of computing metadata is followed here.
const (
	familySetuptools family = "setuptools"
	familyMaturin    family = "maturin"
	familyHatchling  family = "hatchling"
	familyFlit       family = "flit"
	familyPoetry     family = "poetry"
	familyPDM        family = "pdm"
	familyScikit     family = "scikit-build-core"
	familyUV         family = "uv_build" // static metadata only (astral-sh/uv issue 11718)
)

// defaultBackend is what builds a project without a build-backend (PEP 517).
const defaultBackend = "setuptools.build_meta:__legacy__"

var families = map[string]family{
	"setuptools": familySetuptools, "maturin": familyMaturin, "hatchling": familyHatchling,
	"flit_core": familyFlit, "flit": familyFlit, "poetry": familyPoetry, "pdm": familyPDM,
	"scikit_build_core": familyScikit, "uv_build": familyUV,
}

// backend is the build backend as the manifest names it.
func (p *project) backend() (name string, line int) {
	value := p.doc.Get("build-system", "build-backend")
	if text, ok := value.Text(); ok && text != "" {
		return text, value.At()
	}
	return defaultBackend, p.doc.Get("build-system").At()
}

func (p *project) family() family {
	name, _ := p.backend()
	top, _, _ := strings.Cut(name, ":")
	top, _, _ = strings.Cut(top, ".")
	// A backend kept in the tree mostly wraps setuptools; what it does is its own.
	if p.doc.Get("build-system", "backend-path") != nil {
		return family(name)
	}
	if known, ok := families[top]; ok {
		return known
	}
	return family(name)
}

func (p *project) backendFact(meta fields) evidence.Fact[string] {
	name, line := p.backend()
	manifest := meta.manifest()
	if p.doc != nil {
		manifest = p.file(Pyproject)
	}
	return evidence.Seen(evidence.CleanLine(name), p.tree.Source(manifest, line))
}

// fromTags are the tools that take the version from git tags, by the name of
// their distribution.
var fromTags = map[string]string{
	"setuptools-scm": "setuptools_scm", "hatch-vcs": "hatch-vcs", "versioningit": "versioningit",
	"poetry-dynamic-versioning": "poetry-dynamic-versioning", "pbr": "pbr", "versioneer": "versioneer",
	"setuptools-git-versioning": "setuptools-git-versioning", "uv-dynamic-versioning": "uv-dynamic-versioning",
	"vcs-versioning": "vcs-versioning", "dunamai": "dunamai", "setuptools-vcs-versioning": "setuptools-vcs-versioning",
}

// tagTables are the tools' own tables in pyproject.toml.
var tagTables = []string{
	"setuptools_scm", "versioningit", "poetry-dynamic-versioning", "versioneer",
	"setuptools-git-versioning", "uv-dynamic-versioning", "vcs-versioning",
}

var requirementName = regexp.MustCompile(`^[A-Za-z0-9._-]+`)

// tagTool is the tool that takes the version from git tags, and where
// pyproject.toml names it; "" without one.
func (p *project) tagTool() (tool string, line int) {
	for _, item := range p.doc.Get("build-system", "requires").Items() {
		text, _ := item.Text()
		name := strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(requirementName.FindString(strings.TrimSpace(text))))
		if tool, ok := fromTags[name]; ok {
			return tool, item.At()
		}
	}
	for _, table := range tagTables {
		if v := p.doc.Get("tool", table); v != nil {
			return table, v.At()
		}
	}
	return "", 0
}

// computedField is a field that the backend fills in, as far as that can be
// followed without running it.
func (p *project) computedField(key string, declared int) evidence.Fact[string] {
	switch family := p.family(); {
	case family == familyMaturin:
		return p.fromCrate(key)
	case family == familySetuptools:
		return p.fromSetuptools(key, declared)
	case family == familyPoetry:
		return p.fromPoetry(key)
	case key == "version" && family == familyHatchling:
		return p.hatchVersion()
	case key == "version" && family == familyFlit:
		return p.flitVersion()
	case key == "description" && family == familyFlit:
		return p.flitSummary()
	case family == familyUV:
		return p.unknown(p.file(Pyproject), declared, "left to the build backend uv_build, which computes no metadata")
	case key == "version" && family == familyPDM:
		return p.pdmVersion()
	case key == "version" && family == familyScikit:
		return p.scikitVersion()
	}
	return p.computedBy(key, declared)
}

// computedBy is the field of which only the backend knows the value.
func (p *project) computedBy(key string, declared int) evidence.Fact[string] {
	if tool, line := p.tagTool(); tool != "" && key == "version" {
		return p.unknown(p.file(Pyproject), line, "computed from git tags by %s", tool)
	}
	name, line := p.backend()
	if declared == 0 {
		declared = line
	}
	return p.unknown(p.file(Pyproject), declared, "computed by the build backend %s", name)
}
