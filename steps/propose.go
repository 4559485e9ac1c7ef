package steps

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// proposal is the branch from which a pull request with some edits comes.
type proposal struct {
	branch string
	// open is the pull request that waits to be merged; nil for none.
	open *evidence.PullRequest
	// ours is whether the branch ends in a commit of ours, same whether it has
	// the edits as they are wanted now.
	ours, same bool
}

// proposalOf finds the branch for what is settled, and what became of it. A
// branch with a name of ours that is somebody else's is left alone.
func (l *layout) proposalOf(settles string, edits []fileEdit) proposal {
	name := proposalBranch(settles)
	for n := 2; ; n++ {
		seen := l.branchOfOurs(name)
		if seen == nil {
			return proposal{branch: name}
		}
		p := proposal{branch: name, ours: change.IsProposed(seen.Message.Or("")), same: holds(seen.Files, edits)}
		if pull, ok := seen.Pull.Get(); ok && pull.Open {
			p.open = &pull
		}
		if p.open != nil || p.ours {
			return p
		}
		name = proposalBranch(settles) + "-" + strconv.Itoa(n)
	}
}

func (l *layout) branchOfOurs(name string) *evidence.Proposal {
	for _, p := range l.World.GitHub.Proposals.Or(nil) {
		if p.Branch == name {
			return &p
		}
	}
	return nil
}

// proposalBranch is the branch for what is settled: the same each time, so that
// an earlier try is found again.
func proposalBranch(settles string) string {
	if settles == settlesWorkflow {
		return evidence.ProposalPrefix + "publish-workflow"
	}
	words := strings.FieldsFunc(strings.ToLower(settles), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return evidence.ProposalPrefix + strings.Join(words, "-")
}

// holds says whether a branch has the edits; what cannot be seen is not said to
// differ.
func holds(files evidence.Fact[map[string]string], edits []fileEdit) bool {
	have, ok := files.Get()
	for _, e := range edits {
		if ok && have[e.path] != change.BlobID(e.after) {
			return false
		}
	}
	return true
}

// pullWays are the ways by a pull request: to open one, or, while one is open,
// to its page, and to bring it up to date.
func (l *layout) pullWays(settles, message string, edits []fileEdit) []Way {
	p := l.proposalOf(settles, edits)
	if p.open == nil {
		return []Way{{Kind: Do, Settles: settles, Label: "Open a pull request to " + l.branch, Help: "Through GitHub's API, from the branch " + p.branch + ": nothing in your tree is touched.",
			Prepare: func(Answers) ([]change.Change, error) { return l.propose(p, message, edits) }}}
	}
	number := fmt.Sprintf("#%d", p.open.Number)
	waits := fmt.Sprintf("the pull request %s waits to be merged", number)
	page := &PageLink{Title: p.open.Title, URL: p.open.URL, Note: "Review it and merge it: this step goes on by itself once it is merged."}
	ways := []Way{{Kind: Page, Settles: settles, Label: "Merge the pull request " + number, Help: page.Note, Open: page, Waits: waits}}
	switch {
	case p.same:
	case p.ours:
		ways = append([]Way{{Kind: Do, Settles: settles, Label: "Bring the pull request " + number + " up to date", Help: "What is wanted has changed since it was opened. A commit is added to its branch.",
			Prepare: func(Answers) ([]change.Change, error) { return l.propose(p, message, edits) }}}, ways...)
	default:
		page.Note = "Somebody has added to it, and it differs from what is wanted here: it is left as it is. Review it and merge it, or close it."
		ways[0].Help = page.Note
	}
	return ways
}

// awaits says what ways wait for elsewhere; "" for nothing, or where there is
// something to do.
func awaits(ways []Way) string {
	for _, w := range ways {
		if w.Kind == Do && !w.Choices && !w.Offer {
			return ""
		}
		if w.Waits != "" {
			return w.Waits
		}
	}
	return ""
}

func (l *layout) propose(p proposal, message string, edits []fileEdit) ([]change.Change, error) {
	if why := l.noPull(edits); why != "" {
		return nil, errors.New(why)
	}
	request := change.PullRequest{Message: message, Title: message, Body: l.pullBody(edits), Branch: p.branch, Base: l.branch, Commit: l.World.Judged.Or(evidence.Commit{}).SHA}
	if p.open != nil {
		request.Number = p.open.Number
	}
	for _, e := range edits {
		request.Edits = append(request.Edits, change.Edit{Path: e.path, Before: e.before, After: e.after, Preview: l.previewOf(e)})
	}
	return []change.Change{l.Tools.PullRequest(request)}, nil
}

// previewOf shows an edit with the origins of what is new in it.
func (l *layout) previewOf(e fileEdit) []change.DiffLine {
	if e.preview != nil {
		return e.preview
	}
	return l.withOrigins(change.Diff(e.path, string(e.before), string(e.after)))
}

// pullBody tells a reviewer what each file does, and a maintainer what is next.
func (l *layout) pullBody(edits []fileEdit) string {
	lines := []string{"Made with `gh trustpub`, which takes a repository to trusted publishing step by step.", ""}
	for _, e := range edits {
		verb := "Changes"
		if e.before == nil {
			verb = "Adds"
		}
		line := fmt.Sprintf("- %s `%s`", verb, e.path)
		if e.about != "" {
			line += ": " + e.about
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, "", "Next: review this and merge it. Then run `gh trustpub` again: it looks at `"+l.branch+"` and goes on from there."), "\n")
}
