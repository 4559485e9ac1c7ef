package scenario

import (
	"context"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// lattice is a workspace of six crates of which none was ever published.
var (
	lattice        = project{owner: "acme", name: "lattice", about: "Six crates that need each other", samples: []string{"workspace", "crates"}}
	latticeMembers = members{"lattice", 6}
)

// briskPace is that of a crates.io that asks for patience soon, and not for
// long: new crates of one user at once, then one in a while.
var briskPace = cratesio.Rate{Burst: 3, Period: 12 * time.Second}

// unpublishedCrates is the repository of the six crates.
func unpublishedCrates(ctx context.Context, place Place, s Setting) (Setting, error) {
	s, err := lattice.lay(ctx, place, s)
	if err != nil {
		return s, err
	}
	if err := latticeMembers.write(s); err != nil {
		return s, err
	}
	if err := (Stage{place, s}).Commit(ctx, "Add the crates"); err != nil {
		return s, err
	}
	return s, place.GitHub.AcceptRefs(ctx, s.Owner, s.Name)
}

// sundial is a pure Python package that nobody published. Its build backend
// stands in the repository, so that it builds without a network.
var sundial = project{owner: "ana", name: "sundial", about: "The hour by the sun", samples: []string{"python"}}

func unpublishedPython(ctx context.Context, place Place, s Setting) (Setting, error) {
	return sundial.lay(ctx, place, s)
}
