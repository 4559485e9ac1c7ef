package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func workflowOnDefaultBranch() Check {
	return Check{
		ID: "workflow-on-default-branch", Step: Workflow, Level: Works,
		Claim: "A workflow that publishes by trusted publishing is on the default branch.",
		Why:   "GitHub offers a manual start only for files of the default branch, and what reviewers see there is what should publish.",
		Judge: judgeDefaultBranch,
	}
}

func judgeDefaultBranch(c *Case) []Finding {
	files := c.mintingFiles()
	if len(files) == 0 {
		return []Finding{c.judgeNoWorkflow()}
	}
	var findings []Finding
	for _, path := range files {
		if path == "" {
			findings = append(findings, c.judgeUncalled())
			continue
		}
		findings = append(findings, c.judgeBranchOf(path))
	}
	return findings
}

// judgeUncalled: a file that only calls can start, and that none starts,
// publishes nothing.
func (c *Case) judgeUncalled() Finding {
	p := c.jobsThat(func(p workflow.Publishing) bool { return mints(p) && p.Triggered == nil })[0]
	f := finding(Wrong, p.File.Path, "%s publishes when it is called, and no workflow of the repository calls it", p.File.Base()).seen(c.fileSource(p.File.Path)).
		at(p.File.Path, p.Job.Line).advise("start it by a pushed tag, or call it from a file that one starts")
	if unread := c.unreadFiles(); len(unread) > 0 {
		f.Verdict, f.Because = Unknown, f.Because+"; not read: "+strings.Join(unread, ", ")
	}
	return f
}

// mintingFiles are the paths of the files whose trigger starts an exchange.
func (c *Case) mintingFiles() []string {
	var paths []string
	for _, p := range c.jobsThat(mints) {
		if f := triggeredFile(p); !slices.Contains(paths, f) {
			paths = append(paths, f)
		}
	}
	return paths
}

func (c *Case) judgeNoWorkflow() Finding {
	files := c.World.Workflows
	if files.Unknown() {
		return c.blind("", "which workflow files there are", files)
	}
	if unread := c.unreadFiles(); len(unread) > 0 {
		return finding(Unknown, "", "no workflow that could be read publishes; not read: %s", strings.Join(unread, ", ")).seen(files.Source())
	}
	if f, proposed := c.judgeProposed(); proposed {
		return f
	}
	if secret := c.jobsThat(publishes); len(secret) > 0 {
		return c.judgeUnexchanged(secret)
	}
	if hidden := c.hidden(); len(hidden) > 0 {
		h := hidden[0]
		return finding(Unknown, "", "no workflow is seen to publish; %s:%d %s", h.file.Base(), h.line, h.what).
			seen(c.fileSource(h.file.Path)).at(h.file.Path, h.line).
			advise("if it publishes, name it with --workflow; else write %s%s (`gh trustpub` does it for you)", workflow.Dir, DefaultWorkflow)
	}
	return finding(Wrong, "", "no workflow file publishes").seen(files.Source()).
		advise("write %s%s (`gh trustpub` does it for you)", workflow.Dir, DefaultWorkflow)
}

// judgeUnexchanged judges workflows of which none is seen to exchange. A program
// that cannot be read may, where its job has an identity.
func (c *Case) judgeUnexchanged(jobs []workflow.Publishing) Finding {
	p := jobs[0]
	for _, q := range jobs {
		if q.Doubt != "" && q.Grant(c.defaultPermission()).IDToken.Level != "none" {
			return finding(Unknown, "", "no workflow is seen to exchange a token; %s has an identity, and %s: %s", subjectOf(q), q.Means, q.Doubt).
				seen(c.fileSource(pathOf(q.File))).at(pathOf(q.File), q.Line).
				advise("if it exchanges a token, take the secret out of the job; else let it exchange its identity for a token")
		}
	}
	return finding(Wrong, "", "%s publishes, but not by trusted publishing", subjectOf(p)).seen(c.fileSource(pathOf(p.File))).
		at(pathOf(p.File), p.Line).advise("let the job exchange its identity for a token instead of reading a secret")
}

// unreadFiles lists workflow files whose content could not be read.
func (c *Case) unreadFiles() []string {
	var paths []string
	for _, f := range c.World.Workflows.Or(nil) {
		if !f.Content.Seen() {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// judgeBranchOf: offline only the working tree is seen. That a file is in a
// local branch does not show that it was pushed.
func (c *Case) judgeBranchOf(path string) Finding {
	w, src := c.World, c.fileSource(path)
	judged, known := w.Judged.Get()
	repo, seen := w.GitHub.Repository.Get()
	switch {
	case w.Mode == evidence.Offline:
		return finding(Unknown, path, "offline: %s is in the working tree%s; only GitHub shows whether it is on the default branch", path, c.localState(path)).seen(src)
	case !seen:
		return c.blind(path, "which branch is the default one", w.GitHub.Repository)
	case !known:
		return c.blind(path, "which commit was judged", w.Judged)
	case judged.Ref != "refs/heads/"+repo.DefaultBranch:
		return finding(Unknown, path, "it was read at %s; whether %s has it was not looked at", judged.Ref, repo.DefaultBranch).seen(src)
	}
	return finding(OK, path, "%s has it, at %s", repo.DefaultBranch, short(judged.SHA)).seen(src)
}

func (c *Case) localState(path string) string {
	git := c.World.Tree.Git.Or(evidence.Git{})
	branch, ok := git.Branch.Get()
	switch {
	case slices.Contains(git.Dirty.Or(nil), path):
		return ", not committed yet"
	case ok:
		return " on branch " + branch
	}
	return ""
}

// short is a commit id as people read it.
func short(sha string) string { return sha[:min(len(sha), 7)] }
