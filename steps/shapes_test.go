package steps

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// shape is one combination of what a repository can hold and its maintainer
// choose, as far as the workflow that is written depends on it.
type shape struct {
	crates, projects string
	testPyPI, attest bool
	environment, tag string
}

func (s shape) String() string {
	return fmt.Sprintf("crates %s, projects %s, TestPyPI %v, attested %v, environment %q, tags %s", s.crates, s.projects, s.testPyPI, s.attest, s.environment, s.tag)
}

// crateShapes and projectShapes are what a repository can hold.
var (
	crateShapes = map[string][]evidence.Package{
		"none":      nil,
		"one":       {crateAt("Cargo.toml", "market-data")},
		"in folder": {crateAt("rust/market data/Cargo.toml", "market-data")},
		"workspace": {crateAt("crates/core/Cargo.toml", "market-core"), crateAt("Cargo.toml", "market-data", "market-core")},
		"some":      {crateAt("crates/core/Cargo.toml", "market-core"), crateAt("Cargo.toml", "market-data", "market-core"), kept(crateAt("xtask/Cargo.toml", "xtask")), crateAt("crates/more/Cargo.toml", "market-more")},
	}
	projectShapes = map[string][]evidence.Package{
		"none":       nil,
		"pure":       {projectAt(".", "market-data", "hatchling.build")},
		"in folder":  {projectAt("py/market data", "market-data", "setuptools.build_meta")},
		"computed":   {computedVersion(projectAt(".", "market-data", "setuptools.build_meta"))},
		"uv":         {keptWithUV(projectAt(".", "market-data", "uv_build"))},
		"maturin":    {projectAt(".", "market-data", "maturin")},
		"from crate": {versionFrom(projectAt("python", "market-data", "maturin"), "Cargo.toml")},
		"several":    {projectAt("python", "market-data", "maturin"), keptWithUV(projectAt("tools", "Market.Tools", "hatchling.build")), projectAt("more", "market-more", "flit_core.buildapi")},
		"new":        {projectAt("python", "market-data", "maturin"), keptWithUV(projectAt("tools", "Market.Tools", "hatchling.build"))},
	}
)

func in(file string) evidence.Source { return evidence.Source{Name: file, Line: 3, At: at} }

func crateAt(file, name string, after ...string) evidence.Package {
	return evidence.Package{Ecosystem: evidence.Cargo, Path: file, Name: evidence.Seen(name, in(file)), Version: evidence.Seen("0.1.0", in(file)),
		Publish: evidence.Seen(true, in(file)), Description: evidence.Seen("Data", in(file)), License: evidence.Seen("MIT", in(file)), DependsOn: after}
}

func kept(p evidence.Package) evidence.Package {
	p.Publish = evidence.Seen(false, in(p.Path))
	return p
}

func projectAt(dir, name, backend string) evidence.Package {
	file := path.Join(dir, "pyproject.toml")
	return evidence.Package{Ecosystem: evidence.Python, Path: file, Name: evidence.Seen(name, in(file)), Version: evidence.Seen("0.1.0", in(file)), Backend: evidence.Seen(backend, in(file)),
		Publish: evidence.Seen(true, in(file)), Description: evidence.Seen("Data", in(file)), License: evidence.Seen("MIT", in(file))}
}

func keptWithUV(p evidence.Package) evidence.Package {
	p.Keeper = evidence.Seen("uv", in(p.Path))
	return p
}

func computedVersion(p evidence.Package) evidence.Package {
	p.Version = evidence.Unknown[string](in(p.Path), "computed from git tags by setuptools_scm")
	return p
}

func versionFrom(p evidence.Package, file string) evidence.Package {
	p.Version = evidence.Seen("0.1.0", in(file))
	return p
}

// shapes are all combinations.
func shapes() []shape {
	var all []shape
	for _, crates := range slices.Sorted(maps.Keys(crateShapes)) {
		for _, projects := range slices.Sorted(maps.Keys(projectShapes)) {
			if crates == "none" && projects == "none" {
				continue
			}
			for _, testPyPI := range []bool{true, false}[:min(len(projectShapes[projects])+1, 2)] {
				for _, attest := range []bool{false, true}[:min(len(crateShapes[crates])+1, 2)] {
					for _, names := range [][2]string{{"", "v*"}, {"Release to all", "releases/v[0-9]*"}, {"true", "*"}} {
						all = append(all, shape{crates, projects, testPyPI, attest, names[0], names[1]})
					}
				}
			}
		}
	}
	return all
}

// stage is a repository of the shape, of which nothing is set up.
func (s shape) stage(t *testing.T) *stage {
	st := fresh(t)
	packages := append(append([]evidence.Package{}, crateShapes[s.crates]...), projectShapes[s.projects]...)
	st.world.Tree.Packages = evidence.Seen(packages, in("."))
	for _, p := range packages {
		for _, r := range identity.Registries() {
			project := evidence.Seen(evidence.Project{Name: p.Name.Or(""), Versions: []evidence.Version{byToken("0.0.1")}}, src)
			if s.projects == "new" && r != identity.CratesIO {
				project = evidence.Absent[evidence.Project](src)
			}
			st.world.Projects[evidence.ProjectKey{Registry: r, Name: p.Name.Or("")}] = project
		}
	}
	c := journal.Choices{Profile: "solo", Environment: s.environment, TagPattern: s.tag, Attest: s.attest}
	if !s.testPyPI {
		c.Registries = []identity.Registry{identity.CratesIO, identity.PyPI}
	}
	return st.choose(c)
}

// protect gives the world the environments that the program would make.
func (s *stage) protect() *stage {
	s.t.Helper()
	l := newLayout(s.basis())
	var made []evidence.Environment
	for _, name := range l.environments() {
		asked, err := change.Merge(change.StateOf(nil), l.wish(name, l.environmentDefaults()))
		if err != nil {
			s.t.Fatal(err)
		}
		e := evidence.Environment{Name: name, Policy: asked.Policy, PreventSelfReview: evidence.Seen(asked.PreventSelfReview, src), AdminsBypass: evidence.Seen(!asked.NoBypass, src), Source: src}
		var refs []evidence.RefRule
		for i, r := range asked.Refs {
			refs = append(refs, evidence.RefRule{ID: int64(i), Type: r.Type, Pattern: r.Pattern})
		}
		for _, r := range asked.Reviewers {
			e.Reviewers = append(e.Reviewers, evidence.Reviewer{Type: r.Type, ID: r.ID, Name: r.Name})
		}
		e.Refs = evidence.Seen(refs, src)
		made = append(made, e)
	}
	s.world.GitHub.Environments = evidence.Seen(made, src)
	return s
}
