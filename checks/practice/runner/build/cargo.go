package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// Cargo publishes crates as `cargo publish` does.
type Cargo struct {
	// Client reaches index.crates.io and crates.io.
	Client *http.Client
	// Out gets cargo's messages; nil drops them.
	Out io.Writer
	// Token is the registry token, as CARGO_REGISTRY_TOKEN has it.
	Token string
	// DryRun stops before the upload; NoVerify leaves the check of the package
	// out; AllowDirty packages files that are not committed.
	DryRun, NoVerify, AllowDirty bool
	// Poll is how long to wait between looks at the index after an upload, two
	// seconds if zero; Patience how long in all, a minute if zero.
	Poll, Patience time.Duration
	// Keep is given every package that was made, in the end of what is done with
	// it; nil keeps none.
	Keep func(*Archive) error
}

// agent is what the practice runner calls itself; crates.io wants a program
// and a contact in it.
const agent = "cargo 1.95.0 (gh-trustpub practice runner; https://github.com/trustpub/gh-trustpub)"

// PublishCrate publishes the package in dir with a token, packaging what git
// knows of it, without compiling. It returns when the index shows the version.
func PublishCrate(ctx context.Context, client *http.Client, dir, token string) error {
	w, err := LoadWorkspace(dir, "")
	if err != nil {
		return err
	}
	if w.Here == nil {
		return fmt.Errorf("%s is a workspace without a package of its own: name a member's folder", dir)
	}
	cargo := Cargo{Client: client, Token: token, NoVerify: true}
	return cargo.Publish(ctx, []*Crate{w.Here})
}

// Publish publishes the crates, those that others need first. The error is
// worded as cargo's message, without its leading `error: `.
func (c *Cargo) Publish(ctx context.Context, crates []*Crate) error {
	if c.Out == nil {
		c.Out = io.Discard
	}
	ordered, err := inOrder(crates)
	if err != nil {
		return err
	}
	for _, k := range ordered {
		if err := k.mayBePublished(); err != nil {
			return err
		}
	}
	reg := &registry{client: c.Client, agent: agent}
	c.say("Updating", "crates.io index")
	if err := reg.open(ctx); err != nil {
		return err
	}
	if c.Token == "" && !c.DryRun {
		return errors.New("no token found, please run `cargo login`\nor use environment variable CARGO_REGISTRY_TOKEN")
	}
	archives, err := c.prepare(ctx, reg, ordered)
	if err != nil {
		return err
	}
	for i, k := range ordered {
		if err := c.send(ctx, reg, k, archives[i]); err != nil {
			return err
		}
		if c.Keep == nil {
			continue
		}
		if err := c.Keep(archives[i]); err != nil {
			return err
		}
	}
	return nil
}

