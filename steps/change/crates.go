package change

import (
	"context"
	"path/filepath"
	"strings"
)

// Crate is a crate whose first version is published by hand.
type Crate struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Manifest string `json:"manifest"`
}

// PublishCrates makes a change that publishes crates for the first time, in
// the order given. The token lives in this change's memory and in the
// environment of the one child that uploads, which runs no code of the
// project: everything is verified before, without it.
func (t *Tools) PublishCrates(crates []Crate, token string) Change {
	t.Secrets.Add(token)
	c := Change{
		ID:      "first-release:crates.io",
		Title:   "Publish the first version on crates.io",
		Lasting: "a published version can be yanked and never taken back, and the name is yours from then on",
		After:   crates,
		Perform: func(ctx context.Context, h Hands) error { return t.publishCrates(ctx, h, crates, token) },
	}
	for _, crate := range crates {
		c.Preview = append(c.Preview, DiffLine{Op: '+', Text: crate.Name + " " + crate.Version + " on crates.io", Origin: crate.Manifest})
	}
	for _, line := range CrateCommands(crates) {
		c.Preview = append(c.Preview, DiffLine{Op: ' ', Text: line})
	}
	return c
}

// CrateCommands are the commands that publish the crates by hand, with the
// token in the environment.
func CrateCommands(crates []Crate) []string {
	lines := []string{}
	for _, c := range crates {
		lines = append(lines,
			"cargo "+strings.Join(publishArgs([]Crate{c}, "--dry-run"), " "),
			"cargo "+strings.Join(publishArgs([]Crate{c}, "--no-verify"), " "))
	}
	return lines
}

// publishArgs names the manifest only where cargo would not find it from the
// top of the repository.
func publishArgs(crates []Crate, flag string) []string {
	args := []string{"publish", flag}
	if len(crates) == 1 && crates[0].Manifest != "Cargo.toml" {
		args = append(args, "--manifest-path", filepath.FromSlash(crates[0].Manifest))
	}
	for _, c := range crates {
		args = append(args, "-p", c.Name)
	}
	return args
}
