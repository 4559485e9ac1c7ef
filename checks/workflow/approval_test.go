package workflow

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var seenAt = evidence.Source{Name: "test"}

func person(login, role string) evidence.Collaborator {
	return evidence.Collaborator{User: evidence.User{Login: login}, Role: role}
}

func reviewers(names ...string) []evidence.Reviewer {
	var all []evidence.Reviewer
	for _, n := range names {
		team, members, isTeam := strings.Cut(n, "=")
		r := evidence.Reviewer{Type: "User", Name: team}
		if isTeam {
			r.Type = "Team"
			r.Members = evidence.Seen(strings.Fields(members), seenAt)
			if members == "?" {
				r.Members = evidence.Unknown[[]string](seenAt, "403")
			}
		}
		all = append(all, r)
	}
	return all
}

func TestApprovers(t *testing.T) {
	people := evidence.Seen([]evidence.Collaborator{person("ana", "admin"), person("bo", "write"), person("cy", "read")}, seenAt)
	hidden := evidence.Unknown[[]evidence.Collaborator](seenAt, "403")
	yes, no, unseen := evidence.Seen(true, seenAt), evidence.Seen(false, seenAt), evidence.Unknown[bool](seenAt, "not told")
	for name, c := range map[string]struct {
		reviewers    []evidence.Reviewer
		self, bypass evidence.Fact[bool]
		actor        string
		private      bool
		people       evidence.Fact[[]evidence.Collaborator]
		by, admins   string
		nobody       bool
		doubt        string
	}{
		"none is needed":                         {nil, unseen, unseen, "ana", false, people, "", "", false, ""},
		"two people":                             {reviewers("ana", "bo"), no, no, "ana", false, people, "ana bo", "", false, ""},
		"two people, no self-review":             {reviewers("ana", "bo"), yes, no, "ana", false, people, "bo", "", false, ""},
		"one, who may approve their own":         {reviewers("ana"), no, no, "ana", false, people, "ana", "", false, ""},
		"failure 25: one, who may not":           {reviewers("ana"), yes, no, "ana", false, people, "", "", true, ""},
		"the same in another case":               {reviewers("Ana"), yes, no, "ANA", false, people, "", "", true, ""},
		"one, who may not but administers":       {reviewers("ana"), yes, yes, "ana", false, people, "", "ana", false, ""},
		"one, bypass not told":                   {reviewers("ana"), yes, unseen, "ana", false, people, "", "", false, "administrators"},
		"one, self-review not told":              {reviewers("ana"), unseen, no, "ana", false, people, "ana", "", false, "of their own"},
		"somebody else starts it":                {reviewers("ana"), yes, no, "bo", false, people, "ana", "", false, ""},
		"failure 25: the reviewer left":          {reviewers("eve"), no, no, "ana", true, people, "", "", true, ""},
		"left a public repository":               {reviewers("eve"), no, no, "ana", false, people, "", "", false, "no collaborator any more"},
		"one left, one is there":                 {reviewers("eve", "bo"), no, no, "ana", true, people, "bo", "", false, ""},
		"a team":                                 {reviewers("core=bo cy"), yes, no, "bo", false, people, "cy", "", false, ""},
		"a team without members":                 {reviewers("core="), no, no, "ana", false, people, "", "", true, ""},
		"a team out of sight":                    {reviewers("core=?"), no, no, "ana", false, people, "", "", false, "team core"},
		"a person twice":                         {reviewers("ana", "core=ana"), yes, no, "ana", false, people, "", "", true, ""},
		"nobody can see who has access":          {reviewers("bo"), no, no, "ana", true, hidden, "bo", "", false, "still has access"},
		"who is at the keyboard has access":      {reviewers("ana"), no, no, "ana", true, hidden, "ana", "", false, ""},
		"nobody, and who administers is hidden":  {reviewers("ana"), yes, yes, "ana", false, hidden, "", "", false, "administer"},
		"nobody, and no administrator but bound": {reviewers("bo"), yes, yes, "bo", false, evidence.Seen([]evidence.Collaborator{person("bo", "write")}, seenAt), "", "", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			env := evidence.Environment{Name: "release", Reviewers: c.reviewers, PreventSelfReview: c.self, AdminsBypass: c.bypass}
			a := Approvers(env, c.actor, evidence.Repository{Private: c.private}, c.people)
			if strings.Join(a.By, " ") != c.by || strings.Join(a.Admins, " ") != c.admins || a.Nobody() != c.nobody {
				t.Errorf("%+v", a)
			}
			if doubts := strings.Join(a.Doubts, "; "); !strings.Contains(doubts, c.doubt) || (doubts == "") != (c.doubt == "") {
				t.Errorf("doubts %q, want %q", doubts, c.doubt)
			}
		})
	}
}

