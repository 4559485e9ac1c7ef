// Package client reads what crates.io tells of crates: the sparse index for
// whether they exist and which versions, the API for what the index does not
// say. It only reads.
package client

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	api   = "https://crates.io/api/v1/"
	index = "https://index.crates.io/"
	// MaxAsked is how many API requests are made at most in one look, and leisure
	// up to how many the owners are asked for, which other evidence can stand for:
	// at one a second more would be a wait that nobody sits through.
	MaxAsked = 150
	leisure  = 60
)

// Options say how to read.
type Options struct {
	// Token is an API token of an owner; it is sent only with the request for
	// publisher configs. "" leaves those unknown.
	Token string
	// Progress, if not nil, is told after each API request how many are done
	// and how many there are in all; they come one a second.
	Progress func(done, total int)
	// Before is what an earlier look told. Of many crates the details are taken
	// from there where the index shows that nothing was published since, but for
	// those seen longest ago and those in Anew.
	Before map[string]evidence.Fact[evidence.Project]
	Anew   []string
}

// Projects reads the crates of these names. It returns a fact for each: absent
// where crates.io has no such crate.
func Projects(ctx context.Context, p *transport.Pass, names []string, o Options) map[string]evidence.Fact[evidence.Project] {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	l := &look{pass: p, options: o, names: names, most: MaxAsked, crates: map[string]*crate{}}
	l.readIndex(ctx)
	l.carry()
	l.count()
	for _, name := range names {
		l.readCrate(ctx, l.crates[name])
	}
	l.readConfigs(ctx)
	l.readAllOwners(ctx)
	out := make(map[string]evidence.Fact[evidence.Project], len(names))
	for name, c := range l.crates {
		out[name] = c.fact()
	}
	return out
}

type look struct {
	pass    *transport.Pass
	options Options
	names   []string
	crates  map[string]*crate
	// asked and total count API requests; most is how many may be made.
	asked, total, most int
	// refused is whether the token is of no use for any crate.
	refused bool
}

// readIndex asks the index for all crates at once: it has no limit.
func (l *look) readIndex(ctx context.Context) {
	var g errgroup.Group
	var mu sync.Mutex
	g.SetLimit(8)
	for _, name := range l.names {
		g.Go(func() error {
			lines := readIndex(ctx, l.pass, name)
			mu.Lock()
			defer mu.Unlock()
			l.crates[name] = newCrate(name, lines)
			return nil
		})
	}
	_ = g.Wait() // failures are in the facts
}

// count reckons how many requests there will be.
func (l *look) count() {
	for _, c := range l.crates {
		if !c.carried {
			l.total++
		}
	}
	if l.total < leisure {
		l.total = min(2*l.total, leisure)
	}
	if l.options.Token != "" {
		l.total += len(l.names)
	}
	l.total = min(l.total, MaxAsked)
}

// get asks the API and decodes its answer. All of the API goes through here,
// one request after the other.
func (l *look) get(ctx context.Context, path string, header http.Header, out any) (*transport.Answer, error) {
	if l.asked >= l.most {
		return nil, errBudget
	}
	l.asked++
	answer, err := l.pass.Get(ctx, transport.Request{URL: api + path, Header: header})
	if l.options.Progress != nil {
		l.options.Progress(l.asked, max(l.asked, l.total))
	}
	if err != nil {
		return nil, err
	}
	return answer, answer.JSON(out)
}
