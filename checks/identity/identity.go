package identity

// Field names one part of an identity, spelled as in the JSON report.
type Field string

// The fields that registries store and compare.
const (
	FieldOwner       Field = "owner"
	FieldOwnerID     Field = "owner_id"
	FieldRepository  Field = "repository"
	FieldWorkflow    Field = "workflow"
	FieldEnvironment Field = "environment"
)

// Fields lists the fields in the order in which registry forms ask for them.
func Fields() []Field {
	return []Field{FieldOwner, FieldOwnerID, FieldRepository, FieldWorkflow, FieldEnvironment}
}

// Identity is what a registry trusts: a workflow file of a repository, run in
// an environment.
type Identity struct {
	// Owner is the GitHub user or organisation, in GitHub's own spelling.
	Owner string
	// OwnerID is GitHub's numeric id of the owner; 0 means that it is not known.
	OwnerID int64
	// Repository is the repository's name without its owner.
	Repository string
	// Workflow is the file's name inside .github/workflows, without a folder.
	Workflow string
	// Environment is the GitHub environment; "" means that none is named.
	Environment string
	// Origin says in a few words where each value came from,
	// for example "git remote origin" or "publish.yml:12".
	Origin map[Field]string
}

// Publisher is an identity that a registry trusts, or should, for one package.
type Publisher struct {
	Registry Registry
	// Package is the crate's or project's name as its manifest spells it.
	Package string
	// ID is the registry's own number of a publisher that stands there; 0 for one
	// that is only wanted, and where the registry shows none.
	ID int64
	Identity
}

// Subject names the publisher's package in reports: "crates.io:market-data".
func (p Publisher) Subject() string { return string(p.Registry) + ":" + p.Package }

// Text is the value of one field as a form shows it; an owner id that is not
// known is "".
func (i Identity) Text(f Field) string {
	switch f {
	case FieldOwner:
		return i.Owner
	case FieldOwnerID:
		return ownerID(i.OwnerID)
	case FieldRepository:
		return i.Repository
	case FieldWorkflow:
		return i.Workflow
	case FieldEnvironment:
		return i.Environment
	}
	return ""
}
