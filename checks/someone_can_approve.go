package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func someoneCanApprove() Check {
	return Check{
		ID: "someone-can-approve", Step: Environment, Level: Works,
		Claim: "Whoever starts a release, somebody else or they themselves may approve it.",
		Why:   "Where nobody may, the run waits for 30 days without a button to press, and then fails.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, name := range c.environmentNames() {
				fact := c.environment(name)
				e, ok := fact.Get()
				switch {
				case ok:
					findings = append(findings, c.judgeApprovers(e, fact.Source()))
				case !fact.Absent(): // that it is missing is what environment-exists says
					findings = append(findings, c.blind(name, "who may approve", fact))
				}
			}
			return findings
		},
	}
}

// judgeApprovers takes the run to be started by who is signed in: it is their
// release.
func (c *Case) judgeApprovers(e evidence.Environment, src evidence.Source) Finding {
	people := c.World.GitHub.Collaborators
	actor := c.World.GitHub.User.Or(evidence.User{}).Login
	a := workflow.Approvers(e, actor, c.World.GitHub.Repository.Or(evidence.Repository{}), people)
	switch {
	case !a.Needed:
		return finding(OK, e.Name, "a run in %s waits for nobody: it has no required reviewers", e.Name).seen(src)
	case a.Nobody():
		return finding(Wrong, e.Name, "nobody can approve a run that %s starts%s; it waits 30 days, and then fails", orSomebody(actor), nobodyText(a)).
			seen(src, people.Source()).advise("%s", approverFix(e.Name))
	case len(a.By) > 0 && len(a.Doubts) == 0 && (len(a.By) > 1 || !a.NotOwn || actor != ""):
		return finding(OK, e.Name, "%s may approve%s", oneOfThese(a.By), soleText(a)).seen(src, people.Source())
	case len(a.Admins) > 0 && len(a.Doubts) == 0:
		return finding(OK, e.Name, "nobody may approve a run that %s starts%s, but %s may pass the rules by as an administrator", orSomebody(actor), nobodyText(a), oneOfThese(a.Admins)).
			seen(src, people.Source()).advise("a second reviewer would make that needless")
	case len(a.Doubts) > 0:
		return finding(Unknown, e.Name, "who may approve cannot be told: %s", strings.Join(a.Doubts, "; ")).seen(src)
	}
	return finding(Unknown, e.Name, "%s is the only reviewer and may not approve what they start; who starts a release is not known (nobody is signed in)", a.By[0]).seen(src)
}

func orSomebody(login string) string {
	if login == "" {
		return "anybody"
	}
	return login
}

// soleText says what one reviewer alone cannot do.
func soleText(a workflow.Approval) string {
	if len(a.By) == 1 && a.NotOwn && a.Actor == "" {
		return "; what " + a.By[0] + " starts nobody could approve"
	}
	return ""
}
