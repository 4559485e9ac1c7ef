package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// proof is a stage after its first trusted release.
func (s *stage) proof() *stage {
	return s.released(identity.CratesIO, byTrust("0.1.1")).released(identity.PyPI, byTrust("0.1.1"))
}

// TestAStricterProfileIsOfferedAfterTheProof: not before, not where it would lock
// somebody out, and by no plan.
func TestAStricterProfileIsOfferedAfterTheProof(t *testing.T) {
	loose := func() evidence.Environment {
		e := guarded()
		e.Reviewers, e.AdminsBypass = nil, evidence.Seen(true, src)
		return e
	}
	one, two := []evidence.Collaborator{person("ana", 5, "admin")}, []evidence.Collaborator{person("ana", 5, "admin"), person("bo", 6, "write")}
	for _, c := range []struct {
		name, profile string
		people        []evidence.Collaborator
		environment   evidence.Environment
		proven        bool
		offered       []string
	}{
		{"before the proof", "start", two, loose(), false, nil},
		{"start, alone", "start", one, loose(), true, []string{"solo"}},
		{"start, two", "start", two, loose(), true, []string{"solo", "team"}},
		{"solo, alone", "solo", one, guarded(), true, nil},
		{"solo, two", "solo", two, guarded(), true, []string{"team"}},
		{"team", "team", two, guarded(), true, nil},
	} {
		s := fresh(t).choose(journal.Choices{Profile: c.profile}).write().guard(c.environment)
		s.world.GitHub.Collaborators = evidence.Seen(c.people, src)
		if c.proven {
			s.proof()
		}
		for _, step := range []checks.Step{checks.Environment, checks.Lock} {
			var got []string
			for _, w := range s.scene(step).Ways {
				if profile, ok := strings.CutPrefix(w.Label, "Make it as strict as the profile "); ok && w.Offer {
					got = append(got, strings.TrimSuffix(profile, " asks"))
				}
			}
			if strings.Join(got, " ") != strings.Join(c.offered, " ") {
				t.Errorf("%s, %s: %v, want %v", c.name, step, got, c.offered)
			}
		}
		if n := environmentChanges(PlanOf(s.lay())); n != 0 && c.profile != "team" {
			t.Errorf("%s: a plan takes %d of it", c.name, n)
		}
	}
}

// TestTheStricterProfileIsRemembered: with all else that was chosen.
func TestTheStricterProfileIsRemembered(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "start", TagPattern: "v*"}).write()
	e := guarded()
	e.Reviewers, e.AdminsBypass = nil, evidence.Seen(true, src)
	s.guard(e).proof()
	var remembered journal.Choices
	b := s.basis()
	b.Remember = rememberInto(&remembered)
	l := newLayout(b)
	ways := l.stricter()
	if len(ways) != 1 {
		t.Fatalf("%d ways", len(ways))
	}
	contains(t, "help", ways[0].Help, "reviewer ana; administrators cannot pass the rules by")
	changes, err := ways[0].Prepare(defaults(ways[0]))
	if err != nil || len(changes) != 2 || !changes[1].Own || remembered.Profile != "solo" || remembered.TagPattern != "v*" {
		t.Errorf("%v %v %+v", changes, err, remembered)
	}
	if diff(changes[0].Preview) != " environment release\n+reviewer ana\n+administrators cannot pass the rules by\n deployment from branch main\n deployment from tag v*\n" {
		t.Error(diff(changes[0].Preview))
	}
}
