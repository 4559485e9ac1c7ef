package steps

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// right is what GitHub asks of whoever makes a change.
type right string

const (
	administer right = "administer"
	write      right = "write"
)

// rights are those that changes need, by the kind in their id (GitHub's
// description of its REST API, read 2026-11).
var rights = map[string]right{
	"environment": administer, "ruleset": administer, "default-token": administer, "immutable-releases": administer, "allowed-actions": administer,
	"secret": write, "dependabot-secret": write, "rehearsal": write,
}

const noRepository = "no repository on GitHub is known: create it with gh repo create --source . --push, or name it with --repo OWNER/REPO"

// notPermitted says that changes are not the signed-in person's to make.
type notPermitted struct {
	// what names the changes, why says who falls short and what to do.
	what, why string
}

// Error is why.
func (e *notPermitted) Error() string { return e.why }

// permitted lets a way prepare only what the person may do, as far as that is
// seen: nothing is promised that GitHub would refuse.
func (l *layout) permitted(prepare func(Answers) ([]change.Change, error)) func(Answers) ([]change.Change, error) {
	return func(a Answers) ([]change.Change, error) {
		changes, err := prepare(a)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			kind, _, _ := strings.Cut(c.ID, ":")
			need, known := rights[kind]
			if why := l.mayNot(need); known && why != "" {
				return nil, &notPermitted{titles(changes), why}
			}
		}
		return changes, nil
	}
}

// mayNot says why the signed-in person may not do what a right is needed for;
// "" if they may, as far as GitHub tells.
func (l *layout) mayNot(need right) string {
	r, seen := l.World.GitHub.Repository.Get()
	user, signedIn := l.World.GitHub.User.Get()
	switch {
	case l.World.GitHub.User.Absent():
		return "nobody is signed in: gh auth login -h " + l.repo.Host + ", then come back"
	case !l.World.Repo.Seen():
		return noRepository
	case !seen || !signedIn:
		return "what you may do in " + l.repo.String() + " is not known: " + cmp.Or(l.World.GitHub.User.Reason(), l.World.GitHub.Repository.Missing())
	case r.Archived || need == write:
		return l.noWrite()
	case r.Admin:
		return l.noAdministration()
	case l.World.GitHub.Role.Or("") == "admin":
		return fmt.Sprintf("%s administers %s, and this token does not pass that on: give a classic token the scope repo (gh auth refresh -h %s -s repo), a fine-grained one “Administration: write”", user.Login, l.repo, l.repo.Host)
	}
	return fmt.Sprintf("%s may not administer %s: ask %s", user.Login, l.repo, l.whoMay("administer"))
}

// noAdministration says that a fine-grained token lacks the permission for
// settings, which shows where it may not even read them.
func (l *layout) noAdministration() string {
	token, ok := l.World.GitHub.Token.Get()
	hidden := l.World.GitHub.DefaultTokenPermission
	if !ok || token.Classic || !hidden.Unknown() || !strings.Contains(hidden.Reason(), "lacks the permission administration") {
		return ""
	}
	return fmt.Sprintf("the token lacks the permission “Administration: write”: add it on https://%s/settings/personal-access-tokens, or sign in as yourself with gh auth login -h %s", l.repo.Host, l.repo.Host)
}

// leftBy names what an error leaves to a person; label where it does not say.
func leftBy(err error, label string) string {
	if e, ok := errors.AsType[*notPermitted](err); ok {
		return e.what
	}
	return label
}

// whoMay names who could do what the signed-in person may not, as far as that
// is seen.
func (l *layout) whoMay(what right) string {
	var names []string
	for _, c := range l.World.GitHub.Collaborators.Or(nil) {
		if c.Role == "admin" || what == write && (c.Role == "maintain" || c.Role == "write") {
			names = append(names, c.Login)
		}
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case l.World.GitHub.Repository.Or(evidence.Repository{}).OwnerType == "User":
		return l.repo.Owner
	}
	return "an owner of " + l.repo.Owner
}
