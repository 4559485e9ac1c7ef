package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func (c *Case) compare(place workflow.Publishing, p identity.Publisher, registered []identity.Publisher) comparison {
	shown, why := presentedAt(place, p)
	if why != "" {
		return comparison{unknown: why}
	}
	left := registered
	for _, f := range identity.Fields() {
		next := matching(f, p.Registry, shown, left)
		if len(next) == 0 {
			return comparison{field: f, presented: shown.Text(f), registered: texts(f, left), text: "no publisher matches"}
		}
		left = next
	}
	return comparison{matches: true}
}

func presentedAt(place workflow.Publishing, p identity.Publisher) (identity.Identity, string) {
	shown := p.Identity
	shown.Workflow, shown.Environment = base(readFile(p.Registry, place)), ""
	if e := place.Job.Environment; e != nil {
		if e.Expression {
			return shown, "its environment is an expression: " + e.Name
		}
		shown.Environment = e.Name
	}
	if shown.Owner == "" {
		return shown, "which repository this is, is not known"
	}
	return shown, ""
}

func matching(f identity.Field, r identity.Registry, shown identity.Identity, list []identity.Publisher) []identity.Publisher {
	var left []identity.Publisher
	for _, q := range list {
		if sameField(f, r, shown, q.Identity) {
			left = append(left, q)
		}
	}
	return left
}

func sameField(f identity.Field, r identity.Registry, shown, stored identity.Identity) bool {
	a, b := shown.Text(f), stored.Text(f)
	switch {
	case f == identity.FieldOwnerID:
		return shown.OwnerID == 0 || stored.OwnerID == 0 || a == b
	case f == identity.FieldEnvironment:
		return b == "" || strings.EqualFold(a, b)
	case f == identity.FieldWorkflow, f == identity.FieldRepository && r != identity.CratesIO:
		return a == b
	}
	return strings.EqualFold(a, b)
}

func texts(f identity.Field, list []identity.Publisher) string {
	var all []string
	for _, q := range list {
		all = append(all, orNone(q.Text(f)))
	}
	return strings.Join(all, " or ")
}
