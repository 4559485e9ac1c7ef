package contract

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// Ledger holds every exchange of a practice world against the descriptions,
// whoever asked: the program, cargo, gh, or the world's own runner. It may be
// used from any goroutine.
type Ledger struct {
	mu sync.Mutex
	// counts are exchanges by operation.
	counts map[string]int
	faults []string
	others int
}

// Note takes an exchange down. Those with hosts that have no description are
// counted and no more.
func (l *Ledger) Note(x box.Exchange) {
	r, err := http.NewRequest(x.Method, x.URL, bytes.NewReader(x.RequestBody))
	if err != nil {
		l.fault(fmt.Errorf("%s %s is no request: %w", x.Method, x.URL, err))
		return
	}
	r.Header = x.RequestHeader
	api, err := described(r)
	switch {
	case err != nil:
		l.fault(err)
	case api == nil:
		l.count(&l.others)
	default:
		l.check(api, Exchange{Request: r, RequestBody: x.RequestBody, Status: x.Status, Header: x.Header, Body: x.Body})
	}
}

// described is the description of the server that a request goes to; nil where
// there is none.
func described(r *http.Request) (*API, error) {
	switch {
	case r.URL.Host == "api.github.com":
		return GitHub()
	case r.URL.Host == "crates.io" && strings.HasPrefix(r.URL.Path, "/api/"):
		return CratesIO()
	}
	return nil, nil
}

func (l *Ledger) check(api *API, x Exchange) {
	name, err := api.Operation(x.Request)
	if err != nil {
		l.fault(err)
		return
	}
	l.tally(api.host + " " + name)
	if err := api.CheckRequest(x.Request, x.RequestBody); err != nil {
		l.fault(err)
	}
	if err := api.CheckAnswer(x, Allowed(api.host)); err != nil {
		l.fault(err)
	}
}

func (l *Ledger) fault(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, err.Error())
}

func (l *Ledger) count(n *int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*n++
}

func (l *Ledger) tally(operation string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[operation]++
}

// Faults are the exchanges that no server could have had, each once.
func (l *Ledger) Faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(l.faults)))
}

// Operations are the operations that were called, with how often.
func (l *Ledger) Operations() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// Summary says in a line how much was held against the descriptions.
func (l *Ledger) Summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	checked := 0
	for _, n := range l.counts {
		checked += n
	}
	return fmt.Sprintf("%d exchanges of %d operations held against the descriptions, %d with hosts that have none; %d faults",
		checked, len(l.counts), l.others, len(l.faults))
}

// Test is what Hold needs of a *testing.T.
type Test interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// Hold is what a test gives to a world as its recorder: at the test's end each
// exchange that no server could have had fails it.
func Hold(t Test) func(box.Exchange) {
	t.Helper()
	ledger := &Ledger{}
	t.Cleanup(func() {
		t.Helper()
		for _, fault := range ledger.Faults() {
			t.Errorf("against the servers' own descriptions: %s", fault)
		}
		t.Logf("contract: %s", ledger.Summary())
	})
	return ledger.Note
}
