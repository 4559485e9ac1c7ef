package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
	"github.com/trustpub/gh-trustpub/checks/registry/cratesio"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func registriesIn(group []workflow.Publishing) []identity.Registry {
	var all []identity.Registry
	for _, r := range identity.Registries() {
		if slices.ContainsFunc(group, func(p workflow.Publishing) bool { return p.Registry == r }) {
			all = append(all, r)
		}
	}
	return all
}

// registry foresees what a registry answers to a job. reached is whether the
// run comes to it at all.
func (s *foresight) registry(places []workflow.Publishing, run workflow.Run) (f RegistryForecast, reached bool) {
	f = RegistryForecast{Registry: places[0].Registry, Fate: Passes}
	upload, minting := s.reached(places, run, publishes, workflow.Foresee), s.reached(places, run, mints, foresee)
	if upload.fate == Skipped && minting.fate == Skipped {
		return f, false
	}
	f.Uploads = upload.fate != Skipped
	for _, step := range []reach{upload, minting} {
		if step.fate == Open {
			f.lower(Open, step.why)
		}
	}
	if f.Uploads && !mints(upload.place) {
		s.byToken(&f, upload.place)
	} else {
		s.exchange(&f, minting.place, run)
	}
	if f.Uploads && f.Fate != Refused {
		s.packages(&f, upload)
	}
	return f, true
}

// reach is the place of a kind that the run comes to soonest, and how surely.
type reach struct {
	place workflow.Publishing
	fate  Fate
	why   string
}

func (s *foresight) reached(places []workflow.Publishing, run workflow.Run, is func(workflow.Publishing) bool, outlook func(workflow.Publishing, workflow.Run) (workflow.Outlook, string)) reach {
	best := reach{fate: Skipped}
	for _, p := range placesThat(places, is) {
		switch o, why := outlook(p, run); {
		case o == workflow.Reached:
			return reach{p, Passes, ""}
		case o == workflow.Perhaps && best.fate == Skipped:
			best = reach{p, Open, "it depends on " + why}
		}
	}
	return best
}

func (f *RegistryForecast) lower(fate Fate, why string) {
	if f.Fate == Passes || f.Fate == Open && fate == Refused {
		f.Fate, f.Because = fate, why
	}
}

// exchange foresees the exchange of the job's identity for a token, by what is
// known of the publishers.
func (s *foresight) exchange(f *RegistryForecast, place workflow.Publishing, run workflow.Run) {
	grant := place.Grant(s.defaultPermission())
	switch {
	case grant.IDToken.Level == "none" || grant.IDToken.Level == "read":
		f.lower(Refused, "the job gets no identity: id-token is "+grant.IDToken.Level+" ("+grant.IDToken.Because+")")
		f.Text = "the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset"
		return
	case grant.IDToken.Level == "":
		f.lower(Open, "whether the job gets an identity: "+grant.IDToken.Because)
	}
	r, ok := registry.Of(f.Registry)
	if !ok {
		return
	}
	known := s.known(f.Registry)
	outcome := r.Match(workflow.Claims(place, run), known.publishers)
	switch {
	case slices.Contains(r.RefusedEvents, run.Event):
		outcome = r.Match(workflow.Claims(place, run), []identity.Publisher{s.fitting(place, run)})
		f.refuse(outcome, r.Title+" accepts no run of the event "+run.Event)
	case outcome.Verdict == trust.Refused && len(known.hidden) == 0:
		f.refuse(outcome, known.refusal(outcome))
	case len(known.publishers) == 0:
		f.lower(Open, strings.Join(known.hidden, "; "))
	case outcome.Verdict == trust.Unknown:
		f.lower(Open, "what the job presents: "+outcome.Why)
	case outcome.Verdict == trust.Refused:
		f.lower(Open, "none of the publishers that are known takes it; "+strings.Join(known.hidden, "; "))
	default:
		f.matched(outcome, known)
	}
}

// refusal says what differs, or that there is nothing to differ from.
func (k registeredAt) refusal(o trust.Outcome) string {
	if len(k.publishers) > 0 || len(k.all) == 0 {
		return differenceText(o, k.word())
	}
	return "no publisher is registered: " + k.all[0].how
}

func (f *RegistryForecast) refuse(o trust.Outcome, why string) {
	f.Fate, f.Because = Refused, why
	f.Stage, f.Field, f.Presented, f.Registered, f.Text = o.Stage, o.Field, o.Presented, o.Registered, o.Text
}

// matched: the token covers the packages whose publisher matched, and no other.
func (f *RegistryForecast) matched(o trust.Outcome, known registeredAt) {
	for _, k := range known.all {
		p := PackageForecast{Name: k.of.Package, Fate: Passes, Because: k.how}
		covered := slices.ContainsFunc(o.Publishers, func(q identity.Publisher) bool { return f.Registry.SamePackage(q.Package, k.of.Package) })
		switch {
		case k.hidden != "":
			p.Fate, p.Because = Open, k.hidden
		case !covered && f.Registry == identity.CratesIO:
			p.Fate, p.Because, p.Text = Refused, "no publisher of this crate matches, so that the token does not cover it", cratesio.NotCovered(k.of.Package)
		case !covered:
			p.Fate, p.Because = Refused, "no publisher of this project matches, so that the token does not cover it"
			p.Text = "OIDC scoped token is not valid for project '" + k.of.Package + "'"
		case k.word == Said:
			p.Fate = Open
		}
		f.Packages = append(f.Packages, p)
	}
}

// fitting is a publisher that takes the job in everything but its event.
func (s *foresight) fitting(place workflow.Publishing, run workflow.Run) identity.Publisher {
	return identity.Publisher{Registry: place.Registry, Identity: identity.Identity{
		Owner: run.Owner, OwnerID: run.OwnerID, Repository: run.Repository, Workflow: base(readFile(place.Registry, place))}}
}

// byToken is for a job that publishes with a stored token.
func (s *foresight) byToken(f *RegistryForecast, place workflow.Publishing) {
	switch {
	case place.Doubt != "":
		f.lower(Open, place.Doubt)
	case place.Credential == workflow.CredentialSecret:
		f.lower(Open, "it publishes with a long-lived token"+secretList(place)+": whether that still holds, nothing shows")
		for _, p := range s.Publishers {
			only, _ := s.project(p).Or(evidence.Project{}).TrustpubOnly.Get()
			if p.Registry == f.Registry && only {
				f.Fate, f.Because = Refused, p.Package+" takes trusted publishing only, and the job uses a token"
				f.Text = "New versions of this crate can only be published using Trusted Publishing"
			}
		}
	default:
		f.lower(Refused, fmt.Sprintf("%s has no credential: no exchange and no secret was found", place.Means))
	}
}
