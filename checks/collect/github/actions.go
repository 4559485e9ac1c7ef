package github

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Actions reads the descriptions of actions: those of the judged repository at
// the judged commit, others at the ref by which they are used. The facts stand in
// the order of the references.
func Actions(ctx context.Context, r *rest.Reader, at Judged, references []workflow.Reference) []evidence.Fact[evidence.ActionFile] {
	facts := make([]evidence.Fact[evidence.ActionFile], len(references))
	each(len(references), func(i int) {
		repo, folder, ref := at.Repo.String(), references[i].Ref, at.Commit.SHA
		if references[i].Remote {
			var ok bool
			if repo, folder, ref, ok = split(references[i].Ref); !ok {
				facts[i] = malformed[evidence.ActionFile](references[i].Ref)
				return
			}
		}
		facts[i] = readAction(ctx, r, repo, folder, ref, references[i].Remote)
	})
	return facts
}

// split takes "owner/repo/path@ref" apart; the path may be missing.
func split(reference string) (repo, file, ref string, ok bool) {
	name, ref, ok := strings.Cut(reference, "@")
	parts := strings.SplitN(name, "/", 3)
	if !ok || ref == "" || len(parts) < 2 || slices.Contains(strings.Split(name, "/"), "..") || slices.Contains(parts, "") {
		return "", "", "", false
	}
	if len(parts) == 3 {
		file = parts[2]
	}
	return parts[0] + "/" + parts[1], file, ref, true
}

func malformed[T any](reference string) evidence.Fact[T] {
	return evidence.Unknown[T](evidence.Source{Name: reference}, "it is not of the form owner/repository/path@ref")
}

// readAction reads action.yml, else action.yaml. That neither is there is certain
// only in the repository that was seen to be there.
func readAction(ctx context.Context, r *rest.Reader, repo, folder, ref string, remote bool) evidence.Fact[evidence.ActionFile] {
	var err error
	p := ""
	for _, name := range workflow.ActionFiles() {
		file := path.Join(folder, name)
		p = "repos/" + rest.Path(strings.Split(repo, "/")...) + "/contents/" + rest.Path(strings.Split(file, "/")...)
		var fact evidence.Fact[[]byte]
		fact, err = tryContent(ctx, r, p, ref)
		if err == nil {
			data, ok := fact.Get()
			if !ok {
				return evidence.Carry[evidence.ActionFile](fact)
			}
			return evidence.Seen(evidence.ActionFile{Path: file, Content: data}, fact.Source())
		}
		if !transport.Is(err, transport.KindNotFound) {
			return transport.Unknown[evidence.ActionFile](r.Source(p), err)
		}
	}
	if remote {
		return transport.Unknown[evidence.ActionFile](r.Source(p), err)
	}
	return evidence.Absent[evidence.ActionFile](r.Source(p))
}
