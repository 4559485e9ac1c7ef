package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
)

// registerFix says where a publisher is registered, and with which values.
func registerFix(p identity.Publisher) string {
	return fmt.Sprintf("on %s register exactly: %s", publisherPage(p), formText(p))
}

// publisherPage is the page on which the package's publishers are kept.
func publisherPage(p identity.Publisher) string {
	r, _ := registry.Of(p.Registry)
	if r.Pages.Settings == nil {
		return "the registry's page"
	}
	return r.Pages.Settings(p.Package)
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
