package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// maxProposals is how many branches of ours are looked into; there are rarely
// more than one or two.
const maxProposals = 10

// readProposals reads the branches of our pull requests: none, mostly, and then
// one request is all it costs.
func (l *look) readProposals(ctx context.Context) evidence.Fact[[]evidence.Proposal] {
	path := l.base + "/git/matching-refs/heads/" + evidence.ProposalPrefix
	if !l.SignedIn() {
		return evidence.Unknown[[]evidence.Proposal](l.Source(path), "not signed in; the few requests that are left are kept for more")
	}
	var refs []struct {
		Ref    string
		Object struct{ SHA string }
	}
	answer, err := l.Get(ctx, path, &refs)
	if e, ok := errors.AsType[*transport.Error](err); ok && e.Status == http.StatusConflict { // "Git Repository is empty."
		return evidence.Seen([]evidence.Proposal{}, e.Source())
	}
	if err != nil {
		return transport.Unknown[[]evidence.Proposal](l.Source(path), err)
	}
	if len(refs) > maxProposals {
		return evidence.Unknown[[]evidence.Proposal](answer.Source(), "there are more than %d branches %s*", maxProposals, evidence.ProposalPrefix)
	}
	out := make([]evidence.Proposal, len(refs))
	each(len(refs), func(i int) {
		out[i] = l.readProposal(ctx, strings.TrimPrefix(refs[i].Ref, "refs/heads/"), refs[i].Object.SHA)
	})
	return evidence.Seen(out, answer.Source())
}

func (l *look) readProposal(ctx context.Context, branch, sha string) evidence.Proposal {
	p := evidence.Proposal{Branch: branch, SHA: sha}
	together(
		func() { p.Pull = l.readPull(ctx, branch) },
		func() { p.Message, p.Files = l.readProposed(ctx, sha) },
	)
	return p
}

func (l *look) readPull(ctx context.Context, branch string) evidence.Fact[evidence.PullRequest] {
	query := url.Values{"head": {l.repo.Name.Owner + ":" + branch}, "base": {l.repo.DefaultBranch}, "state": {"all"}, "per_page": {"1"}}
	path := l.base + "/pulls?" + query.Encode()
	var list []struct {
		Number int
		Title  string
		URL    string `json:"html_url"`
		State  string
		Merged string `json:"merged_at"`
		User   struct{ Login string }
	}
	answer, err := l.Get(ctx, path, &list)
	switch {
	case err != nil:
		return transport.Unknown[evidence.PullRequest](l.Source(path), err)
	case len(list) == 0:
		return evidence.Absent[evidence.PullRequest](answer.Source())
	}
	p := list[0]
	return evidence.Seen(evidence.PullRequest{Number: p.Number, Title: p.Title, URL: p.URL, Open: p.State == "open", Merged: p.Merged != "", Author: p.User.Login}, answer.Source())
}

// readProposed reads the last commit of a branch, and which files it has.
func (l *look) readProposed(ctx context.Context, sha string) (evidence.Fact[string], evidence.Fact[map[string]string]) {
	path := l.base + "/git/commits/" + rest.Path(sha)
	var c struct {
		Message string
		Tree    struct{ SHA string }
	}
	answer, err := l.Get(ctx, path, &c)
	if err != nil {
		return transport.Unknown[string](l.Source(path), err), transport.Unknown[map[string]string](l.Source(path), err)
	}
	files := map[string]string{}
	src, err := l.listBlobs(ctx, c.Tree.SHA, files)
	if err != nil {
		return evidence.Seen(c.Message, answer.Source()), transport.Unknown[map[string]string](src, err)
	}
	return evidence.Seen(c.Message, answer.Source()), evidence.Seen(files, src)
}

// listBlobs lists the files in the top folder of a tree, and all below .github.
func (l *look) listBlobs(ctx context.Context, tree string, into map[string]string) (evidence.Source, error) {
	type entry struct{ Path, Type, SHA string }
	get := func(sha, query string) ([]entry, evidence.Source, error) {
		path := l.base + "/git/trees/" + rest.Path(sha) + query
		var t struct {
			Tree      []entry
			Truncated bool
		}
		answer, err := l.Get(ctx, path, &t)
		if err == nil && t.Truncated {
			err = answer.Shape("it has more entries than GitHub lists")
		}
		if err != nil {
			return nil, l.Source(path), err
		}
		return t.Tree, answer.Source(), nil
	}
	top, src, err := get(tree, "")
	if err != nil {
		return src, err
	}
	for _, e := range top {
		if e.Type == "blob" {
			into[e.Path] = e.SHA
		}
		if e.Type != "tree" || e.Path != ".github" {
			continue
		}
		below, from, err := get(e.SHA, "?recursive=1")
		if err != nil {
			return from, err
		}
		for _, f := range below {
			if f.Type == "blob" {
				into[".github/"+f.Path] = f.SHA
			}
		}
	}
	return src, nil
}
