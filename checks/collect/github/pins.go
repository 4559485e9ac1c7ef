package github

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Bounds of looking actions up.
const (
	// maxPins is how many versions of actions are looked up in one look.
	maxPins = 30
	// pinTime is how long all of them together may take: the workflow can be
	// written without them.
	pinTime = 15 * time.Second
	// maxPeel is how many annotated tags may point to one another.
	maxPeel = 4
)

// ActionRef is a version of an action: its repository, "owner/name", and a tag
// or a branch; "" is the latest release.
type ActionRef struct{ Repository, Ref string }

// Pins looks up which commits versions of actions are, by evidence.PinKey.
//
// The commit comes from a tag or a branch of the action's own repository (GET
// git/ref/…, annotated tags followed through git/tags). That is what shows that
// it belongs there: to ask for a commit by its id proves nothing, since GitHub
// keeps the commits of all forks in one store and answers for the fork's under
// the name of the repository that was forked (docs.github.com, "About
// permissions and visibility of forks", read 2026-08).
//
// Nobody is asked without a token: 60 requests an hour are for the repository
// itself.
func Pins(ctx context.Context, r *rest.Reader, wanted []ActionRef) map[string]evidence.Fact[evidence.Pin] {
	ctx, cancel := context.WithTimeout(ctx, pinTime)
	defer cancel()
	facts := make([]evidence.Fact[evidence.Pin], len(wanted))
	each(len(wanted), func(i int) { facts[i] = readPin(ctx, r, wanted[i], i) })
	out := make(map[string]evidence.Fact[evidence.Pin], len(wanted))
	for i, w := range wanted {
		out[evidence.PinKey(w.Repository, w.Ref)] = facts[i]
	}
	return out
}

func readPin(ctx context.Context, r *rest.Reader, w ActionRef, index int) evidence.Fact[evidence.Pin] {
	owner, name, _ := strings.Cut(w.Repository, "/")
	a := action{Reader: r, base: "repos/" + rest.Path(owner, name), repository: w.Repository}
	switch {
	case !r.SignedIn():
		return evidence.Unknown[evidence.Pin](r.Source(a.base), "not signed in: without a token GitHub answers too few questions to ask about actions")
	case index >= maxPins:
		return evidence.Unknown[evidence.Pin](r.Source(a.base), "there are more than %d versions of actions to look up", maxPins)
	}
	pin, src, err := a.pin(ctx, w.Ref)
	if err != nil {
		return transport.Unknown[evidence.Pin](src, err)
	}
	return evidence.Seen(pin, src)
}

// action is the repository of an action.
type action struct {
	*rest.Reader
	base, repository string
}

func (a action) pin(ctx context.Context, ref string) (evidence.Pin, evidence.Source, error) {
	if ref != "" {
		return a.named(ctx, ref)
	}
	path := a.base + "/releases/latest"
	var release struct {
		Tag string `json:"tag_name"`
	}
	if _, err := a.get(ctx, path, &release); err != nil {
		return evidence.Pin{}, a.Source(path), err
	}
	if fullVersion(release.Tag) == nil {
		return evidence.Pin{}, a.Source(path), fmt.Errorf("its latest release is %q, which is no full version", release.Tag)
	}
	head, err := a.ref(ctx, "tags/"+release.Tag)
	return evidence.Pin{Version: release.Tag, Commit: head.commit}, head.src, err
}

// named is the pin of a tag or a branch. What both is one and the other is
// left alone: which of them a run takes is not documented.
func (a action) named(ctx context.Context, ref string) (evidence.Pin, evidence.Source, error) {
	if fullVersion(ref) != nil { // nobody gives a branch such a name
		tag, err := a.ref(ctx, "tags/"+ref)
		return evidence.Pin{Version: ref, Commit: tag.commit}, tag.src, err
	}
	var tag, branch head
	var noTag, noBranch error
	together(
		func() { tag, noTag = a.ref(ctx, "tags/"+ref) },
		func() { branch, noBranch = a.ref(ctx, "heads/"+ref) },
	)
	switch {
	case noTag == nil && noBranch == nil && tag.commit != branch.commit:
		return evidence.Pin{}, tag.src, fmt.Errorf("a tag and a branch of it are named %s, and differ", ref)
	case noTag != nil && !transport.Is(noTag, transport.KindNotFound):
		return evidence.Pin{}, tag.src, noTag
	case noBranch != nil && !transport.Is(noBranch, transport.KindNotFound):
		return evidence.Pin{}, branch.src, noBranch
	case noTag != nil && noBranch != nil:
		return evidence.Pin{}, tag.src, fmt.Errorf("it has neither a tag nor a branch %s", ref)
	case noTag != nil:
		tag = branch
	}
	return evidence.Pin{Version: a.versionAt(ctx, tag.commit, ref), Commit: tag.commit}, tag.src, nil
}

// head is the commit at which a ref stands.
type head struct {
	commit string
	src    evidence.Source
}

type object struct{ Type, SHA string }

var fullID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// ref reads "tags/NAME" or "heads/NAME", and follows annotated tags.
func (a action) ref(ctx context.Context, name string) (head, error) {
	path := a.base + "/git/ref/" + rest.Path(strings.Split(name, "/")...)
	h := head{src: a.Source(path)}
	var found struct {
		Ref    string
		Object object
	}
	answer, err := a.get(ctx, path, &found)
	if err != nil {
		return h, err
	}
	if found.Ref != "refs/"+name {
		return h, answer.Shape("it is of %q", found.Ref)
	}
	h.src = answer.Source()
	h.commit, err = a.peel(ctx, found.Object)
	return h, err
}

func (a action) peel(ctx context.Context, o object) (string, error) {
	for range maxPeel {
		if o.Type == "commit" && fullID.MatchString(o.SHA) {
			return o.SHA, nil
		}
		if o.Type != "tag" || !fullID.MatchString(o.SHA) {
			break
		}
		var tag struct{ Object object }
		if _, err := a.get(ctx, a.base+"/git/tags/"+o.SHA, &tag); err != nil {
			return "", err
		}
		o = tag.Object
	}
	return "", fmt.Errorf("it ends at a %s and at no commit", o.Type)
}

// versionAt is the newest released version among the repository's first hundred tags
// that stands at a commit; the ref by which the commit was found if there is none.
func (a action) versionAt(ctx context.Context, commit, ref string) string {
	var tags []struct {
		Name   string
		Commit struct{ SHA string }
	}
	if _, err := a.get(ctx, a.base+"/tags?per_page=100", &tags); err != nil {
		return ref // the commit is known all the same
	}
	version := ref
	var newest *semver.Version
	for _, t := range tags {
		if v := fullVersion(t.Name); v != nil && v.Prerelease() == "" && t.Commit.SHA == commit && (newest == nil || v.GreaterThan(newest)) {
			version, newest = t.Name, v
		}
	}
	return version
}

// fullVersion reads a tag that is a whole version, "v4.3.0"; nil for every other
// one, such as "v4", which is moved on with each release.
func fullVersion(tag string) *semver.Version {
	v, err := semver.StrictNewVersion(strings.TrimPrefix(tag, "v"))
	if err != nil {
		return nil
	}
	return v
}

// get reads from this repository alone: what was renamed or given away answers
// from another one, whose owner nobody chose.
func (a action) get(ctx context.Context, path string, out any) (*transport.Answer, error) {
	answer, err := a.Get(ctx, path, out)
	if err == nil && answer.Moved {
		err = fmt.Errorf("%s was renamed or given away: name the action as it is called now", a.repository)
	}
	return answer, err
}