// prepare does all that can fail before anything is uploaded.
func (c *Cargo) prepare(ctx context.Context, reg *registry, crates []*Crate) ([]*Archive, error) {
	for _, k := range crates {
		if err := c.checkIndex(ctx, reg, k, crates); err != nil {
			return nil, err
		}
	}
	var out []*Archive
	for _, k := range crates {
		a, err := c.Pack(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Pack makes one .crate and says so as cargo does.
func (c *Cargo) Pack(ctx context.Context, k *Crate) (*Archive, error) {
	if dirty := k.Uncommitted(ctx); len(dirty) > 0 && !c.AllowDirty {
		return nil, fmt.Errorf("%d files in the working directory contain changes that were not yet committed into git:\n\n%s\n\n"+
			"to proceed despite this and include the uncommitted changes, pass the `--allow-dirty` flag", len(dirty), strings.Join(dirty, "\n"))
	}
	if _, err := k.Dependencies(); err != nil {
		return nil, err
	}
	c.say("Packaging", k.String())
	a, err := k.Package(ctx)
	if err != nil {
		return nil, err
	}
	c.say("Packaged", fmt.Sprintf("%d files, %.1fKiB (%.1fKiB compressed)", len(a.Files), float64(a.Unpacked)/1024, float64(len(a.Data))/1024))
	if !c.NoVerify {
		c.say("Verifying", k.String())
		c.say("Compiling", k.String()+" (practice runner: the package was unpacked and looked at; nothing is compiled)")
	}
	return a, nil
}

// checkIndex refuses a version that is already there, and a dependency on a
// neighbour in the workspace that is neither there nor published along. Other
// dependencies are not looked up: the practice index holds only the crates of
// the practice world.
func (c *Cargo) checkIndex(ctx context.Context, reg *registry, k *Crate, along []*Crate) error {
	have, _, err := reg.versions(ctx, k.Name)
	if err != nil {
		return err
	}
	if slices.Contains(have, k.Version) {
		exists := fmt.Sprintf("crate %s@%s already exists on crates.io index", k.Name, k.Version)
		if c.DryRun { // cargo 1.95 only warns then
			fmt.Fprintln(c.Out, "warning: "+exists)
			return nil
		}
		return errors.New(exists)
	}
	deps, err := k.Dependencies()
	if err != nil {
		return err
	}
	for _, d := range deps {
		if d.dir == "" || d.Kind == "dev" && c.NoVerify {
			continue
		}
		if err := c.checkNeighbour(ctx, reg, k, d, along); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cargo) checkNeighbour(ctx context.Context, reg *registry, k *Crate, d Dependency, along []*Crate) error {
	have, known, err := reg.versions(ctx, d.Name)
	if err != nil {
		return err
	}
	for _, other := range along {
		if other.Name == d.Name {
			have, known = append(have, other.Version), true
		}
	}
	prefix := "failed to prepare local package for uploading\n\nCaused by:\n  "
	required := fmt.Sprintf("\n  required by package `%s`", k)
	if !known {
		return fmt.Errorf("%sno matching package named `%s` found\n  location searched: crates.io index%s", prefix, d.Name, required)
	}
	wanted, err := semver.NewConstraint(d.Requirement)
	if err != nil {
		return fmt.Errorf("failed to parse the version requirement `%s` for dependency `%s`: %w", d.Requirement, d.Name, err)
	}
	for _, v := range have {
		if parsed, err := semver.NewVersion(v); err == nil && wanted.Check(parsed) {
			return nil
		}
	}
	return fmt.Errorf("%sfailed to select a version for the requirement `%s = \"%s\"`\n  candidate versions found which didn't match: %s\n"+
		"  location searched: crates.io index%s", prefix, d.Name, d.Requirement, strings.Join(have, ", "), required)
}

func (c *Cargo) send(ctx context.Context, reg *registry, k *Crate, a *Archive) error {
	c.say("Uploading", k.String())
	if c.DryRun {
		_, err := fmt.Fprintln(c.Out, "warning: aborting upload due to dry run")
		return err
	}
	body, err := k.PublishBody(a)
	if err != nil {
		return err
	}
	if err := reg.upload(ctx, k, c.Token, body); err != nil {
		return err
	}
	name := k.Name + " v" + k.Version
	c.say("Uploaded", name+" to registry `crates-io`")
	fmt.Fprintf(c.Out, "note: waiting for %s to be available at registry `crates-io`\n", name)
	if err := c.await(ctx, reg, k); err != nil {
		return err
	}
	c.say("Published", name+" at registry `crates-io`")
	return nil
}

// await looks until the index shows the version. Like cargo it only warns when
// that takes too long: the upload itself has succeeded.
func (c *Cargo) await(ctx context.Context, reg *registry, k *Crate) error {
	poll, patience := c.Poll, c.Patience
	if poll == 0 {
		poll = 2 * time.Second
	}
	if patience == 0 {
		patience = time.Minute
	}
	for waited := time.Duration(0); waited < patience; waited += poll {
		have, _, err := reg.versions(ctx, k.Name)
		if err != nil {
			return err
		}
		if slices.Contains(have, k.Version) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
	fmt.Fprintf(c.Out, "warning: timed out waiting for %s v%s to be available in registry `crates-io`\n", k.Name, k.Version)
	return nil
}

func (c *Cargo) say(verb, what string) { fmt.Fprintf(c.Out, "%12s %s\n", verb, what) }

func (c *Crate) mayBePublished() error {
	switch v := c.pkg()["publish"].(type) {
	case bool:
		if v {
			return nil
		}
	case []any:
		if slices.Contains(asTexts(v), "crates-io") {
			return nil
		}
	case nil:
		return nil
	}
	return fmt.Errorf("`%s` cannot be published.\n`package.publish` must be set to `true` or a non-empty list in Cargo.toml to publish.", c.Name)
}

// Publishable tells whether the manifest allows publishing to crates.io.
func (c *Crate) Publishable() bool { return c.mayBePublished() == nil }

// inOrder sorts crates so that each comes after those of the list it needs.
func inOrder(crates []*Crate) ([]*Crate, error) {
	var out []*Crate
	placed := map[string]bool{}
	for len(out) < len(crates) {
		before := len(out)
		for _, k := range crates {
			if placed[k.Name] || k.needsOneOf(crates, placed) {
				continue
			}
			out, placed[k.Name] = append(out, k), true
		}
		if len(out) == before {
			return nil, errors.New("cyclic package dependency: the crates to publish depend on each other in a circle")
		}
	}
	return out, nil
}

func (c *Crate) needsOneOf(crates []*Crate, placed map[string]bool) bool {
	deps, err := c.Dependencies()
	if err != nil {
		return false // said when the crate is packaged
	}
	return slices.ContainsFunc(deps, func(d Dependency) bool {
		return d.Kind != "dev" && !placed[d.Name] && slices.ContainsFunc(crates, func(o *Crate) bool { return o.Name == d.Name && o != c })
	})
}
