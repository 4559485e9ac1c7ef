package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// comparison is what a registry would make of a job's identity.
type comparison struct {
	matches bool
	// unknown says why it cannot be told; "" when it can.
	unknown string
	field   identity.Field
	// presented is what the job's token says in the field, registered what the
	// publishers say.
	presented, registered string
	// text is what the registry would answer.
	text string
}

// judgeAgainst compares what the job would present with registered publishers.
// good is the verdict for a match.
func (c *Case) judgeAgainst(p identity.Publisher, registered []identity.Publisher, src evidence.Source, good Verdict) Finding {
	subject := publisherSubject(p)
	place, ok := c.placeFor(p)
	if !ok {
		return finding(Waiting, subject, "no workflow file exchanges a token with %s yet", p.Registry.Title()).seen(src)
	}
	m := c.compare(place, p, registered)
	from := c.fileSource(place.File.Path)
	switch {
	case m.unknown != "":
		return finding(Unknown, subject, "what %s would present cannot be told: %s", place.Subject(), m.unknown).seen(src, from)
	case m.matches && good == Said:
		return finding(Said, subject, "the job presents what you said is registered: %s", formText(p)).seen(from).advise(rehearseFix)
	case m.matches:
		return finding(good, subject, "the job presents what is registered: %s", formText(p)).seen(src, from)
	}
	who := "registered is"
	if good == Said {
		who = "you registered"
	}
	return finding(Wrong, subject, "%s differs: the job presents %s, %s %s; %s would answer: %s",
		m.field, orNone(m.presented), who, orNone(m.registered), p.Registry.Title(), m.text).
		seen(src, from).at(place.File.Path, placeLine(place, m.field)).advise("%s, or change the workflow", registerFix(p))
}

// placeLine is the line that the field comes from.
func placeLine(p workflow.Publishing, f identity.Field) int {
	if f == identity.FieldEnvironment && p.Job.Environment != nil {
		return p.Job.Environment.Line
	}
	return p.Job.Line
}

// placeFor is the place that presents a publisher's identity.
func (c *Case) placeFor(p identity.Publisher) (workflow.Publishing, bool) {
	places := placesThat(placesOf(c.Publishing, p.Registry), mints)
	if len(places) == 0 {
		return workflow.Publishing{}, false
	}
	return placeIn(p.Registry, places, p.Workflow), true
}
