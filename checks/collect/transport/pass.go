package transport

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Pass is one look at the world. Within it the same GET is made once: whoever
// asks again, at the same time or later, gets the same answer or error.
type Pass struct {
	under *Transport
	ctx   context.Context
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	done   chan struct{}
	answer *Answer
	err    error
}

// Pass begins a look. Requests live no longer than ctx; a caller who gives up
// earlier leaves them to those who wait for the same answer.
func (t *Transport) Pass(ctx context.Context) *Pass {
	return &Pass{under: t, ctx: ctx, calls: map[string]*call{}}
}

// Request is a GET.
type Request struct {
	URL    string
	Header http.Header
	// Tail asks for the last bytes of the answer only; 0 is all of it.
	Tail int
}

// Get answers from this pass's memory, or asks. Errors are *Error, or the
// context's.
func (p *Pass) Get(ctx context.Context, r Request) (*Answer, error) {
	key := r.key()
	p.mu.Lock()
	c, known := p.calls[key]
	if !known {
		c = &call{done: make(chan struct{})}
		p.calls[key] = c
		go p.make(c, r)
	}
	p.mu.Unlock()
	select {
	case <-c.done:
		return c.answer, c.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (p *Pass) make(c *call, r Request) {
	defer close(c.done)
	req, err := http.NewRequestWithContext(keepTail(p.ctx, r.Tail), http.MethodGet, r.URL, nil)
	if err != nil {
		c.err = fmt.Errorf("not an address: %w", err)
		return
	}
	for name, values := range r.Header {
		req.Header[name] = slices.Clone(values)
	}
	c.answer, c.err = p.under.Do(req)
}

// key tells requests apart by all that may change the answer; the
// authorization is among the headers, and stays in memory only.
func (r Request) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n", r.URL, r.Tail)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %q\n", name, r.Header[name])
	}
	return b.String()
}
