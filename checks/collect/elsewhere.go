package collect

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// mostElsewhere is how many other repositories are asked for at most.
const mostElsewhere = 10

// readElsewhere asks what the other repositories are that listed publishers name: a
// name that leads to this one is its old one.
func readElsewhere(ctx context.Context, w *evidence.World, reader *rest.Reader) {
	repo, ok := w.GitHub.Repository.Get()
	if !ok || reader == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, gitHubTime)
	defer cancel()
	w.Elsewhere = map[evidence.RepoName]evidence.Fact[evidence.Repository]{}
	for _, project := range w.Projects {
		for _, p := range project.Or(evidence.Project{}).Publishers.Or(nil) {
			name := evidence.RepoName{Host: repo.Name.Host, Owner: p.Owner, Name: p.Repository}
			_, known := w.Elsewhere[name]
			if !known && len(w.Elsewhere) < mostElsewhere && !strings.EqualFold(name.String(), repo.Name.String()) {
				w.Elsewhere[name] = github.Elsewhere(ctx, reader, name)
			}
		}
	}
}
