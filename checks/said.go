package checks

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// saidPublisher is evidence.Said.What for a registered publisher.
const saidPublisher = "publisher"

// said is the last that the maintainer said about a package's publisher.
func (c *Case) said(p identity.Publisher) (evidence.Said, bool) {
	var last evidence.Said
	found := false
	for _, s := range c.World.Said {
		about := s.What == saidPublisher && s.Publisher.Registry == p.Registry && p.Registry.SamePackage(s.Publisher.Package, p.Package)
		if about && (!found || !s.At.Before(last.At)) {
			last, found = s, true
		}
	}
	return last, found
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

// saidAfter says whether the maintainer's last word about a package's publisher
// is newer than a time.
func (c *Case) saidAfter(p identity.Publisher, t time.Time) bool {
	said, ok := c.said(p)
	return ok && said.At.After(t)
}
