package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func attestationsPresent() Check {
	return Check{
		ID: "attestations-present", Step: Proof, Level: Advice,
		Claim: "PyPI shows an attestation for every file of the newest release.",
		Why:   "With it everybody can see which workflow built what they install; without it a trusted release looks like one by a token.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				if p.Registry == identity.PyPI {
					findings = append(findings, c.judgeAttestations(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeAttestations(p identity.Publisher) Finding {
	fact, subject := c.project(p), publisherSubject(p)
	project, ok := fact.Get()
	if fact.Unknown() {
		return c.blind(subject, "what PyPI shows of the newest release", fact)
	}
	if !ok || len(project.Versions) == 0 {
		return finding(Waiting, subject, "PyPI has no release of %s yet", p.Package).seen(fact.Source())
	}
	v := project.Versions[0]
	if rec, ok := v.Trusted.Get(); ok {
		return finding(OK, subject, "the files of %s %s are attested by %s, %s", p.Package, v.Number, rec.Repository, rec.Workflow).seen(v.Trusted.Source())
	}
	attested, known := v.Attested.Get()
	switch {
	case !known:
		return c.blind(subject, "whether the files of "+p.Package+" "+v.Number+" are attested", v.Attested)
	case attested:
		return finding(OK, subject, "every file of %s %s carries an attestation", p.Package, v.Number).seen(v.Attested.Source())
	}
	return finding(Wrong, subject, "not every file of %s %s carries an attestation", p.Package, v.Number).seen(v.Attested.Source()).
		advise("%s", c.attestAdvice(p))
}

// attestAdvice names what stands in the way in the workflow, if it is seen.
func (c *Case) attestAdvice(p identity.Publisher) string {
	for _, q := range placesOf(c.Publishing, p.Registry) {
		how, _ := attests(q)
		switch {
		case !publishes(q) || how != "":
			continue
		case q.Means != workflow.MeansPyPIAction:
			return "publish with pypa/gh-action-pypi-publish: " + string(q.Means) + " makes no attestations by itself"
		case strings.TrimSpace(q.Step.With["attestations"]) == "false":
			return "take `attestations: false` out of the step that publishes"
		}
		return "use pypa/gh-action-pypi-publish v1.11.0 or newer"
	}
	return "the next release by pypa/gh-action-pypi-publish will carry them"
}
