package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// TestTheStory goes along the route as a maintainer does, and holds where the
// wizard stands after each move.
func TestTheStory(t *testing.T) {
	s := fresh(t)
	proven := run("push", "v0.1.1", "completed", "success", map[string]string{"crates.io": "success", "PyPI": ""})
	moves := []struct {
		name string
		do   func()
		want string
		at   int
	}{
		{"fresh", func() {}, "to-do to-do to-do to-do to-do to-do to-do waiting", 0},
		{"chosen", func() { s.choose(journal.Choices{Profile: "solo"}) }, "done to-do to-do to-do to-do to-do to-do waiting", 1},
		{"the crate is out", func() { s.released(identity.CratesIO, byToken("0.1.0")) }, "done to-do to-do to-do to-do to-do to-do waiting", 1},
		{"pending publishers", func() { s.say(identity.PyPI, identity.TestPyPI) }, "done done to-do to-do to-do to-do to-do waiting", 2},
		{"workflow", func() { s.write() }, "done done done to-do to-do to-do to-do waiting", 3},
		{"environment", func() { s.guard(guarded()) }, "done done done done to-do to-do to-do waiting", 4},
		{"publishers", func() { s.say(identity.CratesIO) }, "done done done done done to-do to-do waiting", 5},
		{"rehearsing", func() {
			s.runs(run("workflow_dispatch", "main", "in_progress", "", map[string]string{"crates.io": "", "PyPI": "", "TestPyPI": ""}))
		}, "done done done done done waiting to-do waiting", 5},
		{"rehearsed", func() { s.runs(rehearsal()).released(identity.TestPyPI) }, "done done done done done done to-do waiting", 6},
		{"releasing", func() {
			s.runs(run("push", "v0.1.1", "queued", "", map[string]string{"crates.io": "", "PyPI": ""}), rehearsal())
		}, "done done done done done done waiting waiting", 6},
		{"released, not shown", func() { s.runs(proven, rehearsal()) }, "done done done done done done waiting waiting", 6},
		{"proven", func() {
			s.released(identity.CratesIO, byTrust("0.1.1"), byToken("0.1.0")).released(identity.PyPI, byTrust("0.1.1"))
		}, "done done done done done done done done", 8},
	}
	for _, m := range moves {
		m.do()
		route := s.lay()
		if got := s.states(); got != m.want || route.Current != m.at {
			t.Errorf("%s: at %d with\n%s, want %d with\n%s", m.name, route.Current, got, m.at, m.want)
			for _, standing := range route.Standings {
				t.Logf("  %s: %s (%s)", standing.Step.ID, standing.State, standing.Reason)
			}
		}
	}
}

// TestEveryScene holds what is true of all scenes in all stages.
func TestEveryScene(t *testing.T) {
	stages := map[string]*stage{"fresh": fresh(t), "chosen": fresh(t).choose(journal.Choices{Profile: "team"}),
		"written": fresh(t).write().guard(guarded()), "rehearsed": fresh(t).write().guard(guarded()).runs(rehearsal())}
	nothing := &stage{t: t, world: &evidence.World{}}
	stages["nothing seen"] = nothing
	for name, s := range stages {
		route := s.lay()
		if len(route.Scenes) != 8 || len(route.Standings) != 8 {
			t.Fatalf("%s: %d scenes", name, len(route.Scenes))
		}
		for i, scene := range route.Scenes {
			if scene.State != route.Standings[i].State {
				t.Errorf("%s: %s has two states", name, scene.Step.ID)
			}
			if scene.State != Done && !slices.ContainsFunc(scene.Ways, func(w Way) bool { return w.Kind == Skip }) {
				t.Errorf("%s: %s cannot be skipped", name, scene.Step.ID)
			}
			for _, w := range scene.Ways {
				checkWay(t, name, w)
			}
		}
	}
}

