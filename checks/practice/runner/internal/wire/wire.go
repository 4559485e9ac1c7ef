// Package wire is what the runner's tests put in place of the practice world's
// network: handlers by host name, behind an ordinary *http.Client.
package wire

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Hosts maps a host name to what answers there. A host that is not in it is
// refused, as the box refuses it.
type Hosts struct {
	mu       sync.Mutex
	handlers map[string]http.Handler
	seen     []string
}

// New makes the table.
func New(handlers map[string]http.Handler) *Hosts { return &Hosts{handlers: handlers} }

// Client reaches the hosts.
func (h *Hosts) Client() *http.Client { return &http.Client{Transport: h} }

// Seen lists the requests so far, as "METHOD https://host/path".
func (h *Hosts) Seen() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.seen...)
}

// RoundTrip hands the request to the host's handler.
func (h *Hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.seen = append(h.seen, r.Method+" "+r.URL.Scheme+"://"+r.URL.Host+r.URL.Path)
	handler := h.handlers[r.URL.Host]
	h.mu.Unlock()
	if handler == nil {
		return nil, fmt.Errorf("proxy refused CONNECT to %s: no such host in the practice world", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.Host = r.URL.Host
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, in)
	resp := out.Result()
	resp.Request = r
	return resp, nil
}
