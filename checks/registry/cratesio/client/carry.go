package client

import (
	"cmp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// renewed is how many crates a look asks for whatever an earlier one told: at
// one a second about as long as a person waits.
const renewed = 10

// carry takes over what an earlier look told of crates that have published
// nothing since. What a version's record says never changes; the settings can be
// changed by hand, so that the crates seen longest ago are asked for again, and
// in a few looks all are.
func (l *look) carry() {
	var known []*crate
	for _, name := range l.names {
		if c := l.crates[name]; c.unchanged(l.options.Before[name]) && !slices.Contains(l.options.Anew, name) {
			known = append(known, c)
		}
	}
	seen := func(c *crate) evidence.Source {
		return l.options.Before[c.name].Or(evidence.Project{}).TrustpubOnly.Source()
	}
	slices.SortStableFunc(known, func(a, b *crate) int { return cmp.Compare(seen(a).At.UnixNano(), seen(b).At.UnixNano()) })
	again := renewed - (len(l.names) - len(known))
	for i, c := range known {
		if i >= again {
			c.take(l.options.Before[c.name])
		}
	}
}

// unchanged says whether the index shows the versions that a fact has.
func (c *crate) unchanged(before evidence.Fact[evidence.Project]) bool {
	p, ok := before.Get()
	return ok && c.exists && p.TrustpubOnly.Seen() && slices.EqualFunc(c.sorted(), sorted(p.Versions), func(a, b evidence.Version) bool {
		return a.Number == b.Number && a.Yanked == b.Yanked
	})
}

func (c *crate) sorted() []evidence.Version { return sorted(c.project.Versions) }

func sorted(versions []evidence.Version) []evidence.Version {
	return slices.SortedFunc(slices.Values(versions), func(a, b evidence.Version) int { return cmp.Compare(a.Number, b.Number) })
}

// take makes an earlier fact this look's, but for the publishers.
func (c *crate) take(before evidence.Fact[evidence.Project]) {
	c.carried, c.source, c.project = true, before.Source(), before.Or(evidence.Project{})
	c.project.Publishers = evidence.Fact[[]identity.Publisher]{}
	if !c.project.Owners.Seen() {
		c.project.Owners, c.project.Teams, c.project.Renamed = evidence.Fact[[]string]{}, evidence.Fact[[]string]{}, nil
	}
}
