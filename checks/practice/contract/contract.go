// Package contract holds requests and answers against the API descriptions
// that GitHub and crates.io publish themselves (see NOTICE.md).
//
// Tests use it on both sides: what the practice world answers must be what the
// real server could answer, and what the program sends must be what the real
// server would take.
package contract

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed github-openapi-pruned.json
var github []byte

//go:embed crates-io-openapi-pruned.json
var cratesIO []byte

// GitHub is the description of api.github.com: `@octokit/openapi` 23.0.2, MIT.
var GitHub = sync.OnceValues(func() (*API, error) { return load("api.github.com", github, githubTails) })

// CratesIO is the description of crates.io's /api/v1: commit 57fa000, 2026-08-21.
var CratesIO = sync.OnceValues(func() (*API, error) { return load("crates.io", cratesIO, nil) })

// API is one description, ready to validate.
type API struct {
	host   string
	router routers.Router
	tails  []string
}

// githubTails are followed by one parameter of the description that callers
// send as several segments.
var githubTails = []string{"/contents/", "/git/ref/", "/git/refs/", "/git/matching-refs/", "/branches/", "/releases/tags/"}

func load(host string, data []byte, tails []string) (*API, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("reading the API description of %s: %w", host, err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("routing the API description of %s: %w", host, err)
	}
	return &API{host: host, router: router, tails: tails}, nil
}

// Exchange is a request with its answer, both read to the end.
type Exchange struct {
	Request     *http.Request
	RequestBody []byte
	Status      int
	Header      http.Header
	Body        []byte
}

// Operation finds what the request calls: its method and path in the
// description, such as "GET /repos/{owner}/{repo}".
func (a *API) Operation(r *http.Request) (string, error) {
	_, route, _, err := a.find(r, nil)
	if err != nil {
		return "", err
	}
	return route.Method + " " + route.Path, nil
}

// CheckRequest says what is wrong with a request, or nil.
func (a *API) CheckRequest(r *http.Request, body []byte) error {
	in, err := a.input(r, body)
	if err != nil {
		return err
	}
	if described := a.described(in.Route, body); !bytes.Equal(described, body) {
		in.Request.Body, in.Request.ContentLength = io.NopCloser(bytes.NewReader(described)), int64(len(described))
	}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return checkQuery(in)
}

// checkQuery finds parameters that the operation does not have, which servers
// and validators pass over in silence.
func checkQuery(in *openapi3filter.RequestValidationInput) error {
	known := func(name string) bool {
		return in.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) != nil ||
			in.Route.PathItem.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) != nil
	}
	for name := range in.Request.URL.Query() {
		if !known(name) {
			return fmt.Errorf("%s %s has no parameter %q", in.Request.Method, in.Route.Path, name)
		}
	}
	return nil
}

// Allowed are the gaps that excuse answers of a host.
func Allowed(host string) []Gap {
	return slices.DeleteFunc(slices.Clone(Gaps), func(g Gap) bool { return g.Host != host || g.Status == 0 })
}

// described is a request's body without the fields that are known to be taken
// and are not described.
func (a *API) described(route *routers.Route, body []byte) []byte {
	var fields map[string]json.RawMessage
	for _, f := range Gaps {
		if f.Field == "" || f.Host != a.host || f.Method != route.Method || f.Path != route.Path || json.Unmarshal(body, &fields) != nil {
			continue
		}
		if _, sent := fields[f.Field]; sent {
			delete(fields, f.Field)
			body, _ = json.Marshal(fields)
		}
	}
	return body
}

// CheckAnswer says what is wrong with an answer, or nil. A status that the
// description does not list is wrong unless a gap allows it.
func (a *API) CheckAnswer(x Exchange, allowed []Gap) error {
	in, err := a.input(x.Request, x.RequestBody)
	if err != nil {
		return err
	}
	declared := in.Route.Operation.Responses.Status(x.Status) != nil
	if slices.ContainsFunc(allowed, func(g Gap) bool { return g.covers(in.Route, x.Status, declared) }) {
		return nil
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: x.Status, Header: x.Header,
		Body: io.NopCloser(bytes.NewReader(x.Body)), Options: in.Options,
	})
	if err != nil {
		return fmt.Errorf("%s %s answered %d: %w: %.200s", x.Request.Method, x.Request.URL.Path, x.Status, err, x.Body)
	}
	return nil
}

func (g Gap) covers(route *routers.Route, status int, declared bool) bool {
	if declared && (g.Method == "" || g.Path == "") {
		return false
	}
	return g.Status == status && (g.Method == "" || g.Method == route.Method) && (g.Path == "" || g.Path == route.Path)
}

func (a *API) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	asked, route, params, err := a.find(r, body)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{
		Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, IncludeResponseStatus: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	}, nil
}

// find looks up the operation for a copy of the request that stands at the
// described host and whose body can be read.
func (a *API) find(r *http.Request, body []byte) (*http.Request, *routers.Route, map[string]string, error) {
	asked := r.Clone(context.Background())
	asked.URL.Scheme, asked.URL.Host, asked.Host = "https", a.host, a.host
	asked.Body = io.NopCloser(bytes.NewReader(body))
	asked.ContentLength = int64(len(body))
	byName(asked.URL)
	a.escapeTail(asked.URL)
	route, params, err := a.router.FindRoute(asked)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s %s is not in the API description of %s: %w", r.Method, r.URL.Path, a.host, err)
	}
	return asked, route, params, nil
}

// byName turns the address of a repository by its id, to which GitHub sends on
// from a former name, into one by name: the description has no other.
func byName(u *url.URL) {
	rest, byID := strings.CutPrefix(u.EscapedPath(), "/repositories/")
	if !byID {
		return
	}
	_, tail, _ := strings.Cut(rest, "/")
	named := strings.TrimSuffix("/repos/owner/repo/"+tail, "/")
	if path, err := url.PathUnescape(named); err == nil {
		u.Path, u.RawPath = path, named
	}
}

func (a *API) escapeTail(u *url.URL) {
	path := u.EscapedPath()
	for _, tail := range a.tails {
		head, rest, found := strings.Cut(path, tail)
		if !found {
			continue
		}
		keep := ""
		if cut, ok := strings.CutSuffix(rest, "/protection"); ok {
			rest, keep = cut, "/protection"
		}
		path = head + tail + strings.ReplaceAll(rest, "/", "%2F") + keep
		break
	}
	u.RawPath = path
}
