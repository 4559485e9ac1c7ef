package checks

import "github.com/trustpub/gh-trustpub/checks/workflow"

func noTokenSecretUsed() Check {
	return Check{
		ID: "no-token-secret-used", Step: Workflow, Level: Safe,
		Claim: "No publishing step reads a token from a secret.",
		Why:   "What the workflow can read, every step and dependency in that job can steal, and it works until somebody revokes it.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishing {
				if p.Means != workflow.MeansExchange {
					findings = append(findings, c.judgeSecretUse(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeSecretUse(p workflow.Publishing) Finding {
	subject, src := placeSubject(p), c.fileSource(pathOf(p.File))
	if len(p.Secrets) == 0 && p.Credential != workflow.CredentialSecret {
		if p.Doubt != "" {
			return finding(Unknown, subject, "%s: %s", p.Means, p.Doubt).seen(src).at(pathOf(p.File), p.Line)
		}
		return finding(OK, subject, "%s reads no secret", p.Means).seen(src).at(pathOf(p.File), p.Line)
	}
	return finding(Wrong, subject, "%s reads a secret%s", p.Means, secretList(p)).seen(src).at(pathOf(p.File), p.Line).
		advise("take the secret out of the job: the exchanged token replaces it")
}
