//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal is a real terminal with a program on it, of which a test sees what
// a person would see.
type terminal struct {
	t    *testing.T
	file *os.File
	emu  *vt.SafeEmulator
	cmd  *exec.Cmd
	done chan struct{}
	err  error

	mu   sync.Mutex
	raw  bytes.Buffer  // all that the program wrote
	seen chan struct{} // closed and replaced when the screen may have changed
}

// patience is how long a screen may take to show what is waited for. It is no
// measure of anything: a test that runs into it has failed.
const patience = 90 * time.Second

func start(t *testing.T, cmd *exec.Cmd, width, height int) *terminal {
	t.Helper()
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, file: file, emu: vt.NewSafeEmulator(width, height), cmd: cmd, done: make(chan struct{}), seen: make(chan struct{})}
	go func() { _, _ = io.Copy(file, term.emu) }() // the emulator answers the program's questions
	go term.listen()
	t.Cleanup(term.close)
	return term
}

func (m *terminal) listen() {
	buffer := make([]byte, 32*1024)
	for {
		n, err := m.file.Read(buffer)
		if n > 0 {
			m.mu.Lock()
			m.raw.Write(buffer[:n])
			m.mu.Unlock()
			_, _ = m.emu.Write(buffer[:n])
			m.changed()
		}
		if err != nil {
			m.err = m.cmd.Wait()
			close(m.done)
			return
		}
	}
}

func (m *terminal) changed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.seen)
	m.seen = make(chan struct{})
}

func (m *terminal) next() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen
}

func (m *terminal) close() {
	if m.cmd.ProcessState == nil {
		_ = m.cmd.Process.Kill()
	}
	<-m.done
	_ = m.file.Close()
}

// wrote is all that the program has written.
func (m *terminal) wrote() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.raw.String()
}

// screen is the text on the screen.
func (m *terminal) screen() string { return ansi.Strip(m.emu.Render()) }

// until waits for a text on the screen.
func (m *terminal) until(texts ...string) {
	m.t.Helper()
	m.when(strings.Join(texts, " or "), func(screen string) bool {
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return true
			}
		}
		return false
	})
}

func (m *terminal) when(what string, holds func(screen string) bool) {
	m.t.Helper()
	late := time.After(patience)
	for {
		next := m.next()
		if holds(m.screen()) {
			return
		}
		select {
		case <-next:
		case <-m.done:
			if holds(m.screen()) {
				return
			}
			m.t.Fatalf("the program ended (%v) before %q; the screen is\n%s", m.err, what, m.screen())
		case <-late:
			m.t.Fatalf("%q never came; the screen is\n%s", what, m.screen())
		}
	}
}

// ended waits for the program's end and gives its exit status.
func (m *terminal) ended() int {
	m.t.Helper()
	select {
	case <-m.done:
	case <-time.After(patience):
		m.t.Fatalf("the program did not end; the screen is\n%s", m.screen())
	}
	return m.cmd.ProcessState.ExitCode()
}

var strokes = map[string]string{"enter": "\r", "esc": "\x1b", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"tab": "\t", "space": " ", "ctrl+c": "\x03", "pgdn": "\x1b[6~"}

// press types keys by their names; anything else is typed as it is.
func (m *terminal) press(keys ...string) {
	m.t.Helper()
	for _, k := range keys {
		if s, ok := strokes[k]; ok {
			k = s
		}
		if _, err := io.WriteString(m.file, k); err != nil {
			m.t.Fatalf("typing %q: %v", k, err)
		}
	}
}
