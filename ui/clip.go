package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/steps"
)

// clip copies a value twice: to the terminal's clipboard, which is the person's
// own over a remote connection too (OSC 52; some terminals take no such copy),
// and to that of this machine, if there is one.
func clip(value string, local func(string) error) tea.Cmd {
	if local == nil {
		return tea.SetClipboard(value)
	}
	// That of the machine may be missing its display: the other one stands.
	return tea.Batch(tea.SetClipboard(value), func() tea.Msg { _ = local(value); return nil })
}

// shelf are the values of a page, to be copied one after the other.
type shelf struct {
	fields []steps.Field
	at     int
	copied map[int]bool
	last   string
}

// next takes the value under the cursor and steps on, past what is to stay
// empty.
func (s *shelf) next() (value string, ok bool) {
	f := s.fields[s.at]
	if ok = f.Value != ""; ok {
		if s.copied == nil {
			s.copied = map[int]bool{}
		}
		s.copied[s.at], s.last = true, fmt.Sprintf("Copied: %s (%s)", f.Value, f.Label)
	}
	for to := s.at + 1; to < len(s.fields); to++ {
		if s.fields[to].Value != "" {
			s.at = to
			return f.Value, ok
		}
	}
	if ok {
		s.last += ". That was the last one."
	}
	return f.Value, ok
}

func (s *shelf) move(by int) { s.at = max(0, min(len(s.fields)-1, s.at+by)) }
