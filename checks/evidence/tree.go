package evidence

import "github.com/trustpub/gh-trustpub/checks/identity"

// Tree is what a working tree holds.
type Tree struct {
	// Dir is the absolute path of the repository's top folder; "" without one.
	Dir string
	// Packages are the packages found, in publish order (what others depend on
	// first). Absent: looked, and there is none.
	Packages Fact[[]Package]
	// Cycles are groups of members that need one another, each a list of names.
	// Versioned development dependencies count: such a cycle stands in the way
	// of the first release only, since later ones are content with the release
	// before.
	Cycles [][]string
	// Problems are files that should have been read and could not.
	Problems []Problem
	// Documents are the text files in the folders where a repository keeps its
	// documents, slash-separated and sorted; absent: there is none.
	Documents Fact[[]string]
	// Git is the repository's state; absent: the folder is not in a repository.
	Git Fact[Git]
}

// Problem is a file, or a part of it, that could not be understood.
type Problem struct {
	Source Source
	// Why is one sentence without the path.
	Why string
}

// Ecosystem is the packaging world that a manifest belongs to.
type Ecosystem string

// The ecosystems.
const (
	Cargo  Ecosystem = "cargo"
	Python Ecosystem = "python"
)

// Registry is the registry to which packages of the ecosystem go first.
func (e Ecosystem) Registry() identity.Registry {
	if e == Cargo {
		return identity.CratesIO
	}
	return identity.PyPI
}

// Package is one thing that could be published.
type Package struct {
	Ecosystem Ecosystem
	// Path is the manifest, slash-separated, relative to the repository.
	Path string
	// Name as the manifest spells it.
	Name Fact[string]
	// Version is unknown when a build backend computes it.
	Version Fact[string]
	// Description, License (expression or file) and Repository (an address)
	// are absent when the manifest does not set them.
	Description, License, Repository Fact[string]
	// Publish is whether the manifest lets it go to the public registry; the
	// source names the field that forbids it.
	Publish Fact[bool]
	// Backend is the Python build backend ("maturin", "setuptools.build_meta",
	// …); absent for crates.
	Backend Fact[string]
	// Keeper is the program that a Python project is kept with, where the tree
	// tells: "uv"; absent without one, and for crates.
	Keeper Fact[string]
	// DependsOn names the members of the same repository that must be published
	// before, with the name their manifests give.
	DependsOn []string
	// Unversioned names path and git dependencies that carry no version, which
	// crates.io refuses.
	Unversioned []string
}

// Git is the state of a git repository.
type Git struct {
	// Top is the absolute path of the working tree's top folder.
	Top     string
	Remotes []Remote
	// Branch is the branch checked out; absent: HEAD is detached.
	Branch Fact[string]
	// Head is the commit checked out; absent: no commit yet.
	Head Fact[string]
	// DefaultBranch as the chosen remote's HEAD tells locally.
	DefaultBranch Fact[string]
	// Dirty lists paths that differ from HEAD; absent: the tree is clean.
	Dirty Fact[[]string]
	// Tags are all tags, newest first.
	Tags Fact[[]string]
	// TagPattern is the pattern that the release tags follow ("v*"); its source
	// says how many tags follow it.
	TagPattern Fact[string]
}

// Remote is a git remote; Repo is absent when the address is no GitHub one.
type Remote struct {
	Name string
	// URL is as configured, with any password removed.
	URL  string
	Repo Fact[RepoName]
	// Base is set when gh-resolved marks the remote as the base repository.
	Base bool
}
