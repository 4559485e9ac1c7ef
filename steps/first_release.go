package steps

import (
	"errors"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// firstRelease gets every name onto its registry: a crate by hand, a PyPI
// project by a pending publisher.
func (l *layout) firstRelease(s *Scene) string {
	crates, waiting := l.newCrates(), l.unannounced()
	for _, c := range crates {
		s.Wanted = append(s.Wanted, wanted("on crates.io:", c.Name+" "+c.Version, c.Manifest))
	}
	for _, p := range testFirst(waiting) {
		how := "pending on "
		if l.route(p) == tokenRoute {
			how = "on "
		}
		s.Wanted = append(s.Wanted, wanted(how+p.Registry.Title()+":", p.Package, l.origin(p, identity.FieldRepository)))
	}
	if len(crates) > 0 {
		s.Now = append(s.Now, l.uncommitted()...)
		s.Preview = l.Tools.PublishCrates(crates, "").Preview
		s.Ways = append(s.Ways, tokenPage(crates), l.publishCrates(crates))
	}
	for _, p := range testFirst(firstOfEach(waiting)) {
		s.Ways = append(s.Ways, l.firstWays(p)...)
	}
	if len(waiting) > 0 && l.World.Tree.Dir != "" {
		s.Ways = append(s.Ways, l.chooseRoutes(testFirst(waiting)))
	}
	if len(crates) > 0 || len(waiting) > 0 {
		s.Ways = append(s.Ways, Way{Kind: Commands, Label: "Show me the commands", Lines: l.firstReleaseCommands(crates, waiting)})
	}
	state, reason := stand(l.decidedHere(s.Results))
	s.State = state
	return reason
}

// decidedHere leaves out what cannot be seen of a package that stands: whose it
// is, where no list of owners tells, the publishers and the rehearsal will show.
// A crate of somebody else's they will not make ours.
func (l *layout) decidedHere(results []checks.Result) []checks.Result {
	strange := map[string]bool{}
	for _, p := range l.Report.Publishers {
		strange[subject(p)] = l.Case.Stranger(p)
	}
	return slices.DeleteFunc(slices.Clone(results), func(r checks.Result) bool {
		return r.Verdict == checks.Unknown && !strange[r.Subject] && l.is("first-release-done", r.Subject, checks.OK)
	})
}

// is says whether a check came to a verdict on a subject.
func (l *layout) is(check, subject string, verdict checks.Verdict) bool {
	return slices.ContainsFunc(l.Report.Of(check), func(r checks.Result) bool { return r.Subject == subject && r.Verdict == verdict })
}

// newCrates are the crates that crates.io does not have, in publish order,
// under names that can be had.
func (l *layout) newCrates() []change.Crate {
	var crates []change.Crate
	for _, pkg := range l.packages(identity.CratesIO) {
		name := pkg.Name.Or("")
		if l.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}].Absent() && !l.is("name-available", string(identity.CratesIO)+":"+name, checks.Wrong) {
			crates = append(crates, change.Crate{Name: name, Version: pkg.Version.Or(""), Manifest: pkg.Path})
		}
	}
	return crates
}

// unannounced are the publishers of projects that PyPI or TestPyPI does not
// have, and of which nobody said that they are pending, or so long ago that they
// lapsed. Whose turn comes after another project's is not among them.
func (l *layout) unannounced() []identity.Publisher {
	var found []identity.Publisher
	for _, p := range l.Report.Publishers {
		_, behind := l.Case.PendingBehind(p)
		announced := l.said(p) && !l.Case.PendingLapsed(p)
		if l.pending(p) && !announced && !behind && !l.is("name-available", subject(p), checks.Wrong) {
			found = append(found, p)
		}
	}
	return found
}

// firstOfEach keeps one publisher of each registry: one thing at a time, and
// PyPI takes no second pending project for one identity anyway.
func firstOfEach(all []identity.Publisher) []identity.Publisher {
	var first []identity.Publisher
	for _, r := range identity.Registries() {
		for _, p := range all {
			if p.Registry == r {
				first = append(first, p)
				break
			}
		}
	}
	return first
}

// uncommitted warns of what cargo refuses.
func (l *layout) uncommitted() []Line {
	dirty := l.World.Tree.Git.Or(evidence.Git{}).Dirty
	files := dirty.Or(nil)
	if len(files) == 0 {
		return nil
	}
	return []Line{{Mark: checks.Wrong, Source: dirty.Source(), Text: "the tree has uncommitted changes, and cargo refuses to package those of a crate: " + strings.Join(files[:min(3, len(files))], ", ")}}
}

func (l *layout) publishCrates(crates []change.Crate) Way {
	return Way{Kind: Do, Label: "Publish the first version for me",
		Help: "Builds and verifies without the token, then uploads with it. The token stays in memory and in the environment of that one upload.",
		Questions: []Question{{ID: "token", Kind: Masked, Title: "A token of crates.io", Check: checkToken,
			Help: "Make one for this alone at https://crates.io/settings/tokens/new: scope publish-new, this crate, the shortest expiry. Revoke it afterwards."}},
		Prepare: func(a Answers) ([]change.Change, error) {
			if l.World.Tree.Dir == "" {
				return nil, errors.New("there is no clone of the repository here to publish from")
			}
			return []change.Change{l.Tools.PublishCrates(crates, strings.TrimSpace(a["token"]))}, nil
		}}
}

// checkToken takes what can be a token; which form it has is crates.io's
// business.
func checkToken(token string) error {
	token = strings.TrimSpace(token)
	if len(token) < 16 || strings.ContainsAny(token, " \t\r\n\"'") {
		return errors.New("that is no token: copy it whole, without spaces")
	}
	return nil
}

func tokenPage(crates []change.Crate) Way {
	var names []string
	for _, c := range crates {
		names = append(names, c.Name)
	}
	page := &PageLink{Title: "New token on crates.io", URL: registry(identity.CratesIO).Pages.NewToken, Fields: []Field{
		{"Name", "first release of " + names[0], ""}, {"Expiration", "7 days", "the shortest"},
		{"Scopes", "publish-new", "all that a first release needs"}, {"Crates", strings.Join(names, ", "), crates[0].Manifest}},
		Note: "A token that can do nothing but publish these new names, for a few days. crates.io wants a verified e-mail address (https://crates.io/settings/profile). Revoke the token when the release is out."}
	return Way{Kind: Page, Label: "Open the page for a short-lived token", Help: "A token that can publish these names only, for a few days.", Open: page}
}

func (l *layout) firstReleaseCommands(crates []change.Crate, waiting []identity.Publisher) []string {
	var lines []string
	if len(crates) > 0 {
		lines = append(lines, "# crates.io: verify without a token, then upload with one that expires soon")
		upload := []string{}
		for _, command := range change.CrateCommands(crates) {
			if strings.Contains(command, "--dry-run") {
				lines = append(lines, command)
			} else {
				upload = append(upload, command)
			}
		}
		lines = append(lines, "read -rs CARGO_REGISTRY_TOKEN && export CARGO_REGISTRY_TOKEN")
		lines = append(append(lines, upload...), "unset CARGO_REGISTRY_TOKEN")
	}
	for _, p := range testFirst(waiting) {
		if d, known := l.distribution(p); known && l.route(p) == tokenRoute {
			lines = append(append(lines, "# "+p.Registry.Title()+": build without a token, then upload with one that you delete afterwards"), change.DistributionCommands(d)...)
			continue
		}
		lines = append(lines, "# "+p.Registry.Title()+": no upload; register a pending publisher for "+p.Package+" at "+registry(p.Registry).Pages.Pending(p).URL)
	}
	return lines
}
