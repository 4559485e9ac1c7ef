package ui

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// pressed is a key on a step without a screen on top.
func (w *wizard) pressed(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, w.keys.quit):
		return tea.Quit
	case key.Matches(msg, w.keys.suspend):
		return tea.Suspend
	case key.Matches(msg, w.keys.help):
		return open(&help{keys: w.keys})
	case key.Matches(msg, w.keys.look):
		w.notice = ""
		return w.lookNow()
	case w.route == nil:
		return nil
	case key.Matches(msg, w.keys.choose):
		return w.take(w.way)
	case msg.String() >= "1" && msg.String() <= "9":
		n, _ := strconv.Atoi(msg.String())
		return w.take(n - 1)
	}
	w.move(msg)
	return nil
}

// move changes what is looked at: the way, the place on the page, the step.
func (w *wizard) move(msg tea.KeyPressMsg) {
	switch {
	case key.Matches(msg, w.keys.up):
		w.way = max(0, w.way-1)
	case key.Matches(msg, w.keys.down):
		w.way = max(0, min(len(w.scene().Ways)-1, w.way+1))
	case msg.String() == "pgup":
		w.scroll = max(0, w.scroll-5)
	case key.Matches(msg, w.keys.scroll):
		w.scroll += 5
	case key.Matches(msg, w.keys.previous):
		w.visit(w.step - 1)
	case key.Matches(msg, w.keys.forward):
		w.visit(w.step + 1)
	case key.Matches(msg, w.keys.current):
		w.visit(w.route.Current)
	}
}

// visit shows a step; the wizard follows again when it is the open one.
func (w *wizard) visit(step int) {
	step = max(0, min(step, len(w.route.Scenes)-1))
	w.follow = step == min(w.route.Current, len(w.route.Scenes)-1)
	if step != w.step {
		w.step, w.way, w.scroll, w.notice = step, 0, 0, ""
	}
}
