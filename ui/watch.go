package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/steps"
)

// How often the world is looked at: soon while the maintainer is at work on a
// page or something is under way elsewhere, else seldom, since every look
// costs requests.
const (
	soon   = 3 * time.Second
	seldom = 30 * time.Second
)

// look reads the world outside of the event loop.
func (w *wizard) look() tea.Cmd {
	ctx, session := w.ctx, w.opts.Session
	return func() tea.Msg {
		route, err := session.Look(ctx)
		return lookedMsg{route: route, err: err, at: time.Now()}
	}
}

// lookNow begins a look; while one is under way, the next begins at its end,
// since that one may have read the world before what has just changed.
func (w *wizard) lookNow() tea.Cmd {
	if w.looking {
		w.again = true
		return nil
	}
	w.looking = true
	return w.look()
}

func (w *wizard) ticked(now time.Time) tea.Cmd {
	w.now = now
	if w.route != nil && now.After(w.due) && !w.busy() {
		return w.lookNow()
	}
	return w.pass(tickMsg(now))
}

// busy says that a change is being made: it looks for itself when it ends.
func (w *wizard) busy() bool {
	_, working := w.top.(*performing)
	return working
}

func (w *wizard) looked(msg lookedMsg) tea.Cmd {
	w.looking, w.err, w.now = false, msg.err, msg.at
	if msg.route != nil {
		w.arrive(msg.route)
	}
	w.due = msg.at.Add(w.pause())
	if w.again {
		w.again = false
		return tea.Batch(w.pass(msg), w.lookNow())
	}
	return w.pass(msg)
}

// arrive takes in a new route and moves on when the open step has changed.
func (w *wizard) arrive(route *steps.Route) {
	before := w.step
	w.route = route
	if w.follow {
		w.step = min(route.Current, len(route.Scenes)-1)
	}
	if w.step != before {
		w.way, w.scroll = 0, 0
	}
	w.way = max(0, min(w.way, len(w.scene().Ways)-1))
}

func (w *wizard) pause() time.Duration {
	if _, onPage := w.top.(*page); onPage || w.scene().State == steps.Waiting {
		return soon
	}
	return seldom
}

func (w *wizard) noticed(msg noticeMsg) tea.Cmd {
	w.notice = msg.text
	if msg.again {
		return w.lookNow()
	}
	return nil
}

// scene is the step on the screen; an empty one before the first look.
func (w *wizard) scene() steps.Scene {
	if w.route == nil || w.step < 0 || w.step >= len(w.route.Scenes) {
		return steps.Scene{}
	}
	return w.route.Scenes[w.step]
}
