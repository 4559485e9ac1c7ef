package checks

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// shares says which place publishes which packages of a registry, as far as the
// files show what their jobs build.
type shares struct {
	registry identity.Registry
	places   []workflow.Publishing
	// built are the packages of each place; nil where the files do not show them,
	// which may then be any.
	built [][]string
	// named is whether a builder was told a name, or a folder below the top.
	named []bool
}

// sharesOf looks at the places of a registry that upload, the weightiest first.
func (c *Case) sharesOf(r identity.Registry) shares {
	s := shares{registry: r, places: placesThat(placesOf(c.Publishing, r), wet)}
	for _, p := range s.places {
		built, named := c.builtFor(p)
		s.built, s.named = append(s.built, built), append(s.named, named)
	}
	return s
}

// of gives the places that publish a package, those first that are seen to.
func (s shares) of(name string) []workflow.Publishing {
	var seen, maybe []workflow.Publishing
	for i, p := range s.places {
		switch {
		case s.built[i] == nil:
			maybe = append(maybe, p)
		case s.has(i, name):
			seen = append(seen, p)
		}
	}
	return append(seen, maybe...)
}

func (s shares) has(i int, name string) bool {
	return slices.ContainsFunc(s.built[i], func(b string) bool { return s.registry.SamePackage(b, name) })
}

// choose says whether the files are seen to choose among the packages: by
// building several, or one by its name or folder. One that builds the top of the
// repository may have been written before there was a second package.
func (s shares) choose() bool {
	var all []string
	for i, built := range s.built {
		if built == nil {
			return false
		}
		if all = append(all, built...); s.named[i] {
			return true
		}
	}
	slices.Sort(all)
	return len(slices.CompactFunc(all, s.registry.SamePackage)) > 1
}

// divided says whether some file publishes other packages and not this one.
func (s shares) divided(name string) bool {
	return slices.ContainsFunc(s.places, func(p workflow.Publishing) bool {
		return !slices.ContainsFunc(s.of(name), func(q workflow.Publishing) bool { return readFile(s.registry, q) == readFile(s.registry, p) })
	})
}

// builtFor lists the names of the packages that a place's job, and the jobs that
// it waits for, are seen to build; nil when they may build others too. Crates are
// not built apart from the upload, and a name on the command line is often one of
// several: nothing is concluded for them.
func (c *Case) builtFor(p workflow.Publishing) (names []string, named bool) {
	if p.Registry == identity.CratesIO {
		return nil, false
	}
	for _, fj := range c.chain(p) {
		if fj.job != p.Job && fj.job.Uses == "" && !handsOver(fj.job) {
			continue
		}
		if fj.job.Uses != "" && workflow.Called(c.Files, fj.file, fj.job) == nil {
			return nil, false
		}
		var callers []workflow.Caller
		if fj.file == p.File {
			callers = p.Callers
		}
		list, known := workflow.Builds(p.Triggered, callers, fj.file, fj.job)
		if !known {
			return nil, false
		}
		for _, b := range list {
			name, ok := c.nameOf(b)
			if !ok {
				return nil, false
			}
			names, named = append(names, name), named || b.Name != "" || b.Dir != "."
		}
	}
	return names, named
}

// handsOver says whether a job can leave files for a later one.
func handsOver(j *workflow.Job) bool {
	return slices.ContainsFunc(j.Steps, func(s *workflow.Step) bool {
		return strings.Contains(s.Uses, "upload") || strings.Contains(s.Uses, "build") || strings.HasPrefix(s.Uses, "./") || strings.HasPrefix(s.Uses, "$/")
	})
}

// told says of each file what it publishes; "" where that is not seen, or where
// two files publish the same package.
func (s shares) told() string {
	files := map[string][]string{}
	of := map[string]string{}
	for i, p := range s.places {
		if s.built[i] == nil {
			return ""
		}
		file := path.Base(readFile(s.registry, p))
		for _, name := range s.built[i] {
			name = identity.NormalizeProject(name)
			if other := of[name]; other != "" && other != file {
				return ""
			}
			if of[name] == "" {
				of[name] = file
				files[file] = append(files[file], name)
			}
		}
	}
	var parts []string
	for _, file := range slices.Sorted(maps.Keys(files)) {
		parts = append(parts, file+" publishes "+strings.Join(files[file], ", "))
	}
	return strings.Join(parts, "; ")
}

// nameOf is the package that was built, by its name or its folder.
func (c *Case) nameOf(b workflow.Built) (string, bool) {
	for _, pkg := range c.World.Tree.Packages.Or(nil) {
		name, ok := pkg.Name.Get()
		if !ok || pkg.Ecosystem != evidence.Python {
			continue
		}
		if b.Name != "" && identity.PyPI.SamePackage(name, b.Name) || b.Name == "" && path.Dir(pkg.Path) == strings.TrimSuffix(b.Dir, "/") {
			return name, true
		}
	}
	return "", false
}

// asked says whether a package is asked for by name.
func (c *Case) asked(r identity.Registry, name string) bool {
	return slices.ContainsFunc(c.World.Wanted.Packages, func(p string) bool { return r.SamePackage(p, name) })
}

// intended lists the packages for which a publisher is wanted at a registry: of
// those that may go there not the crates that crates.io would refuse for what
// they lack, where others lack nothing. Crates that are only built into wheels,
// examples and tests are often not marked publish = false.
func (c *Case) intended(r identity.Registry) []string {
	all := publishable(c.World, r)
	if r != identity.CratesIO {
		return all
	}
	fit := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return c.unfit(name) })
	elsewhere := len(placesThat(placesOf(c.Publishing, identity.PyPI), wet)) > 0 && len(placesThat(placesOf(c.Publishing, r), wet)) == 0
	if len(fit) == 0 && !elsewhere {
		return all // the first release is still to come, and metadata-complete says what lacks
	}
	return fit
}

// setAside says whether a package is none of those for which a publisher is
// wanted at its registry, while others are.
func (c *Case) setAside(p evidence.Package) bool {
	others := false
	for _, pub := range c.Publishers {
		if !serves(pub.Registry, p.Ecosystem) {
			continue
		}
		if pub.Registry.SamePackage(pub.Package, p.Name.Or("")) {
			return false
		}
		others = true
	}
	return others
}

// unfit says whether crates.io would refuse a crate and nothing shows that it is
// meant for it.
func (c *Case) unfit(name string) bool {
	if c.asked(identity.CratesIO, name) || c.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}].Seen() {
		return false
	}
	for _, p := range c.World.Tree.Packages.Or(nil) {
		if p.Ecosystem == evidence.Cargo && p.Name.Or("") == name {
			return p.Description.Absent() || p.License.Absent() || len(p.Unversioned) > 0
		}
	}
	return false
}
