package checks

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func idTokenOnlyWhereNeeded() Check {
	return Check{
		ID: "id-token-only-where-needed", Step: Workflow, Level: Safe,
		Claim: "In the files that publish, only jobs that exchange a token may ask for one.",
		Why:   "Any job of the file with this permission carries the file's identity: a test dependency in it could publish.",
		Judge: judgeIDTokens,
	}
}

func judgeIDTokens(c *Case) []Finding {
	var findings []Finding
	var done []*workflow.File
	for _, p := range c.jobsThat(mints) {
		for _, f := range []*workflow.File{p.Triggered, p.File} {
			if f == nil || f.Remote != "" || slices.Contains(done, f) {
				continue
			}
			done = append(done, f)
			for _, j := range f.Jobs {
				findings = append(findings, c.judgeIDToken(f, j)...)
			}
		}
	}
	return findings
}

func (c *Case) judgeIDToken(f *workflow.File, j *workflow.Job) []Finding {
	id := workflow.Effective(f, j, c.defaultPermission()).IDToken
	if id.Level != "write" {
		return nil
	}
	subject, src := f.Path+"#"+j.ID, c.fileSource(f.Path)
	good := func(why string) []Finding {
		return []Finding{finding(OK, subject, "%s", why).seen(src).at(f.Path, id.Line)}
	}
	passed := c.passedOn(f, j, nil)
	switch use := otherUse(j); {
	case c.jobMints(f, j):
		return good("the job exchanges a token")
	case use != "":
		return good("the job needs it for " + use)
	case passed.use != "":
		return good("the job passes it to " + j.Uses + ", which needs it for " + passed.use)
	case j.Uses != "" && !passed.taken:
		return good("the job may pass it to " + j.Uses + ", of which no job takes it")
	case passed.doubt != "":
		return []Finding{finding(Unknown, subject, "the job passes it to %s", passed.doubt).seen(src).at(f.Path, j.UsesLine)}
	}
	if other := foreignAction(j); other != "" && (id.Because == "job permissions" || likelyUser(j) != "") {
		return []Finding{finding(Unknown, subject, "the %s give it id-token: write, and whether %s needs it the file does not show", id.Because, cmp.Or(likelyUser(j), other)).seen(src).at(f.Path, id.Line).
			advise("if nothing in the job needs an identity, take id-token: write out of it")}
	}
	return []Finding{finding(Wrong, subject, "the job exchanges nothing, and %s give it id-token: write", id.Because).seen(src).at(f.Path, id.Line).
		advise("grant id-token: write at the publishing job alone")}
}

// likelyUser is the first foreign action of a job whose name speaks of an
// identity.
func likelyUser(j *workflow.Job) string {
	for _, s := range j.Steps {
		if !strings.HasPrefix(s.Uses, "actions/") && asksForIdentity.MatchString(s.Uses) {
			return s.Uses
		}
	}
	return ""
}

// jobMints says whether a job exchanges a token, itself or in a workflow that
// it calls.
func (c *Case) jobMints(f *workflow.File, j *workflow.Job) bool {
	return slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool {
		calls := slices.ContainsFunc(p.Callers, func(c workflow.Caller) bool { return c.File == f && c.Job == j })
		return mints(p) && (p.File == f && p.Job == j || calls)
	})
}

// foreignAction is the first action of a job that is neither GitHub's own nor
// one of the repository, and could therefore use the identity.
func foreignAction(j *workflow.Job) string {
	for _, s := range j.Steps {
		if s.Uses != "" && !strings.HasPrefix(s.Uses, "actions/") && !strings.HasPrefix(s.Uses, "./") && !strings.HasPrefix(s.Uses, "$/") {
			return s.Uses
		}
	}
	return ""
}

// oidcUsers are actions that ask for the job's identity for another purpose
// (their own descriptions, 2026-08).
var oidcUsers = []string{
	"actions/attest", "actions/deploy-pages", "aws-actions/configure-aws-credentials", "google-github-actions/auth", "azure/login",
	"hashicorp/vault-action", "sigstore/", "slsa-framework/", "octo-sts/action", "docker/login-action", "ossf/scorecard-action", "codecov/codecov-action",
	"rubygems/configure-rubygems-credentials", "rubygems/release-gem", "nuget/login", "pulumi/auth-actions", "actions/attest-build-provenance",
}

// asksForIdentity is in the names of actions that are likely to ask for one.
var asksForIdentity = regexp.MustCompile(`(?i)auth|oidc|credential|login|\bsts\b|[-_/]sign|attest|deploy`)

// otherUse names what in a job needs the identity, besides publishing.
func otherUse(j *workflow.Job) string {
	for _, s := range j.Steps {
		uses := strings.ToLower(s.Uses)
		for _, known := range oidcUsers {
			if strings.HasPrefix(uses, known) {
				return s.Uses
			}
		}
		if s.With["audience"] != "" {
			return s.Uses // it asks for an identity that is made out to somebody else
		}
		if strings.Contains(s.Run, "ACTIONS_ID_TOKEN_REQUEST") || strings.Contains(s.Run, "cosign sign") || strings.Contains(s.Run, "npm publish") {
			return "its own script"
		}
	}
	return ""
}
