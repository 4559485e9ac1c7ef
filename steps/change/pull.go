package change

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// PullRequest says what is proposed to the default branch, through GitHub's API
// alone: no clone is needed.
type PullRequest struct {
	Edits []Edit
	// Message is the first line of the commit; Title and Body are the pull
	// request's.
	Message, Title, Body string
	// Branch is the branch that it comes from, Base the one that it goes to.
	Branch, Base string
	// Commit is where Base stood when the edits were made.
	Commit string
	// Number is the open pull request that is brought up to date; 0 opens one.
	Number int
}

// Edit is a file of the repository as it is to become; Before is nil where there
// is none yet.
type Edit struct {
	Path          string
	Before, After []byte
	// Preview shows the edit with its reasons; nil is the plain diff.
	Preview []DiffLine
}

// trailer marks the commits that are ours, so that a branch of ours is told from
// one of somebody else.
const trailer = "Made-with: gh trustpub"

// IsProposed says whether the message of a commit is one of ours.
func IsProposed(message string) bool {
	return strings.HasSuffix(strings.TrimSpace(message), "\n"+trailer)
}

// proposal is what the journal keeps of a pull request.
type proposal struct {
	Branch string `json:"branch"`
	Base   string `json:"base"`
	Commit string `json:"commit"`
	Title  string `json:"title,omitempty"`
	// Files are the git object ids of the files that are proposed, by path.
	Files map[string]string `json:"files,omitempty"`
}

// PullRequest makes a change that puts the edits onto a branch of their own, in
// one commit, and opens a pull request from it; or brings both up to date.
func (t *Tools) PullRequest(p PullRequest) Change {
	after := proposal{Branch: p.Branch, Base: p.Base, Commit: p.Commit, Title: p.Title, Files: map[string]string{}}
	for _, e := range p.Edits {
		after.Files[e.Path] = BlobID(e.After)
	}
	c := Change{
		ID:      "pull-request:" + p.Branch,
		Title:   "Open a pull request to " + p.Base,
		Lasting: "a pull request stays, closed or merged, and so do the mails about it",
		Preview: p.preview(),
		Before:  proposal{Branch: p.Branch, Base: p.Base, Commit: p.Commit}, After: after,
		Perform: func(ctx context.Context, h Hands) error { return t.propose(ctx, h, p) },
	}
	if p.Number > 0 {
		c.Title = fmt.Sprintf("Bring the pull request #%d up to date", p.Number)
	}
	return c
}

func (p PullRequest) preview() []DiffLine {
	lines := []DiffLine{{'+', fmt.Sprintf("branch %s from %s, at %.7s", p.Branch, p.Base, p.Commit), ""}}
	if p.Number > 0 {
		lines = []DiffLine{{' ', fmt.Sprintf("branch %s of the pull request #%d", p.Branch, p.Number), ""}}
	}
	for _, e := range p.Edits {
		if e.Preview == nil {
			e.Preview = Diff(e.Path, string(e.Before), string(e.After))
		}
		lines = append(lines, e.Preview...)
	}
	lines = append(lines, DiffLine{'+', fmt.Sprintf("commit %q", p.Message), ""})
	if p.Number == 0 {
		lines = append(lines, DiffLine{'+', fmt.Sprintf("pull request %q", p.Title), ""})
	}
	return lines
}

func (t *Tools) propose(ctx context.Context, h Hands, p PullRequest) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Reading where %s stands", p.Base)
	switch at, err := t.branchHead(ctx, api, p.Base); {
	case err != nil:
		return err
	case at != p.Commit:
		return fmt.Errorf("open a pull request to %s: the branch has moved on GitHub since it was read (it stood at %.7s, now at %.7s); look again", p.Base, p.Commit, at)
	}
	head, err := t.proposedHead(ctx, api, h, p)
	if err != nil {
		return err
	}
	if p.Number == 0 {
		h.progress("Opening the pull request")
	}
	pull, err := t.opened(ctx, api, p)
	if err != nil {
		return fmt.Errorf("open a pull request from %s: %w%s\nThe branch %s stands on GitHub with the commit: open the pull request on https://%s/%s/compare/%s...%s?expand=1",
			p.Branch, err, pullHint(err), p.Branch, t.Repo.Host, t.Repo, p.Base, p.Branch)
	}
	h.progress("Reading back what GitHub stored")
	return t.readBack(ctx, api, p, pull, head)
}

// pull is a pull request as the API tells it.
type pull struct {
	Number int
	State  string
	URL    string `json:"html_url"`
	Merged string `json:"merged_at"`
	Head   struct{ SHA string }
}

func (t *Tools) pulls() string {
	return fmt.Sprintf("repos/%s/%s/pulls", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name))
}

// pullsFrom lists the pull requests from a branch of the repository, newest
// first; state is open, closed or all.
func (t *Tools) pullsFrom(ctx context.Context, api API, branch, state string) ([]pull, error) {
	var found []pull
	query := url.Values{"head": {t.Repo.Owner + ":" + branch}, "state": {state}, "per_page": {"10"}}
	if _, err := api.Do(ctx, http.MethodGet, t.pulls()+"?"+query.Encode(), nil, &found); err != nil {
		return nil, fmt.Errorf("read the pull requests from %s: %w", branch, err)
	}
	return found, nil
}

// opened is the open pull request from the branch: one that is there, of an
// earlier try perhaps, or a new one.
func (t *Tools) opened(ctx context.Context, api API, p PullRequest) (pull, error) {
	there, err := t.pullsFrom(ctx, api, p.Branch, "open")
	if err != nil || len(there) > 0 {
		return first(there), err
	}
	var made pull
	_, err = api.Do(ctx, http.MethodPost, t.pulls(), map[string]any{"title": p.Title, "body": p.Body, "head": p.Branch, "base": p.Base}, &made)
	return made, err
}

func first(pulls []pull) pull {
	if len(pulls) == 0 {
		return pull{}
	}
	return pulls[0]
}

func (t *Tools) readBack(ctx context.Context, api API, p PullRequest, made pull, head string) error {
	var got pull
	if _, err := api.Do(ctx, http.MethodGet, fmt.Sprintf("%s/%d", t.pulls(), made.Number), nil, &got); err != nil {
		return fmt.Errorf("read back the pull request #%d: %w", made.Number, err)
	}
	if got.State != "open" || got.Head.SHA != head {
		return fmt.Errorf("GitHub took the pull request #%d and shows it %s at %.7s, where it should be open at %.7s: see %s", made.Number, got.State, got.Head.SHA, head, got.URL)
	}
	return nil
}

// pullHint follows a refusal to open a pull request.
func pullHint(err error) string {
	if transport.Is(err, transport.KindForbidden, transport.KindScope, transport.KindNotFound) {
		return "; a fine-grained token needs the permission “Pull requests: write”"
	}
	return ""
}
