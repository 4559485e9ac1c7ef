package evidence

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Mode says how the evidence was gathered.
type Mode string

// The modes. Offline reads the working tree and nothing else.
const (
	Live    Mode = "live"
	Offline Mode = "offline"
)

// World is everything that was seen in one pass.
type World struct {
	// At is when the pass began.
	At   time.Time
	Mode Mode
	// Wanted is what the maintainer named on the command line; "" is not named.
	Wanted Wanted
	// Tree is the working tree; with -R and without a checkout it is read
	// through the API.
	Tree Tree
	// Repo is the repository that remotes, GH_REPO or -R name.
	Repo Fact[RepoName]
	// Judged is the commit whose workflow files are judged; unknown offline in
	// a tree without commits.
	Judged Fact[Commit]
	// Workflows are the workflow files at Judged (live) or in the working tree
	// (offline), sorted by path. Absent: there is no .github/workflows.
	Workflows Fact[[]WorkflowFile]
	// Called are workflow files of other repositories that ours call, by the
	// reference as written: "owner/repo/.github/workflows/x.yml@v1".
	Called map[string]Fact[[]byte]
	// Actions are the descriptions of actions that our jobs use, as far as they
	// can hide publishing: by the folder in our repository, or by
	// "owner/repo/path@v1". Absent: no description stands there.
	Actions map[string]Fact[ActionFile]
	// Pins are versions of actions as their own repositories tell them, by
	// PinKey. What is not in it was not looked up.
	Pins map[string]Fact[Pin]
	// Updates are what proposes newer versions, at Judged. It is looked at where a
	// plan is to be laid.
	Updates Fact[Updates]
	// GitHub is what the API told. Offline each of its facts is unknown.
	GitHub GitHub
	// Elsewhere are the other repositories that listed publishers name, by these
	// names; one that was renamed is seen with its present name.
	Elsewhere map[RepoName]Fact[Repository]
	// Projects holds what each registry says of each package.
	Projects map[ProjectKey]Fact[Project]
	// Said is what the maintainer told and nobody can see.
	Said []Said
}

// Wanted holds choices that outrank what is found: flags and remembered choices.
type Wanted struct {
	// Workflow is a file name inside .github/workflows.
	Workflow string
	// Environment is a GitHub environment's name.
	Environment string
	// Registries narrows the registries; empty means all that apply.
	Registries []identity.Registry
	// Packages narrows the packages by name; empty means all.
	Packages []string
}

// RepoName names a repository on a GitHub host.
type RepoName struct{ Host, Owner, Name string }

// String is OWNER/NAME.
func (r RepoName) String() string { return r.Owner + "/" + r.Name }

// Commit is a ref and the commit it stood at.
type Commit struct {
	// Ref is a full ref, "refs/heads/main"; "" for a detached HEAD.
	Ref string
	// SHA is the full commit id; "" when the files are those of a working tree
	// without a commit.
	SHA string
}

// WorkflowFile is one file below .github/workflows.
type WorkflowFile struct {
	// Path is slash-separated and relative to the repository.
	Path string
	// Content holds the bytes; unknown when the file could not be read.
	Content Fact[[]byte]
}

// ActionFile is the description of an action.
type ActionFile struct {
	// Path is the file, relative to its repository.
	Path    string
	Content []byte
}

// ProjectKey names a package at a registry, with the name as the manifest
// spells it.
type ProjectKey struct {
	Registry identity.Registry
	Name     string
}

// Said is a statement of the maintainer about something that no API shows.
type Said struct {
	// What is "publisher": the publisher was registered on the registry's page.
	What string
	// Publisher is the identity that the maintainer was given to enter.
	Publisher identity.Publisher
	At        time.Time
}
