package scenario

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/trustpub/gh-trustpub/assets"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// project is what a world's repository begins with.
type project struct {
	// owner is a person of the world, or an organisation that is made with the
	// others as its administrators.
	owner, name, about string
	// samples are the sample projects that it is made of, the later over the
	// earlier.
	samples []string
	// private hides it; plan is its owner's.
	private bool
	plan    string
	// members are those of the organisation who are no administrators.
	members []string
}

// lay makes the people, the repository and the working tree, and pushes the
// first commit.
func (p project) lay(ctx context.Context, place Place, s Setting) (Setting, error) {
	s.Owner, s.Name = p.owner, p.name
	s.Checkout, s.GitConfig = filepath.Join(place.Dir, s.Name), filepath.Join(place.Dir, "gitconfig")
	if err := p.people(place, &s); err != nil {
		return s, err
	}
	repo, err := place.GitHub.AddRepository(ctx, github.Repository{Owner: s.Owner, Name: s.Name,
		Description: p.about, Private: p.private, Collaborators: map[string]github.Role{}})
	if err != nil {
		return s, err
	}
	if s.Bare, err = place.GitHub.GitDir(repo.Owner, repo.Name); err != nil {
		return s, err
	}
	for _, name := range p.samples {
		files, err := assets.Scenario(name)
		if err != nil {
			return s, err
		}
		if err := write(files, s.Checkout); err != nil {
			return s, err
		}
	}
	return s, errors.Join(checkout(ctx, s), place.GitHub.AcceptRefs(ctx, s.Owner, s.Name))
}
