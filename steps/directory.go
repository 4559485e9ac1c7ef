package steps

import (
	"net/url"
	"path"
	"slices"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Named is a page of the route under a short name, with the values that belong
// into it.
type Named struct {
	// Name is what `gh trustpub open` takes: "pypi", "environment".
	Name string
	// Package is the package that the page is about; "" for the repository's.
	Package string
	Link    PageLink
}

// Directory lists the pages of the route: each registry's form for each
// package, where tokens are revoked, and GitHub's settings. Without a known
// repository GitHub's are missing.
func Directory(in Basis) []Named {
	l := newLayout(in)
	var pages []Named
	for _, p := range l.Report.Publishers {
		pages = append(pages, Named{string(p.Registry), p.Package, *l.publisherPage(p)})
	}
	pages = append(pages, l.tokenPages()...)
	if l.repo.Owner == "" {
		return pages
	}
	workflow, _ := l.workflowName()
	for _, g := range []struct{ name, title, path string }{
		{"repository", "The repository", ""},
		{"workflow", "Runs of " + workflow, "actions/workflows/" + url.PathEscape(workflow)},
		{"environment", "Environments", "settings/environments"},
		{"rulesets", "Rulesets", "settings/rules"},
		{"branches", "Branch protection", "settings/branches"},
		{"actions", "What Actions may do", "settings/actions"},
		{"secrets", "Secrets of Actions", "settings/secrets/actions"},
		{"access", "Who has access", "settings/access"},
	} {
		pages = append(pages, Named{Name: g.name, Link: PageLink{Title: g.title, URL: l.github(g.path)}})
	}
	i := slices.IndexFunc(pages, func(n Named) bool { return n.Name == "environment" })
	pages[i].Link = *l.environmentPage(l.environmentDefaults()).Open
	return pages
}

// tokenPages are where tokens are revoked, and the settings of a crate, which
// hold "trusted publishing only".
func (l *layout) tokenPages() []Named {
	var pages []Named
	for _, r := range identity.Registries() {
		of := l.of(r)
		if len(of) == 0 {
			continue
		}
		known := registry(r).Pages
		pages = append(pages, Named{Name: string(r) + "-tokens", Link: PageLink{Title: "Your tokens on " + r.Title(), URL: known.Tokens}})
		for _, p := range of {
			pages = append(pages, Named{string(r) + "-settings", p.Package, PageLink{Title: "Settings of " + p.Package + " on " + r.Title(), URL: known.Settings(p.Package)}})
		}
	}
	return pages
}

// Settles gives the page on which the matter of a result is settled: the line
// of the file, the registry's form, the setting at GitHub. It reports false
// where there is none.
func Settles(in Basis, r checks.Result) (PageLink, bool) {
	l := newLayout(in)
	if r.Where != nil {
		return l.fileLine(*r.Where)
	}
	for _, p := range l.Report.Publishers {
		if r.Subject == p.Subject() {
			return *l.publisherPageFor(p, r.Check), true
		}
	}
	name, ok := settledAt[r.Check.Step]
	if own, special := settledAtOf[r.Check.ID]; special {
		name, ok = own, true
	}
	for _, n := range Directory(in) {
		if ok && n.Name == name {
			return n.Link, true
		}
	}
	if ofRegistries := r.Check.Step == checks.FirstRelease || r.Check.Step == checks.Publishers; ofRegistries && len(l.Report.Publishers) > 0 {
		return *l.publisherPageFor(l.Report.Publishers[0], r.Check), true
	}
	return PageLink{}, false
}

// settledAt is the page of a step's matters, settledAtOf that of checks whose
// matter is elsewhere.
var (
	settledAt = map[checks.Step]string{
		checks.Survey: "repository", checks.Workflow: "workflow", checks.Environment: "environment",
		checks.Rehearsal: "workflow", checks.Proof: "workflow", checks.Lock: "secrets",
	}
	settledAtOf = map[string]string{
		"you-can-administer": "access", "default-branch-protected": "rulesets", "release-tags-protected": "rulesets",
		"actions-allowed": "actions", "default-token-read-only": "actions", "failed-attempts-seen": "workflow",
		"pending-publisher-alive": "pypi", "runbook-present": "repository", "drift-watched": "workflow", "trusted-publishing-only": "crates.io-settings",
	}
)

// publisherPageFor is a package's page at its registry: the form, or before the
// first release, for the proof and for whose a name is the package itself.
func (l *layout) publisherPageFor(p identity.Publisher, check checks.Check) *PageLink {
	known, step := registry(p.Registry).Pages, check.Step
	switch {
	case step == checks.Proof, step == checks.FirstRelease && p.Registry == identity.CratesIO, check.ID == "name-available" && l.project(p).Seen():
		return &PageLink{Title: p.Package + " on " + p.Registry.Title(), URL: known.Package(p.Package)}
	case step == checks.Lock:
		return &PageLink{Title: "Settings of " + p.Package + " on " + p.Registry.Title(), URL: known.Settings(p.Package)}
	}
	return l.publisherPage(p)
}

// fileLine is a line of a file at the judged commit.
func (l *layout) fileLine(w checks.Where) (PageLink, bool) {
	commit := l.World.Judged.Or(evidence.Commit{}).SHA
	if l.repo.Owner == "" || commit == "" {
		return PageLink{}, false
	}
	address := url.URL{Scheme: "https", Host: l.repo.Host, Path: path.Join("/", l.repo.Owner, l.repo.Name, "blob", commit, w.File), Fragment: "L" + strconv.Itoa(w.Line)}
	return PageLink{Title: where(w.File, w.Line), URL: address.String()}, true
}
