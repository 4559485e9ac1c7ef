package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// judgeAgainst compares what the workflow would present with registered
// publishers. good is the verdict for a match.
func (c *Case) judgeAgainst(p identity.Publisher, registered []identity.Publisher, src evidence.Source, good Verdict) Finding {
	subject := publisherSubject(p)
	places := c.placesFor(p)
	if len(places) == 0 && c.World.Workflows.Unknown() {
		return c.blind(subject, "what the workflow would present, since the workflow files are not known", c.World.Workflows)
	}
	if len(places) == 0 {
		return finding(Waiting, subject, "no workflow file exchanges a token with %s yet", p.Registry.Title()).seen(src).
			advise("write the workflow first")
	}
	worst := Finding{}
	for _, place := range places {
		f := c.judgeOutcome(p, place, c.compare(place, registered), src, good)
		if worst.Verdict == "" || f.Verdict == Wrong || f.Verdict == Unknown && worst.Verdict != Wrong {
			worst = f
		}
	}
	return worst
}

func (c *Case) judgeOutcome(p identity.Publisher, place workflow.Publishing, o trust.Outcome, src evidence.Source, good Verdict) Finding {
	subject, from := publisherSubject(p), c.fileSource(pathOf(place.File))
	switch {
	case o.Verdict == trust.Unknown:
		return finding(Unknown, subject, "what %s would present cannot be told: %s", subjectOf(place), o.Why).seen(src, from)
	case o.Verdict == trust.Refused:
		return finding(Wrong, subject, "%s; %s would answer: %s", differenceText(o, good), p.Registry.Title(), o.Text).
			seen(src, from).at(pathOf(place.File), placeLine(place, o.Field)).advise("%s; or change the workflow", c.registerFix(p))
	case good == Said:
		return finding(Said, subject, "the job presents what you said is registered: %s", formText(p)).seen(from).advise(rehearseFix)
	}
	return finding(good, subject, "the job presents what is registered: %s", formText(p)).seen(src, from)
}

// differenceText names the fields that differ, with both values.
func differenceText(o trust.Outcome, good Verdict) string {
	who := "is registered"
	if good == Said {
		who = "you registered"
	}
	differences := o.Differences
	if len(differences) == 0 && o.Field != "" {
		differences = []trust.Difference{{Field: o.Field, Presented: o.Presented, Registered: strings.Join(o.Registered, ", ")}}
	}
	var parts []string
	for _, d := range differences {
		parts = append(parts, fmt.Sprintf("%s differs: the job presents %s, %s %s", d.Field, orNone(d.Presented), orNone(d.Registered), who))
	}
	if o.Why != "" {
		parts = append(parts, o.Why)
	}
	if len(parts) == 0 {
		return "nothing is registered"
	}
	return strings.Join(parts, "; ")
}

// placeLine is the line that the field comes from.
func placeLine(p workflow.Publishing, f identity.Field) int {
	if f == identity.FieldEnvironment && p.Job.Environment != nil {
		return p.Job.Environment.Line
	}
	return p.Job.Line
}

// placesFor are the places that exchange a token under a publisher's identity:
// those of its file if there are any, else all of its registry.
func (c *Case) placesFor(p identity.Publisher) []workflow.Publishing {
	places := placesThat(placesOf(c.Publishing, p.Registry), mints)
	own := placesThat(places, func(q workflow.Publishing) bool { return base(readFile(p.Registry, q)) == p.Workflow })
	if len(own) > 0 {
		return own
	}
	return places
}
