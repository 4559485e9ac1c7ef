package change

import (
	"encoding/json"
	"errors"
	"hash/crc32"
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
	// dormant are rules for refs that come back with a custom policy.
	dormant []Ref
	// drops are things that the plan does not have: taken, and not stored.
	dropReviewers, dropBypass bool
	// refuses is the message with which reviews are refused.
	refuses string
	puts    []map[string]any
	// dies is the number of writes after which nothing is answered any more; 0 is
	// never.
	dies, writes int
}

const policiesBase = "/repos/acme/market-data/environments/my%2Fenv/deployment-branch-policies"

func (e *environments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const base = "/repos/acme/market-data/environments/my%2Fenv"
	if r.Method != http.MethodGet {
		if e.dies > 0 && e.writes == e.dies {
			http.Error(w, `{"message":"gone"}`, http.StatusInternalServerError)
			return
		}
		e.writes++
	}
	number, one := strings.CutPrefix(r.URL.EscapedPath(), policiesBase+"/")
	switch call := r.Method + " " + r.URL.EscapedPath(); {
	case call == "GET "+base:
		e.get(w)
	case call == "PUT "+base:
		e.put(w, r)
	case call == "GET "+base+"/deployment_protection_rules":
		e.apps(w)
	case call == "GET "+policiesBase:
		e.list(w, r)
	case call == "POST "+policiesBase:
		body := decode(e.t, r.Body)
		ref := Ref{body["type"].(string), body["name"].(string)}
		if slices.Contains(e.state.Refs, ref) {
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		e.state.Refs = append(e.state.Refs, ref)
	case one && r.Method == http.MethodDelete:
		e.state.Refs = slices.DeleteFunc(e.state.Refs, func(r Ref) bool { return strconv.Itoa(int(refID(r))) == number })
		w.WriteHeader(http.StatusNoContent)
	default:
		e.t.Errorf("unexpected %s", call)
	}
}

// refID is the number of a rule.
func refID(r Ref) uint32 { return crc32.ChecksumIEEE([]byte(r.String())) }

func (e *environments) apps(w http.ResponseWriter) {
	rules := []map[string]any{{"id": 1, "enabled": false, "app": map[string]any{"slug": "idle"}}}
	for i, slug := range e.state.Apps {
		rules = append(rules, map[string]any{"id": i + 2, "enabled": true, "app": map[string]any{"slug": slug}})
	}
	answer(w, map[string]any{"total_count": len(rules), "custom_deployment_protection_rules": rules})
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
	for _, kind := range e.state.Others {
		rules = append(rules, map[string]any{"id": 9, "type": kind})
	}
	answer(w, map[string]any{"protection_rules": rules, "deployment_branch_policy": policyBody(e.state.Policy), "can_admins_bypass": !e.state.NoBypass})
}

// put resets what is left out, as GitHub does.
func (e *environments) put(w http.ResponseWriter, r *http.Request) {
	body := decode(e.t, r.Body)
	e.puts = append(e.puts, body)
	if e.refuses != "" && (body["reviewers"] != nil || body["wait_timer"] != nil || body["prevent_self_review"] != nil) {
		http.Error(w, `{"message":"`+e.refuses+`"}`, http.StatusUnprocessableEntity)
		return
	}
	next := EnvironmentState{Exists: true, Refs: e.state.Refs, Apps: e.state.Apps, Others: e.state.Others, Policy: evidence.RefsAll, NoBypass: body["can_admins_bypass"] == false && !e.dropBypass}
	if p, ok := body["deployment_branch_policy"].(map[string]any); ok {
		next.Policy = evidence.RefsProtected
		if p["custom_branch_policies"] == true {
			next.Policy = evidence.RefsCustom
		}
	}
	if next.Policy == evidence.RefsCustom && e.state.Policy != evidence.RefsCustom {
		next.Refs = slices.Clone(e.dormant)
	}
	if next.Policy != evidence.RefsCustom {
		next.Refs = nil
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
			policies = append(policies, map[string]any{"id": refID(ref), "name": ref.Pattern, "type": ref.Type})
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

// TestWhatGitHubDoesNotStoreIsNamed: and the rest is done.
func TestWhatGitHubDoesNotStoreIsNamed(t *testing.T) {
	const billing = "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule."
	for name, c := range map[string]struct {
		server *environments
		says   []string
	}{
		"taken and not stored": {&environments{state: StateOf(nil), dropReviewers: true}, []string{"the reviewer n1", "the reviewer n2", "the ban on self-review", "plan"}},
		"the bypass":           {&environments{state: StateOf(nil), dropBypass: true}, []string{"turn “Allow administrators to bypass” off"}},
		"refused for the plan": {&environments{state: StateOf(nil), refuses: billing}, []string{"the reviewer n1", "the wait timer of 5 minutes", "billing plan", "Enterprise"}},
	} {
		w := wish
		w.WaitMinutes = 5
		err := hardened(t, c.server, w)
		if _, short := errors.AsType[*ShortError](err); !short {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", name, want, err)
			}
		}
		if got := c.server.state; got.Policy != evidence.RefsCustom || len(got.Refs) != 2 || got.NoBypass == c.server.dropBypass {
			t.Errorf("%s: the rest is not done: %+v", name, got)
		}
	}
}

// TestARefusalIsNoPlan: where another thing is wrong, nothing is left out in
// silence; nor where something would be lost.
func TestARefusalIsNoPlan(t *testing.T) {
	other := &environments{state: StateOf(nil), refuses: "Validation Failed: every reviewer must have access"}
	if err := hardened(t, other, wish); err == nil || len(other.puts) != 1 || !strings.Contains(err.Error(), "must have access") {
		t.Errorf("%v after %d tries", err, len(other.puts))
	}
	there := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsAll, Reviewers: []Reviewer{{"User", 9, "n9"}}}, refuses: "the billing plan does not support it"}
	if err := hardened(t, there, wish); err == nil || len(there.puts) != 1 || len(there.state.Reviewers) != 1 {
		t.Errorf("%v after %d tries: %+v", err, len(there.puts), there.state)
	}
}

