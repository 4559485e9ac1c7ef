package steps

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/cratesio"
	"github.com/trustpub/gh-trustpub/checks/registry/pypi"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
)

// registry is what is known of a registry.
func registry(r identity.Registry) trust.Registry {
	switch r {
	case identity.PyPI:
		return pypi.Registry()
	case identity.TestPyPI:
		return pypi.TestRegistry()
	}
	return cratesio.Registry()
}

// form is where a publisher is registered: the project's own page, or the
// account's for a project that is not there yet.
func (l *layout) form(p identity.Publisher) trust.Form {
	pages := registry(p.Registry).Pages
	if l.pending(p) {
		return pages.Pending(p)
	}
	return pages.Publisher(p)
}

// fields are the form's fields with the origins of their values.
func (l *layout) fields(p identity.Publisher) []Field {
	var fields []Field
	for _, f := range l.form(p).Fields {
		fields = append(fields, Field{f.Label, f.Value, l.labelOrigin(p, f.Label)})
	}
	return fields
}

// labelOrigin says where the value under a form's label came from.
func (l *layout) labelOrigin(p identity.Publisher, label string) string {
	label = strings.ToLower(label)
	switch {
	case strings.Contains(label, "project"):
		pkg, _ := l.packageOf(p)
		return pkg.Name.Source().String()
	case strings.HasSuffix(label, "owner"):
		return l.origin(p, identity.FieldOwner)
	case strings.HasPrefix(label, "repository"):
		return l.origin(p, identity.FieldRepository)
	case strings.HasPrefix(label, "workflow"):
		return l.origin(p, identity.FieldWorkflow)
	}
	return l.origin(p, identity.FieldEnvironment)
}

const pendingNote = "A pending publisher reserves nothing: whoever uploads the name first has it. It lapses 30 days after it was registered. " +
	"It needs a verified e-mail address, and one user can have three at a time. One workflow and environment can be pending for one project only."

// publisherPage is the page with what to do there.
func (l *layout) publisherPage(p identity.Publisher) *PageLink {
	form := l.form(p)
	page := &PageLink{Title: "New publisher of " + p.Package + " on " + p.Registry.Title(), URL: form.URL, Fields: l.fields(p), Filled: form.Filled}
	switch {
	case l.pending(p):
		page.Title = "Pending publisher on " + p.Registry.Title()
		page.Note = "Choose GitHub, at the bottom of the page. " + pendingNote
	case form.Filled:
		page.Note = "The page comes with the values filled in: compare, and save. It may ask for your password again."
	default:
		page.Note = "Choose GitHub and enter the fields as they stand here. The page takes no values from its address; owner and repository it may fill from the crate's metadata. The file is to be on the default branch by then."
	}
	return page
}

// pending says whether only a pending publisher can be registered: PyPI does
// not have the project.
func (l *layout) pending(p identity.Publisher) bool {
	return registry(p.Registry).Pages.Pending != nil && l.project(p).Absent()
}

// registration are the two ways to a publisher that no API registers: the page,
// and the word that it is done.
func (l *layout) registration(p identity.Publisher) []Way {
	page, settles := l.publisherPage(p), "publisher:"+subject(p)
	return []Way{
		{Kind: Page, Settles: settles, Label: p.Registry.Title() + ": open the publisher page of " + p.Package, Help: "Shows the values, ready to copy, and watches until it can be seen.", Open: page},
		{Kind: Say, Settles: settles, Label: p.Registry.Title() + ": I have registered " + p.Package, Help: "Nothing shows it until a token was exchanged: until then it stands as said.", Said: []evidence.Said{{What: whatPublisher, Publisher: p}}},
	}
}
