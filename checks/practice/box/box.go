// Package box is the wire of the practice world: a CONNECT proxy on loopback,
// a certificate authority made for the run, and the loopback pages that stand
// in for the browser's view of GitHub and the registries.
//
// Services serve HTTP under the real host names and know nothing of the
// program that talks to them. The practice world imports nothing of the
// judging half of the program, or a green in it would prove nothing.
package box

import (
	"context"
	"net/http"
)

// Service answers for one or more host names inside the box.
//
// ServeHTTP sees requests as the real host would: r.Host is the real host
// name, the path is the real path. Requests that come from the loopback pages
// (a person's browser) carry the signed-in person, see [Person]; requests that
// come through the proxy never do.
type Service interface {
	http.Handler
	// Hosts lists the host names that the service answers for.
	Hosts() []string
}

type personKey struct{}

// WithPerson marks a request as coming from the browser of a signed-in person.
func WithPerson(ctx context.Context, login string) context.Context {
	return context.WithValue(ctx, personKey{}, login)
}

// Person is the login of the person whose browser sent the request, or "" for
// a request that came through the proxy or from nobody signed in.
func Person(ctx context.Context) string {
	login, _ := ctx.Value(personKey{}).(string)
	return login
}
