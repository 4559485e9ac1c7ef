package change

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// environments answers as GitHub does for one environment.
type environments struct {
	t     *testing.T
	state EnvironmentState
	// drops are things that the plan does not have: taken, and not stored.
	dropReviewers, dropBypass bool
	refuses                   bool
	puts                      []map[string]any
}

func (e *environments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const base = "/repos/acme/market-data/environments/my%2Fenv"
	switch r.Method + " " + r.URL.EscapedPath() {
	case "GET " + base:
		e.get(w)
	case "PUT " + base:
		e.put(w, r)
	case "GET " + base + "/deployment-branch-policies":
		e.list(w, r)
	case "POST " + base + "/deployment-branch-policies":
		body := decode(e.t, r.Body)
		ref := Ref{body["type"].(string), body["name"].(string)}
		if slices.Contains(e.state.Refs, ref) {
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		e.state.Refs = append(e.state.Refs, ref)
	default:
		e.t.Errorf("unexpected %s %s", r.Method, r.URL.EscapedPath())
	}
}

func (e *environments) get(w http.ResponseWriter) {
	if !e.state.Exists {
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	rules := []map[string]any{}
	if e.state.WaitMinutes > 0 {
		rules = append(rules, map[string]any{"type": "wait_timer", "wait_timer": e.state.WaitMinutes})
	}
	if len(e.state.Reviewers) > 0 {
		var reviewers []map[string]any
		for _, r := range e.state.Reviewers {
			key := map[string]string{"User": "login", "Team": "slug"}[r.Type]
			reviewers = append(reviewers, map[string]any{"type": r.Type, "reviewer": map[string]any{"id": r.ID, key: r.Name}})
		}
		rules = append(rules, map[string]any{"type": "required_reviewers", "prevent_self_review": e.state.PreventSelfReview, "reviewers": reviewers})
	}
	answer(w, map[string]any{"protection_rules": rules, "deployment_branch_policy": policyBody(e.state.Policy), "can_admins_bypass": !e.state.NoBypass})
}

// put resets what is left out, as GitHub does.
func (e *environments) put(w http.ResponseWriter, r *http.Request) {
	if e.refuses {
		http.Error(w, `{"message":"Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule."}`, http.StatusUnprocessableEntity)
		return
	}
	body := decode(e.t, r.Body)
	e.puts = append(e.puts, body)
	next := EnvironmentState{Exists: true, Refs: e.state.Refs, Policy: evidence.RefsAll, NoBypass: body["can_admins_bypass"] == false && !e.dropBypass}
	if p, ok := body["deployment_branch_policy"].(map[string]any); ok {
		next.Policy = evidence.RefsProtected
		if p["custom_branch_policies"] == true {
			next.Policy = evidence.RefsCustom
		}
	}
	if wait, ok := body["wait_timer"].(float64); ok {
		next.WaitMinutes = int(wait)
	}
	next.PreventSelfReview = body["prevent_self_review"] == true
	reviewers, _ := body["reviewers"].([]any)
	for _, one := range reviewers {
		r := one.(map[string]any)
		if !e.dropReviewers {
			next.Reviewers = append(next.Reviewers, Reviewer{r["type"].(string), int64(r["id"].(float64)), "n" + strconv.Itoa(int(r["id"].(float64)))})
		}
	}
	e.state = next
	e.get(w)
}

func (e *environments) list(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	policies := []map[string]any{}
	for i, ref := range e.state.Refs {
		if i/refsPage == page-1 {
			policies = append(policies, map[string]any{"id": i + 1, "name": ref.Pattern, "type": ref.Type})
		}
	}
	answer(w, map[string]any{"total_count": len(e.state.Refs), "branch_policies": policies})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

var wish = EnvironmentWish{
	Name:              "my/env",
	Reviewers:         []Reviewer{{"User", 1, "n1"}, {"Team", 2, "n2"}},
	PreventSelfReview: true,
	NoBypass:          true,
	Refs:              []Ref{{"branch", "main"}, {"tag", "v*"}},
	Origins:           map[string]string{"tag v*": "publish.yml:4"},
}

func hardened(t *testing.T, e *environments, w EnvironmentWish) error {
	t.Helper()
	e.t = t
	tools := &Tools{GitHub: toward(t, e), Repo: market}
	c, err := tools.Environment(e.state, w)
	if err != nil {
		return err
	}
	return c.Perform(t.Context(), Hands{})
}

func TestEnvironmentIsCreated(t *testing.T) {
	e := &environments{state: StateOf(nil)}
	if err := hardened(t, e, wish); err != nil {
		t.Fatal(err)
	}
	want := EnvironmentState{Exists: true, PreventSelfReview: true, NoBypass: true, Reviewers: wish.Reviewers, Policy: evidence.RefsCustom, Refs: wish.Refs}
	if diff := cmp.Diff(want, e.state); diff != "" {
		t.Error(diff)
	}
	if err := hardened(t, e, wish); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestWhatIsThereStays(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, WaitMinutes: 30, Reviewers: []Reviewer{{"User", 9, "n9"}}, Policy: evidence.RefsCustom, Refs: []Ref{{"tag", "v*"}, {"branch", "old"}}, NoBypass: true}}
	if err := hardened(t, e, wish); err != nil {
		t.Fatal(err)
	}
	want := EnvironmentState{Exists: true, WaitMinutes: 30, PreventSelfReview: true, Reviewers: []Reviewer{{"User", 9, "n9"}, {"User", 1, "n1"}, {"Team", 2, "n2"}},
		Policy: evidence.RefsCustom, Refs: []Ref{{"tag", "v*"}, {"branch", "old"}, {"branch", "main"}}, NoBypass: true}
	if diff := cmp.Diff(want, e.state); diff != "" {
		t.Error(diff)
	}
}

// TestMergesIntoWhatIsThereThen: what a colleague set after the preview stays.
func TestMergesIntoWhatIsThereThen(t *testing.T) {
	e := &environments{t: t, state: StateOf(nil)}
	c, err := (&Tools{GitHub: toward(t, e), Repo: market}).Environment(e.state, wish)
	if err != nil {
		t.Fatal(err)
	}
	e.state = EnvironmentState{Exists: true, WaitMinutes: 60, Policy: evidence.RefsAll}
	if err := c.Perform(t.Context(), Hands{}); err != nil || e.state.WaitMinutes != 60 {
		t.Errorf("%v, wait %d", err, e.state.WaitMinutes)
	}
}

// TestOnlyWhatIsSetIsSent: plans without a feature refuse even its default.
func TestOnlyWhatIsSetIsSent(t *testing.T) {
	e := &environments{state: StateOf(nil)}
	if err := hardened(t, e, EnvironmentWish{Name: "my/env", Refs: wish.Refs}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"deployment_branch_policy": map[string]any{"protected_branches": false, "custom_branch_policies": true}}
	if diff := cmp.Diff(want, e.puts[0]); diff != "" {
		t.Error(diff)
	}
}

func TestWhatGitHubDoesNotStoreIsNamed(t *testing.T) {
	err := hardened(t, &environments{state: StateOf(nil), dropReviewers: true}, wish)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"the reviewer n1", "the reviewer n2", "the ban on self-review", "plan"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	err = hardened(t, &environments{state: StateOf(nil), dropBypass: true}, wish)
	if err == nil || !strings.Contains(err.Error(), "turn “Allow administrators to bypass” off") {
		t.Error(err)
	}
	err = hardened(t, &environments{state: StateOf(nil), refuses: true}, wish)
	if err == nil || !strings.Contains(err.Error(), "billing plan") || !strings.Contains(err.Error(), "Enterprise") {
		t.Error(err)
	}
}

func TestManyRules(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsCustom}}
	for i := range 150 {
		e.state.Refs = append(e.state.Refs, Ref{"tag", "t" + strconv.Itoa(i)})
	}
	if err := hardened(t, e, EnvironmentWish{Name: "my/env", Refs: []Ref{{"tag", "t149"}}}); err != nil || len(e.state.Refs) != 150 {
		t.Errorf("%v, %d rules", err, len(e.state.Refs))
	}
}

