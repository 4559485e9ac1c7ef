package github

import (
	"net/url"
	"strings"
	"testing"
)

// opened is acme/x with a pull request of ana's.
func opened(t *testing.T) *practice {
	p := newPractice(t)
	p.expect(201, "ana", "POST", "R/git/refs", `{"ref":"refs/heads/trustpub/x","sha":"`+p.sha+`"}`)
	p.expect(201, "ana", "PUT", "R/contents/f", `{"message":"m","content":"eA==","branch":"trustpub/x"}`)
	p.expect(201, "ana", "POST", "R/pulls", `{"title":"Publish","body":"One.\n\nTwo.","head":"trustpub/x","base":"main"}`)
	return p
}

func TestAPullRequestIsMergedOnItsPage(t *testing.T) {
	p := opened(t)
	p.edit(func(r *Repository) {
		r.Collaborators["mallory"] = Read
		r.Rulesets = []*Ruleset{{Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"}, Rules: []Rule{{Type: "pull_request"}}}}
	})
	if status, body := p.browser("mallory").get("/acme/x/pull/1"); status != 200 || strings.Contains(body, "Merge pull request") {
		t.Errorf("a reader's page: %d %s", status, body)
	}
	if status, _ := p.browser("mallory").post("/acme/x/pull/1", url.Values{"do": {"merge"}}); status != 404 {
		t.Errorf("a reader merges: %d", status)
	}
	w := p.browser("bo")
	status, body := w.get("/acme/x/pull/1")
	for _, part := range []string{"Publish #1", "Two.", "Merge pull request", "&#43;x"} {
		if status != 200 || !strings.Contains(body, part) {
			t.Errorf("%d, no %q in %s", status, part, body)
		}
	}
	if status, body := w.post("/acme/x/pull/1", url.Values{"do": {"merge"}}); status != 200 || !strings.Contains(body, "merged") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := w.post("/acme/x/pull/1", url.Values{"do": {"merge"}}); status != 405 || !strings.Contains(body, "not mergeable") {
		t.Errorf("again: %d %s", status, body)
	}
	if _, body := w.get("/acme/x/pulls"); !strings.Contains(body, "merged") || !strings.Contains(body, "/acme/x/pull/1") {
		t.Errorf("the list: %s", body)
	}
	p.expect(200, "ana", "GET", "R/contents/f", "")
}

func TestAPullRequestIsClosedWithItsBranch(t *testing.T) {
	p := opened(t)
	head := p.expect(200, "ana", "GET", "R/pulls/1", "").get("head.sha")
	p.expect(204, "ana", "DELETE", "R/git/refs/heads/trustpub/x", "")
	got := p.expect(200, "ana", "GET", "R/pulls/1", "")
	if got.get("state") != "closed" || got.get("head.sha") != head || got.get("merged_at") != nil {
		t.Errorf("%s", got.body)
	}
	p.expect(422, "ana", "PATCH", "R/pulls/1", `{"state":"open"}`)

	p = opened(t)
	if status, body := p.browser("bo").post("/acme/x/pull/1", url.Values{"do": {"close"}}); status != 200 || !strings.Contains(body, "closed") {
		t.Errorf("%d %s", status, body)
	}
	p.expect(200, "ana", "PATCH", "R/pulls/1", `{"state":"open"}`)
}

func TestRefsAreListedByTheirBeginning(t *testing.T) {
	p := opened(t)
	for path, want := range map[string]string{"heads/trustpub/": "refs/heads/trustpub/x", "heads/ma": "refs/heads/main", "heads/none": ""} {
		got := p.expect(200, "ana", "GET", "R/git/matching-refs/"+path, "")
		if name, _ := got.get("0.ref").(string); name != want {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}
