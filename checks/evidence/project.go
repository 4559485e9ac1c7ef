package evidence

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Project is a package at a registry. The Fact around it is absent when the
// registry answered 404: the name is free, or nothing was uploaded yet, or
// nobody may have it. No registry shows which names are blocked or reserved
// after a deletion: that comes to light at the upload (crates.io commit 57fa000,
// warehouse commit 6b62157, 2026-08-21).
type Project struct {
	// Name as the registry spells it.
	Name string
	// Status is PyPI's project status: active, archived, quarantined or
	// deprecated (PEP 792); "" where the registry tells none.
	Status string
	// StatusReason is what the index says about the status; "" without a word.
	StatusReason string
	// Versions, newest first. Empty: registered, without a release.
	Versions []Version
	// Owners are the logins of individual owners.
	Owners Fact[[]string]
	// Renamed are those of a crate's owners whose name at crates.io is not their
	// login at GitHub (github_username_matches of crates.io's API description,
	// 2026-08-21).
	Renamed []string
	// Teams are the teams that own a crate too ("github:acme:core"): they may
	// publish, and may not configure publishers. Absent elsewhere.
	Teams Fact[[]string]
	// Roles are all roles that people have in a PyPI project, in the order of
	// the index; absent for crates.
	Roles Fact[[]ProjectRole]
	// Organization is the PyPI organisation that holds the project; absent: none
	// does.
	Organization Fact[string]
	// Repository is the address that the registry shows.
	Repository Fact[string]
	// TrustpubOnly is crates.io's "trusted publishing only"; unknown elsewhere.
	TrustpubOnly Fact[bool]
	// Publishers are the configured publishers, seen only where an API shows
	// them to us (crates.io with a token).
	Publishers Fact[[]identity.Publisher]
}

// ProjectRole is what somebody may do in a PyPI project.
type ProjectRole struct {
	// Role is "Owner", who may manage publishers, or "Maintainer", who may upload
	// only (warehouse commit 6b62157, packaging/models.py, 2026-08-21).
	Role string
	User string
}

// Version is one release of a project.
type Version struct {
	Number    string
	CreatedAt time.Time
	Yanked    bool
	// Trusted is the registry's own record of the trusted publisher that
	// uploaded it. Absent: the registry records that a token did. Unknown: the
	// registry does not tell (PyPI without attestations).
	Trusted Fact[Provenance]
	// Attested is whether each of its files carries an attestation, as PyPI
	// shows for the newest version; unknown elsewhere.
	Attested Fact[bool]
}

// Provenance is the registry's record of who published a version.
type Provenance struct {
	// Repository is OWNER/NAME.
	Repository string
	// Workflow and Environment are recorded by PyPI; "" at crates.io.
	Workflow, Environment string
	// RunID and SHA are recorded by crates.io; 0 and "" at PyPI.
	RunID int64
	SHA   string
}
