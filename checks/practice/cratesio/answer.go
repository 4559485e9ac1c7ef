package cratesio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// endpoint answers an API request with a JSON value, with nothing (204), or
// with a refusal.
type endpoint func(*http.Request) (any, error)

// refusal is an answer that says no.
type refusal struct {
	status int
	detail string
	// retryAfter is the HTTP date from which the server would say yes, or "".
	retryAfter string
	// plain refusals are text, as those of the server's middleware and web
	// framework are; all others are JSON.
	plain bool
}

// Error is the server's own text.
func (r *refusal) Error() string { return r.detail }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, detail: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, format, args...)
}

func forbidden(format string, args ...any) error {
	return refuse(http.StatusForbidden, format, args...)
}

func notFound() error { return refuse(http.StatusNotFound, "Not Found") }

func crateNotFound(name string) error {
	return refuse(http.StatusNotFound, "crate `%s` does not exist", name)
}

// redirect is an answer that sends the client elsewhere.
type redirect struct{ location string }

func splitPattern(pattern string) (method, path string) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		return "", pattern
	}
	return method + " ", path
}

// noAgent is what the server says to clients that do not name themselves
// (src/middleware/no_user_agent_message.txt).
const noAgent = `We require that all requests include a ` + "`User-Agent`" + ` header.  To allow us to determine the impact your bot has on our service, we ask that your user agent actually identify your bot, and not just report the HTTP client library you're using.  Including contact information will also reduce the chance that we will need to take action against your bot.

Bad:
  User-Agent: reqwest/0.9.1

Better:
  User-Agent: my_crawler

Best:
  User-Agent: my_crawler (my_crawler.com/info)
  User-Agent: my_crawler (help@my_crawler.com)

If you believe you've received this message in error, please email help@crates.io and include the request id .
`

func (s *Service) api(answer endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fromBrowser := box.Person(r.Context()) != ""
		if r.UserAgent() == "" && !fromBrowser && !strings.HasSuffix(r.URL.Path, "download") {
			writeRefusal(w, &refusal{status: http.StatusForbidden, detail: noAgent, plain: true})
			return
		}
		v, err := answer(r)
		if err != nil {
			writeRefusal(w, err)
			return
		}
		writeAnswer(w, v)
	})
}

func writeAnswer(w http.ResponseWriter, v any) {
	switch v := v.(type) {
	case nil:
		w.WriteHeader(http.StatusNoContent)
	case redirect:
		w.Header().Set("Location", v.location)
		w.WriteHeader(http.StatusFound)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(v)
	}
}

func writeRefusal(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{status: http.StatusInternalServerError, detail: "Internal Server Error: " + err.Error(), plain: true}
	}
	if r.retryAfter != "" {
		w.Header().Set("Retry-After", r.retryAfter)
	}
	if r.plain {
		http.Error(w, r.detail, r.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"detail": r.detail}}})
}

// bodyLimit is far above what the JSON requests of this API need.
const bodyLimit = 1 << 20

// decode reads a JSON request as the server's web framework (axum) does.
func decode(r *http.Request, v any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return &refusal{status: http.StatusUnsupportedMediaType, plain: true,
			detail: "Expected request with `Content-Type: application/json`"}
	}
	err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, bodyLimit)).Decode(v)
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed):
		return &refusal{status: http.StatusUnprocessableEntity, plain: true,
			detail: "Failed to deserialize the JSON body into the target type: " + err.Error()}
	case err != nil:
		return &refusal{status: http.StatusBadRequest, plain: true,
			detail: "Failed to parse the request body as JSON: " + err.Error()}
	}
	return nil
}

// missingField refuses a JSON body that lacks a field, as axum does.
func missingField(name string) error {
	return &refusal{status: http.StatusUnprocessableEntity, plain: true,
		detail: "Failed to deserialize the JSON body into the target type: missing field `" + name + "`"}
}
