package steps

import (
	"errors"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// TestNothingIsPromisedThatIsNotPermitted: the plan leaves to a person what the
// signed-in one may not do, and says whom to ask.
func TestNothingIsPromisedThatIsNotPermitted(t *testing.T) {
	colleague := func(s *stage) {
		s.world.GitHub.Collaborators = evidence.Seen([]evidence.Collaborator{{User: evidence.User{Login: "ana", ID: 5}, Role: "write"}, {User: evidence.User{Login: "bo", ID: 6}, Role: "admin"}}, src)
	}
	fine := func(s *stage, reason string) {
		s.world.GitHub.Token = evidence.Seen(evidence.Token{}, src)
		s.world.GitHub.DefaultTokenPermission = evidence.Unknown[string](src, "%s", reason)
	}
	for name, row := range map[string]struct {
		happens func(*stage)
		left    string
	}{
		"an administrator": {func(*stage) {}, ""},
		"who may write": {func(s *stage) { allowed(s, "write", evidence.Repository{Push: true}); colleague(s) },
			"ana may not administer acme/market-data: ask bo https://github.com/acme/market-data/settings/environments"},
		"who may write, and does not see who may do more": {func(s *stage) {
			allowed(s, "write", evidence.Repository{Push: true})
			s.world.GitHub.Collaborators = evidence.Unknown[[]evidence.Collaborator](src, "hidden")
		}, "ask acme"},
		"a token that passes nothing on": {func(s *stage) { allowed(s, "admin", evidence.Repository{}) }, "this token does not pass that on"},
		"an archived repository":         {func(s *stage) { allowed(s, "admin", evidence.Repository{Admin: true, Push: true, Archived: true}) }, "is archived"},
		"nobody":                         {func(s *stage) { s.world.GitHub.User = evidence.Absent[evidence.User](src) }, "gh auth login -h github.com"},
		"a fine-grained token without the permission": {func(s *stage) { fine(s, "the token lacks the permission administration=read") },
			"“Administration: write”: add it on https://github.com/settings/personal-access-tokens"},
		"a fine-grained token of which nothing is seen": {func(s *stage) { fine(s, "no time") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t)
			row.happens(s)
			p := PlanOf(s.lay())
			promised := strings.Contains(ids(p), "environment:release")
			text := left(p, checks.Environment)
			if promised != (row.left == "") || row.left != "" && !strings.HasPrefix(text, "Create the environment release") || !strings.Contains(text, row.left) {
				t.Errorf("changes: %s; left: %q", ids(p), text)
			}
			if row.left != "" && strings.Contains(ids(p), "ruleset") {
				t.Errorf("changes: %s", ids(p))
			}
		})
	}
}

func TestWhatIsNotPermittedIsNamed(t *testing.T) {
	l := newLayout(fresh(t).basis())
	l.World.GitHub.User = evidence.Absent[evidence.User](src)
	prepare := func(changes ...change.Change) error {
		_, err := l.permitted(func(Answers) ([]change.Change, error) { return changes, nil })(nil)
		return err
	}
	err := prepare(change.Change{ID: "file:x", Title: "Write x"}, change.Change{ID: "secret:/A", Title: "Delete the secret A"})
	if err == nil || leftBy(err, "label") != "Write x; Delete the secret A" {
		t.Errorf("%v", err)
	}
	if err := prepare(change.Change{ID: "file:x"}, change.Change{ID: "choices"}); err != nil {
		t.Errorf("what needs no right: %v", err)
	}
	if got := leftBy(errors.New("x"), "label"); got != "label" {
		t.Error(got)
	}
}
