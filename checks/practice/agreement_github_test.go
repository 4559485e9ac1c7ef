package practice_test

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// environmentRows change the environment. What it lets through is seen at a run:
// whether the ref may deploy, and whether anybody was asked.
func environmentRows(t *testing.T, w *settled) {
	w.git(t, "push", "--quiet", "origin", "main:refs/heads/stray")
	const strayRefused = `Branch "stray" is not allowed to deploy to release due to environment protection rules.`

	t.Run("every ref may deploy", func(t *testing.T) {
		restore := w.alter(t, func(e *github.Environment) { e.Policy = github.AllRefs })
		wrong(t, w.judge(t, before), "environment-limits-refs", environment, "every branch and tag")
		ended(t, w.rehearse(t, "stray"), "crates-io", github.Success)
		restore()
		ended(t, w.rehearse(t, "stray"), "crates-io", github.Failure, strayRefused)
		w.ready(t, before)
	})
	t.Run("no ref may deploy", func(t *testing.T) {
		restore := w.alter(t, func(e *github.Environment) { e.Policies = nil })
		wrong(t, w.judge(t, before), "environment-limits-refs", environment, "none is selected")
		ended(t, w.rehearse(t, "main"), "crates-io", github.Failure,
			`Branch "main" is not allowed to deploy to release due to environment protection rules.`)
		restore()
		ended(t, w.rehearse(t, "main"), "crates-io", github.Success)
		w.ready(t, before)
	})
	t.Run("release tags may not deploy", func(t *testing.T) {
		restore := w.alter(t, func(e *github.Environment) { e.Policies = e.Policies[:1] }) // the branch alone
		const subject = workflowFile + "#crates-io push"
		r := w.judge(t, before)
		because := wrong(t, r, "environment-admits-trigger", subject, "push starts it at refs/tags/v")
		_, foretold, _ := strings.Cut(because, "GitHub would say: ")
		if job := foreseen(t, r, "refs/tags/v0.1.0", "#crates-io"); job.Fate != checks.Refused || job.Text != foretold {
			t.Errorf("foreseen is %s: %s; the check says %s", job.Fate, job.Text, foretold)
		}
		ended(t, w.rehearse(t, "v0.1.0"), "crates-io", github.Failure, foretold)
		restore()
		ended(t, w.rehearse(t, "v0.1.0"), "crates-io", github.Success)
		right(t, w.judge(t, before), "environment-admits-trigger", subject)
	})
	t.Run("no reviewers", func(t *testing.T) {
		restore := w.alter(t, func(e *github.Environment) { e.Reviewers = nil })
		r := w.judge(t, before)
		wrong(t, r, "environment-has-reviewers", environment, "no required reviewers")
		waits(t, r, false)
		asked(t, w.rehearse(t, "main"), false)
		restore()
		waits(t, w.judge(t, before), true)
		asked(t, w.rehearse(t, "main"), true)
		w.ready(t, before)
	})
	t.Run("no environment", func(t *testing.T) {
		repo, err := w.GitHub.Repository(owner, name)
		must(t, err)
		w.edit(t, func(r *github.Repository) { r.Environments = nil })
		wrong(t, w.judge(t, before), "environment-exists", environment, "there is no environment "+environment)
		asked(t, w.rehearse(t, "main"), false) // and makes it, bare
		r := w.judge(t, before)
		right(t, r, "environment-exists", environment)
		wrong(t, r, "environment-has-reviewers", environment)
		wrong(t, r, "environment-limits-refs", environment)
		w.edit(t, func(r *github.Repository) { r.Environments = repo.Environments })
		asked(t, w.rehearse(t, "main"), true)
		w.ready(t, before)
	})
}

// alter changes the environment and returns what changes it back.
func (w *settled) alter(t *testing.T, change func(*github.Environment)) (restore func()) {
	t.Helper()
	repo, err := w.GitHub.Repository(owner, name)
	must(t, err)
	w.edit(t, func(r *github.Repository) { change(r.Environment(environment)) })
	return func() {
		t.Helper()
		w.edit(t, func(r *github.Repository) { r.Environments = repo.Environments })
	}
}

