package scenario

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/trustpub/gh-trustpub/assets"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// The names of the world in which everything is done.
const (
	publishFile = "publish.yml"
	publishPath = ".github/workflows/" + publishFile
	environment = "release"
	// firstTag is the trusted release that proves it.
	firstTag = "v0.1.0"
)

// ready is the project of fresh at the end of the route, but for the proof: the
// workflow on the default branch, the environment, the rules, first releases by
// hand, and the publishers.
func ready(ctx context.Context, place Place, s Setting) (Setting, error) {
	s, err := fresh(ctx, place, s)
	if err != nil {
		return s, err
	}
	added, err := assets.Scenario("ready")
	if err != nil {
		return s, err
	}
	if err := write(added, s.Checkout); err != nil {
		return s, err
	}
	err = errors.Join(guard(place, s), publishers(place, s))
	err = errors.Join(err, Stage{place, s}.Commit(ctx, "Publish by trusted publishing"))
	return s, errors.Join(err, place.GitHub.AcceptRefs(ctx, s.Owner, s.Name))
}

// guard makes the environment that lets main and release tags in after the
// review of another person, and protects both.
func guard(place Place, s Setting) error {
	var reviewers []github.Reviewer
	for _, login := range append([]string{s.Login}, s.Others...) {
		reviewers = append(reviewers, github.Reviewer{Type: "User", ID: place.GitHub.AccountID(login)})
	}
	return place.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		r.Environments = []*github.Environment{{Name: environment, Reviewers: reviewers, PreventSelfReview: true, AdminsCannotBypass: true,
			Policy: github.CustomRefs, Policies: []github.DeploymentPolicy{{Type: "branch", Name: "main"}, {Type: "tag", Name: "v*"}}}}
		r.Rulesets = []*github.Ruleset{
			{Name: "main", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"},
				Rules: []github.Rule{{Type: "deletion"}, {Type: "non_fast_forward"}, {Type: "pull_request"}}},
			{Name: "release tags", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"},
				Rules: []github.Rule{{Type: "deletion"}, {Type: "update"}}},
		}
		return nil
	})
}

// publishers puts the first releases and the trusted publishers into the
// registries.
func publishers(place Place, s Setting) error {
	id, inEnvironment := place.GitHub.AccountID(s.Owner), environment
	err := place.Crates.AddCrate(cratesio.Seed{Owner: s.Login, Name: s.Name, Version: "0.0.9", Repository: "https://github.com/" + s.Owner + "/" + s.Name})
	if err != nil {
		return err
	}
	_, err = place.Crates.AddPublisher(cratesio.Publisher{Crate: s.Name, RepositoryOwner: s.Owner, RepositoryOwnerID: int(id),
		RepositoryName: s.Name, WorkflowFilename: publishFile, Environment: &inEnvironment})
	same := pypi.Identity{Owner: s.Owner, OwnerID: strconv.FormatInt(id, 10), Repository: s.Name, Workflow: publishFile, Environment: environment}
	for _, index := range []*pypi.Service{place.PyPI, place.TestPyPI} {
		err = errors.Join(err, index.AddProject(s.Name, s.Login))
		_, added := index.AddPublisher(s.Name, same)
		err = errors.Join(err, added)
	}
	return err
}

// prove releases by trusted publishing, rehearses once, and then lets crates.io
// take nothing else.
func prove(ctx context.Context, s Stage) error {
	run, err := s.Release(ctx, firstTag)
	if err == nil {
		err = well(run)
	}
	if err != nil {
		return fmt.Errorf("the trusted release: %w", err)
	}
	if run, err = s.Rehearse(ctx, publishFile, "main"); err == nil {
		err = well(run)
	}
	if err != nil {
		return fmt.Errorf("the rehearsal: %w", err)
	}
	return s.Crates.SetTrustpubOnly(s.Name, true)
}

func well(run *github.Run) error {
	if run.Conclusion == github.Success {
		return nil
	}
	text := ""
	for _, j := range run.Jobs {
		if j.Conclusion != github.Success {
			text += "\n" + j.Key + ": " + string(j.Conclusion) + "\n" + j.Log
		}
	}
	return fmt.Errorf("run %d ended with %s:%s", run.ID, run.Conclusion, text)
}
