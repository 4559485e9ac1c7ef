package script

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// wrappers are programs that start the program named in their arguments.
// Options that take a value of their own are listed.
var wrappers = map[string][]string{
	"sudo": {"-u", "-g", "-C", "-D"}, "doas": {"-u"}, "nohup": nil, "exec": {"-a"}, "command": nil, "builtin": nil,
	"time": nil, "nice": {"-n"}, "ionice": {"-c", "-n"}, "stdbuf": nil, "setsid": nil, "xargs": {"-n", "-I", "-P", "-L", "-d"},
	"uvx": {"--from", "--with", "--python", "-p", "--index", "--index-url", "-i"}, "pipx run": {"--spec", "--python", "--pip-args"},
	"uv run":      {"--with", "--python", "-p", "--package", "--extra", "--group", "--project", "--env-file", "--directory", "--index"},
	"uv tool run": {"--from", "--with", "--python", "-p"}, "poetry run": nil, "pdm run": {"-p"}, "rye run": nil, "pipenv run": nil, "hatch run": nil,
	"pixi run": {"-e", "--environment", "--manifest-path"}, "conda run": {"-n", "-p", "--name"}, "micromamba run": {"-n", "-p"},
	"mise exec": nil, "mise x": nil, "rustup run": nil, "xvfb-run": nil, "unbuffer": nil, "chronic": nil, "busybox": nil,
	"op run": nil, "doppler run": nil,
}

// leading counts the positional arguments of a wrapper before the program.
var leading = map[string]int{"timeout": 1, "rustup run": 1}

// shells run the script that follows -c, or that is fed to them.
var shells = []string{"bash", "sh", "zsh", "dash", "ksh", "ash"}

var (
	assignment  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=([^=]|$)`)
	requirement = regexp.MustCompile(`[=<>~!@\[].*$`)
	python      = regexp.MustCompile(`^(python[0-9.]*|pypy[0-9.]*|py)$`)
)

// unwrap takes off programs that only start another one. nested is the text of
// a script that the command would run, as in bash -c.
func unwrap(c Command) (out Command, nested string) {
	for range 8 {
		if len(c.Args) == 0 {
			return c, ""
		}
		name := program(c.Args[0])
		switch {
		case slices.Contains(shells, name):
			return c, shellScript(c)
		case name == "eval":
			return c, strings.Join(c.Args[1:], " ")
		case name == "env":
			c = afterEnv(c)
		case name == "nix" || name == "nix-shell":
			return afterNix(c)
		case python.MatchString(name) && len(c.Args) > 2 && c.Args[1] == "-m":
			c.Args = c.Args[2:]
		default:
			rest, ok := afterWrapper(name, c.Args)
			if !ok {
				c.Args = append([]string{name}, c.Args[1:]...)
				return c, ""
			}
			c.Args = rest
		}
	}
	return c, ""
}

// program is the name of a program without folder and extension.
func program(arg string) string {
	if strings.Contains(arg, "${{") {
		return arg
	}
	name := path.Base(strings.ReplaceAll(arg, `\`, "/"))
	return strings.TrimSuffix(name, ".exe")
}

func afterWrapper(name string, args []string) ([]string, bool) {
	if name == "timeout" {
		return skipOptions(args[1:], []string{"-k", "-s"}, leading[name], false), true
	}
	for words := min(3, len(args)); words > 0; words-- {
		key := strings.Join(append([]string{name}, args[1:words]...), " ")
		if valued, ok := wrappers[key]; ok {
			isTool := key == "uvx" || key == "pipx run" || key == "uv tool run"
			return skipOptions(args[words:], valued, leading[key], isTool), true
		}
	}
	return nil, false
}

// skipOptions drops a wrapper's options and positional arguments. The program
// of a tool runner may carry a version (twine==6.1.0, maturin@latest).
func skipOptions(args, valued []string, positional int, tool bool) []string {
	for len(args) > 0 {
		a := args[0]
		switch {
		case a == "-m" || a == "--module":
			return args[1:]
		case a == "--":
			args = args[1:]
		case slices.Contains(valued, a) && len(args) > 1:
			args = args[2:]
		case strings.HasPrefix(a, "-") || assignment.MatchString(a):
			args = args[1:]
		case positional > 0:
			positional--
			args = args[1:]
		case tool:
			return append([]string{requirement.ReplaceAllString(a, "")}, args[1:]...)
		default:
			return args
		}
	}
	return nil
}

func afterEnv(c Command) Command {
	args, env := c.Args[1:], map[string]string{}
	for name, value := range c.Env {
		env[name] = value
	}
	for len(args) > 0 && (strings.HasPrefix(args[0], "-") || assignment.MatchString(args[0])) {
		name, value, isAssignment := strings.Cut(args[0], "=")
		if isAssignment && assignment.MatchString(args[0]) {
			env[name] = value
		}
		if args[0] == "-u" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	c.Args, c.Env = args, env
	return c
}

func shellScript(c Command) string {
	for i, a := range c.Args[1:] {
		rest := c.Args[1+i+1:]
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c") && len(rest) > 0 {
			return rest[0]
		}
		if !strings.HasPrefix(a, "-") {
			return ""
		}
	}
	return c.Input
}

func afterNix(c Command) (Command, string) {
	for i, a := range c.Args {
		rest := c.Args[i+1:]
		switch {
		case a == "--run" && len(rest) > 0:
			return c, rest[0]
		case (a == "-c" || a == "--command") && len(rest) > 0:
			c.Args = rest
			return unwrap(c)
		}
	}
	return c, ""
}
