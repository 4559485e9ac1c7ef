package evidence

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Project is a package at a registry. The Fact around it is absent when the
// registry answered 404: the name is free, or nothing was uploaded yet.
type Project struct {
	// Name as the registry spells it.
	Name string
	// Status is PyPI's project status: active, archived, quarantined or
	// deprecated (PEP 792); "" where the registry tells none.
	Status string
	// Versions, newest first. Empty: registered, without a release.
	Versions []Version
	// Owners are the logins of individual owners.
	Owners Fact[[]string]
	// Repository is the address that the registry shows.
	Repository Fact[string]
	// TrustpubOnly is crates.io's "trusted publishing only"; unknown elsewhere.
	TrustpubOnly Fact[bool]
	// Publishers are the configured publishers, seen only where an API shows
	// them to us (crates.io with a token).
	Publishers Fact[[]identity.Publisher]
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
