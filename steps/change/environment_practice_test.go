package change

import (
	"errors"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// hub is the practice GitHub with one repository of an organisation of three,
// and the tools of its administrator.
type hub struct {
	*github.Store
	tools *Tools
	ids   map[string]int64 // of people by login, and of the team core
}

func newHub(t *testing.T) *hub {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	state := &box.MemoryState{}
	issuer, err := oidc.NewIssuer(state)
	must(t, err)
	store, err := github.New(github.Options{State: state, Dir: t.TempDir(), Issuer: issuer})
	must(t, err)
	h := &hub{Store: store, ids: map[string]int64{}}
	for _, login := range []string{"ana", "bo", "cy"} {
		account, err := store.AddUser(login, "")
		must(t, err)
		h.ids[login] = account.ID
	}
	_, err = store.AddOrganization("acme", "", map[string]string{"ana": "admin", "bo": "member", "cy": "member"})
	must(t, err)
	_, err = store.AddRepository(t.Context(), github.Repository{Owner: "acme", Name: "market-data", Collaborators: map[string]github.Role{"bo": github.Write, "cy": github.Read}})
	must(t, err)
	_, err = store.AddToken(github.Token{Login: "ana", Value: "gho_test", Scopes: []string{"repo", "read:org"}})
	must(t, err)
	h.tools = &Tools{GitHub: toward(t, http.HandlerFunc(h.api)), Repo: market}
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *hub) api(w http.ResponseWriter, r *http.Request) {
	r.Host = github.APIHost
	for _, s := range h.Services() {
		if slices.Contains(s.Hosts(), github.APIHost) {
			s.ServeHTTP(w, r)
			return
		}
	}
}

// stored is the environment in the practice GitHub's own store, without its
// times and the numbers of its rules.
func (h *hub) stored(t *testing.T) *github.Environment {
	t.Helper()
	repo, err := h.Repository("acme", "market-data")
	must(t, err)
	e := repo.Environment("my/env")
	if e == nil {
		return nil
	}
	bare := github.Environment{Name: e.Name, Reviewers: slices.Clone(e.Reviewers), PreventSelfReview: e.PreventSelfReview, WaitMinutes: e.WaitMinutes, Policy: e.Policy,
		AdminsCannotBypass: e.AdminsCannotBypass, Apps: e.Apps, Others: e.Others}
	for _, p := range e.Policies {
		bare.Policies = append(bare.Policies, github.DeploymentPolicy{Type: p.Type, Name: p.Name})
	}
	slices.SortFunc(bare.Policies, func(a, b github.DeploymentPolicy) int { return strings.Compare(a.Type+a.Name, b.Type+b.Name) })
	slices.SortFunc(bare.Reviewers, func(a, b github.Reviewer) int { return int(a.ID - b.ID) })
	return &bare
}

func (h *hub) reviewer(login string) Reviewer { return Reviewer{"User", h.ids[login], login} }

// drawn is an environment in the store as it may be found.
func (h *hub) drawn(t *rapid.T) *github.Environment {
	if !rapid.Bool().Draw(t, "exists") {
		return nil
	}
	e := &github.Environment{Name: "my/env", WaitMinutes: rapid.SampledFrom([]int{0, 30}).Draw(t, "wait"), AdminsCannotBypass: rapid.Bool().Draw(t, "no bypass"),
		Policy: rapid.SampledFrom([]github.RefPolicy{github.AllRefs, github.ProtectedBranches, github.CustomRefs}).Draw(t, "policy")}
	for _, login := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ana", "bo"}), 0, 2, rapid.ID[string]).Draw(t, "reviewers") {
		e.Reviewers = append(e.Reviewers, github.Reviewer{Type: "User", ID: h.ids[login]})
	}
	e.PreventSelfReview = len(e.Reviewers) > 0 && rapid.Bool().Draw(t, "prevent")
	if e.Policy == github.CustomRefs {
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"*", "main", "v*"}), 1, 3, rapid.ID[string]).Draw(t, "rules") {
			e.Policies = append(e.Policies, github.DeploymentPolicy{Type: rapid.SampledFrom([]string{"branch", "tag"}).Draw(t, "type"), Name: name})
		}
	}
	if rapid.Bool().Draw(t, "guarded") {
		e.Apps, e.Others = []github.App{{Slug: "gatekeeper"}, {Slug: "idle", Disabled: true}}, []github.OtherRule{{Type: "quiet_hours"}}
	}
	return e
}

func (h *hub) wished(t *rapid.T) EnvironmentWish {
	w := EnvironmentWish{Name: "my/env", PreventSelfReview: rapid.Bool().Draw(t, "wish: prevent"), NoBypass: rapid.Bool().Draw(t, "wish: no bypass"),
		WaitMinutes: rapid.SampledFrom([]int{0, 60}).Draw(t, "wish: wait"), Refs: rapid.SampledFrom([][]Ref{nil, {{"branch", "main"}, {"tag", "v*"}}}).Draw(t, "wish: refs"),
		Drop: rapid.SampledFrom([][]Ref{nil, {{"branch", "*"}}}).Draw(t, "wish: drop")}
	for _, login := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ana", "bo", "cy"}), 0, 3, rapid.ID[string]).Draw(t, "wish: reviewers") {
		w.Reviewers = append(w.Reviewers, h.reviewer(login))
	}
	return w
}

