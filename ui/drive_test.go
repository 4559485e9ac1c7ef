package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

// driver is the event loop of a test: it runs commands as Bubble Tea does and
// waits for what the screen says, never for time.
type driver struct {
	t    *testing.T
	m    tea.Model
	msgs chan tea.Msg
	quit bool
}

func drive(t *testing.T, m tea.Model, width, height int) *driver {
	t.Helper()
	d := &driver{t: t, m: m, msgs: make(chan tea.Msg, 64)}
	d.run(m.Init())
	d.update(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.msgs <- cmd() }()
	}
}

func (d *driver) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
		return
	case tea.QuitMsg:
		d.quit = true
		return
	}
	var cmd tea.Cmd
	d.m, cmd = d.m.Update(msg)
	d.run(cmd)
}

// until handles messages until the screen holds a text.
func (d *driver) until(text string) *driver {
	d.t.Helper()
	return d.when(text, func() bool { return strings.Contains(d.screen(), text) })
}

func (d *driver) when(what string, holds func() bool) *driver {
	d.t.Helper()
	late := time.After(10 * time.Second)
	for !holds() {
		select {
		case msg := <-d.msgs:
			d.update(msg)
		case <-late:
			d.t.Fatalf("never came to %q; the screen is\n%s", what, d.screen())
		}
	}
	return d
}

func (d *driver) press(keys ...string) *driver {
	for _, k := range keys {
		d.update(stroke(k))
	}
	return d
}

func (d *driver) screen() string { return ansi.Strip(d.m.View().Content) }

var named = map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
	"right": tea.KeyRight, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "backspace": tea.KeyBackspace, "tab": tea.KeyTab, "space": tea.KeySpace}

func stroke(name string) tea.KeyPressMsg {
	if name == "ctrl+c" {
		return tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

func wizardAt(t *testing.T, session *walktest.Session, width, height int) *driver {
	t.Helper()
	w := newWizard(context.Background(), Options{Session: session, Label: "practice", Repository: "acme/market-data"})
	return drive(t, w, width, height)
}
