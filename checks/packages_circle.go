package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// judgeCycles: cargo allows a circle through development dependencies alone,
// and each of these is content with a release that is out already. What a
// circle can stop is the first release of its members (The Cargo Book,
// "Specifying Dependencies", 2026-08).
func judgeCycles(c *Case) []Finding {
	var findings []Finding
	for _, cycle := range c.World.Tree.Cycles {
		if f, applies := c.judgeCycle(c.published(cycle)); applies {
			findings = append(findings, f)
		}
	}
	return findings
}

// published keeps the names that are to go to crates.io.
func (c *Case) published(names []string) []string {
	to := publishable(c.World, identity.CratesIO)
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !slices.Contains(to, n) })
}

func (c *Case) judgeCycle(members []string) (Finding, bool) {
	if len(members) < 2 {
		return Finding{}, false
	}
	var missing, unclear []string
	var sources []evidence.Source
	for _, name := range members {
		fact := c.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}]
		switch {
		case fact.Absent():
			missing = append(missing, name)
		case fact.Unknown():
			unclear = append(unclear, name)
		}
		sources = append(sources, fact.Source())
	}
	subject := strings.Join(members, ", ")
	if stuck := c.stuck(missing); len(stuck) > 0 {
		return finding(Wrong, subject, "crates.io does not have %s, and each needs another of them first: none can be the first one", strings.Join(stuck, ", ")).
			seen(c.World.Tree.Packages.Source()).seen(sources...).
			advise("for the first release of %s take the version out of its development dependencies on the others: cargo leaves those out of what it uploads", stuck[0]), true
	}
	if len(missing)+len(unclear) >= 2 && len(c.stuck(append(missing, unclear...))) > 0 {
		return finding(Unknown, subject, "these need each other through development dependencies, which stands in the way of their first release only; whether crates.io has them: %s",
			c.reason(c.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: unclear[0]}])).seen(c.World.Tree.Packages.Source()), true
	}
	return finding(OK, subject, "these need each other through development dependencies, and crates.io has enough of them for the next release").
		seen(c.World.Tree.Packages.Source()).seen(sources...), true
}

// stuck are those of the names that wait for each other: what is left when
// every one that waits for none of them is taken out.
func (c *Case) stuck(names []string) []string {
	needs := map[string][]string{}
	for _, p := range c.World.Tree.Packages.Or(nil) {
		if p.Ecosystem == evidence.Cargo {
			needs[p.Name.Or("")] = p.DependsOn
		}
	}
	left := slices.Clone(names)
	for {
		rest := slices.DeleteFunc(slices.Clone(left), func(n string) bool {
			return !slices.ContainsFunc(needs[n], func(m string) bool { return slices.Contains(left, m) })
		})
		if len(rest) == len(left) {
			return left
		}
		left = rest
	}
}