// TestInThePracticeWorldNothingIsLost: against a server that keeps its own books,
// what protects stays, what is not ours is untouched, to ask again changes
// nothing, and undo brings all of it back.
func TestInThePracticeWorldNothingIsLost(t *testing.T) {
	h := newHub(t)
	rapid.Check(t, func(r *rapid.T) {
		found, w := h.drawn(r), h.wished(r)
		must(t, h.Edit("acme", "market-data", func(repo *github.Repository) error {
			repo.Environments = nil
			if found != nil {
				repo.Environments = []*github.Environment{found}
			}
			return nil
		}))
		was := h.stored(t)
		now, err := readEnvironment(t.Context(), h.tools.GitHub, h.tools.environmentPath("my/env"))
		must(t, err)
		c, err := h.tools.Environment(now, w)
		if err != nil {
			return // refused before anything was written
		}
		must(t, c.Perform(t.Context(), Hands{}))
		is := h.stored(t)
		weakened(r, was, is)
		must(t, c.Perform(t.Context(), Hands{}))
		if diff := cmp.Diff(is, h.stored(t)); diff != "" {
			r.Fatalf("asked again: %s", diff)
		}
		inverse, err := h.tools.Inverse(t.Context(), kept(t, c))
		if errors.Is(err, ErrAsBefore) {
			return
		}
		must(t, err)
		must(t, inverse.Perform(t.Context(), Hands{}))
		if diff := cmp.Diff(was, h.stored(t)); diff != "" {
			r.Fatalf("taken back: %s", diff)
		}
	})
}

// weakened fails where something that protected does not any more.
func weakened(t *rapid.T, was, is *github.Environment) {
	if was == nil {
		return
	}
	for _, r := range was.Reviewers {
		if !slices.Contains(is.Reviewers, r) {
			t.Fatalf("a reviewer is gone: %+v", is)
		}
	}
	switch {
	case was.PreventSelfReview && !is.PreventSelfReview, was.AdminsCannotBypass && !is.AdminsCannotBypass, was.WaitMinutes > is.WaitMinutes,
		was.Policy != github.AllRefs && is.Policy == github.AllRefs:
		t.Fatalf("weakened: %+v", is)
	}
	if diff := cmp.Diff(was.Apps, is.Apps) + cmp.Diff(was.Others, is.Others); diff != "" {
		t.Fatalf("not ours, and touched: %s", diff)
	}
}

// TestByThePlanOfThePracticeWorld: what it has is stored, the rest is named, and
// nothing is half done.
func TestByThePlanOfThePracticeWorld(t *testing.T) {
	for plan, c := range map[string]struct {
		says   []string
		stored bool
	}{
		github.PlanTeam: {[]string{"the reviewer ana", "the wait timer of 5 minutes", "the ban on self-review", "billing plan", "GitHub Enterprise"}, true},
		github.PlanFree: {[]string{"404", "a private repository has them on GitHub Pro, Team and Enterprise only"}, false},
		"":              {nil, true},
	} {
		h := newHub(t)
		must(t, h.EditAccount("acme", func(a *github.Account) error { a.Plan = plan; return nil }))
		must(t, h.Edit("acme", "market-data", func(r *github.Repository) error { r.Private = true; return nil }))
		w := EnvironmentWish{Name: "my/env", Reviewers: []Reviewer{h.reviewer("ana"), h.reviewer("bo")}, PreventSelfReview: true, NoBypass: true, WaitMinutes: 5, Refs: wish.Refs}
		c2, err := h.tools.Environment(StateOf(nil), w)
		must(t, err)
		err = c2.Perform(t.Context(), Hands{})
		_, short := errors.AsType[*ShortError](err)
		if (err != nil) != (c.says != nil) || short != (c.stored && c.says != nil) {
			t.Errorf("%q: %v", plan, err)
		}
		for _, part := range c.says {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("%q: no %q in %v", plan, part, err)
			}
		}
		e := h.stored(t)
		if (e != nil) != c.stored || e != nil && (!e.AdminsCannotBypass || len(e.Policies) != 2 || len(e.Reviewers) != map[bool]int{true: 0, false: 2}[short]) {
			t.Errorf("%q: %+v", plan, e)
		}
		if e == nil {
			continue
		}
		inverse, err := h.tools.Inverse(t.Context(), kept(t, c2))
		must(t, err)
		must(t, inverse.Perform(t.Context(), Hands{}))
		if left := h.stored(t); left != nil {
			t.Errorf("%q: left %+v", plan, left)
		}
	}
}

// TestSomebodyChangesItBetweenReadAndWrite: what they set stays.
func TestSomebodyChangesItBetweenReadAndWrite(t *testing.T) {
	h := newHub(t)
	c, err := h.tools.Environment(StateOf(nil), EnvironmentWish{Name: "my/env", Refs: wish.Refs, NoBypass: true})
	must(t, err)
	must(t, h.Edit("acme", "market-data", func(r *github.Repository) error {
		r.Environments = []*github.Environment{{Name: "my/env", WaitMinutes: 60, Policy: github.CustomRefs, Policies: []github.DeploymentPolicy{{Type: "tag", Name: "x*"}}, Reviewers: []github.Reviewer{{Type: "User", ID: h.ids["bo"]}}}}
		return nil
	}))
	must(t, c.Perform(t.Context(), Hands{}))
	if e := h.stored(t); e.WaitMinutes != 60 || len(e.Reviewers) != 1 || len(e.Policies) != 3 || !e.AdminsCannotBypass {
		t.Errorf("%+v", e)
	}
	if _, err := h.tools.Inverse(t.Context(), kept(t, c)); !errors.As(err, new(*MovedOnError)) {
		t.Errorf("what is there now is no more what the change made: %v", err)
	}
}
