package runner

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// group is a `concurrency:` group: one member goes on, one waits, and a newer
// one that waits takes the older one's place (docs.github.com, "Concurrency").
type group struct {
	holder, waiter *member
}

type member struct {
	turn   chan struct{} // closed when it is this one's turn
	cancel func(error)
}

// enter waits until the group of a rendered `concurrency:` is free and returns
// what gives it back. cancel stops the one that enters, if a newer one replaces
// it.
func (r *Runner) enter(ctx context.Context, repo string, spec any, cancel func(error)) (leave func(), err error) {
	name, inProgress := expr.String(spec), false
	if o, ok := spec.(*expr.Object); ok {
		name, inProgress = expr.String(o.Get("group")), expr.Truthy(o.Get("cancel-in-progress"))
	}
	if name == "" {
		return func() {}, nil
	}
	key := strings.ToLower(repo + "\x00" + name)
	m := &member{turn: make(chan struct{}), cancel: cancel}
	var replaced []*member
	r.mu.Lock()
	g := r.groups[key]
	if g == nil {
		g = &group{}
		r.groups[key] = g
	}
	if g.holder == nil {
		g.holder = m
		close(m.turn)
	} else {
		if g.waiter != nil {
			replaced = append(replaced, g.waiter)
		}
		if inProgress {
			replaced = append(replaced, g.holder)
		}
		g.waiter = m
	}
	r.mu.Unlock()
	for _, old := range replaced {
		old.cancel(errCancelled)
	}
	return r.await(ctx, g, m)
}

func (r *Runner) await(ctx context.Context, g *group, m *member) (func(), error) {
	leave := func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if g.waiter == m {
			g.waiter = nil
		}
		if g.holder != m {
			return
		}
		g.holder, g.waiter = g.waiter, nil
		if g.holder != nil {
			close(g.holder.turn)
		}
	}
	select {
	case <-m.turn:
		return leave, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
