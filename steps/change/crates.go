package change

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Crate is a crate whose first version is published by hand.
type Crate struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Manifest string `json:"manifest"`
}

// Pace of crates.io for new crates of one user: a burst, then one in a while
// (crates.io commit 57fa000, 2026-08-21).
const (
	newBurst = 5
	newPause = 10 * time.Minute
)

// How often and how long the index is asked for a version.
const (
	indexPace     = 3 * time.Second
	indexPatience = 3 * time.Minute
)

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

func (t *Tools) publishCrates(ctx context.Context, h Hands, crates []Crate, token string) error {
	together, err := t.verifiesTogether(ctx, crates)
	if err != nil {
		return err
	}
	if together {
		if err := t.verify(ctx, h, crates); err != nil {
			return err
		}
	}
	for i, c := range crates {
		if there, err := t.inIndex(ctx, c); err != nil || there {
			if err != nil {
				return err
			}
			h.progress("%s %s is on crates.io already", c.Name, c.Version)
			continue
		}
		if !together {
			if err := t.verify(ctx, h, []Crate{c}); err != nil {
				return err
			}
		}
		if err := t.upload(ctx, h, i, c, token); err != nil {
			return fmt.Errorf("%w%s", err, outAlready(crates[:i]))
		}
	}
	return nil
}

// outAlready says what a failure leaves behind.
func outAlready(done []Crate) string {
	if len(done) == 0 {
		return ". Nothing was published"
	}
	var names []string
	for _, c := range done {
		names = append(names, c.Name+" "+c.Version)
	}
	return ". Published already: " + strings.Join(names, ", ") + "; taking this way again goes on from there"
}

var cargoVersion = regexp.MustCompile(`^cargo (\d+)\.(\d+)\.`)

// verifiesTogether says whether cargo can verify crates that need each other
// before any of them is published: cargo 1.90 and newer, in one workspace.
func (t *Tools) verifiesTogether(ctx context.Context, crates []Crate) (bool, error) {
	cmd, err := t.child(ctx, "cargo", "--version")
	if err != nil {
		return false, err
	}
	cmd.Env = Scrub(t.env())
	out, err := cmd.Output()
	if err != nil {
		return false, fmt.Errorf("run cargo --version: %w: cargo does not work here; see rustup show", err)
	}
	m := cargoVersion.FindStringSubmatch(string(out))
	if m == nil || len(crates) < 2 {
		return false, nil
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	_, err = os.Stat(filepath.Join(t.Dir, "Cargo.toml"))
	return err == nil && (major > 1 || minor >= 90), nil
}

// verify packages and builds without a token in sight: that runs the project's
// build scripts.
func (t *Tools) verify(ctx context.Context, h Hands, crates []Crate) error {
	h.progress("Verifying %s without a token", crates[0].Name)
	return t.cargo(ctx, h, publishArgs(crates, "--dry-run"), Scrub(t.env()))
}

func (t *Tools) upload(ctx context.Context, h Hands, i int, c Crate, token string) error {
	if i >= newBurst {
		h.progress("Waiting %s: crates.io takes %d new crates at once, then one in %s", newPause, newBurst, newPause)
		if err := t.sleep(ctx, newPause); err != nil {
			return err
		}
	}
	h.progress("Publishing %s %s", c.Name, c.Version)
	env := append(Scrub(t.env()), "CARGO_REGISTRY_TOKEN="+token)
	if err := t.cargo(ctx, h, publishArgs([]Crate{c}, "--no-verify"), env); err != nil {
		return err
	}
	return t.awaitIndex(ctx, h, c)
}

func (t *Tools) cargo(ctx context.Context, h Hands, args, env []string) error {
	cmd, err := t.child(ctx, "cargo", args...)
	if err != nil {
		return err
	}
	cmd.Env = env
	if h.Terminal == nil {
		return fmt.Errorf("cargo %s needs a terminal: run gh trustpub in one, or the commands by hand", strings.Join(args, " "))
	}
	if err := h.Terminal(cmd); err != nil {
		return fmt.Errorf("cargo %s failed: %w; what cargo printed says why", strings.Join(args, " "), err)
	}
	return nil
}

func (t *Tools) inIndex(ctx context.Context, c Crate) (bool, error) {
	if t.Index == nil {
		return false, nil
	}
	versions, err := t.Index(ctx, c.Name)
	if err != nil {
		return false, fmt.Errorf("look for %s in the index of crates.io: %w", c.Name, err)
	}
	return slices.Contains(versions, c.Version), nil
}

// awaitIndex waits until everybody can see the version.
func (t *Tools) awaitIndex(ctx context.Context, h Hands, c Crate) error {
	if t.Index == nil {
		return nil
	}
	h.progress("Waiting until the index shows %s %s", c.Name, c.Version)
	for range int(indexPatience / indexPace) {
		there, err := t.inIndex(ctx, c)
		if err != nil || there {
			return err
		}
		if err := t.sleep(ctx, indexPace); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s %s was uploaded, and the index of crates.io does not show it after %s: look again later", c.Name, c.Version, indexPatience)
}
