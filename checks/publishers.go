package checks

import (
	"cmp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// The values that stand where neither the maintainer nor a workflow names one.
const (
	DefaultWorkflow    = "publish.yml"
	DefaultEnvironment = "release"
)

const ourDefault = "our default"

// wantedPublishers builds the publishers that should stand at the registries,
// sorted by registry and package. It is the one place that builds identities:
// everything else carries them. An owner that is not known is "".
func (c *Case) wantedPublishers() []identity.Publisher {
	var wanted []identity.Publisher
	for _, r := range identity.Registries() {
		packages := c.intended(r)
		if len(packages) == 0 || !goesTo(c.World, r, c.Publishing) {
			continue
		}
		shares := c.sharesOf(r)
		for _, name := range packages {
			places, how := shares.of(name), onlyFile
			if shares.divided(name) {
				how = onlyBuilder
			}
			if len(places) == 0 && shares.choose() && !c.asked(r, name) {
				continue // the files choose what they build, and it is not among it
			}
			if len(places) == 0 {
				places, how = shares.places, onlyFile
			}
			if unseen := c.unseenAt(r, places); unseen != nil {
				places, how = unseen, OnlyUnseen
			}
			p := identity.Publisher{Registry: r, Package: name, Identity: wantedIdentity(c.World, r, places, how)}
			c.setApart(&p)
			wanted = append(wanted, p)
		}
	}
	return wanted
}

// publishable lists the names of the packages that may go to a registry.
func publishable(w *evidence.World, r identity.Registry) []string {
	var names []string
	for _, p := range w.Tree.Packages.Or(nil) {
		name, known := p.Name.Get()
		if known && p.Publish.Or(true) && serves(r, p.Ecosystem) && packageWanted(w.Wanted, r, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return slices.CompactFunc(names, r.SamePackage)
}

func serves(r identity.Registry, e evidence.Ecosystem) bool {
	return (r == identity.CratesIO) == (e.Registry() == identity.CratesIO)
}

func packageWanted(w evidence.Wanted, r identity.Registry, name string) bool {
	return len(w.Packages) == 0 || slices.ContainsFunc(w.Packages, func(p string) bool { return r.SamePackage(p, name) })
}

// goesTo says whether a registry is meant at all. TestPyPI is where a workflow
// uses it, where the maintainer names it, and where no workflow publishes yet,
// since ours rehearses there.
func goesTo(w *evidence.World, r identity.Registry, publishing []workflow.Publishing) bool {
	if len(w.Wanted.Registries) > 0 {
		return slices.Contains(w.Wanted.Registries, r)
	}
	return r != identity.TestPyPI || len(placesThat(publishing, wet)) == 0 || len(placesThat(placesOf(publishing, r), wet)) > 0
}

// wet says whether a place is more than a trial: what a dry run does needs no
// publisher.
func wet(p workflow.Publishing) bool { return !p.DryRun }

// wantedIdentity is that of the places that publish a package, the weightiest
// first; how says in what they differ from others.
func wantedIdentity(w *evidence.World, r identity.Registry, places []workflow.Publishing, how string) identity.Identity {
	id := identity.Identity{Origin: map[identity.Field]string{}}
	name, ownerID, from := repositoryName(w)
	id.Owner, id.OwnerID, id.Repository = name.Owner, ownerID, name.Name
	if from != "" {
		id.Origin[identity.FieldOwner] = from
		id.Origin[identity.FieldRepository] = from
	}
	if ownerID != 0 {
		id.Origin[identity.FieldOwnerID] = from
	}
	id.Workflow, id.Origin[identity.FieldWorkflow] = wantedWorkflow(w.Wanted, r, places, how)
	id.Environment, id.Origin[identity.FieldEnvironment] = wantedEnvironment(w.Wanted, r, places, id.Workflow)
	return id
}

// repositoryName prefers GitHub's own spelling, which PyPI compares with case,
// over that of a remote.
func repositoryName(w *evidence.World) (evidence.RepoName, int64, string) {
	if repo, ok := w.GitHub.Repository.Get(); ok {
		return repo.Name, repo.OwnerID, w.GitHub.Repository.Source().String()
	}
	if name, ok := w.Repo.Get(); ok {
		return name, 0, w.Repo.Source().String()
	}
	return evidence.RepoName{}, 0, ""
}
