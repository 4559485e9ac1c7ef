package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// registeredFor is what is known of the publishers of one package.
type registeredFor struct {
	of   identity.Publisher
	list []identity.Publisher
	// word is OK for what is seen or proven, Said for what the maintainer told.
	word Verdict
	// how says where it is known from; hidden why nothing is.
	how, hidden string
}

// registeredAt are those of all packages that go to a registry.
type registeredAt struct {
	all        []registeredFor
	publishers []identity.Publisher
	hidden     []string
}

// word is Said if any of them is only that.
func (k registeredAt) word() Verdict {
	if slices.ContainsFunc(k.all, func(p registeredFor) bool { return p.word == Said }) {
		return Said
	}
	return OK
}

func (s *foresight) known(r identity.Registry) registeredAt {
	if k, done := s.registered[r]; done {
		return k
	}
	var k registeredAt
	for _, p := range s.Publishers {
		if p.Registry != r {
			continue
		}
		one := s.knownOf(p)
		k.all = append(k.all, one)
		k.publishers = append(k.publishers, one.list...)
		if one.hidden != "" && !slices.Contains(k.hidden, one.hidden) {
			k.hidden = append(k.hidden, one.hidden)
		}
	}
	if len(k.all) == 0 {
		k.hidden = []string{"no package was found that goes to " + r.Title()}
	}
	s.registered[r] = k
	return k
}

// knownOf asks the registry's own list first; then what a run or a record
// proved; then what the maintainer said.
func (s *foresight) knownOf(p identity.Publisher) registeredFor {
	k := registeredFor{of: p, word: OK}
	if list, seen := s.project(p).Or(evidence.Project{}).Publishers.Get(); seen {
		k.list, k.how = list, p.Registry.Title()+" lists its publisher"
		return k
	}
	if s.project(p).Absent() && p.Registry == identity.CratesIO {
		k.how = "crates.io has no crate " + p.Package + ", so it can have no publisher"
		return k
	}
	match := s.judgeMatch(p)
	said, told := s.said(p)
	switch {
	case match.Verdict == OK:
		k.list, k.how = []identity.Publisher{p}, match.Because
	case told:
		k.word, k.list = Said, []identity.Publisher{said.Publisher}
		k.how = "you said on " + day(said.At) + " that its publisher is registered; nothing shows it"
	case match.Verdict == Wrong:
		k.hidden = match.Because
	case s.project(p).Absent() && p.Registry != identity.CratesIO:
		k.hidden = p.Registry.Title() + " has no project " + p.Package + ", and whether a pending publisher waits for it no API shows"
	case s.project(p).Unknown():
		k.hidden = "what " + p.Registry.Title() + " knows of " + p.Package + ": " + s.reason(s.project(p))
	default:
		k.hidden = whyUnseen(p)
	}
	return k
}

// packages foresees the upload of each package that goes to the registry.
func (s *foresight) packages(f *RegistryForecast, upload reach) {
	if len(f.Packages) == 0 {
		for _, p := range s.Publishers {
			if p.Registry == f.Registry {
				f.Packages = append(f.Packages, PackageForecast{Name: p.Package, Fate: f.Fate, Because: f.Because})
			}
		}
	}
	for i := range f.Packages {
		p := &f.Packages[i]
		covered := p.Fate != Refused
		s.upload(p, *f, upload.place)
		if covered && p.Fate == Refused && upload.fate == Open {
			p.Fate = Open // it is refused only if it comes to that
		}
	}
}

func (s *foresight) upload(p *PackageForecast, f RegistryForecast, place workflow.Publishing) {
	pub := identity.Publisher{Registry: f.Registry, Package: p.Name}
	if pkg, ok := s.packageOf(pub); ok {
		p.Version = s.version(pkg)
	}
	fact := s.project(pub)
	switch {
	case fact.Absent() && f.Registry == identity.CratesIO && mints(place):
		p.Fate, p.Because = Refused, "crates.io has no crate "+p.Name+", and a trusted token never creates one"
		p.Text = "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first"
	case p.Fate == Refused:
	case p.Version != "" && has(fact.Or(evidence.Project{}), p.Version):
		s.uploadedBefore(p, f, place)
	case fact.Unknown() && p.Fate == Passes:
		p.Fate, p.Because = Open, "which versions "+f.Registry.Title()+" has: "+s.reason(fact)
	}
}

// uploadedBefore: a version is there once and for all. Programs that release
// many packages at once pass by what is out already.
func (s *foresight) uploadedBefore(p *PackageForecast, f RegistryForecast, place workflow.Publishing) {
	p.Because = fmt.Sprintf("%s has %s %s already", f.Registry.Title(), p.Name, p.Version)
	switch place.Means {
	case workflow.MeansReleasePlz, workflow.MeansCargoWorkspaces, workflow.MeansCargoRelease, workflow.MeansAction, workflow.MeansProgram:
		p.Fate = Open
		p.Because += ", which " + string(place.Means) + " may pass by"
		return
	}
	if len(f.Packages) > 1 || passesByExisting(place.Step) {
		p.Fate = Open
		p.Because += "; if the job uploads it, it is refused or passed by"
		return
	}
	p.Fate, p.Text = Refused, "File already exists"
	if f.Registry == identity.CratesIO {
		p.Text = "crate version `" + p.Version + "` is already uploaded"
	}
}

// passesByExisting: the upload is told to leave out files that are there.
func passesByExisting(step *workflow.Step) bool {
	return step != nil && (step.With["skip-existing"] == "true" || strings.Contains(step.Run, "--skip-existing") || strings.Contains(step.Run, "--check-url"))
}

// packageOf is the manifest of a publisher's package.
func (c *Case) packageOf(p identity.Publisher) (evidence.Package, bool) {
	for _, pkg := range c.World.Tree.Packages.Or(nil) {
		if serves(p.Registry, pkg.Ecosystem) && p.Registry.SamePackage(pkg.Name.Or(""), p.Package) {
			return pkg, true
		}
	}
	return evidence.Package{}, false
}
