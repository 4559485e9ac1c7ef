package contract

import (
	"net/http"
	"strings"
	"testing"
)

const (
	environment = "https://api.github.com/repos/o/r/environments/release"
	goodAnswer  = `{"id":1,"node_id":"x","name":"release","url":"u","html_url":"h",
		"created_at":"2026-11-22T00:00:00Z","updated_at":"2026-11-22T00:00:00Z"}`
)

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

func gitHub(t *testing.T) *API {
	t.Helper()
	api, err := GitHub()
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestRequestsAreHeldAgainstTheDescription(t *testing.T) {
	for body, good := range map[string]bool{
		`{"wait_timer":0,"prevent_self_review":true,"reviewers":[{"type":"User","id":1}]}`: true,
		`{"wait_timer":"0"}`:                           false,
		`{"prevent_selfreview":true}`:                  false,
		`{"can_admins_bypass":false}`:                  true, // as go-github sends it
		`{"wait_timer":"0","can_admins_bypass":false}`: false,
		`{"reviewers":[{"type":"Robot"}]}`:             false,
	} {
		err := gitHub(t).CheckRequest(request(t, "PUT", environment, body), []byte(body))
		if (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestAnswersAreHeldAgainstTheDescription(t *testing.T) {
	cases := []struct {
		status  int
		body    string
		allowed []Gap
		good    bool
	}{
		{200, goodAnswer, nil, true},
		{200, strings.Replace(goodAnswer, `"id":1`, `"id":"x"`, 1), nil, false},
		{200, `{"id":1}`, nil, false},
		{404, `{"message":"Not Found"}`, nil, false},
		{404, `{"message":"Not Found"}`, []Gap{{Method: "GET", Status: 404, Reason: "real"}}, true},
		{404, `{"message":"Not Found"}`, []Gap{{Method: "PUT", Status: 404, Reason: "real"}}, false},
	}
	for _, c := range cases {
		x := Exchange{
			Request: request(t, "GET", environment, ""), Status: c.status, Body: []byte(c.body),
			Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		}
		if err := gitHub(t).CheckAnswer(x, c.allowed); (err == nil) != c.good {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
}

func TestPathsOfSeveralSegmentsAreFound(t *testing.T) {
	for path, want := range map[string]string{
		"/contents/.github/workflows/x.yml":   "GET /repos/{owner}/{repo}/contents/{path}",
		"/git/ref/tags/v1":                    "GET /repos/{owner}/{repo}/git/ref/{ref}",
		"/git/matching-refs/heads/trustpub/":  "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
		"/branches/feature/x/protection":      "GET /repos/{owner}/{repo}/branches/{branch}/protection",
		"/rules/branches/a/b":                 "GET /repos/{owner}/{repo}/rules/branches/{branch}",
		"/environments/a%2Fb":                 "GET /repos/{owner}/{repo}/environments/{environment_name}",
		"/environments/a%2Fb/secrets?page=2":  "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets",
		"/actions/runs/7/pending_deployments": "GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
	} {
		got, err := gitHub(t).Operation(request(t, "GET", "https://api.github.com/repos/o/r"+path, ""))
		if err != nil || got != want {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
}

func TestCratesIOIsHeldAgainstItsDescription(t *testing.T) {
	api, err := CratesIO()
	if err != nil {
		t.Fatal(err)
	}
	const tokens = "https://crates.io/api/v1/trusted_publishing/tokens"
	for body, good := range map[string]bool{`{"jwt":"x"}`: true, `{"token":"x"}`: false} {
		if err := api.CheckRequest(request(t, "POST", tokens, body), []byte(body)); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
	for body, good := range map[string]bool{`{"token":"x"}`: true, `{"token":7}`: false} {
		x := Exchange{
			Request: request(t, "POST", tokens, ""), RequestBody: []byte(`{"jwt":"x"}`), Status: 200, Body: []byte(body),
			Header: http.Header{"Content-Type": {"application/json"}},
		}
		if err := api.CheckAnswer(x, nil); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
}
