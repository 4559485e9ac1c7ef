package change

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// BlobID is the id that git gives to a file's content.
func BlobID(content []byte) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))
	return hex.EncodeToString(sum[:])
}

// entry is one line of a git tree.
type entry struct{ Path, Mode, Type, SHA string }

// trees reads trees of the repository, each once.
type trees struct {
	t    *Tools
	api  API
	seen map[string][]entry
}

func (t *Tools) trees(api API) *trees { return &trees{t, api, map[string][]entry{}} }

func (r *trees) list(ctx context.Context, sha string) ([]entry, error) {
	if list, ok := r.seen[sha]; ok {
		return list, nil
	}
	var answer struct {
		Tree      []entry
		Truncated bool
	}
	_, err := r.api.Do(ctx, http.MethodGet, r.t.gitPath("trees", sha), nil, &answer)
	if err == nil && answer.Truncated {
		err = fmt.Errorf("it has more entries than GitHub lists")
	}
	if err != nil {
		return nil, fmt.Errorf("read the tree %.7s: %w", sha, err)
	}
	r.seen[sha] = answer.Tree
	return answer.Tree, nil
}

// file finds a file below a tree; none is an entry without a SHA.
func (r *trees) file(ctx context.Context, tree, name string) (entry, error) {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		list, err := r.list(ctx, tree)
		if err != nil {
			return entry{}, err
		}
		at := slices.IndexFunc(list, func(e entry) bool { return e.Path == part })
		switch {
		case at < 0:
			return entry{}, nil
		case i == len(parts)-1:
			return list[at], nil
		case list[at].Type != "tree":
			return entry{}, nil
		}
		tree = list[at].SHA
	}
	return entry{}, nil
}

// proposedTree makes the tree that the edits come to, on top of the base's; it
// first holds that the base has what the edits were made from, and reads back
// what GitHub stored.
func (t *Tools) proposedTree(ctx context.Context, api API, h Hands, p PullRequest) (string, error) {
	base, err := t.commitAt(ctx, api, p.Commit)
	if err != nil {
		return "", err
	}
	reader := t.trees(api)
	var entries []map[string]any
	for _, e := range p.Edits {
		mode, err := e.fits(ctx, reader, base.Tree.SHA, p.Base)
		if err != nil {
			return "", err
		}
		entries = append(entries, map[string]any{"path": e.Path, "mode": mode, "type": "blob", "content": string(e.After)})
	}
	h.progress("Writing %s", counted(p.Edits))
	var made struct{ SHA string }
	if _, err := api.Do(ctx, http.MethodPost, t.gitPath("trees"), map[string]any{"base_tree": base.Tree.SHA, "tree": entries}, &made); err != nil {
		return "", fmt.Errorf("write %s for a pull request: %w%s", strings.Join(editPaths(p.Edits), ", "), err, t.treeHint(err, p.Edits))
	}
	for _, e := range p.Edits {
		if got, err := reader.file(ctx, made.SHA, e.Path); err != nil || got.SHA != BlobID(e.After) {
			return "", fmt.Errorf("write %s for a pull request: GitHub did not store it as it was sent (%v)", e.Path, err)
		}
	}
	return made.SHA, nil
}

// fits holds that the file stands in the base as the edit was made from, and
// gives its mode.
func (e Edit) fits(ctx context.Context, r *trees, base, branch string) (mode string, err error) {
	if !utf8.Valid(e.After) {
		return "", fmt.Errorf("propose %s: it is not UTF-8 text; commit it from a clone", e.Path)
	}
	now, err := r.file(ctx, base, e.Path)
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s on %s: %w", e.Path, branch, err)
	case e.Before == nil && now.SHA != "":
		return "", fmt.Errorf("propose %s: %s has a file of that name already; look again", e.Path, branch)
	case e.Before != nil && now.SHA != BlobID(e.Before):
		return "", fmt.Errorf("propose %s: it stands on %s as something else than was read; look again", e.Path, branch)
	case e.Before == nil:
		return "100644", nil
	}
	return now.Mode, nil
}

func editPaths(edits []Edit) []string {
	var all []string
	for _, e := range edits {
		all = append(all, e.Path)
	}
	return all
}

// treeHint follows a refusal to write files. To a classic token without the
// scope for workflow files GitHub answers 404 (public reports of POST
// git/trees, 2020 to 2026).
func (t *Tools) treeHint(err error, edits []Edit) string {
	for _, e := range edits {
		if strings.HasPrefix(e.Path, ".github/workflows/") && transport.Is(err, transport.KindForbidden, transport.KindScope, transport.KindNotFound) {
			return t.workflowHint()
		}
	}
	return t.writeHint(err)
}

// workflowHint is what lets a token change workflow files.
func (t *Tools) workflowHint() string {
	return "; changing files below .github/workflows needs the scope workflow (gh auth refresh -h " + t.Repo.Host + " -s workflow), and of a fine-grained token the permission “Workflows: write”"
}