func TestPreviewOfAnEnvironment(t *testing.T) {
	now := EnvironmentState{Exists: true, Policy: evidence.RefsProtected, Reviewers: []Reviewer{{"User", 1, "n1"}}, WaitMinutes: 5}
	c, err := (&Tools{Repo: market}).Environment(now, wish)
	if err != nil {
		t.Fatal(err)
	}
	want := " environment my/env\n reviewer n1\n+reviewer n2\n+prevent self-review\n+administrators cannot pass the rules by\n wait timer 5 minutes\n-deployment from: protected branches\n+deployment from branch main\n+deployment from tag v*\n"
	if got := previewText(c); got != want {
		t.Error(got)
	}
	if c.Preview[len(c.Preview)-1].Origin != "publish.yml:4" {
		t.Error(c.Preview)
	}
}

func TestSignedOut(t *testing.T) {
	tools := &Tools{Repo: market}
	c, err := tools.Environment(StateOf(nil), wish)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Change{c, tools.DeleteSecret("", "X"), tools.Rehearse(Rehearsal{Workflow: "publish.yml"})} {
		if err := c.Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "gh auth login") {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

func TestDeleteSecret(t *testing.T) {
	var asked []string
	status := http.StatusNoContent
	tools := &Tools{Repo: market, GitHub: toward(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.EscapedPath())
		w.WriteHeader(status)
	}))}
	for _, c := range []Change{tools.DeleteSecret("", "PYPI_TOKEN"), tools.DeleteSecret("my/env", "PYPI_TOKEN"), tools.DeleteDependabotSecret("PYPI_TOKEN")} {
		if c.Lasting == "" {
			t.Error("a deleted secret cannot be put back")
		}
		if err := c.Perform(t.Context(), Hands{}); err != nil {
			t.Error(err)
		}
	}
	want := []string{"DELETE /repos/acme/market-data/actions/secrets/PYPI_TOKEN", "DELETE /repos/acme/market-data/environments/my%2Fenv/secrets/PYPI_TOKEN", "DELETE /repos/acme/market-data/dependabot/secrets/PYPI_TOKEN"}
	if !slices.Equal(asked, want) {
		t.Error(asked)
	}
	status = http.StatusNotFound
	if err := tools.DeleteSecret("", "X").Perform(t.Context(), Hands{}); err != nil {
		t.Errorf("gone already: %v", err)
	}
	status = http.StatusForbidden
	if err := tools.DeleteSecret("", "X").Perform(t.Context(), Hands{}); err == nil {
		t.Error("a refusal passed")
	}
}
