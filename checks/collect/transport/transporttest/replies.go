// Package transporttest holds the answers that a server can get wrong, for the
// tests of everything that asks servers.
package transporttest

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// Reply is an answer to a request.
type Reply struct {
	Status int
	Body   string
	Header http.Header
	// Err breaks the body off; without a Status there is no answer at all.
	Err error
	// Hang is no answer until the caller gives up.
	Hang bool
	// Says is what a reason must hold.
	Says string
}

// Replies are what any server may answer, by name. Times are reckoned from noon
// of 22 November 2026, UTC. The map is the caller's own.
func Replies() map[string]Reply {
	html := http.Header{"Content-Type": {"text/html"}}
	return map[string]Reply{
		"401":                   {Status: 401, Body: `{}`, Says: "signed in"},
		"403":                   {Status: 403, Body: `{"message":"Forbidden"}`, Says: `refused with 403 ("Forbidden")`},
		"404":                   {Status: 404, Body: `{"message":"Not Found"}`, Says: "answered 404 Not Found"},
		"422":                   {Status: 422, Body: `{"message":"Validation Failed"}`, Says: `answered 422 Unprocessable Entity ("Validation Failed")`},
		"429 with a time":       {Status: 429, Body: `{"message":"slow down"}`, Header: http.Header{"Retry-After": {"120"}}, Says: "allows no more requests until 2026-11-22 12:02:00 UTC"},
		"429 without one":       {Status: 429, Body: `{}`, Says: "allows no more requests for now"},
		"500":                   {Status: 500, Body: `{"message":"Server Error"}`, Says: `failed with 500 ("Server Error"); try again later`},
		"502 with a page":       {Status: 502, Body: `<html>Bad gateway</html>`, Header: html, Says: "failed with 502; try again later"},
		"503":                   {Status: 503, Says: "failed with 503; try again later"},
		"HTML":                  {Status: 200, Body: `<html>Sign in to the company's proxy</html>`, Header: html, Says: "something that is not JSON"},
		"cut short":             {Status: 200, Body: `{"id":1,"na`, Says: "an answer that breaks off"},
		"broken off on the way": {Status: 200, Body: `{"id"`, Err: io.ErrUnexpectedEOF, Says: "an answer that breaks off"},
		"empty":                 {Status: 200, Says: "an empty answer"},
		"another shape":         {Status: 200, Body: `"hello"`, Says: "an unexpected shape"},
		"no answer":             {Hang: true, Says: "did not answer in time"},
		"refused":               {Err: errors.New("connection refused"), Says: "connection refused"},
	}
}

// Faulty gives some requests a Reply, and hands the rest on.
type Faulty struct {
	Next http.RoundTripper
	// Hit says which requests get the reply.
	Hit   func(*http.Request) bool
	Reply Reply
}

// RoundTrip answers one request.
func (f *Faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case !f.Hit(r):
		return f.Next.RoundTrip(r)
	case f.Reply.Hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case f.Reply.Status == 0:
		return nil, f.Reply.Err
	}
	body := io.Reader(strings.NewReader(f.Reply.Body))
	if f.Reply.Err != nil {
		body = io.MultiReader(body, failing{f.Reply.Err})
	}
	header := f.Reply.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: f.Reply.Status, Header: header, Body: io.NopCloser(body), Request: r}, nil
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
