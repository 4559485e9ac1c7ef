package steps

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func person(login string, id int64, role string) evidence.Collaborator {
	return evidence.Collaborator{User: evidence.User{Login: login, ID: id}, Role: role}
}

// organised is a repository of an organisation with people and teams.
func organised(t *testing.T, profile string, teams ...evidence.Team) *stage {
	s := fresh(t).choose(journal.Choices{Profile: profile})
	s.world.GitHub.Collaborators = evidence.Seen([]evidence.Collaborator{person("eve", 9, "read"), person("bo", 6, "write"), person("ana", 5, "admin")}, src)
	s.world.GitHub.Teams = evidence.Seen(teams, src)
	return s
}

func question(t *testing.T, s *stage, id string) (Question, bool) {
	t.Helper()
	for _, q := range way(t, s.scene(checks.Environment), "Do it for me").Questions {
		if q.ID == id {
			return q, true
		}
	}
	return Question{}, false
}

func optionLabels(q Question) string {
	var all []string
	for _, o := range q.Options {
		all = append(all, o.Value+"|"+o.Label)
	}
	return strings.Join(all, "\n")
}

func TestWhoCanReviewIsALiveList(t *testing.T) {
	core := evidence.Team{ID: 50, Slug: "core", Role: "maintain", Members: evidence.Seen([]string{"ana", "bo"}, src)}
	far := evidence.Team{ID: 51, Slug: "far", Role: "read", Members: evidence.Unknown[[]string](src, "the token lacks the scope read:org")}
	s := organised(t, "team", core, far)
	q, _ := question(t, s, "reviewers")
	want := "ana|ana  admin\nacme/core|team acme/core  maintain, 2 people\nbo|bo  write\neve|eve  read: may approve, and not push\nacme/far|team acme/far  read: may approve, and not push"
	if got := optionLabels(q); got != want || q.Default != "ana,bo" || q.Most != 6 {
		t.Errorf("%s\n%q at most %d", got, q.Default, q.Most)
	}
	self, _ := question(t, s, "self")
	contains(t, "a team that is not seen", self.Help, "Who is in far cannot be seen")
	w := way(t, s.scene(checks.Environment), "Do it for me")
	a := defaults(w)
	a["reviewers"], a["self"] = "acme/core,eve", "yes"
	changes, err := w.Prepare(a)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "preview", diff(changes[0].Preview), "+reviewer team core\n+reviewer eve\n+prevent self-review")
}

func TestTeamsOutOfSightAreSaidToBe(t *testing.T) {
	s := organised(t, "team")
	s.world.GitHub.Teams = evidence.Unknown[[]evidence.Team](src, "the token lacks the scope read:org: gh auth refresh --scopes read:org")
	q, _ := question(t, s, "reviewers")
	contains(t, "help", q.Help, "Teams cannot be shown", "gh auth refresh --scopes read:org")
}

