package checks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func actionsPinned() Check {
	return Check{
		ID: "actions-pinned", Step: Workflow, Level: Safe,
		Claim: "Every action that runs in a publishing job is pinned to a commit.",
		Why:   "A tag can be moved: whoever takes over the action's repository then runs inside the job that holds the token.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				for _, call := range p.Callers {
					findings = append(findings, c.judgePin(call.File, call.Job.ID, call.Job.Uses, call.Job.UsesLine))
				}
				for _, s := range p.Job.Steps {
					if s.Uses != "" {
						findings = append(findings, c.judgePin(p.File, p.Job.ID, s.Uses, s.UsesLine))
					}
				}
			}
			return findings
		},
	}
}

var (
	commitID = regexp.MustCompile(`@[0-9a-f]{40}$`)
	digest   = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
)

func (c *Case) judgePin(file *workflow.File, job, uses string, line int) Finding {
	f := func(v Verdict, because string) Finding {
		return finding(v, pathOf(file)+"#"+job+" "+uses, "%s", because).seen(c.fileSource(pathOf(file))).at(pathOf(file), line)
	}
	switch {
	case strings.HasPrefix(uses, "./"), strings.HasPrefix(uses, "$/"):
		return f(OK, "it is of this repository, at the commit that runs")
	case strings.HasPrefix(uses, "docker://"):
		if digest.MatchString(uses) {
			return f(OK, "pinned to a digest")
		}
		return f(Wrong, uses+" can change under its tag").advise("pin the image by @sha256:…")
	case commitID.MatchString(uses):
		return c.judgeCommit(f, used(file, uses, line))
	}
	wrong := f(Wrong, uses+" is not pinned to a commit").advise("%s", c.pinFix(used(file, uses, line)))
	if strings.HasPrefix(uses, "actions/") || strings.HasPrefix(uses, "github/") {
		return wrong.as(Advice)
	}
	return wrong
}

// used is the reference of a file at a line.
func used(file *workflow.File, uses string, line int) workflow.Use {
	for _, u := range file.Uses() {
		if u.Text == uses && u.Line == line {
			return u
		}
	}
	return workflow.Use{}
}

// judgeCommit holds the comment behind a commit id to what the action's own
// repository says of that version, where that was looked up. A comment that does
// not fit is advice: the commit runs as it stands, but whoever reviewed the
// version has not reviewed it.
func (c *Case) judgeCommit(f func(Verdict, string) Finding, u workflow.Use) Finding {
	fact := c.World.Pin(u.Repository, u.Claimed())
	pin, looked := fact.Get()
	switch {
	case u.Claimed() == "" || !looked:
		return f(OK, "pinned to a commit")
	case pin.Commit == u.Ref:
		return f(OK, "pinned to the commit of "+u.Claimed()).seen(fact.Source())
	}
	return f(Wrong, fmt.Sprintf("the comment says %s, which is the commit %.7s of %s, and the pin is %.7s", u.Claimed(), pin.Commit, u.Repository, u.Ref)).seen(fact.Source()).as(Advice).
		advise("find out what that commit is: the comment is wrong, the tag was moved, or the commit is of a fork; then pin %s@%s # %s", u.Repository, pin.Commit, pin.Version)
}

// pinFix names the commit, where it was looked up.
func (c *Case) pinFix(u workflow.Use) string {
	pin, ok := c.World.Pin(u.Repository, u.Ref).Get()
	if !ok {
		return "write the full commit id behind @, and the version in a comment"
	}
	return fmt.Sprintf("write %s@%s # %s", strings.TrimSuffix(u.Text, "@"+u.Ref), pin.Commit, pin.Version)
}
