package shell

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

type grepOptions struct {
	extended, fixed, invert, quiet, fold, only, count, silent, perl, word, number bool
	patterns                                                                      []string
}

func grep(_ context.Context, c *Call) int {
	var o grepOptions
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&o.extended, "extended-regexp", "E", c.Name == "egrep", "")
		f.BoolVarP(&o.perl, "perl-regexp", "P", false, "")
		f.BoolVarP(&o.fixed, "fixed-strings", "F", false, "")
		f.BoolVarP(&o.invert, "invert-match", "v", false, "")
		f.BoolVarP(&o.quiet, "quiet", "q", false, "")
		f.BoolVarP(&o.fold, "ignore-case", "i", false, "")
		f.BoolVarP(&o.only, "only-matching", "o", false, "")
		f.BoolVarP(&o.count, "count", "c", false, "")
		f.BoolVarP(&o.silent, "no-messages", "s", false, "")
		f.BoolVarP(&o.word, "line-regexp", "x", false, "")
		f.BoolVarP(&o.number, "line-number", "n", false, "")
		f.StringArrayVarP(&o.patterns, "regexp", "e", nil, "")
	})
	if !ok {
		return 2
	}
	if len(o.patterns) == 0 {
		if len(args) == 0 {
			return c.Refuse("grep without a pattern")
		}
		o.patterns, args = args[:1], args[1:]
	}
	re, err := o.compile()
	if err != nil {
		fmt.Fprintf(c.Stderr, "grep: %v\n", err)
		return 2
	}
	text, err := c.Inputs(args)
	if err != nil {
		if !o.silent {
			c.Fail(err)
		}
		return 2
	}
	return o.print(c, re, lines(text))
}

func (o grepOptions) compile() (*regexp.Regexp, error) {
	var parts []string
	for _, p := range o.patterns {
		switch {
		case o.fixed:
			p = regexp.QuoteMeta(p)
		case !o.extended && !o.perl:
			p = basicRegexp(p)
		}
		parts = append(parts, p)
	}
	all := "(?:" + strings.Join(parts, "|") + ")"
	if o.word {
		all = "^" + all + "$"
	}
	if o.fold {
		all = "(?i)" + all
	}
	return regexp.Compile(all)
}

func (o grepOptions) print(c *Call, re *regexp.Regexp, all []string) int {
	hits := 0
	for i, line := range all {
		if re.MatchString(line) == o.invert {
			continue
		}
		hits++
		prefix := ""
		if o.number {
			prefix = fmt.Sprintf("%d:", i+1)
		}
		switch {
		case o.quiet || o.count:
		case o.only:
			for _, m := range re.FindAllString(line, -1) {
				fmt.Fprintln(c.Stdout, prefix+m)
			}
		default:
			fmt.Fprintln(c.Stdout, prefix+line)
		}
	}
	if o.count {
		fmt.Fprintln(c.Stdout, hits)
	}
	if hits == 0 {
		return 1
	}
	return 0
}

// basicRegexp turns a basic regular expression into an extended one: there the
// bare (){}|+? are ordinary and the escaped ones are special.
func basicRegexp(p string) string {
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
			if !strings.ContainsRune("(){}|+?", rune(p[i])) {
				out.WriteByte('\\')
			}
			out.WriteByte(p[i])
		case strings.ContainsRune("(){}|+?", rune(p[i])):
			out.WriteByte('\\')
			out.WriteByte(p[i])
		default:
			out.WriteByte(p[i])
		}
	}
	return out.String()
}
