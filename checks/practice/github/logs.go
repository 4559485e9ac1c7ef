package github

import (
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// ResultsHost serves the logs of jobs at signed addresses.
const ResultsHost = "results-receiver.actions.githubusercontent.com"

// logLink is a signed address of a job's log.
type logLink struct {
	RunID, JobID int64
	Until        time.Time
}

// logLinkLife is one minute (GitHub's description of the API).
const logLinkLife = time.Minute

type results struct{ s *Store }

func newResults(s *Store) box.Service { return results{s} }

// Hosts is the one host.
func (results) Hosts() []string { return []string{ResultsHost} }

// ServeHTTP serves a log whose address the API has given out. The address is
// all that is asked for.
func (l results) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/job-logs/"), ".txt")
	l.s.mu.Lock()
	link, known := l.s.links[key]
	var text string
	if _, job := l.s.job(link.RunID, link.JobID); job != nil {
		text = job.Log
	}
	expired := known && l.s.opt.Now().After(link.Until)
	l.s.mu.Unlock()
	switch {
	case !known:
		http.Error(w, "The specified blob does not exist.", http.StatusNotFound)
	case expired:
		http.Error(w, "Server failed to authenticate the request: Signature not valid in the specified time frame.", http.StatusForbidden)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(text))
	}
}
