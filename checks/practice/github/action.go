package github

import (
	"strings"
	"time"
)

// Action is the repository of an action that workflows use. Practice has its
// refs and its newest release; of its commits it has the ids alone.
type Action struct {
	// Owner and Name as spelled on GitHub.
	Owner, Name string
	// Latest is the tag of its newest release.
	Latest string
	// Refs are its tags and branches.
	Refs []ActionRef
}

// ActionRef is a tag or a branch of an action's repository.
type ActionRef struct {
	// Name is "tags/v1.0.0" or "heads/main".
	Name string
	// Commit is where it stands; Tag is the id of the annotated tag that points
	// there, "" for none.
	Commit, Tag string
}

// EditAction changes the repository of an action under the store's lock; one
// that practice does not have is made.
func (s *Store) EditAction(owner, name string, change func(*Action)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.action(owner, name)
	if a == nil {
		a = &Action{Owner: owner, Name: name}
		s.w.Actions = append(s.w.Actions, a)
	}
	change(a)
	return s.save()
}

// Set moves a tag or a branch, or makes it.
func (a *Action) Set(ref ActionRef) {
	for i := range a.Refs {
		if a.Refs[i].Name == ref.Name {
			a.Refs[i] = ref
			return
		}
	}
	a.Refs = append(a.Refs, ref)
}

func (s *Store) action(owner, name string) *Action {
	for _, a := range s.w.Actions {
		if strings.EqualFold(a.Owner, owner) && strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

// actionAnswers are what the repository of an action answers, by the pattern of
// the endpoint; everything else in it is not found.
var actionAnswers = map[string]func(*call, *Action) (answer, error){
	"GET " + gitPath + "ref/{ref...}":        (*call).actionRef,
	"GET " + gitPath + "tags/{sha}":          (*call).actionTag,
	"GET /repos/{owner}/{repo}/tags":         (*call).actionTags,
	"GET " + releasesPath + "/latest":        (*call).actionRelease,
	"GET " + releasesPath + "/tags/{tag...}": (*call).actionRelease,
}

// ofAction answers about the repository of an action.
func (c *call) ofAction(pattern string) (answer, error) {
	if do := actionAnswers[pattern]; do != nil {
		return do(c, c.action)
	}
	return notFound()
}

func (c *call) actionRef(a *Action) (answer, error) {
	for _, r := range a.Refs {
		if r.Name == c.r.PathValue("ref") {
			return ok(c.drawRef(r.git()))
		}
	}
	return notFound()
}

func (r ActionRef) git() gitRef {
	if r.Tag != "" {
		return gitRef{Name: "refs/" + r.Name, Object: r.Tag, Type: "tag", Commit: r.Commit}
	}
	return gitRef{Name: "refs/" + r.Name, Object: r.Commit, Type: "commit", Commit: r.Commit}
}

func (c *call) actionTag(a *Action) (answer, error) {
	for _, r := range a.Refs {
		if r.Tag != c.r.PathValue("sha") {
			continue
		}
		name, url := strings.TrimPrefix(r.Name, "tags/"), c.repo.url()+"/git/"
		return ok(obj{
			"sha": r.Tag, "node_id": nodeID("Tag", r.Tag), "url": url + "tags/" + r.Tag, "tag": name, "message": name,
			"tagger": drawPerson(gitPerson{a.Owner, a.Owner + "@users.noreply.github.com", released}), "verification": unverified,
			"object": obj{"sha": r.Commit, "type": "commit", "url": url + "commits/" + r.Commit},
		})
	}
	return notFound()
}

func (c *call) actionTags(a *Action) (answer, error) {
	var tags []gitRef
	for _, r := range a.Refs {
		if strings.HasPrefix(r.Name, "tags/") {
			tags = append(tags, r.git())
		}
	}
	return list(c, tags, c.drawListedTag)
}

// released is when practice takes all releases of actions to have been made.
var released = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)

// actionRelease answers for the newest release, the only one that it has.
func (c *call) actionRelease(a *Action) (answer, error) {
	tag := c.r.PathValue("tag")
	if a.Latest == "" || tag != "" && tag != a.Latest {
		return notFound()
	}
	return ok(c.drawRelease(&Release{ID: 1, Tag: a.Latest, Name: a.Latest, Author: a.Owner, Target: "main", CreatedAt: released, PublishedAt: released}))
}