// checkWay holds that a way carries what its kind needs.
func checkWay(t *testing.T, name string, w Way) {
	t.Helper()
	bad := w.Label == "" ||
		w.Kind == Do && w.Prepare == nil ||
		w.Kind == Page && (w.Open == nil || !strings.HasPrefix(w.Open.URL, "https://")) ||
		w.Kind == Commands && len(w.Lines) == 0 ||
		w.Kind == Say && len(w.Said) == 0
	if bad {
		t.Errorf("%s: a broken way %+v", name, w)
	}
	for _, q := range w.Questions {
		if q.ID == "" || q.Title == "" || (q.Kind == Choice || q.Kind == Several) && len(q.Options) == 0 {
			t.Errorf("%s: a broken question %+v", name, q)
		}
		if q.Check != nil && q.Kind != Masked && q.Default != "" && q.Check(q.Default) != nil {
			t.Errorf("%s: the default %q of %s is refused: %v", name, q.Default, q.ID, q.Check(q.Default))
		}
	}
}

func TestNothingSeenIsNeverDone(t *testing.T) {
	for _, w := range []*evidence.World{{}, {Mode: evidence.Offline}} {
		for _, standing := range (&stage{t: t, world: w}).lay().Standings {
			if standing.State == Done {
				t.Errorf("%s is done, and nothing was seen", standing.Step.ID)
			}
		}
	}
}

func TestSkips(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).record(journal.Record{Kind: journal.Skip, Step: "first-release", Reason: "next week"})
	route := s.lay()
	if st := route.Standings[1]; st.State != Skipped || st.Reason != "next week" || route.Current != 2 {
		t.Errorf("%+v at %d", st, route.Current)
	}
	if w := route.Scenes[1].Ways[0]; w.Kind != Unskip {
		t.Errorf("%+v", w)
	}
	s.record(journal.Record{Kind: journal.Unskip, Step: "first-release"})
	if got := s.lay().Current; got != 1 {
		t.Errorf("at %d", got)
	}
	// What is done meanwhile is done, and not skipped.
	s.record(journal.Record{Kind: journal.Skip, Step: "survey", Reason: "x"})
	if st := s.lay().Standings[0]; st.State != Done {
		t.Errorf("%+v", st)
	}
}

func TestStand(t *testing.T) {
	r := func(id string, l checks.Level, v checks.Verdict) checks.Result {
		return checks.Result{Check: checks.Check{ID: id}, Finding: checks.Finding{Level: l, Verdict: v, Because: id}}
	}
	cases := []struct {
		results []checks.Result
		want    State
		reason  string
	}{
		{nil, Blind, "nothing was found that could be judged"},
		{[]checks.Result{r("a", checks.Works, checks.OK), r("b", checks.Works, checks.Said)}, Done, ""},
		{[]checks.Result{r("a", checks.Advice, checks.OK)}, Blind, "nothing was found that could be judged"},
		{[]checks.Result{r("a", checks.Advice, checks.Wrong), r("b", checks.Works, checks.OK)}, Done, ""},
		{[]checks.Result{r("a", checks.Works, checks.Waiting), r("b", checks.Works, checks.Unknown)}, Blind, "b"},
		{[]checks.Result{r("a", checks.Works, checks.Unknown), r("b", checks.Safe, checks.Wrong), r("c", checks.Safe, checks.Wrong)}, Todo, "b"},
		{[]checks.Result{r("a", checks.Works, checks.Waiting)}, Waiting, "a"},
		{[]checks.Result{r("left", checks.Safe, checks.Wrong)}, Done, ""},
	}
	for _, c := range cases {
		if got, reason := stand(c.results, "left"); got != c.want || reason != c.reason {
			t.Errorf("%+v: %s %q", c.results, got, reason)
		}
	}
}

// TestWhatIsMissingIsToldOnce: several checks rest on the environment.
func TestWhatIsMissingIsToldOnce(t *testing.T) {
	s := fresh(t).write()
	scene := s.scene(checks.Environment)
	if n := strings.Count(texts(scene.Now), "there is no environment release"); n != 1 {
		t.Errorf("told %d times:\n%s", n, texts(scene.Now))
	}
}
