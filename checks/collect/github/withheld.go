package github

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// right is what GitHub wants of somebody before it shows a thing.
type right string

const (
	rightWrite right = "write access"
	rightAdmin right = "admin rights"
)

// withheld is the fact that a refusal leaves. GitHub answers 404 both for what
// is not there and for what it hides; what the repository told of our rights
// says which of them it is, and a second look tells the person's rights from
// the token's.
func withheld[T any](ctx context.Context, l *look, src evidence.Source, err error, need right) evidence.Fact[T] {
	if !transport.Is(err, transport.KindNotFound, transport.KindForbidden, transport.KindUnauthorized) {
		return transport.Unknown[T](src, err)
	}
	if !l.SignedIn() {
		return anonymous[T](src, need)
	}
	if reasonMentions(err, "Upgrade to GitHub") {
		return evidence.Unknown[T](src, "the plan of %s does not have it for a private repository: %s", l.repo.Name.Owner, reason(err))
	}
	if transport.Is(err, transport.KindUnauthorized) {
		return transport.Unknown[T](src, err)
	}
	if !l.has(need) {
		return evidence.Unknown[T](src, "needs %s to %s, which %s", need, l.repo.Name, l.lacking(ctx, need))
	}
	if !l.repo.Admin {
		return evidence.Unknown[T](src, "it may need admin rights to %s, or a permission that the token lacks: %s", l.repo.Name, reason(err))
	}
	return evidence.Unknown[T](src, "not shown to you although you have admin rights; the token may lack the permission: %s", reason(err))
}

func (l *look) has(need right) bool {
	return l.repo.Admin || need == rightWrite && l.repo.Push
}

// lacking says who falls short: the person, or only the token.
func (l *look) lacking(ctx context.Context, need right) string {
	u, ok := l.user.Get()
	if !ok {
		return "this token does not give"
	}
	if role, seen := l.readRole(ctx).Get(); seen && gives(role, need) {
		return fmt.Sprintf("%s has (%s), and this token does not pass on", u.Login, role)
	}
	return fmt.Sprintf("%s does not have", u.Login)
}

// gives says whether a role holds a right; roles that an organisation made up
// are not known to.
func gives(role string, need right) bool {
	return role == "admin" || need == rightWrite && (role == "write" || role == "maintain")
}

// anonymous is the fact left when nobody is signed in and the thing is not
// public: GitHub need not be asked.
func anonymous[T any](src evidence.Source, need right) evidence.Fact[T] {
	return evidence.Unknown[T](src, "not signed in; it needs %s", need)
}

func reason(err error) string {
	if e, ok := errors.AsType[*transport.Error](err); ok {
		return e.Reason()
	}
	return err.Error()
}

// reasonMentions says whether the server's own message holds the words.
func reasonMentions(err error, words string) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && strings.Contains(e.Message, words)
}
