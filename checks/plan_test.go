package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// onPlan makes the repository private, on a plan of its owner; "" hides which.
func onPlan(plan string, reviewers ...evidence.Reviewer) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		r := w.GitHub.Repository.Or(evidence.Repository{})
		r.Private = true
		w.GitHub.Repository = evidence.Seen(r, api)
		w.GitHub.Plan = evidence.Seen(plan, api)
		if plan == "" {
			w.GitHub.Plan = evidence.Unknown[string](api, "GitHub shows the plan of acme to its owners only")
		}
		setEnvironment(w, func(e *evidence.Environment) { e.Reviewers = reviewers })
	}
}

// TestReviewersByPlan: what a plan does not have is said, and is no green.
func TestReviewersByPlan(t *testing.T) {
	const id, name = "environment-has-reviewers", "release"
	ana := evidence.Reviewer{Type: "User", ID: 5, Name: "ana"}
	runRows(t, []row{
		{"none on a plan without", id, onPlan("team"), name, Wrong, "acme is on the plan team, which has no required reviewers for private repositories"},
		{"a person's plan", id, onPlan("pro"), name, Wrong, "tag ruleset"},
		{"set on a plan without", id, onPlan("team", ana), name, Unknown, "whether GitHub still asks them is not known"},
		{"none on a plan with", id, onPlan("enterprise"), name, Wrong, "add required reviewers"},
		{"set on a plan with", id, onPlan("enterprise", ana), name, OK, "one of ana must approve"},
		{"a plan of another name", id, onPlan("business_plus", ana), name, OK, ""},
		{"a plan that is not told", id, onPlan("", ana), name, OK, ""},
		{"public", id, func(t *testing.T, w *evidence.World) {
			onPlan("team", ana)(t, w)
			r := w.GitHub.Repository.Or(evidence.Repository{})
			r.Private = false
			w.GitHub.Repository = evidence.Seen(r, api)
		}, name, OK, ""},
	})
}

func TestLimits(t *testing.T) {
	for plan, want := range map[string]Limits{
		"free":       {NoEnvironments: true, NoReviews: true},
		"pro":        {NoReviews: true},
		"team":       {NoReviews: true},
		"enterprise": {},
	} {
		w := ready(t)
		onPlan(plan)(t, w)
		got := NewCase(w).Limits()
		if got.NoEnvironments != want.NoEnvironments || got.NoReviews != want.NoReviews || !strings.Contains(got.On(), "acme is on the plan "+plan) {
			t.Errorf("%s: %+v", plan, got)
		}
	}
	if got := NewCase(ready(t)).Limits(); got != (Limits{}) {
		t.Errorf("public: %+v", got)
	}
}
