package github

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestLongListsAreReadToTheirEnd(t *testing.T) {
	const path = "repos/acme/market-data/actions/secrets"
	d := acme(t)
	page := func(n int) string { return fmt.Sprintf("%s?page=%d&per_page=100", path, n) }
	for n := 1; n <= 3; n++ {
		d.answers[page(n)] = fmt.Sprintf(`{"total_count":3,"secrets":[{"name":"S%d","updated_at":"2024-01-01T00:00:00Z"}]}`, n)
		if n < 3 {
			d.headers[page(n)] = http.Header{"Link": {fmt.Sprintf(`<https://api.github.com/%s>; rel="next", <https://api.github.com/%s>; rel="last"`, page(n+1), page(3))}}
		}
	}
	d.answers[path+"?per_page=100"], d.headers[path+"?per_page=100"] = d.answers[page(1)], d.headers[page(1)]
	list := seen(t, "secrets", d.collect("t", Request{}).GitHub.RepositorySecrets)
	if len(list) != 3 || list[2].Name != "S3" {
		t.Errorf("%+v", list)
	}
	t.Run("an error on a later page leaves no half list", func(t *testing.T) {
		d.t = t
		d.answers[page(3)] = `501 {}`
		if f := d.collect("t", Request{}).GitHub.RepositorySecrets; !f.Unknown() {
			t.Errorf("%v", f)
		}
	})
	t.Run("a list without end is not read for ever", func(t *testing.T) {
		d.t = t
		for n := 1; n <= 30; n++ {
			d.answers[page(n)] = `{"total_count":9999,"secrets":[]}`
			d.headers[page(n)] = http.Header{"Link": {fmt.Sprintf(`<https://api.github.com/%s>; rel="next"`, page(n+1))}}
		}
		f := d.collect("t", Request{}).GitHub.RepositorySecrets
		if !f.Unknown() || !strings.Contains(f.Reason(), "more than 1000") || len(d.asked) > 60 {
			t.Errorf("%q after %d requests", f.Reason(), len(d.asked))
		}
	})
	t.Run("a list that goes on elsewhere is not followed", func(t *testing.T) {
		d.t = t
		d.headers[path+"?per_page=100"] = http.Header{"Link": {`<https://evil.example/steal>; rel="next"`}}
		f := d.collect("t", Request{}).GitHub.RepositorySecrets
		if !f.Unknown() || d.askedFor("steal") {
			t.Errorf("%q", f.Reason())
		}
	})
}

func TestManyEnvironmentsAndTheNamedOnesFirst(t *testing.T) {
	d := acme(t)
	var list []string
	for n := range 40 {
		list = append(list, fmt.Sprintf(`{"id":%d,"name":"preview/%d","protection_rules":[]}`, 100+n, n))
	}
	list = append(list, `{"id":30,"name":"Release","can_admins_bypass":true}`)
	d.answers["repos/acme/market-data/environments"] = `{"total_count":41,"environments":[` + strings.Join(list, ",") + `]}`
	d.answers["repos/acme/market-data/environments/Release/secrets"] = `{"total_count":0,"secrets":[]}`
	environments := seen(t, "environments", d.collect("t", Request{}).GitHub.Environments)
	if len(environments) != 41 || !environments[40].Secrets.Seen() {
		t.Errorf("%d environments, the one that publishes: %v", len(environments), environments[40].Secrets)
	}
	if !d.askedFor("environments/preview%2F0/secrets") || !strings.Contains(environments[39].Secrets.Reason(), "more than 20") {
		t.Errorf("the last preview: %q", environments[39].Secrets.Reason())
	}
}

func TestAnonymousReadsFewRuns(t *testing.T) {
	d := acme(t)
	d.collect("", Request{})
	if !d.askedFor("publish.yml/runs?per_page=3") || d.askedFor("logs") || d.auth["api.github.com"] != "" {
		t.Errorf("asked for %v", d.asked)
	}
}

func TestCalledWorkflows(t *testing.T) {
	d := acme(t)
	d.reset()
	d.answers["repos/other/shared/contents/.github/workflows/publish.yml?ref=v1"] = contents("x", "on: workflow_call\n")
	got := Called(t.Context(), d.reader(""), []string{"other/shared/.github/workflows/publish.yml@v1", "other/shared/.github/workflows/gone.yml@v1", "nonsense", "a/b/../../user@x"})
	if string(got["other/shared/.github/workflows/publish.yml@v1"].Or(nil)) != "on: workflow_call\n" {
		t.Errorf("%v", got)
	}
	for _, reference := range []string{"other/shared/.github/workflows/gone.yml@v1", "nonsense", "a/b/../../user@x"} {
		if f := got[reference]; !f.Unknown() || f.Reason() == "" {
			t.Errorf("%s: %v", reference, f)
		}
	}
	if d.askedFor("..") {
		t.Errorf("asked for %v", d.asked)
	}
}

func TestPublishingJobsLogsAreReadFirst(t *testing.T) {
	const r = "repos/acme/market-data"
	d := acme(t)
	var jobs []string
	for n := range 12 {
		jobs = append(jobs, fmt.Sprintf(`{"id":%d,"name":"build (%d)","status":"completed","conclusion":"failure"}`, 2000+n, n))
		d.answers[fmt.Sprintf("%s/actions/jobs/%d/logs", r, 2000+n)] = "log of a build"
	}
	jobs = append(jobs, `{"id":1022,"name":"Upload to PyPI","status":"completed","conclusion":"failure"}`)
	d.answers[r+"/actions/runs/102/jobs"] = `{"jobs":[` + strings.Join(jobs, ",") + `]}`
	d.answers[r+"/actions/jobs/1022/logs"] = "log of the upload"
	out := d.collect("t", Request{Focus: func(Judged) Focus {
		return Focus{Workflows: []string{".github/workflows/publish.yml"}, Jobs: []string{"Upload to PyPI"}}
	}})
	read := 0
	list := seen(t, "jobs", seen(t, "runs", out.GitHub.Runs)[1].Jobs)
	for _, j := range list {
		if j.Log.Seen() {
			read++
		}
	}
	if read != maxLogs || list[12].Log.Or("") != "log of the upload" {
		t.Errorf("%d logs, the upload's: %v", read, list[12].Log)
	}
}
