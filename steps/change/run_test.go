package change

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// actions answers as GitHub does for one run, which takes a turn each time it
// is looked at.
type actions struct {
	t *testing.T
	// old is a server that does not tell the run's number.
	old, told bool
	statuses  []string // of the run, "status/conclusion/job status"
	looked    int
	runs      string
	pending   string
	inputs    map[string]any
}

func (a *actions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const base = "/repos/acme/market-data/actions/"
	w.Header().Set("Content-Type", "application/json")
	switch path := strings.TrimPrefix(r.URL.Path, base); r.Method + " " + path {
	case "POST workflows/publish.yml/dispatches":
		body := decode(a.t, r.Body)
		a.inputs, _ = body["inputs"].(map[string]any)
		if _, asks := body["return_run_details"]; a.old && asks {
			http.Error(w, `{"message":"\"return_run_details\" is not a permitted key."}`, http.StatusUnprocessableEntity)
			return
		}
		a.runs = `{"id":8},{"id":7}`
		if a.told {
			fmt.Fprint(w, `{"workflow_run_id":8,"run_url":"https://api.github.com/x","html_url":"https://github.com/x"}`)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case "GET workflows/publish.yml/runs":
		fmt.Fprintf(w, `{"workflow_runs":[%s]}`, a.runs)
	case "GET runs/8":
		a.looked++
		status, conclusion, _ := a.now()
		fmt.Fprintf(w, `{"id":8,"run_number":3,"status":%q,"conclusion":%q,"html_url":"https://github.com/acme/market-data/actions/runs/8"}`, status, conclusion)
	case "GET runs/8/jobs":
		_, conclusion, job := a.now()
		fmt.Fprintf(w, `{"jobs":[{"name":"PyPI","status":%q,"conclusion":%q,"steps":[{"name":"Mint a PyPI token","conclusion":%q}]}]}`, job, conclusion, conclusion)
	case "GET runs/8/pending_deployments":
		fmt.Fprint(w, a.pending)
	default:
		a.t.Errorf("unexpected %s %s", r.Method, r.URL.Path)
	}
}

func (a *actions) now() (status, conclusion, job string) {
	parts := strings.Split(a.statuses[min(a.looked, len(a.statuses))-1], "/")
	return parts[0], parts[1], parts[2]
}

func rehearsed(t *testing.T, a *actions) (*person, error) {
	t.Helper()
	a.t = t
	tools := &Tools{Repo: market, GitHub: toward(t, a), Sleep: noSleep}
	p := &person{}
	return p, tools.Rehearse(Rehearsal{Workflow: "publish.yml", Branch: "main", Input: "rehearse"}).Perform(t.Context(), p.hands())
}

var passes = []string{"queued//queued", "in_progress//in_progress", "in_progress//in_progress", "completed/success/completed"}

func TestRehearse(t *testing.T) {
	for name, a := range map[string]*actions{
		"told":       {told: true, statuses: passes},
		"not told":   {statuses: passes, runs: `{"id":7}`},
		"old server": {old: true, statuses: passes},
	} {
		p, err := rehearsed(t, a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if a.inputs["rehearse"] != "true" {
			t.Errorf("%s: inputs %v", name, a.inputs)
		}
		want := "Starting publish.yml on main\nRun 3: PyPI: queued\nRun 3: PyPI: in progress\nRun 3: PyPI: success"
		if p.heard() != want {
			t.Errorf("%s:\n%s", name, p.heard())
		}
	}
}

func TestRehearsalThatUploads(t *testing.T) {
	a := &actions{told: true, statuses: passes}
	a.t = t
	tools := &Tools{Repo: market, GitHub: toward(t, a), Sleep: noSleep}
	c := tools.Rehearse(Rehearsal{Workflow: "publish.yml", Branch: "main", Input: "rehearse", Upload: "testpypi-upload"})
	if err := c.Perform(t.Context(), (&person{}).hands()); err != nil {
		t.Fatal(err)
	}
	if len(a.inputs) != 2 || a.inputs["rehearse"] != "true" || a.inputs["testpypi-upload"] != "true" {
		t.Errorf("inputs %v", a.inputs)
	}
}

func TestRehearsalFails(t *testing.T) {
	_, err := rehearsed(t, &actions{told: true, statuses: []string{"completed/failure/completed"}})
	if err == nil || !strings.Contains(err.Error(), `"Mint a PyPI token"`) || !strings.Contains(err.Error(), "/actions/runs/8") {
		t.Error(err)
	}
	_, err = rehearsed(t, &actions{told: true, statuses: []string{"completed/cancelled/completed"}})
	if err == nil || !strings.Contains(err.Error(), "cancelled") {
		t.Error(err)
	}
}

func TestRehearsalWaitsForAPerson(t *testing.T) {
	pending := `[{"environment":{"name":"release"},"wait_timer":0,"current_user_can_approve":%v,"reviewers":[{"type":"User","reviewer":{"login":"bo"}},{"type":"Team","reviewer":{"slug":"releasers"}}]}]`
	for can, want := range map[bool]string{true: "Waiting for your review of release: https://", false: "Waiting for a review of release by bo or releasers: https://"} {
		a := &actions{told: true, statuses: []string{"waiting//waiting"}, pending: fmt.Sprintf(pending, can)}
		p, err := rehearsed(t, a)
		if err != nil || !strings.Contains(p.heard(), want) || a.looked != 1 {
			t.Errorf("%v after %d looks:\n%s", err, a.looked, p.heard())
		}
	}
}

func TestAWaitTimerIsWaitedFor(t *testing.T) {
	a := &actions{told: true, statuses: []string{"waiting//waiting", "completed/success/completed"}, pending: `[{"environment":{"name":"release"},"wait_timer":30,"current_user_can_approve":false,"reviewers":[]}]`}
	if _, err := rehearsed(t, a); err != nil || a.looked != 2 {
		t.Errorf("%v after %d looks", err, a.looked)
	}
}

func TestARunThatNeverAppears(t *testing.T) {
	a := &actions{t: t}
	tools := &Tools{Repo: market, GitHub: toward(t, a), Sleep: noSleep}
	err := tools.follow(Release{Workflow: "publish.yml", Push: Push{Tag: "v0.1.1"}}).Perform(t.Context(), Hands{})
	if err == nil || !strings.Contains(err.Error(), "tag patterns") {
		t.Error(err)
	}
}

func TestRefusedDispatch(t *testing.T) {
	tools := &Tools{Repo: market, Sleep: noSleep, GitHub: toward(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"workflow_runs":[]}`)
			return
		}
		http.Error(w, `{"message":"Workflow does not have 'workflow_dispatch' trigger"}`, http.StatusUnprocessableEntity)
	}))}
	err := tools.Rehearse(Rehearsal{Workflow: "publish.yml", Branch: "main"}).Perform(t.Context(), Hands{})
	if err == nil || !strings.Contains(err.Error(), "'workflow_dispatch' trigger") {
		t.Error(err)
	}
}
