package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// prompt is the end of everything that waits for an answer.
var prompt = regexp.MustCompile(`(\]: |: )$`)

// prompts are the openings of the lines that wait for an answer; a line of
// another kind that happens to end in a colon is none.
var prompts = []string{"Choose a number", "  Answer", "  Number", "Do it?", "Go on?", "Press Enter", "Why not now?"}

// ear reads what the program says, as it comes.
type ear struct {
	lines chan string
	text  strings.Builder
	// ended is closed when the program has ended.
	ended chan struct{}
}

// listen reads a terminal until its end, and copies what is said.
func listen(from io.Reader, to io.Writer) *ear {
	e := &ear{lines: make(chan string, 64), ended: make(chan struct{})}
	go func() {
		defer close(e.lines)
		buffer := make([]byte, 4096)
		for {
			n, err := from.Read(buffer)
			if n > 0 {
				text := strings.ReplaceAll(ansi.Strip(string(buffer[:n])), "\r", "")
				_, _ = io.WriteString(to, text)
				e.lines <- text
			}
			if err != nil {
				return
			}
		}
	}()
	return e
}

// until gives what was said up to the next prompt, or that the program ended.
func (e *ear) until(ctx context.Context, patience time.Duration) (said string, ended bool, err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		if said := e.text.String(); waits(said) {
			e.text.Reset()
			return said, false, nil
		}
		select {
		case text, open := <-e.lines:
			if !open {
				return e.text.String(), true, nil
			}
			e.text.WriteString(text)
		case <-e.ended:
			e.rest()
			return e.text.String(), true, nil
		case <-timer.C:
			return "", false, fmt.Errorf("the wizard said nothing for %s; its last words: %q", patience, tail(e.text.String()))
		case <-ctx.Done():
			return "", false, errors.Join(errors.New("stopped"), ctx.Err())
		}
	}
}

// linger is how long the last words of a program that has ended may take to
// come through its terminal.
const linger = 300 * time.Millisecond

// rest takes in what was said before the end.
func (e *ear) rest() {
	late := time.After(linger)
	for {
		select {
		case text, open := <-e.lines:
			if !open {
				return
			}
			e.text.WriteString(text)
		case <-late:
			return
		}
	}
}

func waits(said string) bool {
	line := said[strings.LastIndexByte(said, '\n')+1:]
	if !prompt.MatchString(line) {
		return false
	}
	for _, p := range prompts {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

func tail(s string) string {
	if len(s) > 300 {
		return s[len(s)-300:]
	}
	return s
}
