package github

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

type run struct {
	ID         int64
	Number     int `json:"run_number"`
	Attempt    int `json:"run_attempt"`
	Path       string
	Event      string
	Branch     string `json:"head_branch"`
	SHA        string `json:"head_sha"`
	Status     string
	Conclusion string
	URL        string `json:"html_url"`
	Actor      struct{ Login string }
	CreatedAt  time.Time `json:"created_at"`
}

type job struct {
	ID                       int64
	Name, Status, Conclusion string
	URL                      string    `json:"html_url"`
	CompletedAt              time.Time `json:"completed_at"`
	Steps                    []struct {
		Number                   int
		Name, Status, Conclusion string
	}
}

// readRuns reads the newest runs of each file, newest first, with their jobs.
// When one file's runs cannot be read all are unknown: the missing ones could
// be the newest.
func (l *look) readRuns(ctx context.Context, focus Focus, judged evidence.Commit) evidence.Fact[[]evidence.Run] {
	files := focus.Workflows
	src := l.Source(l.base + "/actions/runs")
	lists, errs := make([][]evidence.Run, len(files)), make([]error, len(files))
	sources := make([]evidence.Source, len(files))
	each(len(files), func(i int) { lists[i], sources[i], errs[i] = l.runsOf(ctx, files[i]) })
	for _, err := range errs {
		if err != nil {
			return transport.Unknown[[]evidence.Run](src, err)
		}
	}
	if len(files) == 0 {
		return evidence.Unknown[[]evidence.Run](src, "no workflow file publishes, so there are no runs to look at")
	}
	src.At = sources[0].At
	runs := slices.Concat(lists...)
	slices.SortStableFunc(runs, func(a, b evidence.Run) int { return b.CreatedAt.Compare(a.CreatedAt) })
	each(len(runs), func(i int) { l.fillRun(ctx, &runs[i], judged) })
	l.readLogs(ctx, runs, focus.Jobs)
	return evidence.Seen(runs, src)
}

// runsOf reads one page; 404 means that GitHub never registered the file, so it
// never ran.
func (l *look) runsOf(ctx context.Context, file string) ([]evidence.Run, evidence.Source, error) {
	p := l.base + "/actions/workflows/" + rest.Path(path.Base(file)) + "/runs?per_page=" + strconv.Itoa(l.runs())
	var page struct {
		Runs []run `json:"workflow_runs"`
	}
	answer, err := l.Get(ctx, p, &page)
	if transport.Is(err, transport.KindNotFound) {
		return nil, l.Source(p), nil
	}
	if err != nil {
		return nil, l.Source(p), err
	}
	out := make([]evidence.Run, len(page.Runs))
	for i, r := range page.Runs {
		out[i] = r.evidence(file)
	}
	return out, answer.Source(), nil
}

func (l *look) runs() int {
	n := l.request.Runs
	if n == 0 {
		n = defaultRuns
	}
	if !l.SignedIn() {
		n = min(n, anonymousRuns)
	}
	return min(n, 100)
}

func (r run) evidence(file string) evidence.Run {
	return evidence.Run{ID: r.ID, Number: r.Number, Attempt: r.Attempt, Workflow: file, Event: r.Event, Ref: r.Branch, SHA: r.SHA,
		Status: r.Status, Conclusion: r.Conclusion, URL: r.URL, CreatedAt: r.CreatedAt, Actor: r.Actor.Login}
}

func (l *look) fillRun(ctx context.Context, r *evidence.Run, judged evidence.Commit) {
	base := l.base + "/actions/runs/" + strconv.FormatInt(r.ID, 10)
	r.Jobs = l.readJobs(ctx, base)
	if r.Status == "waiting" {
		r.Pending = l.readPending(ctx, base)
	}
	if r.SHA != "" && r.SHA != judged.SHA {
		r.File = l.readRunFile(ctx, *r)
	}
}

// readRunFile reads the workflow file as it stood when the run began: judging
// an old run by the file of today would be judging another run.
func (l *look) readRunFile(ctx context.Context, r evidence.Run) evidence.Fact[[]byte] {
	p := l.base + "/contents/" + rest.Path(strings.Split(r.Workflow, "/")...)
	if !l.SignedIn() {
		return evidence.Unknown[[]byte](l.Source(p), "not signed in; the few requests that are left are kept for more")
	}
	return readContent(ctx, l.Reader, p, r.SHA)
}

