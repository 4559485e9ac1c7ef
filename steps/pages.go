package steps

import (
	"net/url"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// fields are a publisher's values in the order and with the labels of its
// registry's form (crates.io commit 57fa000, warehouse commit 6b62157,
// 2026-08-21).
func (l *layout) fields(p identity.Publisher, pending bool) []Field {
	field := func(label string, f identity.Field) Field { return Field{label, p.Text(f), l.origin(p, f)} }
	if p.Registry == identity.CratesIO {
		return []Field{field("Repository owner", identity.FieldOwner), field("Repository name", identity.FieldRepository),
			field("Workflow filename", identity.FieldWorkflow), field("Environment", identity.FieldEnvironment)}
	}
	fields := []Field{field("Owner", identity.FieldOwner), field("Repository name", identity.FieldRepository),
		field("Workflow name", identity.FieldWorkflow), field("Environment name", identity.FieldEnvironment)}
	if pending {
		name := Field{p.Registry.Title() + " Project Name", p.Package, ""}
		if pkg, ok := l.packageOf(p); ok {
			name.Origin = pkg.Name.Source().String()
		}
		return append([]Field{name}, fields...)
	}
	return fields
}

const pendingNote = "A pending publisher reserves nothing: whoever uploads the name first has it. It lapses 30 days after it was registered. " +
	"It needs a verified e-mail address, and one user can have three at a time. One workflow and environment can be pending for one project only."

// publisherPage is where a publisher is registered: the project's own page, or
// the account's for a project that is not there yet.
func (l *layout) publisherPage(p identity.Publisher) *PageLink {
	if p.Registry == identity.CratesIO {
		return &PageLink{Title: "New publisher of " + p.Package + " on crates.io", URL: "https://crates.io/crates/" + url.PathEscape(p.Package) + "/settings/new-trusted-publisher",
			Fields: l.fields(p, false), Note: "Choose GitHub and enter the fields as they stand here. The page takes no values from its address; owner and repository it may fill from the crate's metadata. The file is to be on the default branch by then."}
	}
	if l.pending(p) {
		return &PageLink{Title: "Pending publisher on " + p.Registry.Title(), URL: "https://" + p.Registry.Host() + "/manage/account/publishing/",
			Fields: l.fields(p, true), Note: "Choose GitHub, at the bottom of the page. " + pendingNote}
	}
	values := url.Values{"provider": {"github"}, "owner": {p.Owner}, "repository": {p.Repository}, "workflow_filename": {p.Workflow}, "environment": {p.Environment}}
	return &PageLink{Title: "Publishers of " + p.Package + " on " + p.Registry.Title(),
		URL:    "https://" + p.Registry.Host() + "/manage/project/" + url.PathEscape(identity.NormalizeProject(p.Package)) + "/settings/publishing/?" + values.Encode(),
		Fields: l.fields(p, false), Note: "The page comes with the values filled in: compare, and save. PyPI asks for your password again."}
}

// pending says whether only a pending publisher can be registered: PyPI does
// not have the project.
func (l *layout) pending(p identity.Publisher) bool {
	return p.Registry != identity.CratesIO && l.project(p).Absent()
}

// registration are the two ways to a publisher that no API registers: the page,
// and the word that it is done.
func (l *layout) registration(p identity.Publisher) []Way {
	page, what := l.publisherPage(p), "the publisher of "+p.Package+" on "+p.Registry.Title()
	if l.pending(p) {
		what = "the pending publisher of " + p.Package + " on " + p.Registry.Title()
	}
	return []Way{
		{Kind: Page, Label: "Open the page for " + what, Help: page.Note, Open: page},
		{Kind: Say, Label: "I have registered " + what, Help: "Noted as said: nothing shows it until a token was exchanged.", Said: []evidence.Said{{What: whatPublisher, Publisher: p}}},
	}
}