// foreseen is what is foretold of a job when a ref is pushed.
func foreseen(t *testing.T, r checks.Report, ref, job string) checks.JobForecast {
	t.Helper()
	for _, run := range checks.NewCase(r.World).Foresee(checks.Push{Ref: ref}).Runs {
		for _, j := range run.Jobs {
			if strings.HasSuffix(j.Subject, job) {
				return j
			}
		}
	}
	t.Fatalf("no run with the job %s is foreseen for %s", job, ref)
	return checks.JobForecast{}
}

// waits holds whom a release would wait for against who may answer a run.
func waits(t *testing.T, r checks.Report, want bool) {
	t.Helper()
	job := foreseen(t, r, "refs/tags/v9.9.9", "#crates-io")
	if got := job.Fate == checks.Waits && len(job.Approvers) > 0; got != want {
		t.Errorf("foreseen is %s, approved by %v; want a wait: %v", job.Fate, job.Approvers, want)
	}
}

func asked(t *testing.T, run *github.Run, want bool) {
	t.Helper()
	ended(t, run, "crates-io", github.Success)
	if got := len(run.Reviews) > 0; got != want {
		t.Errorf("somebody was asked: %v, want %v", got, want)
	}
}

// workflowRows change what the publishing job may do.
func workflowRows(t *testing.T, w *settled) {
	t.Run("id-token", func(t *testing.T) {
		w.withoutIDToken(t, "crates-io", "Please ensure the 'id-token' permission is set to 'write'")
	})
	private := func(t *testing.T, is bool) { w.edit(t, func(r *github.Repository) { r.Private = is }) }
	t.Run("contents", func(t *testing.T) {
		const subject = workflowFile + "#crates-io"
		w.push(t, w.withoutGrant(t, "crates-io", "contents: read"))
		ended(t, w.rehearse(t, "main"), "crates-io", github.Success)
		w.ready(t, before) // anybody may read a public repository
		private(t, true)
		wrong(t, w.judge(t, before), "publish-job-can-check-out", subject, "private", "contents is none")
		ended(t, w.rehearse(t, "main"), "crates-io", github.Failure, "not found")
		private(t, false)
		w.restore(t, "crates-io")
		right(t, w.judge(t, before), "publish-job-can-check-out", subject)
	})
	t.Run("environment of the job", func(t *testing.T) {
		w.push(t, inJob(t, w.workflow, "crates-io", "    environment: release\n", "    environment: staging\n"))
		r := w.judge(t, listed)
		wrong(t, r, "environment-exists", "staging", "staging")
		foretold := answer(t, wrong(t, r, "publisher-matches", crateSubject, "staging", "release"))
		ended(t, w.rehearse(t, "main"), "crates-io", github.Failure, foretold)
		wrong(t, w.judge(t, hidden), "publisher-matches", crateSubject, "`staging`", "`release`")
		w.edit(t, func(r *github.Repository) { r.Environments = r.Environments[:1] })
		w.restore(t, "crates-io")
	})
	t.Run("no environment of the job", func(t *testing.T) {
		w.push(t, inJob(t, w.workflow, "crates-io", "    environment: release\n", ""))
		foretold := answer(t, wrong(t, w.judge(t, listed), "publisher-matches", crateSubject, "presents none", "release"))
		ended(t, w.rehearse(t, "main"), "crates-io", github.Failure, foretold)
		wrong(t, w.judge(t, hidden), "publisher-matches", crateSubject, "requires an environment", "`release`")
		w.restore(t, "crates-io")
	})
}

// withoutIDToken takes a job's permission away and gives it back; says is what
// the job's exchange step says without it.
func (w *settled) withoutIDToken(t *testing.T, job, says string) {
	t.Helper()
	w.push(t, w.withoutGrant(t, job, "id-token: write"))
	wrong(t, w.judge(t, before), "workflow-grants-id-token", workflowFile+"#"+job, "id-token is none")
	ended(t, w.rehearse(t, "main"), job, github.Failure, says)
	w.restore(t, job)
}

// withoutGrant is the workflow with another permission in the place of one of a
// job's.
func (w *settled) withoutGrant(t *testing.T, job, grant string) string {
	t.Helper()
	return inJob(t, w.workflow, job, "      "+grant, "      checks: read")
}
