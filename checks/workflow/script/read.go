package script

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Command is one simple command that a script would start.
type Command struct {
	// Args are the program and its arguments. ${{ }} stays as written; a
	// variable whose value is known is put in, another stays "$NAME".
	Args []string
	// Env holds the variables that are set for this command alone.
	Env map[string]string
	// Input is the text that is fed to the command: a here-document, or what
	// echo pipes into it; "" when none is known.
	Input string
	// Line is the 1-based line of the script.
	Line int
}

// Script is what was read from a run step.
type Script struct {
	Commands []Command
	// Exports are variables that the script sets for later steps through
	// $GITHUB_ENV.
	Exports map[string]string
	// Partial says that some lines could not be parsed as shell, and were left
	// out.
	Partial bool
}

// Lookup gives the value of an environment variable of the step.
type Lookup func(name string) (value string, ok bool)

// nesting bounds how deep scripts inside scripts (bash -c) are read.
const nesting = 4

// Read parses a script. It never fails: what is no shell is left out, and
// Partial says so.
func Read(src string, look Lookup) Script { return read(src, look, nesting) }

func read(src string, look Lookup, depth int) Script {
	if look == nil {
		look = func(string) (string, bool) { return "", false }
	}
	hidden := hide(strings.ReplaceAll(src, "\r\n", "\n"))
	r := &reader{look: look, vars: map[string]string{}, exported: map[string]bool{}, marks: hidden, depth: depth}
	r.out.Exports = map[string]string{}
	if f, err := parse(hidden.text); err == nil {
		r.walk(f, 0)
	} else {
		r.out.Partial = true
		r.lines(hidden.text)
	}
	return r.out
}

// maxParsed bounds what the parser sees at once, in bytes: it recurses with the
// depth of the text.
const maxParsed = 64 << 10

var errTooLong = errors.New("the script is too long")

func parse(text string) (*syntax.File, error) {
	if len(text) > maxParsed {
		return nil, errTooLong
	}
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
}

// lines reads what can be read line by line: of a script for another shell, or
// with a fault somewhere.
func (r *reader) lines(text string) {
	for _, l := range logicalLines(text) {
		// PowerShell calls a program with a leading "&".
		line := strings.TrimPrefix(strings.TrimSpace(l.text), "& ")
		if f, err := parse(line); err == nil {
			r.walk(f, l.number-1)
		}
	}
}

type logicalLine struct {
	text   string
	number int
}

// logicalLines joins lines that are continued by a backslash, PowerShell's
// backtick or cmd's caret.
func logicalLines(text string) []logicalLine {
	var joined []logicalLine
	continued := false
	for i, line := range strings.Split(text, "\n") {
		body := strings.TrimRight(line, " \t")
		more := strings.HasSuffix(body, "\\") || strings.HasSuffix(body, " `") || strings.HasSuffix(body, " ^")
		if more {
			body = body[:len(body)-1]
		}
		if continued {
			joined[len(joined)-1].text += " " + body
		} else {
			joined = append(joined, logicalLine{body, i + 1})
		}
		continued = more
	}
	return joined
}
