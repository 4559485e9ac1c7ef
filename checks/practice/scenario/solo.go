package scenario

import "context"

// tideTables is a pure Python package of one person.
var tideTables = project{owner: "ana", name: "tide-tables", about: "High and low water from harmonic constants", samples: []string{"solo"}}

// solo is the repository of a user's account with one maintainer.
func solo(ctx context.Context, place Place, s Setting) (Setting, error) {
	return tideTables.lay(ctx, place, s)
}

func soloReleases(ctx context.Context, s Stage) error { return byHand(ctx, s, "v1.2.0") }
