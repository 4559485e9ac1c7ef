package steps

import (
	"fmt"
	"slices"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// trustedOnly offers to have crates.io take nothing but trusted publishing, which
// it does without asking whether anybody can publish then. So it is offered only
// where a trusted release was proven.
func (l *layout) trustedOnly(s *Scene, before map[checks.Step]State) {
	if before[checks.Proof] != Done || l.usesToken() {
		return
	}
	var proven, sure []identity.Publisher
	for _, p := range l.of(identity.CratesIO) {
		off := l.is("trusted-publishing-only", subject(p), checks.Wrong) && !l.project(p).Or(evidence.Project{}).TrustpubOnly.Or(true)
		if !off || !l.is("last-release-trusted", subject(p), checks.OK) {
			continue
		}
		proven = append(proven, p)
		if slices.ContainsFunc(l.listed(p).Or(nil), func(q identity.Publisher) bool { return change.SamePublisher(p, q) }) {
			sure = append(sure, p)
		}
	}
	if len(proven) == 0 {
		return
	}
	if len(sure) > 0 && l.Offered {
		s.Ways = append(s.Ways, l.onlyWay(sure))
	}
	s.Ways = append(s.Ways, l.onlyPage(proven))
	if !l.listsAll() {
		s.Ways = append(s.Ways, l.offers()...)
	}
}

// usesToken says whether a workflow may still publish crates with a token, for all
// that is seen of the files.
func (l *layout) usesToken() bool {
	files, ok := l.World.Workflows.Get()
	return !ok || slices.ContainsFunc(files, func(f evidence.WorkflowFile) bool { return !f.Content.Seen() }) ||
		slices.ContainsFunc(l.Case.Publishing, func(q workflow.Publishing) bool {
			return q.Registry == identity.CratesIO && !q.DryRun && q.Credential == workflow.CredentialSecret
		})
}

// onlySettles names the matter: one crate, or all of them.
func onlySettles(crates []identity.Publisher) string {
	if len(crates) == 1 {
		return "trusted-publishing-only:" + crates[0].Package
	}
	return "trusted-publishing-only"
}

func ofCrates(crates []identity.Publisher) string {
	if len(crates) == 1 {
		return crates[0].Package
	}
	return fmt.Sprintf("all %d crates", len(crates))
}

func (l *layout) onlyWay(crates []identity.Publisher) Way {
	return Way{Kind: Do, Settles: onlySettles(crates), Label: "crates.io: take new versions of " + ofCrates(crates) + " by trusted publishing alone",
		Help:    "Every token is refused from then on, yours too. crates.io lists the publisher, and a trusted release has shown that it works. It can be set back.",
		Prepare: func(Answers) ([]change.Change, error) { return l.Tools.TrustedPublishingOnly(crates), nil }}
}

func (l *layout) onlyPage(crates []identity.Publisher) Way {
	page := func(p identity.Publisher) *PageLink {
		return &PageLink{Title: "Settings of " + p.Package + " on crates.io", URL: registry(identity.CratesIO).Pages.Settings(p.Package),
			Note: "Tick “Require trusted publishing for all new versions”, after a look whether the publisher stands above it: crates.io does not ask whether anybody can publish then."}
	}
	way := Way{Kind: Page, Settles: onlySettles(crates), Offer: true, Label: "crates.io: open the settings of " + crates[0].Package + ", for trusted publishing only", Open: page(crates[0])}
	for _, p := range crates[1:] {
		way.Also = append(way.Also, page(p))
	}
	way.Help = way.Open.Note
	return way
}