func (l *look) readJobs(ctx context.Context, base string) evidence.Fact[[]evidence.RunJob] {
	list, src, err := rest.List[job](ctx, l.Reader, base+"/jobs?filter=latest", "jobs")
	if err != nil {
		return transport.Unknown[[]evidence.RunJob](src, err)
	}
	out := make([]evidence.RunJob, len(list))
	for i, j := range list {
		out[i] = evidence.RunJob{ID: j.ID, Name: j.Name, Status: j.Status, Conclusion: j.Conclusion, URL: j.URL, EndedAt: j.CompletedAt,
			Log: evidence.Unknown[string](src, "the log was not fetched")}
		for _, s := range j.Steps {
			out[i].Steps = append(out[i].Steps, evidence.RunStep(s))
		}
	}
	return evidence.Seen(out, src)
}

func (l *look) readPending(ctx context.Context, base string) evidence.Fact[[]evidence.PendingDeployment] {
	type pending struct {
		Environment struct{ Name string }
		CanApprove  bool `json:"current_user_can_approve"`
		Reviewers   []reviewer
	}
	var list []pending
	answer, err := l.Get(ctx, base+"/pending_deployments", &list)
	if err != nil {
		return transport.Unknown[[]evidence.PendingDeployment](l.Source(base+"/pending_deployments"), err)
	}
	out := make([]evidence.PendingDeployment, len(list))
	for i, p := range list {
		out[i] = evidence.PendingDeployment{Environment: p.Environment.Name, CanApprove: p.CanApprove}
		for _, r := range p.Reviewers {
			out[i].Reviewers = append(out[i].Reviewers, r.evidence())
		}
	}
	return evidence.Seen(out, answer.Source())
}

// readLogs fetches the logs of failed jobs, and of those that are asked for:
// publishing jobs before others, then newest run first, and no more than a few.
func (l *look) readLogs(ctx context.Context, runs []evidence.Run, publishing []string) {
	var first, wanted []*evidence.RunJob
	for i := range runs {
		jobs := runs[i].Jobs.Or(nil)
		for j := range jobs {
			switch {
			case !l.wantsLog(runs[i], jobs[j]):
			case slices.ContainsFunc(publishing, func(name string) bool { return strings.Contains(jobs[j].Name, name) }):
				first = append(first, &jobs[j])
			default:
				wanted = append(wanted, &jobs[j])
			}
		}
	}
	wanted = append(first, wanted...)
	each(min(len(wanted), maxLogs), func(i int) { wanted[i].Log = Log(ctx, l.Reader, l.repo.Name, wanted[i].ID) })
}

func (l *look) wantsLog(r evidence.Run, j evidence.RunJob) bool {
	if j.Status != "completed" {
		return false
	}
	return j.Conclusion == "failure" || l.request.WantLog != nil && l.request.WantLog(r, j)
}

// Log reads the last 64 KiB of a job's log. GitHub shows logs to people who are
// signed in only, and keeps them for a time only.
func Log(ctx context.Context, r *rest.Reader, repo evidence.RepoName, job int64) evidence.Fact[string] {
	p := "repos/" + rest.Path(repo.Owner, repo.Name) + "/actions/jobs/" + strconv.FormatInt(job, 10) + "/logs"
	if !r.SignedIn() {
		return evidence.Unknown[string](r.Source(p), "not signed in; GitHub shows logs only to people who are")
	}
	answer, err := r.Tail(ctx, p, logTail)
	switch {
	case transport.Is(err, transport.KindGone):
		return evidence.Unknown[string](r.Source(p), "GitHub no longer keeps this log")
	case err != nil:
		return transport.Unknown[string](r.Source(p), err)
	case strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html"):
		return evidence.Unknown[string](answer.Source(), "a web page in the place of a log (of a proxy, perhaps)")
	}
	return evidence.Seen(evidence.Clean(string(answer.Body)), answer.Source())
}
