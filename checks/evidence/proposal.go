package evidence

// ProposalPrefix is what the names of the branches begin with from which our
// pull requests come.
const ProposalPrefix = "trustpub/"

// Proposal is a branch from which a pull request of ours comes, or came.
type Proposal struct {
	Branch string
	// SHA is the commit at which it stands, Message that commit's message.
	SHA     string
	Message Fact[string]
	// Files are git's ids of the files in the top folder and below .github, by
	// path.
	Files Fact[map[string]string]
	// Pull is the newest pull request from the branch to the default branch;
	// absent: there is none.
	Pull Fact[PullRequest]
}

// PullRequest is a pull request of the repository.
type PullRequest struct {
	Number int
	Title  string
	URL    string
	// Open is whether it waits to be merged; Merged is whether it was. One that
	// is neither was closed.
	Open, Merged bool
	// Author is the login of who opened it.
	Author string
}
