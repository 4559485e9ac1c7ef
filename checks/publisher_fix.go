package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
)

// registerFix says where a publisher is registered, and with which values.
func (c *Case) registerFix(p identity.Publisher) string {
	return fmt.Sprintf("on %s register exactly: %s", c.publisherPage(p), formText(p))
}

// publisherPage is the page with the form for the package's publisher: that for
// pending publishers where the registry has no such project.
func (c *Case) publisherPage(p identity.Publisher) string {
	r, ok := registry.Of(p.Registry)
	switch {
	case !ok:
		return "the registry's page"
	case r.Pages.Pending != nil && c.project(p).Absent():
		return r.Pages.Pending(p).URL
	}
	return r.Pages.Publisher(p).URL
}

// formText is the form's fields with their values, in the form's order.
func formText(p identity.Publisher) string {
	var fields []string
	for _, f := range []identity.Field{identity.FieldOwner, identity.FieldRepository, identity.FieldWorkflow, identity.FieldEnvironment} {
		value := p.Text(f)
		if value == "" {
			value = "(none)"
		}
		fields = append(fields, string(f)+" "+value)
	}
	return strings.Join(fields, ", ")
}

// settingsPage is where the publishers of a package are listed to its owners.
func (c *Case) settingsPage(p identity.Publisher) string {
	r, ok := registry.Of(p.Registry)
	switch {
	case !ok:
		return "the registry's page"
	case p.Registry == identity.CratesIO:
		return r.Pages.Settings(p.Package)
	}
	page, _, _ := strings.Cut(r.Pages.Publisher(p).URL, "?")
	return page
}
