package scenario

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// member is the second crate of the workspace.
const member = "market-data-model"

// newMember adds a crate to the workspace that crates.io does not have: the
// dry run passes, and the release would fail.
func newMember(ctx context.Context, s Stage) error {
	if err := s.addMember(); err != nil {
		return err
	}
	return s.Commit(ctx, "Take the model apart")
}

// memberWithoutConfig releases two crates, of which crates.io trusts the
// workflow with one.
func memberWithoutConfig(ctx context.Context, s Stage) error {
	err := s.Crates.AddCrate(cratesio.Seed{Owner: s.Login, Name: member, Version: "0.0.9", Repository: "https://github.com/" + s.Owner + "/" + s.Name})
	if err = errors.Join(err, s.addMember()); err != nil {
		return err
	}
	const next = "0.2.0"
	for _, file := range []string{"Cargo.toml", "Cargo.lock", "model/Cargo.toml"} {
		if err := s.replace(file, `version = "0.1.0"`, `version = "`+next+`"`); err != nil {
			return err
		}
	}
	if err := s.Commit(ctx, "Version "+next); err != nil {
		return err
	}
	run, err := s.Release(ctx, "v"+next)
	if err == nil && well(run) == nil {
		err = errors.New("nothing refused the release of a broken world")
	}
	return err
}

// addMember puts a crate into a workspace, and into what is published.
func (s Stage) addMember() error {
	manifest := "[package]\nname = \"" + member + "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n" +
		"description = \"The model of market-data\"\nlicense = \"MIT\"\nrepository = \"https://github.com/acme/market-data\"\n"
	dir := filepath.Join(s.Checkout, "model")
	return errors.Join(os.MkdirAll(filepath.Join(dir, "src"), 0o755),
		os.WriteFile(filepath.Join(dir, "src", "lib.rs"), []byte("//! The model of market-data.\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte(manifest), 0o644),
		s.replace("Cargo.toml", "[lib]\n", "[workspace]\nmembers = [\"model\"]\n\n[lib]\n"),
		s.replace("Cargo.lock", "[[package]]\n", "[[package]]\nname = \""+member+"\"\nversion = \"0.1.0\"\n\n[[package]]\n"),
		s.replace(publishPath, "cargo publish", "cargo publish --workspace"),
		s.replace(publishPath, "CRATES: market-data", "CRATES: market-data "+member))
}

// replace changes every old in a file of the working tree.
func (s Stage) replace(file, old, replacement string) error {
	path := filepath.Join(s.Checkout, filepath.FromSlash(file))
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, replacement)), 0o644)
}
