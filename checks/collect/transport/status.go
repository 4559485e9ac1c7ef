package transport

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// refused turns an answer that is no success into an *Error, by status and by
// the headers with which GitHub says why.
func (t *Transport) refused(req *http.Request, res *http.Response, body []byte) *Error {
	e := t.fail(req, KindStatus, nil)
	e.Status = res.StatusCode
	e.Message = message(body)
	e.RetryAt = retryAt(res.Header, t.now())
	_, e.Classic = res.Header["X-Oauth-Scopes"]
	e.Have, e.Need = res.Header.Get("X-OAuth-Scopes"), need(res.Header)
	e.Link = ssoLink(res.Header)
	e.Kind = kindOfStatus(e, res.Header)
	return e
}

func kindOfStatus(e *Error, h http.Header) Kind {
	switch s := e.Status; {
	case s == http.StatusUnauthorized:
		return KindUnauthorized
	case s == http.StatusTooManyRequests, s == http.StatusForbidden && limited(e, h):
		return KindRateLimit
	case s == http.StatusForbidden && strings.HasPrefix(h.Get("X-GitHub-SSO"), "required"):
		return KindSSO
	case (s == http.StatusForbidden || s == http.StatusNotFound) && lacksScope(e):
		return KindScope
	case s == http.StatusForbidden:
		return KindForbidden
	case s == http.StatusNotFound:
		return KindNotFound
	case s == http.StatusGone:
		return KindGone
	case s == http.StatusUnprocessableEntity:
		return KindInvalid
	case s >= 500:
		return KindServer
	case s >= 300 && s < 400:
		return KindMoved
	}
	return KindStatus
}

func limited(e *Error, h http.Header) bool {
	return h.Get("X-RateLimit-Remaining") == "0" || h.Get("Retry-After") != "" ||
		strings.Contains(strings.ToLower(e.Message), "rate limit")
}

// lacksScope says whether the token, not its owner, is what fell short. A
// fine-grained token tells no scopes; GitHub then says so in the message.
func lacksScope(e *Error) bool {
	if e.Anonymous {
		return false
	}
	if e.Classic && e.Need == "" {
		return false
	}
	if !e.Classic {
		return e.Status == http.StatusForbidden && strings.HasPrefix(e.Message, "Resource not accessible by")
	}
	have := scopes(e.Have)
	return !slices.ContainsFunc(scopes(e.Need), func(want string) bool { return covers(have, want) })
}

func scopes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// implied lists the scopes that hold others
// (docs.github.com, "Scopes for OAuth apps", read 2026-08).
var implied = map[string][]string{
	"repo":      {"repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"},
	"admin:org": {"write:org", "read:org"},
	"write:org": {"read:org"},
	"user":      {"read:user", "user:email", "user:follow"},
}

func covers(have []string, want string) bool {
	return slices.ContainsFunc(have, func(h string) bool { return h == want || slices.Contains(implied[h], want) })
}

// need is what the server would have accepted: scopes for classic tokens, else
// the permissions of a fine-grained one.
func need(h http.Header) string {
	if _, classic := h["X-Oauth-Scopes"]; classic {
		return h.Get("X-Accepted-OAuth-Scopes")
	}
	return h.Get("X-Accepted-GitHub-Permissions")
}

var ssoURL = regexp.MustCompile(`url=(https://[^\s;,]+)`)

func ssoLink(h http.Header) string {
	if m := ssoURL.FindStringSubmatch(h.Get("X-GitHub-SSO")); m != nil {
		return m[1]
	}
	return ""
}

func retryAt(h http.Header, now time.Time) time.Time {
	if wait, ok := retryAfter(h, now); ok {
		return now.Add(wait)
	}
	if h.Get("X-RateLimit-Remaining") != "0" {
		return time.Time{}
	}
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(reset, 0)
}

// message reads the server's own words: GitHub's "message" with what its errors
// say besides, the "detail" of crates.io's errors.
func message(body []byte) string {
	var said struct {
		Message string
		Errors  json.RawMessage
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	var list []json.RawMessage
	_ = json.Unmarshal(said.Errors, &list) // something else says nothing that is known
	var details []string
	for _, raw := range list {
		if d := detail(raw); d != "" && d != said.Message && !slices.Contains(details, d) {
			details = append(details, d)
		}
	}
	switch {
	case said.Message == "" && len(details) > 0:
		return brief(details[0])
	case len(details) > 0:
		return brief(said.Message + ": " + strings.Join(details, "; "))
	}
	return brief(said.Message)
}

// detail is what one error says: a text, GitHub's object with a message or with
// a field and a code, or crates.io's with a detail (GitHub, "Troubleshooting the
// REST API", read 2026-08).
func detail(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var e struct{ Message, Detail, Field, Code string }
	if json.Unmarshal(raw, &e) != nil {
		return ""
	}
	switch {
	case e.Message != "" || e.Detail != "":
		return cmp.Or(e.Message, e.Detail)
	case e.Field != "" && e.Code != "":
		return e.Field + ": " + strings.ReplaceAll(e.Code, "_", " ")
	}
	return ""
}

// brief keeps a server's words to a line.
func brief(s string) string {
	const most = 300
	s = evidence.CleanLine(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
