package change

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change/parcel"
	"github.com/trustpub/gh-trustpub/steps/change/refusal"
)

// PublishDistribution makes a change that builds a Python project and uploads
// its first files. What builds runs code of the project and sees no token; what
// uploads gets it, and runs none of that code.
func (t *Tools) PublishDistribution(d Distribution, token string) Change {
	t.Secrets.Add(token)
	title := d.Registry.Title()
	c := Change{
		ID:      "first-release:" + string(d.Registry) + ":" + d.Name,
		Title:   "Publish the first version of " + d.Name + " on " + title,
		Lasting: "a file on " + title + " can be deleted and its name never used again; the project is yours from then on",
		Preview: []DiffLine{{Op: '+', Text: strings.TrimSpace(d.Name+" "+d.Version) + " on " + title, Origin: manifestOf(d)}},
		After:   d,
		Perform: func(ctx context.Context, h Hands) error { return t.publishDistribution(ctx, h, d, token) },
	}
	for _, line := range DistributionCommands(d) {
		c.Preview = append(c.Preview, DiffLine{Op: ' ', Text: line})
	}
	return c
}

func manifestOf(d Distribution) string {
	return filepath.ToSlash(filepath.Join(d.Dir, "pyproject.toml"))
}

func (t *Tools) publishDistribution(ctx context.Context, h Hands, d Distribution, token string) (err error) {
	if there, err := t.shows(ctx, d.Registry, d.Name, d.Version); err != nil || there {
		if there {
			h.progress("%s %s is on %s already", d.Name, d.Version, d.Registry.Title())
		}
		return err
	}
	k, err := kitOf(d, t.works(ctx, h))
	if err != nil {
		return err
	}
	out, err := os.MkdirTemp("", "trustpub-dist-")
	if err != nil {
		return fmt.Errorf("make a folder for what is built: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(out)) }()
	files, err := t.built(ctx, h, k, d, out)
	if err != nil {
		return err
	}
	if err := confirmFiles(ctx, h, d, files); err != nil {
		return err
	}
	return t.uploadFiles(ctx, h, k, d, files, token)
}

// built builds the project without a token in sight, and checks what came out.
func (t *Tools) built(ctx context.Context, h Hands, k kit, d Distribution, out string) ([]string, error) {
	h.progress("Building %s without a token", d.Name)
	in := *t
	in.Dir = filepath.Join(t.Dir, filepath.FromSlash(d.Dir))
	if err := in.shown(ctx, h, Scrub(t.env()), k.build[0], k.buildArgs(out)...); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(out, "*"))
	if err == nil {
		files = slices.DeleteFunc(files, func(f string) bool { return !strings.HasSuffix(f, ".whl") && !strings.HasSuffix(f, ".tar.gz") })
	}
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s ended well and left neither sdist nor wheel", line(k.build[0], k.buildArgs(out)))
	}
	if has(k.upload, "twine") {
		args := append(append(k.upload[1:len(k.upload):len(k.upload)], "check", "--strict"), files...)
		if _, err := t.quietly(ctx, h, Scrub(t.env()), k.upload[0], args...); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func confirmFiles(ctx context.Context, h Hands, d Distribution, files []string) error {
	var lines []DiffLine
	for _, file := range files {
		p, err := parcel.Open(file)
		if err != nil {
			return err
		}
		lines = append(lines, parcelLines(p)...)
	}
	return h.confirm(ctx, "This is what would be published on "+d.Registry.Title(), lines)
}

// uploadFiles sends what was built, with the token and nothing of the project
// running.
func (t *Tools) uploadFiles(ctx context.Context, h Hands, k kit, d Distribution, files []string, token string) error {
	if err := h.stopping(); err != nil {
		return err
	}
	h.progress("Publishing %s on %s", d.Name, d.Registry.Title())
	env := append(Scrub(t.env()), k.uploadEnv(token)...)
	why, err := t.quietly(ctx, h, env, k.upload[0], k.uploadArgs(d.Registry, files)...)
	if err != nil && why.Kind == refusal.AlreadyThere {
		return fmt.Errorf("%w\n%s has a file of this name: what is there stays as it is", err, d.Registry.Title())
	}
	if err != nil {
		return err
	}
	version := d.Version
	if version == "" {
		version = versionOf(files)
	}
	return t.awaitShown(ctx, h, d.Registry, d.Name, version)
}

// versionOf reads the version from the name of an sdist or a wheel (PEP 625, PEP
// 427).
func versionOf(files []string) string {
	for _, file := range files {
		parts := strings.Split(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), "-")
		if len(parts) >= 2 {
			return parts[1]
		}
	}
	return ""
}