// TestWhatIsNotOursStays: the rules of apps, and those of kinds that came later.
func TestWhatIsNotOursStays(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsAll, Apps: []string{"gatekeeper"}, Others: []string{"quiet_hours"}}}
	if err := hardened(t, e, wish); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.state.Apps, []string{"gatekeeper"}) || !slices.Equal(e.state.Others, []string{"quiet_hours"}) {
		t.Errorf("%+v", e.state)
	}
	asked := e.state
	asked.Apps = append(slices.Clone(asked.Apps), "gone")
	asked.Others = append(slices.Clone(asked.Others), "lost")
	if missing := strings.Join(lacking(asked, e.state), ", "); missing != "the protection rule of the app gone, the protection rule of the kind lost" {
		t.Error(missing)
	}
}

func TestARuleThatIsTooWideGoes(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsCustom, Refs: []Ref{{"branch", "*"}, {"tag", "v*"}}}}
	w := EnvironmentWish{Name: "my/env", Refs: wish.Refs, Drop: []Ref{{"branch", "*"}, {"tag", "v*"}}}
	c, err := (&Tools{Repo: market}).Environment(e.state, w)
	if err != nil || previewText(c) != " environment my/env\n-deployment from branch *\n deployment from tag v*\n+deployment from branch main\n" {
		t.Fatalf("%v\n%s", err, previewText(c))
	}
	if err := hardened(t, e, w); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.state.Refs, []Ref{{"tag", "v*"}, {"branch", "main"}}) || len(e.puts) != 0 {
		t.Errorf("%+v after %d puts", e.state.Refs, len(e.puts))
	}
}

// TestNoOldRuleComesBack: GitHub may keep what a custom policy had before another
// took its place.
func TestNoOldRuleComesBack(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsProtected}, dormant: []Ref{{"branch", "*"}}}
	if err := hardened(t, e, wish); err != nil || !slices.Equal(e.state.Refs, wish.Refs) {
		t.Errorf("%v: %v", err, e.state.Refs)
	}
}

func TestTheWaitTimer(t *testing.T) {
	e := &environments{state: EnvironmentState{Exists: true, Policy: evidence.RefsAll, WaitMinutes: 30}}
	for asked, want := range map[int]int{0: 30, 5: 30, 60: 60} {
		e.state.WaitMinutes = 30
		if err := hardened(t, e, EnvironmentWish{Name: "my/env", WaitMinutes: asked}); err != nil || e.state.WaitMinutes != want {
			t.Errorf("%d: %v, %d minutes", asked, err, e.state.WaitMinutes)
		}
	}
	c, err := (&Tools{Repo: market}).Environment(EnvironmentState{Exists: true, Policy: evidence.RefsAll, WaitMinutes: 30}, EnvironmentWish{Name: "my/env", WaitMinutes: 60, Origins: map[string]string{"wait timer": "your choice"}})
	if err != nil || previewText(c) != " environment my/env\n-wait timer 30 minutes\n+wait timer 60 minutes\n" || c.Preview[2].Origin != "your choice" {
		t.Errorf("%v\n%s", err, previewText(c))
	}
	for _, bad := range []int{-1, MaxWaitMinutes + 1} {
		if _, err := Merge(StateOf(nil), EnvironmentWish{Name: "my/env", WaitMinutes: bad}); err == nil || !strings.Contains(err.Error(), "43200") {
			t.Errorf("%d: %v", bad, err)
		}
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
	want := " environment my/env\n reviewer n1\n+reviewer team n2\n+prevent self-review\n+administrators cannot pass the rules by\n wait timer 5 minutes\n-deployment from: protected branches\n+deployment from branch main\n+deployment from tag v*\n"
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
