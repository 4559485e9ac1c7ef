package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func tokenIsExchanged() Check {
	return Check{
		ID: "token-is-exchanged", Step: Workflow, Level: Works,
		Claim: "The step that publishes uses a token that the job got for its identity.",
		Why:   "With the permission but without the exchange, cargo finds no token; with a secret, nothing of trusted publishing takes part.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishing {
				if publishes(p) {
					findings = append(findings, c.judgeExchange(p))
					findings = append(findings, c.judgeTwice(p)...)
				}
			}
			return findings
		},
	}
}

// placeSubject tells places of one job apart by their registry.
func placeSubject(p workflow.Publishing) string { return subjectOf(p) + " " + string(p.Registry) }

func (c *Case) judgeExchange(p workflow.Publishing) Finding {
	subject, src := placeSubject(p), c.fileSource(pathOf(p.File))
	switch {
	case p.Doubt != "":
		return finding(Unknown, subject, "%s: %s", p.Means, p.Doubt).seen(src).at(pathOf(p.File), p.Line)
	case cannotRun(p) != "":
		return finding(Wrong, subject, "%s cannot run here: %s", p.Means, cannotRun(p)).seen(src).at(pathOf(p.File), p.Line).
			advise("publish in a job of its own with `runs-on: ubuntu-latest`, whose steps use the action directly, and hand the distributions over with actions/download-artifact")
	case p.Credential == workflow.CredentialExchange:
		return finding(OK, subject, "%s uses a token exchanged for the job's identity", p.Means).seen(src).at(pathOf(p.File), p.Line)
	case p.Credential == workflow.CredentialSecret:
		return finding(Wrong, subject, "%s uses a long-lived token%s%s", p.Means, secretList(p), withAttestations(p)).seen(src).at(pathOf(p.File), p.Line).
			advise("%s", exchangeAdvice(p))
	}
	return finding(Wrong, subject, "%s has no credential: no exchange and no secret was found%s", p.Means, c.wouldSay(p)).seen(src).at(pathOf(p.File), p.Line).
		advise("%s", exchangeAdvice(p))
}

func secretList(p workflow.Publishing) string {
	if len(p.Secrets) == 0 {
		return ""
	}
	return " (" + strings.Join(p.Secrets, ", ") + ")"
}

func exchangeAdvice(p workflow.Publishing) string {
	switch p.Means {
	case workflow.MeansCargo, workflow.MeansCargoRelease:
		return "add a step with rust-lang/crates-io-auth-action before it, and give its output `token` to this step as CARGO_REGISTRY_TOKEN"
	case workflow.MeansPyPIAction:
		return "take `password:` (and `user:`) out of the action's inputs: it then exchanges by itself"
	case workflow.MeansUV:
		return "use `uv publish --trusted-publishing always`, without UV_PUBLISH_TOKEN"
	case workflow.MeansReleasePlz:
		return "give release-plz no CARGO_REGISTRY_TOKEN: it then exchanges by itself"
	}
	return "publish with pypa/gh-action-pypi-publish, which exchanges by itself"
}