// Whoever approves is a reviewer, is not who started it where that is barred,
// and more reviewers never make fewer of them.
func TestApproversNeverInvent(t *testing.T) {
	logins := []string{"ana", "bo", "cy", "eve"}
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom(logins), 1, 4, rapid.ID[string]).Draw(t, "reviewers")
		self, bypass := rapid.Bool().Draw(t, "prevent self-review"), rapid.Bool().Draw(t, "bypass")
		actor := rapid.SampledFrom(append(logins, "")).Draw(t, "actor")
		var people []evidence.Collaborator
		for _, l := range logins {
			if role := rapid.SampledFrom([]string{"", "read", "write", "admin"}).Draw(t, l); role != "" {
				people = append(people, person(l, role))
			}
		}
		judge := func(names []string) Approval {
			return Approvers(evidence.Environment{Reviewers: reviewers(names...), PreventSelfReview: evidence.Seen(self, seenAt), AdminsBypass: evidence.Seen(bypass, seenAt)},
				actor, evidence.Repository{Private: true}, evidence.Seen(people, seenAt))
		}
		a := judge(names)
		for _, l := range a.By {
			if !slices.Contains(names, l) || self && l == actor {
				t.Fatalf("%s approves: %+v", l, a)
			}
		}
		if a.Nobody() && (len(a.By) > 0 || len(a.Admins) > 0) {
			t.Fatalf("nobody, and yet %+v", a)
		}
		if b := judge(names[:1]); len(b.By) > len(a.By) {
			t.Fatalf("%v: %v, and with fewer reviewers %v", names, a.By, b.By)
		}
	})
}

func TestEventRef(t *testing.T) {
	const tag = "refs/tags/v1"
	for event, want := range map[string]string{
		"push": tag, "create": tag, "release": tag, "workflow_dispatch": tag, "schedule": "refs/heads/trunk", "repository_dispatch": "refs/heads/trunk",
		"workflow_run": "refs/heads/trunk", "pull_request": "refs/pull/N/merge", "pull_request_target": "refs/heads/trunk", "issues": "refs/heads/trunk",
	} {
		if got := EventRef(event, tag, "trunk"); got != want {
			t.Errorf("%s runs on %s, want %s", event, got, want)
		}
	}
	if got := EventRef("pull_request", "refs/pull/7/merge", "trunk"); got != "refs/pull/7/merge" {
		t.Errorf("a pull request of which the number is known runs on %s", got)
	}
}

func TestFullRef(t *testing.T) {
	for name, want := range map[string]string{
		"v1.2.0": "refs/tags/v1.2.0", "main": "refs/heads/main", "refs/tags/v1": "refs/tags/v1", "heads/x": "refs/heads/x", "tags/main": "refs/tags/main", "refs/pull/7/merge": "refs/pull/7/merge",
	} {
		if got := FullRef(name, "main"); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestDefaultInputs(t *testing.T) {
	f := Parse(Dir+"a.yml", []byte("on: {workflow_dispatch: {inputs: {a: {type: boolean}, b: {type: boolean, default: true}, c: {type: choice, options: [x, y]}, d: {default: z}, e: {}}}}\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n"))
	got := f.Trigger("workflow_dispatch").DefaultInputs()
	want := map[string]string{"a": "false", "b": "true", "c": "x", "d": "z", "e": ""}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}
