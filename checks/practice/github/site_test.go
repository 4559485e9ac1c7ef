package github

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// browser is a person's, in the loopback pages of a box.
type browser struct {
	t      *testing.T
	b      *box.Box
	client *http.Client
}

func (p *practice) browser(person string) browser {
	p.t.Helper()
	b := box.New(box.Options{Dir: p.t.TempDir(), People: []string{"ana", "bo", "mallory"}, Person: person, Record: contract.Hold(p.t)})
	b.Add(p.s.Services()...)
	p.must(b.Start(p.t.Context()))
	p.t.Cleanup(func() { _ = b.Close() })
	jar, err := cookiejar.New(nil)
	p.must(err)
	return browser{p.t, b, &http.Client{Jar: jar}}
}

func (w browser) url(path string) string {
	w.t.Helper()
	address, err := w.b.PageURL("https://github.com" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	return address
}

func (w browser) read(answer *http.Response, err error) (int, string) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func (w browser) get(path string) (int, string) {
	w.t.Helper()
	return w.read(w.client.Get(w.url(path)))
}

func (w browser) post(path string, form url.Values) (int, string) {
	w.t.Helper()
	return w.read(w.client.PostForm(w.url(path), form))
}

func TestAReviewIsGivenOnTheRunsPage(t *testing.T) {
	p, run, entered := waiting(t, nil)
	w := p.browser("ana")
	path := fmt.Sprintf("/acme/x/actions/runs/%d", run.ID)
	status, body := w.get(path)
	if status != 200 || !strings.Contains(body, "Who started the run may not approve it.") || strings.Contains(body, "Approve and deploy") {
		t.Errorf("ana's page: %d %s", status, body)
	}
	approve := url.Values{"environment": {"release"}, "state": {"approved"}, "comment": {"go"}}
	if status, body := w.post(path, approve); status != 403 || !strings.Contains(body, "ana is not allowed to review the deployment to release") {
		t.Errorf("ana approves all the same: %d %s", status, body)
	}
	stillWaits(t, entered)
	_, _ = w.read(w.client.Get(w.b.Pages() + "_/as/bo"))
	if _, body := w.get(path); !strings.Contains(body, "Approve and deploy") || strings.Contains(body, "Start all waiting jobs") {
		t.Errorf("bo's page: %s", body)
	}
	status, body = w.post(path, approve)
	if status != 200 || !strings.Contains(body, `role="status">release: approved.`) {
		t.Errorf("after bo's approval: %d %s", status, body)
	}
	p.must(<-entered)
}

func TestPagesShowWhatThePersonMaySee(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		r.Private = true
		r.Secrets = []Secret{{Name: "PYPI_TOKEN", Value: "not to be shown"}}
		r.Environments = []*Environment{{Name: "release", Policy: CustomRefs, Policies: []DeploymentPolicy{{Type: "tag", Name: "v*"}}}}
		r.Rulesets = []*Ruleset{{Name: "tags", Target: "tag", Enforcement: "active", Rules: []Rule{{Type: "creation"}}}}
	})
	repo, _ := p.s.Repository("acme", "x")
	environment := fmt.Sprintf("/acme/x/settings/environments/%d/edit", repo.Environments[0].ID)
	run, job := p.startRun("refs/heads/main", "ana", Job{Key: "test", Steps: []Step{{Number: 1, Name: "cargo test"}}, Log: "line <one>\n", Annotations: []string{"careful"}})
	at := fmt.Sprintf("/acme/x/actions/runs/%d", run.ID)
	pages := map[string]string{
		"/acme/x": "README.md", "/acme/x/actions": "Change main #1", at: "careful", fmt.Sprintf("%s/job/%d", at, job): "line &lt;one&gt;",
		"/acme/x/settings": "Environments", "/acme/x/settings/environments": "release", environment: "v*",
		"/acme/x/settings/secrets/actions": "PYPI_TOKEN", "/acme/x/settings/rules": "creation",
	}
	as := map[string]browser{"ana": p.browser("ana"), "bo": p.browser("bo"), "mallory": p.browser("mallory")}
	for path, want := range pages {
		status, body := as["ana"].get(path)
		if status != 200 || !strings.Contains(body, want) || strings.Contains(body, "not to be shown") {
			t.Errorf("%s lacks %q: %d %s", path, want, status, body)
		}
		if status, _ := as["mallory"].get(path); status != 404 {
			t.Errorf("mallory sees %s: %d", path, status)
		}
		if status, _ := as["bo"].get(path); (status == 200) == strings.Contains(path, "/settings") {
			t.Errorf("bo sees %s: %d", path, status)
		}
	}
	for _, path := range []string{"/", "/acme", "/acme/none", "/acme/x/actions/runs/1", "/acme/x/actions/runs/x", at + "/job/1"} {
		if status, _ := as["ana"].get(path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestAnEnvironmentIsChangedOnItsPage(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) { r.Environments = []*Environment{{Name: "release"}} })
	repo, _ := p.s.Repository("acme", "x")
	path := fmt.Sprintf("/acme/x/settings/environments/%d/edit", repo.Environments[0].ID)
	form := url.Values{"prevent_self_review": {"1"}, "wait_timer": {"10"}}
	if status, _ := p.browser("bo").post(path, form); status != 404 {
		t.Errorf("bo changed it: %d", status)
	}
	w := p.browser("ana")
	if status, body := w.post(path, form); status != 200 || !strings.Contains(body, "10 minutes") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := w.post(path, url.Values{"wait_timer": {"soon"}}); status != 422 || !strings.Contains(body, `role="alert"`) {
		t.Errorf("a wrong number: %d %s", status, body)
	}
	repo, _ = p.s.Repository("acme", "x")
	if e := repo.Environments[0]; !e.PreventSelfReview || !e.AdminsCannotBypass || e.WaitMinutes != 10 {
		t.Errorf("kept %+v", e)
	}
}

func TestAMovedRepositorysPageLeadsToTheNewOne(t *testing.T) {
	p := newPractice(t)
	p.must(p.s.Move("acme", "x", "acme", "y"))
	if status, body := p.browser("ana").get("/acme/x"); status != 200 || !strings.Contains(body, "<h1>acme/y</h1>") {
		t.Errorf("%d %s", status, body)
	}
}

func TestLogsAreReadAtAnAddressThatLivesAMinute(t *testing.T) {
	p := newPractice(t)
	run, job := p.startRun("refs/heads/main", "ana", Job{Key: "a"})
	p.must(p.s.AppendLog(run.ID, job, "one\n"))
	p.must(p.s.AppendLog(run.ID, job, "two\n"))
	logs := fmt.Sprintf("R/actions/jobs/%d/logs", job)
	p.expect(404, "ana", "GET", logs, "")
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) { j.Status = Completed }))
	p.expect(403, "", "GET", logs, "")
	location := p.expect(302, "ana", "GET", logs, "").header.Get("Location")
	read := func() (int, string) {
		r, err := http.NewRequestWithContext(context.Background(), "GET", location, nil)
		p.must(err)
		return browser{t: t}.read(p.RoundTrip(r))
	}
	if status, text := read(); status != 200 || text != "one\ntwo\n" {
		t.Errorf("%d %q", status, text)
	}
	p.clock.advance(logLinkLife + time.Second)
	if status, text := read(); status != 403 || strings.Contains(text, "one") {
		t.Errorf("after a minute: %d %q", status, text)
	}
	location = "https://" + ResultsHost + "/job-logs/guess.txt"
	if status, _ := read(); status != 404 {
		t.Errorf("a guessed address: %d", status)
	}
}
