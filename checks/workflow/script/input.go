package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirections notes a here-document that a statement feeds to its command, and
// where its output goes.
func (r *reader) redirections(stmt *syntax.Stmt) {
	if r.toEnv[stmt] || r.toEnvironment(stmt) {
		r.toEnv[stmt] = true
		for _, inner := range grouped(stmt.Cmd) {
			r.toEnv[inner] = true
		}
	}
	for _, redirect := range stmt.Redirs {
		switch {
		case redirect.Hdoc != nil:
			r.fed[stmt] = r.text(redirect.Hdoc)
		case redirect.Op == syntax.WordHdoc && redirect.Word != nil:
			r.fed[stmt] = r.text(redirect.Word)
		}
	}
}

// grouped are the statements inside { } and ( ).
func grouped(c syntax.Command) []*syntax.Stmt {
	switch c := c.(type) {
	case *syntax.Block:
		return c.Stmts
	case *syntax.Subshell:
		return c.Stmts
	}
	return nil
}

// pipe notes the text that echo or printf feeds through a pipe.
func (r *reader) pipe(b *syntax.BinaryCmd) {
	if b.Op != syntax.Pipe && b.Op != syntax.PipeAll {
		return
	}
	if text, ok := r.echoed(b.X); ok {
		r.fed[b.Y] = text
	}
	if call, ok := b.Y.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 1 && r.text(call.Args[0]) == "tee" {
		r.toEnv[b.X] = r.toEnv[b.X] || isEnvironmentFile(r.text(call.Args[len(call.Args)-1]))
	}
}

// echoed is what a statement of echo or printf writes.
func (r *reader) echoed(stmt *syntax.Stmt) (string, bool) {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	args := r.fields(call.Args)
	return written(args)
}

func written(args []string) (string, bool) {
	if len(args) == 0 || (args[0] != "echo" && args[0] != "printf") {
		return "", false
	}
	args = args[1:]
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e") {
		args = args[1:]
	}
	return strings.Join(args, " "), true
}

// export notes NAME=value lines that a command writes to $GITHUB_ENV.
func (r *reader) export(stmt *syntax.Stmt, c Command) {
	text, ok := written(c.Args)
	if len(c.Args) > 0 && c.Args[0] == "cat" {
		text, ok = c.Input, true
	}
	if !ok || !r.toEnv[stmt] {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		if name, value, found := strings.Cut(strings.TrimSpace(line), "="); found && !strings.ContainsAny(name, " <") {
			r.out.Exports[name] = value
		}
	}
}

func (r *reader) toEnvironment(stmt *syntax.Stmt) bool {
	for _, redirect := range stmt.Redirs {
		if redirect.Word != nil && isEnvironmentFile(r.text(redirect.Word)) {
			return true
		}
	}
	return false
}

// isEnvironmentFile reports whether a word is $GITHUB_ENV, which the runner sets
// and whose value is never known here.
func isEnvironmentFile(word string) bool {
	return strings.Contains(word, "GITHUB_ENV") || strings.Contains(word, "github.env")
}
