package github

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// dependabotFiles are where Dependabot reads its configuration
// (docs.github.com, "Dependabot options reference", read 2026-08).
var dependabotFiles = []string{"dependabot.yml", "dependabot.yaml"}

// renovateFiles are where Renovate does, in the root and in .github
// (docs.renovatebot.com, "Renovate configuration overview", read 2026-08).
var renovateFiles = []string{"renovate.json", "renovate.jsonc", "renovate.json5", ".renovaterc", ".renovaterc.json", ".renovaterc.jsonc", ".renovaterc.json5"}

// Updates reads what proposes newer versions of actions, as it stands at a
// commit.
func Updates(ctx context.Context, r *rest.Reader, at Judged) evidence.Fact[evidence.Updates] {
	base := "repos/" + rest.Path(at.Repo.Owner, at.Repo.Name)
	if !r.SignedIn() {
		return evidence.Unknown[evidence.Updates](r.Source(base), "not signed in: what is asked without a token is kept for more important questions")
	}
	root, src, err := listing(ctx, r, base, at.Commit.SHA)
	if err != nil {
		return transport.Unknown[evidence.Updates](src, err)
	}
	below, own, err := map[string]string{}, src, error(nil)
	if id := root[".github"]; id != "" {
		if below, own, err = listing(ctx, r, base, id); err != nil {
			return transport.Unknown[evidence.Updates](own, err)
		}
	}
	out := evidence.Updates{Renovate: renovate(root, below)}
	for _, name := range slices.Backward(dependabotFiles) {
		if below[name] != "" {
			path := ".github/" + name
			out.Dependabot = evidence.WorkflowFile{Path: path, Content: readContent(ctx, r, base+"/contents/"+path, at.Commit.SHA)}
		}
	}
	if out.Renovate == "" && root["package.json"] != "" && renovateInPackage(readContent(ctx, r, base+"/contents/package.json", at.Commit.SHA)) {
		out.Renovate = "package.json"
	}
	return evidence.Seen(out, src)
}

// listing lists a folder by the id of its tree: its entries with theirs.
func listing(ctx context.Context, r *rest.Reader, base, id string) (map[string]string, evidence.Source, error) {
	path := base + "/git/trees/" + rest.Path(id)
	var list struct {
		Tree      []struct{ Path, SHA string }
		Truncated bool
	}
	answer, err := r.Get(ctx, path, &list)
	if err == nil && (list.Tree == nil || list.Truncated) {
		err = answer.Shape("it is no whole list of files")
	}
	if err != nil {
		return nil, r.Source(path), err
	}
	entries := map[string]string{}
	for _, e := range list.Tree {
		entries[e.Path] = e.SHA
	}
	return entries, answer.Source(), nil
}

func renovate(root, below map[string]string) string {
	for _, name := range renovateFiles {
		if root[name] != "" {
			return name
		}
		if below[name] != "" {
			return ".github/" + name
		}
	}
	return ""
}

// renovateInPackage is whether a package.json configures Renovate; one that
// cannot be read may.
func renovateInPackage(content evidence.Fact[[]byte]) bool {
	data, ok := content.Get()
	var file map[string]json.RawMessage
	if !ok || json.Unmarshal(data, &file) != nil {
		return true
	}
	return file["renovate"] != nil
}
