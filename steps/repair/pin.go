package repair

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// pinAction writes the commit behind an action's name, and its version in a
// comment.
func pinAction(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	uses := r.Subject[strings.LastIndexByte(r.Subject, ' ')+1:]
	action, ref, ok := strings.Cut(uses, "@")
	if !ok || strings.HasPrefix(uses, "docker://") {
		return errors.New("the digest of an image stands at its registry, which is not asked: write it behind the image, with @sha256")
	}
	pin, version, err := d.pinned(action, ref)
	if err != nil {
		return err
	}
	d.tell("pin %s to the commit of %s", action, version)
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) { return repin(t, job, uses, pin, version) })
}

// toolchain is a version of Rust as the action that installs it takes one for a
// ref.
var toolchain = regexp.MustCompile(`^(?i)dtolnay/rust-toolchain@(stable|beta|nightly|\d+\.\d+(?:\.\d+)?)$`)

// installRust installs Rust with rustup, which GitHub's runners have, in the place
// of an action whose refs are branches: a commit of one is not kept (its README,
// August 2026).
func installRust(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	uses := r.Subject[strings.LastIndexByte(r.Subject, ' ')+1:]
	m := toolchain.FindStringSubmatch(uses)
	_, j := d.job(path, job)
	if m == nil || j == nil {
		return errOther
	}
	for _, s := range slices.Backward(j.Steps) {
		if s.Uses != uses {
			continue
		}
		if len(s.With)+len(s.Env) > 0 || s.ID != "" || j.Container != "" || !unixShell(j) {
			return errors.New("the action is given inputs, or runs where rustup may be missing: use its branch master at a commit, with the input toolchain")
		}
		at := in(job, "steps", s.Index)
		d.tell("install Rust %s with rustup, which GitHub's runners have, in the place of %s at %s", m[1], uses, d.line(path, s.Line))
		if err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) { return t.Rename(at, "uses", "run") }); err != nil {
			return err
		}
		command := "rustup toolchain install " + m[1] + " --profile minimal && rustup default " + m[1]
		if err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return t.Set(at.Of("run"), yamltext.Snippet(command), "")
		}); err != nil {
			return err
		}
	}
	return nil
}

// repin writes another reference wherever a job uses one.
func repin(t *yamltext.Text, job, uses, pin, version string) (*yamltext.Text, error) {
	at := []yamltext.Path{in(job, "uses")}
	for i := range t.Len(in(job, "steps")) {
		at = append(at, in(job, "steps", i, "uses"))
	}
	var err error
	for _, path := range at {
		if err == nil && t.Value(path) == uses {
			t, err = t.Set(path, yamltext.Snippet(pin), version)
		}
	}
	return t, err
}

// pinned is an action at the commit that a ref of it stands for.
func (b *bench) pinned(action, ref string) (uses, version string, err error) {
	if b.basis.Pin != nil {
		if commit, version, ok := b.basis.Pin(action, ref); ok && commit != "" {
			return action + "@" + commit, version, nil
		}
	}
	what := action
	if ref != "" {
		what += "@" + ref
	}
	return "", "", fmt.Errorf("nothing tells the commit of %s, and one without a source is not written", what)
}

// step is the line of a new step that uses an action at its newest version.
func (b *bench) step(action string) (string, error) {
	uses, version, err := b.pinned(action, "")
	return "uses: " + uses + " # " + version, err
}
