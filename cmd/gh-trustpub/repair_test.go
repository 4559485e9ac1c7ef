package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repairs are faults of the workflow file in worlds where all else is done, and
// the check that sees each. From there main is protected: a repair comes as a pull
// request.
var repairs = []struct{ scenario, check, edit string }{
	{"no-id-token", "workflow-grants-id-token", "+ id-token: write (from workflow-grants-id-token)"},
	{"no-contents", "publish-job-can-check-out", "+ contents: read (from publish-job-can-check-out)"},
	{"pypi-job-without-environment", "publish-job-names-environment", "+ environment: release (from publish-job-names-environment)"},
	{"leftover-password", "no-token-secret-used", "- password: ${{ secrets.PYPI_API_TOKEN }} (from token-is-exchanged)"},
	{"token-refused", "token-is-exchanged", "+ CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }} (from token-is-exchanged)"},
	{"two-indexes-one-job", "one-index-per-job", "+ needs: [build, wheels, testpypi-first] (from one-index-per-job)"},
}

// TestFaultsOfTheWorkflowAreRepaired: the plan shows the edit with the check that
// it answers, apply delivers it, and with it on main that check is green and
// nothing is left to repair.
func TestFaultsOfTheWorkflowAreRepaired(t *testing.T) {
	t.Parallel()
	for i, r := range repairs {
		if i > 1 && !long() {
			continue
		}
		t.Run(r.scenario, func(t *testing.T) {
			t.Parallel()
			w := within(t, r.scenario)
			w.says(1, "verify --format text --only "+r.check, "problem")
			plan, _ := w.run("plan")
			for _, part := range []string{r.edit, "Open a pull request to main"} {
				if !strings.Contains(strings.Join(strings.Fields(plan), " "), part) {
					t.Errorf("plan shows no %q:\n%s", part, plan)
				}
			}
			w.says(8, "apply --yes", "Opening the pull request", "Merge the pull request")
			pulls := w.repository().Pulls
			w.decide("https://github.com/acme/market-data/pull/"+itoa(pulls[len(pulls)-1].Number)[1:], "Merge pull request")
			w.says(0, "verify --format text --only "+r.check)
			plan, _ = w.run("plan")
			if strings.Contains(plan, "pull-request:") || strings.Contains(plan, "file:") {
				t.Errorf("it is repaired again:\n%s", plan)
			}
		})
	}
}

// TestRepairsAreTakenBack: undo puts the file of the working tree back as it was,
// byte by byte.
func TestRepairsAreTakenBack(t *testing.T) {
	t.Parallel()
	w := within(t, "tokens")
	file := filepath.Join(w.Setting().Checkout, ".github", "workflows", "release.yml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w.says(1, "apply --yes --only file:.github/workflows/release.yml") // what was left out is left to do
	if after, err := os.ReadFile(file); err != nil || string(after) == string(before) || !strings.Contains(string(after), "steps.auth.outputs.token") {
		t.Fatalf("%v\n%s", err, after)
	}
	w.run("undo", "--yes")
	if back, err := os.ReadFile(file); err != nil || string(back) != string(before) {
		t.Errorf("%v\n%s", err, back)
	}
}
