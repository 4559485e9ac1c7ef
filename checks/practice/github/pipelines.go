package github

import (
	"errors"
	"net/http"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// pipelines is where a job asks for its identity tokens.
type pipelines struct{ s *Store }

func newPipelines(s *Store) box.Service { return pipelines{s} }

// Hosts is the one host.
func (pipelines) Hosts() []string { return []string{PipelinesHost} }

// ServeHTTP answers …/jobs/JOB/idtoken?audience=… with {"value": token}. The
// bearer token says which job asks; the address is the job's own too, but is
// not relied on.
func (p pipelines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/idtoken") || (r.Method != http.MethodGet && r.Method != http.MethodPost) {
		write(w, answer{status: http.StatusNotFound, body: obj{"message": "Not Found"}})
		return
	}
	p.s.mu.Lock()
	ref, known := p.s.jobTokens[bearer(r)]
	p.s.mu.Unlock()
	if !known || !ref.request {
		write(w, answer{status: http.StatusUnauthorized, body: obj{"message": "Unauthorized"}})
		return
	}
	token, err := p.s.IssueIDToken(ref.RunID, ref.JobID, r.URL.Query().Get("audience"))
	var refused *Refusal
	switch {
	case errors.As(err, &refused):
		write(w, answer{status: refused.Status, body: refused.body()})
	case err != nil:
		write(w, answer{status: http.StatusInternalServerError, body: obj{"message": err.Error()}})
	default:
		write(w, answer{status: http.StatusOK, body: obj{"value": token, "count": len(token)}})
	}
}
