package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// belongs says whose a package is that stands at its registry: ok for the
// signed-in user's own, or for one whose owner has registered this repository;
// a problem for a crate that only other people own. A registry lets nobody but
// an owner register a publisher, so a registered one shows that an owner is at
// work here.
func (c *Case) belongs(p identity.Publisher) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	if f, ok := c.ownedByUser(p); ok && f.Verdict == OK {
		return f
	}
	if f, ok := c.trustsUs(p); ok {
		return f
	}
	if f, ok := c.ownedByUser(p); ok {
		return f
	}
	project := fact.Or(evidence.Project{})
	owners := project.Owners
	switch {
	case owners.Unknown():
		return c.blind(subject, "who owns "+p.Package+" on "+p.Registry.Title(), owners)
	case p.Registry == identity.CratesIO:
		return finding(Unknown, subject, "crates.io lists %s as the owners of %s; who you are: %s", people(owners.Or(nil)), p.Package, c.nobody()).
			seen(owners.Source()).advise("sign in with `gh auth login`")
	}
	return finding(Unknown, subject, "%s names %s as the owners of %s; its accounts are not GitHub's, and nothing shows yet that one of them is at work here",
		p.Registry.Title(), indexOwners(project), p.Package).seen(owners.Source()).
		advise("if one of them is yours, go on: a rehearsal will show it. Otherwise %s", otherwise(p.Registry))
}

// otherwise is what is left to do about a project of somebody else.
func otherwise(r identity.Registry) string {
	if r == identity.TestPyPI { // where names are taken by whoever tried something out
		return "leave TestPyPI out: name the registries that are meant with --registry"
	}
	return "ask one of them to register the publisher"
}

// nobody says why it is not known who is signed in.
func (c *Case) nobody() string {
	if c.World.GitHub.User.Absent() {
		return "nobody is signed in at GitHub"
	}
	return c.reason(c.World.GitHub.User)
}

// indexOwners are the people, and the organisation, that own a project of PyPI.
func indexOwners(p evidence.Project) string {
	if o, ok := p.Organization.Get(); ok {
		return "the organisation " + o + ", and " + people(p.Owners.Or(nil))
	}
	return people(p.Owners.Or(nil))
}

// ownedByUser compares the crate's owners with who is signed in at GitHub. An
// owner whose name at crates.io is not their login at GitHub can be anybody
// there.
func (c *Case) ownedByUser(p identity.Publisher) (Finding, bool) {
	project := c.project(p).Or(evidence.Project{})
	owners, listed := project.Owners.Get()
	user, signedIn := c.World.GitHub.User.Get()
	if p.Registry != identity.CratesIO || !listed || !signedIn {
		return Finding{}, false
	}
	is := func(login string) bool { return strings.EqualFold(login, user.Login) }
	subject, src := publisherSubject(p), project.Owners.Source()
	switch {
	case slices.ContainsFunc(project.Renamed, is) || len(project.Renamed) > 0 && !slices.ContainsFunc(owners, is):
		return finding(Unknown, subject, "crates.io lists %s as the owners of %s; %s may have another name at GitHub, so whether one of them is %s cannot be told",
			people(owners), p.Package, people(project.Renamed), user.Login).seen(src).
			advise("look at https://crates.io/crates/%s/settings: it opens to owners only", p.Package), true
	case slices.ContainsFunc(owners, is):
		return finding(OK, subject, "crates.io lists %s among the owners of %s", user.Login, p.Package).seen(src), true
	case len(owners) == 0:
		return finding(Wrong, subject, "crates.io lists no person as an owner of %s: members of a team can publish, and cannot register publishers", p.Package).
			seen(src).advise("have a person made an owner with `cargo owner --add`"), true
	}
	return finding(Wrong, subject, "crates.io lists %s as the owners of %s%s, and you are %s", people(owners), p.Package, besides(project.Teams.Or(nil)), user.Login).seen(src).
		advise("ask one of them to run `cargo owner --add %s %s`, or to register the publisher; a team's membership is not enough for that", user.Login, p.Package), true
}

// Stranger says whether a crate stands under the name that other people own and
// that does not say that it comes from this repository: it is somebody else's,
// or this one under an older address.
func (c *Case) Stranger(p identity.Publisher) bool {
	project, ok := c.project(p).Get()
	return ok && c.belongs(p).Verdict == Wrong && !c.comesFromHere(project)
}

// comesFromHere says whether the registry shows this repository as a package's
// source, which is its uploader's word.
func (c *Case) comesFromHere(project evidence.Project) bool {
	named, ok := repositoryIn(project.Repository.Or(""))
	this, _, _ := repositoryName(c.World)
	return ok && this.Name != "" && sameRepository(named, this)
}

// perhapsAnother doubts a problem with a crate of somebody else's: a crate that
// is only built into wheels, or an example, has often the name of another one
// and is not marked publish = false.
func (c *Case) perhapsAnother(p identity.Publisher, f Finding) Finding {
	if f.Verdict != Wrong || c.meantByItself(p.Package) || !c.Stranger(p) {
		return f
	}
	f.Verdict = Unknown
	f.Because += "; nothing shows that the crate here is meant for crates.io"
	f.Fix += "; or `publish = false` if it is not for crates.io"
	return f
}

// trustsUs is for a package of which the registry shows, or a run has shown,
// that it trusts this repository; or of which the maintainer said so.
func (c *Case) trustsUs(p identity.Publisher) (Finding, bool) {
	subject := publisherSubject(p)
	if v, ok := c.record(p); ok && ours(v, p) {
		return finding(OK, subject, "%s shows that %s %s was published by this repository, which only an owner can have registered", p.Registry.Title(), p.Package, v.Number).
			seen(v.Trusted.Source()), true
	}
	if list := c.project(p).Or(evidence.Project{}).Publishers; list.Seen() {
		return finding(OK, subject, "%s shows the publishers of %s to the token that it was asked with, as it does to owners only", p.Registry.Title(), p.Package).
			seen(list.Source()), true
	}
	f := c.judgeRegistered(p)
	said, _ := c.said(p)
	switch f.Verdict {
	case OK:
		f.Because = "an owner has registered this repository: " + f.Because
		return f, true
	case Said:
		return finding(Said, subject, "you said on %s that this repository is registered on %s for %s, which only an owner can do", day(said.At), p.Registry.Title(), p.Package).
			advise("%s", f.Fix), true
	}
	return Finding{}, false
}

// besides tells of the teams that own a crate too.
func besides(teams []string) string {
	if len(teams) == 0 {
		return ""
	}
	return " beside the team " + people(teams)
}

// people lists names for a sentence.
func people(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
