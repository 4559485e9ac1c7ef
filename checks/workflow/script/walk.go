package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// reader walks a parsed script in order and collects its commands.
type reader struct {
	look  Lookup
	vars  map[string]string
	marks marked
	depth int
	out   Script
	// fed is the text that a statement is fed; toEnv marks the statements whose
	// output goes to $GITHUB_ENV.
	fed   map[*syntax.Stmt]string
	toEnv map[*syntax.Stmt]bool
	// exported are the script's variables that programs see.
	exported map[string]bool
}

// walk collects the commands of a file whose first line is the script's line
// offset+1.
func (r *reader) walk(f *syntax.File, offset int) {
	r.fed, r.toEnv = map[*syntax.Stmt]string{}, map[*syntax.Stmt]bool{}
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			r.redirections(n)
			if call, ok := n.Cmd.(*syntax.CallExpr); ok {
				r.call(n, call, offset)
			}
		case *syntax.BinaryCmd:
			r.pipe(n)
		case *syntax.DeclClause:
			r.declare(n)
		}
		return true
	})
}

// call records one simple command, or the variables that it sets.
func (r *reader) call(stmt *syntax.Stmt, call *syntax.CallExpr, offset int) {
	if len(call.Args) == 0 {
		for _, a := range call.Assigns {
			r.assign(a)
		}
		return
	}
	env := map[string]string{}
	for name := range r.exported {
		env[name] = r.vars[name]
	}
	for _, a := range call.Assigns {
		if a.Name != nil && a.Value != nil {
			env[a.Name.Value] = r.text(a.Value)
		}
	}
	command := Command{Args: r.fields(call.Args), Env: env, Input: r.fed[stmt], Line: int(call.Pos().Line()) + offset}
	r.export(stmt, command)
	r.record(command)
}

// record adds a command with what it wraps taken off; a shell's own script is
// read in its place.
func (r *reader) record(c Command) {
	c, nested := unwrap(c)
	if nested != "" && r.depth > 0 {
		r.nested(nested, c)
		return
	}
	if len(c.Args) > 0 {
		r.out.Commands = append(r.out.Commands, c)
	}
}

func (r *reader) nested(src string, outer Command) {
	inner := read(src, r.value, r.depth-1)
	for _, c := range inner.Commands {
		for name, value := range outer.Env {
			if _, set := c.Env[name]; !set {
				c.Env[name] = value
			}
		}
		c.Line += outer.Line - 1
		r.out.Commands = append(r.out.Commands, c)
	}
	for name, value := range inner.Exports {
		r.out.Exports[name] = value
	}
	r.out.Partial = r.out.Partial || inner.Partial
}

// declare handles export, local, readonly and the like.
func (r *reader) declare(d *syntax.DeclClause) {
	for _, a := range d.Args {
		r.assign(a)
		if _, known := r.vars[name(a)]; known && d.Variant.Value == "export" {
			r.exported[name(a)] = true
		}
	}
}

func name(a *syntax.Assign) string {
	if a.Name == nil {
		return ""
	}
	return a.Name.Value
}

// assign remembers a variable. One whose value is computed at run time is
// remembered as not known.
func (r *reader) assign(a *syntax.Assign) {
	switch {
	case a.Name == nil || a.Naked:
	case a.Array != nil:
		var words []*syntax.Word
		for _, e := range a.Array.Elems {
			if e.Value != nil {
				words = append(words, e.Value)
			}
		}
		joined := strings.Join(r.fields(words), " ")
		if a.Append {
			joined = strings.TrimSpace(r.vars[a.Name.Value] + " " + joined)
		}
		r.vars[a.Name.Value] = joined
	case a.Value != nil:
		value := r.text(a.Value)
		if a.Append {
			value = r.vars[a.Name.Value] + value
		}
		r.vars[a.Name.Value] = value
	}
}

func (r *reader) value(name string) (string, bool) {
	if v, ok := r.vars[name]; ok {
		return v, true
	}
	return r.look(name)
}
