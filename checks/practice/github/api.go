package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// APIHost serves the REST API.
const APIHost = "api.github.com"

const (
	apiURL  = "https://" + APIHost
	siteURL = "https://" + SiteHost
	docsURL = "https://docs.github.com/rest"
)

// obj is a JSON object of an answer.
type obj map[string]any

// answer is what an endpoint gives back.
type answer struct {
	status int
	body   any // nil for none
	header http.Header
}

func ok(body any) (answer, error)      { return answer{status: http.StatusOK, body: body}, nil }
func created(body any) (answer, error) { return answer{status: http.StatusCreated, body: body}, nil }
func noContent() (answer, error)       { return answer{status: http.StatusNoContent}, nil }

// refuse makes the error of an answer that is not a success.
func refuse(status int, format string, args ...any) (answer, error) {
	return answer{}, &Refusal{Status: status, Message: fmt.Sprintf(format, args...)}
}

func notFound() (answer, error) { return refuse(http.StatusNotFound, "Not Found") }

// invalid is the 422 answer about one field.
func invalid(resource, field, code, message string) (answer, error) {
	return answer{}, &Refusal{
		Status: http.StatusUnprocessableEntity, Message: "Validation Failed",
		Errors: []FieldError{{Resource: resource, Field: field, Code: code, Message: message}},
	}
}

// need is what an endpoint asks of its caller.
type need struct {
	// role is asked of a person in the repository.
	role Role
	// permission and level are asked of fine-grained and job tokens.
	permission, level string
}

// call is one request to the API, with who made it and about what.
type call struct {
	s     *Store
	r     *http.Request
	token *Token // nil for nobody
	login string
	// repo is set for endpoints below /repos/{owner}/{repo}, role is the
	// caller's there, as far as the token lets it through.
	repo *Repository
	role Role
	// action is set where the repository is that of an action.
	action *Action
}

// endpoint is one operation. It runs with the store's lock held, unless it is
// free because it calls hooks or waits.
type endpoint struct {
	pattern string
	need    need
	free    bool
	do      func(*call) (answer, error)
}

// endpoints are all operations of the API.
var endpoints = [][]endpoint{
	peopleEndpoints, repositoryEndpoints, environmentEndpoints, policyEndpoints, secretEndpoints, organizationSecretEndpoints, settingsEndpoints,
	workflowEndpoints, runEndpoints, deploymentEndpoints, gitEndpoints, gitWriteEndpoints, contentEndpoints,
	branchEndpoints, rulesetEndpoints, releaseEndpoints, pullEndpoints, issueEndpoints,
}

// maxBody is above the 1 MB that the API takes for a file's content in base64.
const maxBody = 4 << 20

// decode reads the JSON body strictly: a field that the operation does not
// know is refused with the API's own text.
func (c *call) decode(into any) error {
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil {
		return err
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	return decodeRefusal(d.Decode(into))
}

func decodeRefusal(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF):
		return &Refusal{Status: http.StatusBadRequest, Message: "Problems parsing JSON"}
	case errors.As(err, &kind):
		return &Refusal{
			Status:  http.StatusUnprocessableEntity,
			Message: fmt.Sprintf("Invalid request.\n\nFor '%s', %s is not a %s.", kind.Field, kind.Value, kind.Type),
		}
	}
	if field, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return &Refusal{
			Status:  http.StatusUnprocessableEntity,
			Message: fmt.Sprintf("Invalid request.\n\n%s is not a permitted key.", field),
		}
	}
	return &Refusal{Status: http.StatusBadRequest, Message: "Problems parsing JSON"}
}

// apiService is api.github.com as a service of the box.
type apiService struct {
	s   *Store
	mux *http.ServeMux
}

func newAPI(s *Store) *apiService {
	a := &apiService{s: s, mux: http.NewServeMux()}
	for _, list := range endpoints {
		for _, e := range list {
			a.mux.HandleFunc(e.pattern, func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, e) })
		}
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.serve(w, r, endpoint{do: func(*call) (answer, error) { return notFound() }})
	})
	return a
}

// Hosts is api.github.com.
func (a *apiService) Hosts() []string { return []string{APIHost} }

// ServeHTTP answers a request to the API. /repositories/ID/… stands for the
// repository's name, as the answers to a moved one say.
func (a *apiService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, found := strings.CutPrefix(r.URL.EscapedPath(), "/repositories/"); found {
		if renamed := a.byID(r, rest); renamed != nil {
			r = renamed
		}
	}
	a.mux.ServeHTTP(w, r)
}

func (a *apiService) serve(w http.ResponseWriter, r *http.Request, e endpoint) {
	c := &call{s: a.s, r: r}
	var got answer
	err := a.admit(c, e)
	if err == nil {
		got, err = a.do(c, e)
	}
	a.headers(w, c, e)
	var moved *movedError
	var refused *Refusal
	switch {
	case err == nil:
		write(w, got)
	case errors.As(err, &moved):
		w.Header().Set("Location", moved.to)
		write(w, answer{status: http.StatusMovedPermanently, body: obj{
			"message": "Moved Permanently", "url": moved.to, "documentation_url": docsURL,
		}})
	case errors.As(err, &refused):
		write(w, answer{status: refused.Status, body: refused.body()})
	default:
		write(w, answer{status: http.StatusInternalServerError, body: obj{
			"message": "The practice world failed: " + err.Error(), "documentation_url": docsURL,
		}})
	}
}

func (a *apiService) do(c *call, e endpoint) (answer, error) {
	if c.action != nil {
		pattern := e.pattern
		e = endpoint{do: func(c *call) (answer, error) { return c.ofAction(pattern) }}
	}
	if e.free {
		return e.do(c)
	}
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	got, err := e.do(c)
	if err != nil || got.body == nil {
		return got, err
	}
	// Made into text while the lock is held: the body may point into the store.
	text, err := json.Marshal(got.body)
	got.body = json.RawMessage(text)
	return got, err
}

func (r *Refusal) body() obj {
	body := obj{"message": r.Message, "documentation_url": docsURL, "status": fmt.Sprint(r.Status)}
	if len(r.Errors) > 0 {
		body["errors"] = r.Errors
	}
	return body
}

func write(w http.ResponseWriter, a answer) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}
