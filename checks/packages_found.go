package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func packagesFound() Check {
	return Check{
		ID: "packages-found", Step: Survey, Level: Works,
		Claim: "Each package that is to be published was found, with its name.",
		Why:   "The name decides which registry page, which publisher and which release all else is about.",
		Judge: judgePackages,
	}
}

func judgePackages(c *Case) []Finding {
	packages := c.World.Tree.Packages
	all, ok := packages.Get()
	if packages.Unknown() {
		return append(judgeUnread(c), c.blind("", "which packages are here cannot be told", packages))
	}
	var findings []Finding
	for _, p := range all {
		if f, applies := judgePackage(c, p); applies {
			findings = append(findings, f)
		}
	}
	if len(findings) == 0 {
		findings = append(findings, noPackages(ok && len(all) > 0, packages.Source()))
	}
	findings = append(findings, judgeUnread(c)...)
	findings = append(findings, judgeCycles(c)...)
	return append(findings, judgeNamedPackages(c, all)...)
}

func judgePackage(c *Case, p evidence.Package) (Finding, bool) {
	may, known := p.Publish.Get()
	name, named := p.Name.Get()
	if known && !may || named && !packageWanted(c.World.Wanted, p.Ecosystem.Registry(), name) {
		return Finding{}, false
	}
	if p.Name.Absent() {
		return finding(Wrong, p.Path, "the manifest names no package").seen(p.Name.Source()).
			advise("add a name to %s", p.Path).at(p.Path, p.Name.Source().Line), true
	}
	if !named {
		return c.blind(p.Path, "the package's name", p.Name), true
	}
	if !known {
		return c.blind(p.Path, "whether "+name+" may be published", p.Publish), true
	}
	return finding(OK, p.Path, "%s%s, for %s", name, versionSuffix(p), p.Ecosystem.Registry().Title()).
		seen(manifest(p.Name.Source(), p.Path)), true
}

func versionSuffix(p evidence.Package) string {
	if v, ok := p.Version.Get(); ok {
		return " " + v
	}
	return ""
}

// manifest is the source of a value that a manifest holds.
func manifest(s evidence.Source, path string) evidence.Source {
	if s.Name == "" {
		s.Name = path
	}
	return s
}

func noPackages(forbidden bool, src evidence.Source) Finding {
	if forbidden {
		return finding(Wrong, "", "packages were found, but every manifest forbids publishing, or none is among those asked for").seen(src).
			advise("take `publish = false` out of the package that is to be published, or name another with --package")
	}
	return finding(Wrong, "", "neither a Cargo.toml nor a pyproject.toml with a package was found").seen(src).
		advise("run this in the package's repository, or name it with --dir")
}

func judgeUnread(c *Case) []Finding {
	var findings []Finding
	for _, p := range c.World.Tree.Problems {
		findings = append(findings, finding(Unknown, p.Source.Name, "%s could not be understood: %s", p.Source, p.Why).
			seen(p.Source).at(p.Source.Name, p.Source.Line).advise("correct %s", p.Source))
	}
	return findings
}

func judgeNamedPackages(c *Case, all []evidence.Package) []Finding {
	var findings []Finding
	for _, name := range c.World.Wanted.Packages {
		if !hasPackage(all, name) {
			findings = append(findings, finding(Wrong, name, "no manifest here names %s", name).
				seen(c.World.Tree.Packages.Source()).advise("correct --package"))
		}
	}
	return findings
}

func hasPackage(all []evidence.Package, name string) bool {
	for _, p := range all {
		if n, ok := p.Name.Get(); ok && p.Ecosystem.Registry().SamePackage(n, name) {
			return true
		}
	}
	return false
}
