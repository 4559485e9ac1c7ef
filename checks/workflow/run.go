package workflow

import "strings"

// Run is an event at a ref: what starts a workflow. What is not known is left
// empty.
type Run struct {
	// Owner and Repository name the repository in GitHub's own spelling.
	Owner, Repository string
	// OwnerID and RepositoryID are GitHub's numbers; 0 is not known.
	OwnerID, RepositoryID int64
	Event                 string
	// Ref is a full ref: "refs/heads/main", "refs/tags/v1".
	Ref string
	SHA string
	// DefaultBranch is the name of the repository's default branch.
	DefaultBranch string
	// Inputs are those that a run by hand was started with, by lower-case name;
	// nil means that they are not known.
	Inputs map[string]string
}

// full is OWNER/REPO; "" when it is not known.
func (r Run) full() string {
	if r.Owner == "" || r.Repository == "" {
		return ""
	}
	return r.Owner + "/" + r.Repository
}

// ShortRef is a ref without its refs/heads/ or refs/tags/.
func ShortRef(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/pull/"} {
		if short, ok := strings.CutPrefix(ref, prefix); ok {
			return short
		}
	}
	return ref
}

// RefType is "branch" or "tag" as in github.ref_type; "" for "".
func RefType(ref string) string {
	switch {
	case ref == "":
		return ""
	case strings.HasPrefix(ref, "refs/tags/"):
		return "tag"
	}
	return "branch"
}

// Events lists the events that start a file, in its order, calls by other
// workflows left out.
func Events(f *File) []string {
	var events []string
	for _, t := range f.Triggers {
		if t.Event != "workflow_call" {
			events = append(events, t.Event)
		}
	}
	return events
}
