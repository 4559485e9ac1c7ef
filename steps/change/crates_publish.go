package change

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/refusal"
)

// publishCrates verifies everything before anything is uploaded, where cargo can
// do that; else each crate just before its own upload. What registries have
// already is left alone.
func (t *Tools) publishCrates(ctx context.Context, h Hands, crates []Crate, token string) error {
	todo, err := t.unpublished(ctx, h, crates)
	if err != nil || len(todo) == 0 {
		return err
	}
	together, err := t.verifiesTogether(ctx, todo)
	if err != nil {
		return err
	}
	if together {
		if err := t.ready(ctx, h, todo); err != nil {
			return err
		}
	}
	for i, c := range todo {
		if !together {
			err = t.ready(ctx, h, []Crate{c})
		}
		if err == nil {
			err = t.upload(ctx, h, c, token)
		}
		if err != nil {
			return fmt.Errorf("%w%s", err, outAlready(todo[:i]))
		}
	}
	return nil
}

// unpublished are the crates whose version crates.io does not have.
func (t *Tools) unpublished(ctx context.Context, h Hands, crates []Crate) ([]Crate, error) {
	var todo []Crate
	for _, c := range crates {
		there, err := t.shows(ctx, identity.CratesIO, c.Name, c.Version)
		if err != nil {
			return nil, err
		}
		if there {
			h.progress("%s %s is on crates.io already", c.Name, c.Version)
			continue
		}
		todo = append(todo, c)
	}
	return todo, nil
}

// ready verifies crates and has somebody look at what is in them.
func (t *Tools) ready(ctx context.Context, h Hands, crates []Crate) error {
	if err := t.verify(ctx, h, crates); err != nil {
		return err
	}
	return t.confirmCrates(ctx, h, crates)
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
	return t.shown(ctx, h, Scrub(t.env()), "cargo", publishArgs(crates, "--dry-run")...)
}

// upload sends one crate, with the token and nothing of the project running.
// While crates.io asks for patience it waits, as long as crates.io says: how many
// new crates it takes, and how often, is its own business.
func (t *Tools) upload(ctx context.Context, h Hands, c Crate, token string) error {
	for {
		if err := h.stopping(); err != nil {
			return err
		}
		h.progress("Publishing %s %s", c.Name, c.Version)
		why, err := t.quietly(ctx, h, append(Scrub(t.env()), "CARGO_REGISTRY_TOKEN="+token), "cargo", publishArgs([]Crate{c}, "--no-verify")...)
		switch {
		case err == nil:
			return t.awaitShown(ctx, h, identity.CratesIO, c.Name, c.Version)
		case why.Kind == refusal.AlreadyThere:
			h.progress("%s %s is on crates.io already", c.Name, c.Version)
			return nil
		case why.Kind != refusal.RateLimited || why.Until.IsZero():
			return fmt.Errorf("publish %s %s: %w", c.Name, c.Version, err)
		}
		if err := t.await(ctx, h, why.Until, c.Name); err != nil {
			return err
		}
	}
}

// leastPause lies between two tries even where this machine's clock is ahead of
// the registry's.
const leastPause = 3 * time.Second

// await waits until a time that a registry named, and shows how long that still
// is.
func (t *Tools) await(ctx context.Context, h Hands, until time.Time, next string) error {
	if soon := t.Clock().Add(leastPause); until.Before(soon) {
		until = soon
	}
	h.progress("crates.io takes %s at %s", next, until.Local().Format(time.TimeOnly))
	for {
		left := until.Sub(t.Clock())
		if left < 0 {
			return nil
		}
		h.detail("in %s; ctrl+c stops here, and taking this way again goes on", left.Round(time.Second))
		if err := h.stopping(); err != nil {
			return err
		}
		if err := t.sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}
