package workflow

import (
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// call is one call of a tool: its arguments after the words that start it.
type call struct {
	tool tool
	args []string
	env  map[string]string
	line int
}

// recognise finds the tool that a command starts.
func recognise(c script.Command) (call, bool) {
	words := c.Args
	if len(words) > 0 && words[0] == "cargo" {
		words = cargoWords(words)
	}
	for _, t := range tools {
		for _, start := range t.commands {
			rest, ok := after(words, start)
			if ok && !asksHelp(rest) {
				return call{tool: t, args: rest, env: c.Env, line: c.Line}, true
			}
		}
	}
	return call{}, false
}

// cargoWords drops the toolchain and the options that cargo takes before its
// command.
func cargoWords(words []string) []string {
	rest := words[1:]
	for len(rest) > 0 && (strings.HasPrefix(rest[0], "+") || strings.HasPrefix(rest[0], "-")) {
		takes := slices.Contains([]string{"-Z", "-C", "--config", "--color"}, rest[0])
		rest = rest[1:]
		if takes && len(rest) > 0 {
			rest = rest[1:]
		}
	}
	return append([]string{"cargo"}, rest...)
}

// after matches the words of a command. Between a program and its subcommand
// there may be flags without a value.
func after(words, start []string) ([]string, bool) {
	if len(words) == 0 || words[0] != start[0] {
		return nil, false
	}
	words = words[1:]
	for _, want := range start[1:] {
		for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != want {
			words = words[1:]
		}
		if len(words) == 0 || words[0] != want {
			return nil, false
		}
		words = words[1:]
	}
	return words, true
}

func asksHelp(args []string) bool {
	return slices.Contains(args, "--help") || slices.Contains(args, "-h")
}

// value returns the value of the first of these flags that is given, as
// "--flag value", "--flag=value" or, for one letter, "-fvalue".
func (c call) value(flags []string) (string, bool) {
	for i, a := range c.args {
		for _, flag := range flags {
			switch {
			case a == flag && i+1 < len(c.args):
				return c.args[i+1], true
			case strings.HasPrefix(a, flag+"="):
				return strings.TrimPrefix(a, flag+"="), true
			case len(flag) == 2 && strings.HasPrefix(a, flag) && len(a) > 2:
				return a[2:], true
			}
		}
	}
	return "", false
}

func (c call) has(flags []string) bool {
	return slices.ContainsFunc(c.args, func(a string) bool {
		name, value, assigned := strings.Cut(a, "=")
		return slices.Contains(flags, name) && (!assigned || value != "false")
	})
}

// setting reads a flag, else a variable of the command or the step.
func (c call) setting(s scope, flags, variables []string) (string, bool) {
	if value, ok := c.value(flags); ok {
		return value, true
	}
	for _, v := range variables {
		if value, ok := c.variable(s, v); ok {
			return value, true
		}
	}
	return "", false
}

// variable looks a name up, or the first that fits a pattern with "*".
func (c call) variable(s scope, name string) (string, bool) {
	if !strings.Contains(name, "*") {
		if value, ok := c.env[name]; ok {
			return value, true
		}
		return s.variable(name)
	}
	for _, level := range append([]map[string]string{c.env}, s.levels()...) {
		for _, key := range sorted(level) {
			if ok, err := path.Match(name, key); err == nil && ok {
				return level[key], true
			}
		}
	}
	return "", false
}

// dry reports whether the call publishes nothing.
func (c call) dry() bool {
	if c.has(c.tool.dryFlags) {
		return true
	}
	return len(c.tool.execute) > 0 && !c.has(c.tool.execute)
}
