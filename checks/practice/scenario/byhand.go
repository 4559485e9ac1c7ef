package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
)

// uploadAddress is where twine sends files unless it is told otherwise.
const uploadAddress = "https://upload.pypi.org/legacy/"

// byHand publishes what the working tree holds as the person does it at home,
// with tokens that nobody keeps, and pushes the tag of the release.
func byHand(ctx context.Context, s Stage, tag string) error {
	for file, publish := range map[string]func(context.Context) error{"Cargo.toml": s.cargoPublish, "pyproject.toml": s.twineUpload} {
		if _, err := os.Stat(filepath.Join(s.Checkout, file)); err != nil {
			continue
		}
		if err := publish(ctx); err != nil {
			return fmt.Errorf("the release %s by hand: %w", tag, err)
		}
	}
	return s.Git(ctx, []string{"tag", tag}, []string{"push", "--quiet", "origin", tag})
}

func (s Stage) cargoPublish(ctx context.Context) error {
	token, err := s.Crates.AddToken(s.Login, cratesio.Token{Name: "laptop", Scopes: []cratesio.Scope{cratesio.PublishNew, cratesio.PublishUpdate}})
	if err != nil {
		return err
	}
	return build.PublishCrate(ctx, s.Client, s.Checkout, token)
}

// twineUpload builds and uploads a wheel and the sources.
func (s Stage) twineUpload(ctx context.Context) error {
	token, err := s.PyPI.AddToken(s.Login, "laptop", "")
	if err != nil {
		return err
	}
	p, err := build.LoadProject(s.Checkout)
	if err != nil {
		return err
	}
	wheel, err := p.Wheel(ctx, build.Platform{})
	if err != nil {
		return err
	}
	sources, err := p.Sdist(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.upload(ctx, wheel, token), s.upload(ctx, sources, token))
}

func (s Stage) upload(ctx context.Context, made *build.Archive, token string) error {
	dir, err := os.MkdirTemp(s.Dir, "dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it lies in the world's own folder
	file := filepath.Join(dir, made.FileName)
	if err := os.WriteFile(file, made.Data, 0o600); err != nil {
		return err
	}
	d, err := build.ReadDistribution(file)
	if err != nil {
		return err
	}
	return d.Upload(ctx, s.Client, uploadAddress, "__token__", token, "")
}
