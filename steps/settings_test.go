package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// settling finds the way of the environment's step that settles something; nil
// for none.
func (s *stage) waySettling(what string) *Way {
	s.t.Helper()
	for _, w := range s.scene(checks.Environment).Ways {
		if w.Kind == Do && w.Settles == what {
			return &w
		}
	}
	return nil
}

const openJob = "on: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"

// TestTheDefaultTokenIsPlannedWhereNobodyReliesOnIt: elsewhere it is offered, with
// the jobs that rely on it.
func TestTheDefaultTokenIsPlannedWhereNobodyReliesOnIt(t *testing.T) {
	for name, row := range map[string]struct {
		level, file string
		planned     bool
		told        string
	}{
		"ours alone":            {"write", "", true, ""},
		"every job says so":     {"write", "on: push\njobs: {a: {permissions: {contents: read}, runs-on: x, steps: [{run: a}]}}\n", true, ""},
		"the file says so":      {"write", "on: push\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n", true, ""},
		"called alone":          {"write", "on: workflow_call\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n", true, ""},
		"one job does not":      {"write", "on: push\njobs: {a: {permissions: {}, runs-on: x, steps: [{run: a}]}, b: {runs-on: x, steps: [{run: a}]}}\n", false, "ci.yml (b)"},
		"called, and pushed to": {"write", strings.Replace(openJob, "push", "[workflow_call, push]", 1), false, "ci.yml (test)"},
		"a call":                {"write", "on: push\njobs: {a: {uses: ./.github/workflows/x.yml}}\n", false, "ci.yml (a)"},
		"it only reads":         {"read", openJob, false, ""},
	} {
		s := fresh(t).write()
		s.world.GitHub.DefaultTokenPermission = evidence.Seen(row.level, src)
		if row.file != "" {
			s.commit(workflow.Dir+"ci.yml", row.file)
		}
		way, ids := s.waySettling("default-token"), plannedIDs(s)
		if strings.Contains(ids, "default-token") != row.planned || (way == nil) != (row.level == "read") {
			t.Errorf("%s: planned %s, way %v", name, ids, way)
		}
		if way != nil && (way.Offer == row.planned || !strings.Contains(way.Help, row.told)) {
			t.Errorf("%s: offered %v: %s", name, way.Offer, way.Help)
		}
		if told := texts(s.scene(checks.Environment).Now); row.told != "" && !strings.Contains(told, "since "+row.told+" rely on it") {
			t.Errorf("%s: it is not told why not:\n%s", name, told)
		}
	}
}

func plannedIDs(s *stage) string {
	s.t.Helper()
	var ids []string
	for _, c := range PlanOf(s.lay()).Changes {
		ids = append(ids, c.Change.ID)
	}
	return strings.Join(ids, " ")
}

// TestAFileThatWasNotReadMayRelyOnTheDefault: what could not be seen is no reason
// to go on.
func TestAFileThatWasNotReadMayRelyOnTheDefault(t *testing.T) {
	s := fresh(t).write()
	s.world.GitHub.DefaultTokenPermission = evidence.Seen("write", src)
	files := append([]evidence.WorkflowFile{{Path: workflow.Dir + "big.yml", Content: evidence.Unknown[[]byte](src, "too big")}}, s.world.Workflows.Or(nil)...)
	s.world.Workflows = evidence.Seen(files, src)
	if way := s.waySettling("default-token"); way == nil || !way.Offer || !strings.Contains(way.Help, "big.yml (not read)") {
		t.Errorf("%+v", way)
	}
	s.world.GitHub.DefaultTokenPermission = evidence.Unknown[string](src, "needs admin rights")
	if way := s.waySettling("default-token"); way != nil {
		t.Errorf("offered without having been seen: %+v", way)
	}
}

// TestTheDefaultTokenOfADoneStep: the plan takes it up all the same.
func TestTheDefaultTokenOfADoneStep(t *testing.T) {
	s := fresh(t).write().guard(evidence.Environment{Reviewers: []evidence.Reviewer{{Type: "User", ID: 5, Name: "ana"}}, Policy: evidence.RefsCustom,
		PreventSelfReview: evidence.Seen(false, src), AdminsBypass: evidence.Seen(false, src),
		Refs: evidence.Seen([]evidence.RefRule{{ID: 1, Type: "branch", Pattern: "main"}, {ID: 2, Type: "tag", Pattern: "v*"}}, src)})
	s.world.GitHub.DefaultTokenPermission = evidence.Seen("write", src)
	scene := s.scene(checks.Environment)
	if scene.State != Done || !strings.Contains(diff(scene.Preview), "+jobs that name no permissions: read") || !strings.Contains(plannedIDs(s), "default-token") {
		t.Errorf("%s\n%s\n%s", scene.State, diff(scene.Preview), plannedIDs(s))
	}
}

func TestImmutableReleasesAreOffered(t *testing.T) {
	for name, row := range map[string]struct {
		now     evidence.Fact[evidence.ImmutableReleases]
		offered bool
	}{
		"off":     {evidence.Seen(evidence.ImmutableReleases{}, src), true},
		"on":      {evidence.Seen(evidence.ImmutableReleases{Enabled: true}, src), false},
		"unknown": {evidence.Unknown[evidence.ImmutableReleases](src, "not signed in"), false},
	} {
		s := fresh(t).write().commit(workflow.Dir+"files.yml", "on: {release: {types: [published]}}\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: gh release upload v1 x}]}}\n")
		s.world.GitHub.ImmutableReleases = row.now
		way := s.waySettling("immutable-releases")
		if (way != nil) != row.offered || strings.Contains(plannedIDs(s), "immutable-releases") {
			t.Errorf("%s: %+v, planned %s", name, way, plannedIDs(s))
		}
		if way != nil && (!way.Offer || !strings.Contains(way.Help, "files.yml:3 adds files to a release")) {
			t.Errorf("%s: %s", name, way.Help)
		}
	}
}

func TestActionsThatAreNotLetInAreOffered(t *testing.T) {
	for name, row := range map[string]struct {
		patterns []string
		want     string
	}{
		"none of them":    {nil, "rust-lang/crates-io-auth-action@*"},
		"they are let in": {[]string{"rust-lang/*", "pypa/*"}, ""},
		"blocked":         {[]string{"!rust-lang/*", "pypa/*"}, ""},
	} {
		s := fresh(t).write()
		s.world.GitHub.Actions = evidence.Seen(evidence.ActionsPolicy{Enabled: true, Allowed: "selected", Selected: evidence.Seen(evidence.SelectedActions{GitHubOwned: true, Patterns: row.patterns}, src)}, src)
		way := s.waySettling("allowed-actions")
		if (way != nil) != (row.want != "") || strings.Contains(plannedIDs(s), "allowed-actions") {
			t.Fatalf("%s: %+v", name, way)
		}
		if way == nil {
			continue
		}
		changes, err := way.Prepare(nil)
		if err != nil || len(changes) != 1 || !way.Offer || !strings.Contains(diff(changes[0].Preview), "+allowed action "+row.want) {
			t.Errorf("%s: %v %v", name, changes, err)
		}
	}
}
