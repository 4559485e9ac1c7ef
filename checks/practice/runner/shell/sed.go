package shell

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

// sedCommand is one of `s/…/…/flags`, `/…/p`, `/…/d` and `Np`.
type sedCommand struct {
	verb    byte
	match   *regexp.Regexp
	line    int
	replace string
	global  bool
	print   bool
}

// sed knows substitutions, and printing or deleting the lines that match; all
// else is refused.
func sed(_ context.Context, c *Call) int {
	var extended, quiet, inPlace bool
	var scripts []string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&extended, "regexp-extended", "E", false, "")
		f.BoolVarP(&extended, "regexp-Extended", "r", false, "")
		f.BoolVarP(&quiet, "quiet", "n", false, "")
		f.BoolVarP(&inPlace, "in-place", "i", false, "")
		f.StringArrayVarP(&scripts, "expression", "e", nil, "")
	})
	if !ok {
		return 2
	}
	if len(scripts) == 0 && len(args) > 0 {
		scripts, args = args[:1], args[1:]
	}
	var commands []sedCommand
	for _, s := range scripts {
		for _, one := range splitSed(s) {
			command, err := parseSed(one, extended)
			if err != nil {
				return c.Refuse("sed script " + one)
			}
			commands = append(commands, command)
		}
	}
	if inPlace {
		return c.sedInPlace(commands, args, quiet)
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	_, err = fmt.Fprint(c.Stdout, sedText(commands, text, quiet))
	return exitOf(c, err)
}

func (c *Call) sedInPlace(commands []sedCommand, args []string, quiet bool) int {
	for _, a := range args {
		full, err := c.Path(a)
		if err != nil {
			return c.Fail(err)
		}
		text, err := os.ReadFile(full)
		if err == nil {
			err = os.WriteFile(full, []byte(sedText(commands, text, quiet)), 0o644)
		}
		if err != nil {
			return c.Fail(err)
		}
	}
	return 0
}

// splitSed splits at semicolons outside of s/…/…/.
func splitSed(script string) []string {
	script = strings.TrimSpace(script)
	if strings.HasPrefix(script, "s") || strings.HasPrefix(script, "/") {
		return []string{script}
	}
	var out []string
	for _, part := range strings.Split(script, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func parseSed(text string, extended bool) (sedCommand, error) {
	compile := func(p string) (*regexp.Regexp, error) {
		if !extended {
			p = basicRegexp(p)
		}
		return regexp.Compile(p)
	}
	if m := regexp.MustCompile(`^(\d+)([pd])$`).FindStringSubmatch(text); m != nil {
		var n int
		_, err := fmt.Sscan(m[1], &n)
		return sedCommand{verb: m[2][0], line: n}, err
	}
	if strings.HasPrefix(text, "/") {
		parts := delimited(text[1:], '/')
		if len(parts) != 2 || parts[1] != "p" && parts[1] != "d" {
			return sedCommand{}, fmt.Errorf("unknown")
		}
		re, err := compile(parts[0])
		return sedCommand{verb: parts[1][0], match: re}, err
	}
	if len(text) < 4 || text[0] != 's' {
		return sedCommand{}, fmt.Errorf("unknown")
	}
	parts := delimited(text[2:], text[1])
	if len(parts) != 3 || strings.Trim(parts[2], "gpI") != "" {
		return sedCommand{}, fmt.Errorf("unknown")
	}
	if strings.Contains(parts[2], "I") {
		parts[0] = "(?i)" + parts[0]
		if !extended {
			parts[0] = "(?i)" + basicRegexp(strings.TrimPrefix(parts[0], "(?i)"))
			compile = regexp.Compile
		}
	}
	re, err := compile(parts[0])
	return sedCommand{verb: 's', match: re, replace: sedReplacement(parts[1]), global: strings.Contains(parts[2], "g"), print: strings.Contains(parts[2], "p")}, err
}

// delimited splits at a delimiter that is not escaped.
func delimited(text string, by byte) []string {
	var out []string
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == by:
			part.WriteByte(by)
			i++
		case text[i] == '\\' && i+1 < len(text):
			part.WriteString(text[i : i+2])
			i++
		case text[i] == by:
			out = append(out, part.String())
			part.Reset()
		default:
			part.WriteByte(text[i])
		}
	}
	return append(out, part.String())
}

// sedReplacement turns \1 and & into Go's ${1} and ${0}.
func sedReplacement(r string) string {
	var out strings.Builder
	for i := 0; i < len(r); i++ {
		switch {
		case r[i] == '\\' && i+1 < len(r) && r[i+1] >= '0' && r[i+1] <= '9':
			i++
			out.WriteString("${" + string(r[i]) + "}")
		case r[i] == '\\' && i+1 < len(r) && r[i+1] == 'n':
			i++
			out.WriteByte('\n')
		case r[i] == '\\' && i+1 < len(r):
			i++
			out.WriteByte(r[i])
		case r[i] == '&':
			out.WriteString("${0}")
		case r[i] == '$':
			out.WriteString("$$")
		default:
			out.WriteByte(r[i])
		}
	}
	return out.String()
}

func sedText(commands []sedCommand, text []byte, quiet bool) string {
	var out strings.Builder
	for i, line := range lines(text) {
		keep := !quiet
		for _, c := range commands {
			hit := c.line == i+1 || c.match != nil && c.match.MatchString(line)
			if !hit {
				continue
			}
			switch c.verb {
			case 'd':
				keep = false
			case 'p':
				out.WriteString(line + "\n")
			case 's':
				line = c.substitute(line)
				if c.print {
					out.WriteString(line + "\n")
				}
			}
		}
		if keep {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func (c sedCommand) substitute(line string) string {
	if c.global {
		return c.match.ReplaceAllString(line, c.replace)
	}
	at := c.match.FindStringSubmatchIndex(line)
	return line[:at[0]] + string(c.match.ExpandString(nil, c.replace, line, at)) + line[at[1]:]
}
