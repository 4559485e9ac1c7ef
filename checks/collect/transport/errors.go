package transport

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Kind tells errors apart by what can be done about them.
type Kind string

// The kinds. Those before KindUnauthorized have no HTTP status.
const (
	// KindInsecure is an address that is neither https nor loopback: not called.
	KindInsecure Kind = "insecure address"
	// KindOffline is a host name that could not be resolved.
	KindOffline Kind = "no address"
	// KindProxy is a proxy that could not be reached or refused.
	KindProxy Kind = "proxy"
	// KindTLS is a certificate or handshake that failed.
	KindTLS Kind = "tls"
	// KindTimeout is an answer that did not come within the deadline.
	KindTimeout Kind = "timeout"
	// KindConnection is a connection refused or broken.
	KindConnection Kind = "connection"
	// KindTooLarge is an answer above the size limit.
	KindTooLarge Kind = "too large"
	// KindTruncated is an answer that ends too early.
	KindTruncated Kind = "truncated"
	// KindEmpty is an answer without a body where one was due.
	KindEmpty Kind = "empty"
	// KindNotJSON is something else where JSON was due, often a web page.
	KindNotJSON Kind = "not JSON"
	// KindShape is JSON of another shape than documented.
	KindShape Kind = "shape"

	// KindUnauthorized is 401: no token, or one that is not accepted.
	KindUnauthorized Kind = "401"
	// KindForbidden is 403 for want of a right.
	KindForbidden Kind = "403"
	// KindScope is 403 or 404 to a token that lacks a scope or permission.
	KindScope Kind = "missing scope"
	// KindSSO is 403 to a token not yet authorised for an organisation's
	// single sign-on.
	KindSSO Kind = "single sign-on"
	// KindRateLimit is 429, or 403 with a rate limit used up.
	KindRateLimit Kind = "rate limit"
	// KindNotFound is 404, KindGone 410, KindInvalid 422, KindServer 5xx.
	KindNotFound Kind = "404"
	KindGone     Kind = "410"
	KindInvalid  Kind = "422"
	KindServer   Kind = "5xx"
	// KindMoved is a redirect of a request that is not followed: anything but
	// GET would change its meaning.
	KindMoved Kind = "moved"
	// KindStatus is any other status that is not success.
	KindStatus Kind = "status"
)

// Error is a request that did not bring what was asked for.
type Error struct {
	Kind Kind
	// Method and Address (host and path) tell what was tried.
	Method, Address string
	Host            string
	// Status is the HTTP status; 0 where there was no answer.
	Status int
	// Message is the server's own, "" if it gave none.
	Message string
	// RetryAt is when the server allows the next request, if it said so.
	RetryAt time.Time
	// Need and Have are the scopes or permissions that the server accepts, and
	// those of the token, as GitHub names them.
	Need, Have string
	// Link is a page that helps (GitHub's single sign-on).
	Link string
	// Anonymous is whether the request carried no token; Classic whether the
	// server told the token's scopes, so that it sees all that its owner sees.
	Anonymous, Classic bool
	// At is when it happened.
	At  time.Time
	err error
}

// Error says what was tried, on what, and why it failed.
func (e *Error) Error() string {
	return fmt.Sprintf("%s https://%s: %s", e.Method, e.Address, e.Reason())
}

// Unwrap gives the network's own error, if there was one.
func (e *Error) Unwrap() error { return e.err }

// Source is where the answer was looked for.
func (e *Error) Source() evidence.Source { return evidence.Source{Name: e.Address, At: e.At} }

// Reason is one clear sentence without the address, in a form that follows
// "unknown: ".
func (e *Error) Reason() string {
	switch e.Kind {
	case KindInsecure:
		return "only https addresses are called, and this is none"
	case KindOffline:
		return fmt.Sprintf("the name %s could not be resolved: is this machine online?", e.Host)
	case KindProxy:
		return fmt.Sprintf("%s could not be reached through the proxy: %v; see HTTPS_PROXY and NO_PROXY", e.Host, e.err)
	case KindTLS:
		return fmt.Sprintf("no trusted connection to %s: %v; if a proxy of your company stands between, name its root certificate in SSL_CERT_FILE", e.Host, e.err)
	case KindTimeout:
		return fmt.Sprintf("%s did not answer in time; try again later", e.Host)
	case KindConnection:
		return fmt.Sprintf("the connection to %s failed: %v", e.Host, e.err)
	case KindTooLarge:
		return fmt.Sprintf("%s answered with more than we read", e.Host)
	case KindTruncated:
		return fmt.Sprintf("%s sent an answer that breaks off", e.Host)
	case KindEmpty:
		return fmt.Sprintf("%s sent an empty answer", e.Host)
	case KindNotJSON:
		return fmt.Sprintf("%s answered with something that is not JSON (a login page of a proxy, perhaps)", e.Host)
	case KindShape:
		return fmt.Sprintf("%s answered with JSON of an unexpected shape: %v", e.Host, e.err)
	}
	return e.statusReason()
}

func (e *Error) statusReason() string {
	switch e.Kind {
	case KindUnauthorized:
		if e.Anonymous {
			return fmt.Sprintf("%s shows this only to people who are signed in", e.Host)
		}
		return fmt.Sprintf("%s does not accept the token%s", e.Host, e.said())
	case KindForbidden:
		return fmt.Sprintf("%s refused with 403%s", e.Host, e.said())
	case KindScope:
		return fmt.Sprintf("the token lacks %s%s", e.lacks(), e.said())
	case KindSSO:
		return "the organisation wants single sign-on for this token" + e.linked()
	case KindRateLimit:
		return fmt.Sprintf("%s allows no more requests %s%s", e.Host, e.until(), e.said())
	case KindServer:
		return fmt.Sprintf("%s failed with %d%s; try again later", e.Host, e.Status, e.said())
	case KindMoved:
		return fmt.Sprintf("%s has moved this to another address", e.Host)
	}
	return fmt.Sprintf("%s answered %d %s%s", e.Host, e.Status, http.StatusText(e.Status), e.said())
}

func (e *Error) said() string {
	if e.Message == "" {
		return ""
	}
	return fmt.Sprintf(" (%q)", e.Message)
}

func (e *Error) lacks() string {
	switch {
	case e.Need == "":
		return "a permission"
	case !e.Classic:
		return "the permission " + e.Need
	case e.Have == "":
		return fmt.Sprintf("the scope %s and has none at all", strings.Join(scopes(e.Need), " or "))
	}
	return fmt.Sprintf("the scope %s (it has %s)", strings.Join(scopes(e.Need), " or "), e.Have)
}

func (e *Error) linked() string {
	if e.Link == "" {
		return ""
	}
	return ": authorise it at " + e.Link
}

func (e *Error) until() string {
	if e.RetryAt.IsZero() {
		return "for now"
	}
	return "until " + e.RetryAt.UTC().Format("2006-01-02 15:04:05 UTC")
}