// TestNobodyIsLockedOutByATeamOfOne: the reason is given.
func TestNobodyIsLockedOutByATeamOfOne(t *testing.T) {
	for name, c := range map[string]struct {
		members evidence.Fact[[]string]
		says    string
	}{
		"one":         {evidence.Seen([]string{"ana"}, src), "the team core (ana) as the only reviewer"},
		"two":         {evidence.Seen([]string{"ana", "bo"}, src), ""},
		"not visible": {evidence.Unknown[[]string](src, "read:org"), ""},
	} {
		s := organised(t, "team", evidence.Team{ID: 50, Slug: "core", Role: "write", Members: c.members})
		w := way(t, s.scene(checks.Environment), "Do it for me")
		a := defaults(w)
		a["reviewers"], a["self"] = "acme/core", "yes"
		_, err := w.Prepare(a)
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhoReviewsAlreadyStays: and takes room; six is said before it is reached.
func TestWhoReviewsAlreadyStays(t *testing.T) {
	s := organised(t, "team").write()
	e := guarded()
	e.PreventSelfReview = evidence.Seen(true, src)
	e.Reviewers = []evidence.Reviewer{{Type: "User", ID: 5, Name: "ana"}, {Type: "Team", ID: 50, Name: "core", Members: evidence.Seen([]string{"bo", "cy"}, src)}, {Type: "User", ID: 77, Name: "gone"}, {Type: "User", ID: 78, Name: "old"}}
	e.AdminsBypass = evidence.Seen(true, src)
	s.guard(e)
	q, _ := question(t, s, "reviewers")
	if optionLabels(q) != "bo|bo  write\neve|eve  read: may approve, and not push" || q.Default != "" || q.Most != 2 {
		t.Errorf("%s\n%q at most %d", optionLabels(q), q.Default, q.Most)
	}
	contains(t, "help", q.Help, "ana, the team core, gone, old may already, and stay; there is room for 2 more")
	if err := q.Check("bo,eve,x"); err == nil || !strings.Contains(err.Error(), "room for 2 more") {
		t.Error(err)
	}
	if _, asked := question(t, s, "self"); asked {
		t.Error("self-review is prevented already")
	}
	e.Reviewers = append(e.Reviewers, evidence.Reviewer{Type: "User", ID: 79, Name: "f"}, evidence.Reviewer{Type: "User", ID: 80, Name: "g"})
	if _, asked := question(t, s.guard(e), "reviewers"); asked {
		t.Error("asked although there is no room")
	}
}

// TestHundredsOfPeople: those who can most are suggested, six at most.
func TestHundredsOfPeople(t *testing.T) {
	s := organised(t, "team")
	var people []evidence.Collaborator
	for i := range 300 {
		role := "write"
		if i >= 290 {
			role = "admin"
		}
		people = append(people, person(fmt.Sprintf("p%03d", i), int64(1000+i), role))
	}
	s.world.GitHub.Collaborators = evidence.Seen(people, src)
	q, _ := question(t, s, "reviewers")
	if len(q.Options) != 300 || q.Default != "p290,p291,p292,p293,p294,p295" {
		t.Errorf("%d: %s", len(q.Options), q.Default)
	}
}

func TestTheWaitTimerIsAsked(t *testing.T) {
	s := organised(t, "solo").write()
	e := guarded()
	e.WaitMinutes, e.AdminsBypass = 30, evidence.Seen(true, src)
	s.guard(e)
	q, _ := question(t, s, "wait")
	if q.Default != "30" {
		t.Errorf("%+v", q)
	}
	for answer, ok := range map[string]bool{"30": true, "31": true, "43200": true, "29": false, "43201": false, "-1": false, "soon": false, "": false} {
		if err := q.Check(answer); (err == nil) != ok {
			t.Errorf("%q: %v", answer, err)
		}
	}
	w := way(t, s.scene(checks.Environment), "Do it for me")
	a := defaults(w)
	lacks(t, "as it is", diff(s.scene(checks.Environment).Preview), "+wait timer", "-wait timer")
	a["wait"] = "90"
	changes, err := w.Prepare(a)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "longer", diff(changes[0].Preview), "-wait timer 30 minutes\n+wait timer 90 minutes\n")
	if fresh, _ := question(t, organised(t, "solo"), "wait"); fresh.Default != "0" {
		t.Errorf("%+v", fresh)
	}
}

// onPlan makes the repository private, on a plan of its owner.
func (s *stage) onPlan(plan string) *stage {
	r := s.world.GitHub.Repository.Or(evidence.Repository{})
	r.Private, r.OwnerType = true, "Organization"
	s.world.GitHub.Repository = evidence.Seen(r, src)
	s.world.GitHub.Plan = evidence.Seen(plan, src)
	return s
}

// TestAPlanIsForeseen: what it has is done, and what it has not is named and left.
func TestAPlanIsForeseen(t *testing.T) {
	s := organised(t, "team").write().onPlan("team")
	scene := s.scene(checks.Environment)
	lacks(t, "preview", diff(scene.Preview), "reviewer", "self-review", "wait timer")
	contains(t, "preview", diff(scene.Preview), "+administrators cannot pass the rules by", "+deployment from tag v*", "+ruleset Release tags")
	contains(t, "now", texts(scene.Now), "acme is on the plan team, which has no required reviewers and no wait timers")
	for _, id := range []string{"reviewers", "self", "wait"} {
		if _, asked := question(t, s, id); asked {
			t.Errorf("%s is asked", id)
		}
	}
	page := way(t, scene, "Open the page of plans").Open
	if page.URL != "https://github.com/organizations/acme/billing/plans" {
		t.Error(page.URL)
	}
	bare := guarded()
	bare.Reviewers = nil
	done := s.guard(bare).scene(checks.Environment)
	if done.State != Done {
		t.Errorf("%s\n%s", done.State, texts(done.Now))
	}
	plan := PlanOf(s.lay())
	left := slices.ContainsFunc(plan.Left, func(l Left) bool { return l.Page != nil && l.Page.URL == page.URL })
	if changes := environmentChanges(plan); !left || changes != 0 {
		t.Errorf("left %v, %d changes", plan.Left, changes)
	}
}

func environmentChanges(p Plan) int {
	n := 0
	for _, c := range p.Changes {
		if c.Step == checks.Environment {
			n++
		}
	}
	return n
}

func TestAPlanWithoutEnvironments(t *testing.T) {
	s := organised(t, "team").write().onPlan("free")
	s.world.GitHub.Environments = evidence.Unknown[[]evidence.Environment](src, "acme is on the plan free, which has no environments for private repositories")
	scene := s.scene(checks.Environment)
	if scene.State == Done || !strings.Contains(labels(scene), "page: Open the page of plans") || strings.Contains(labels(scene), "do:") {
		t.Errorf("%s\n%s", scene.State, labels(scene))
	}
	if plan := PlanOf(s.lay()); environmentChanges(plan) != 0 {
		t.Errorf("%+v", plan.Changes)
	}
}

// TestWhatWasNotStoredIsNotAskedAgain: where GitHub does not show the plan.
func TestWhatWasNotStoredIsNotAskedAgain(t *testing.T) {
	s := organised(t, "team").write().onPlan("")
	s.world.GitHub.Plan = evidence.Unknown[string](src, "GitHub shows it to owners only")
	contains(t, "first", diff(s.scene(checks.Environment).Preview), "+reviewer ana", "+administrators cannot")
	short := func(missing ...string) {
		s.record(journal.Record{Kind: journal.After, Change: &journal.Entry{ID: "environment:release"}, Missing: missing})
	}
	short("the reviewer ana", change.MissingBypass+": turn it off")
	scene := s.scene(checks.Environment)
	lacks(t, "then", diff(scene.Preview), "reviewer", "administrators cannot")
	contains(t, "then", texts(scene.Now), "GitHub did not store the reviewer ana")
	short()
	contains(t, "when it was stored", diff(s.scene(checks.Environment).Preview), "+reviewer ana")
}
