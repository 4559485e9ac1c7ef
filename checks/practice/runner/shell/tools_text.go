package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

var textTools = map[string]Command{
	"grep": grep, "egrep": grep, "sed": sed, "tr": tr, "cut": cut, "head": headTail, "tail": headTail, "sort": sortLines, "uniq": uniq, "wc": wc,
	"awk": func(_ context.Context, c *Call) int { return c.Refuse("awk") },
}

func lines(text []byte) []string {
	s := strings.TrimSuffix(string(text), "\n")
	if s == "" && len(text) == 0 {
		return nil
	}
	return strings.Split(s, "\n")
}

type grepOptions struct {
	extended, fixed, invert, quiet, fold, only, count, silent, perl, list, word, number, recursive bool
	patterns                                                                                       []string
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
		var max int
		f.IntVarP(&max, "max-count", "m", 0, "")
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

func headTail(_ context.Context, c *Call) int {
	count := "10"
	if len(c.Args) > 0 && regexp.MustCompile(`^-\d+$`).MatchString(c.Args[0]) {
		c.Args = append([]string{"-n", c.Args[0][1:]}, c.Args[1:]...)
	}
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.StringVarP(&count, "lines", "n", "10", "") })
	if !ok {
		return 2
	}
	n, err := strconv.Atoi(strings.TrimPrefix(count, "+"))
	if err != nil {
		return c.Refuse("-n " + count)
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	all := lines(text)
	switch {
	case c.Name == "tail" && strings.HasPrefix(count, "+"):
		all = all[min(max(n-1, 0), len(all)):]
	case c.Name == "tail":
		all = all[max(len(all)-max(n, 0), 0):]
	case n < 0:
		all = all[:max(len(all)+n, 0)]
	default:
		all = all[:min(n, len(all))]
	}
	return c.printLines(all)
}

func (c *Call) printLines(all []string) int {
	for _, l := range all {
		if _, err := fmt.Fprintln(c.Stdout, l); err != nil {
			return c.Fail(err)
		}
	}
	return 0
}

func sortLines(_ context.Context, c *Call) int {
	var reverse, unique, numeric, version bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&reverse, "reverse", "r", false, "")
		f.BoolVarP(&unique, "unique", "u", false, "")
		f.BoolVarP(&numeric, "numeric-sort", "n", false, "")
		f.BoolVarP(&version, "version-sort", "V", false, "")
	})
	if !ok {
		return 2
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	all := lines(text)
	less := func(a, b string) bool { return a < b }
	if numeric {
		less = func(a, b string) bool { return leading(a) < leading(b) }
	}
	if version {
		less = versionLess
	}
	sort.SliceStable(all, func(i, j int) bool { return less(all[i], all[j]) })
	if reverse {
		slices.Reverse(all)
	}
	if unique {
		all = slices.Compact(all)
	}
	return c.printLines(all)
}

func leading(s string) float64 {
	m := regexp.MustCompile(`^\s*-?\d+(\.\d+)?`).FindString(s)
	f, err := strconv.ParseFloat(strings.TrimSpace(m), 64)
	if err != nil {
		return 0
	}
	return f
}

// versionLess compares runs of digits as numbers, as sort -V does.
func versionLess(a, b string) bool {
	parts := regexp.MustCompile(`\d+|\D+`)
	x, y := parts.FindAllString(a, -1), parts.FindAllString(b, -1)
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		switch {
		case errM == nil && errN == nil && m != n:
			return m < n
		case (errM != nil || errN != nil) && x[i] != y[i]:
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

func uniq(_ context.Context, c *Call) int {
	args, ok := c.Flags(func(*pflag.FlagSet) {})
	if !ok {
		return 2
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	return c.printLines(slices.Compact(lines(text)))
}

func wc(_ context.Context, c *Call) int {
	var l, w, b bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&l, "lines", "l", false, "")
		f.BoolVarP(&w, "words", "w", false, "")
		f.BoolVarP(&b, "bytes", "c", false, "")
	})
	if !ok {
		return 2
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	none := !l && !w && !b
	var out []string
	for _, count := range []struct {
		wanted bool
		n      int
	}{{l || none, bytes.Count(text, []byte("\n"))}, {w || none, len(bytes.Fields(text))}, {b || none, len(text)}} {
		if count.wanted {
			out = append(out, strconv.Itoa(count.n))
		}
	}
	fmt.Fprintln(c.Stdout, strings.Join(append(out, args...), " "))
	return 0
}

func cut(_ context.Context, c *Call) int {
	var delimiter, fields, characters string
	var only bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.StringVarP(&delimiter, "delimiter", "d", "\t", "")
		f.StringVarP(&fields, "fields", "f", "", "")
		f.StringVarP(&characters, "characters", "c", "", "")
		f.BoolVarP(&only, "only-delimited", "s", false, "")
	})
	if !ok {
		return 2
	}
	spec := fields + characters
	wanted, err := ranges(spec)
	if err != nil || (fields == "") == (characters == "") {
		return c.Refuse("cut with these arguments")
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	for _, line := range lines(text) {
		if characters != "" {
			fmt.Fprintln(c.Stdout, strings.Join(pick(strings.Split(line, ""), wanted), ""))
			continue
		}
		if !strings.Contains(line, delimiter) {
			if !only {
				fmt.Fprintln(c.Stdout, line)
			}
			continue
		}
		fmt.Fprintln(c.Stdout, strings.Join(pick(strings.Split(line, delimiter), wanted), delimiter))
	}
	return 0
}

// ranges reads 1,3-5,7- into pairs; an open end is -1.
func ranges(spec string) ([][2]int, error) {
	var out [][2]int
	for _, part := range strings.Split(spec, ",") {
		from, to, isRange := strings.Cut(part, "-")
		r := [2]int{1, -1}
		var err error
		if from != "" {
			r[0], err = strconv.Atoi(from)
		}
		if err == nil && to != "" {
			r[1], err = strconv.Atoi(to)
		}
		if !isRange {
			r[1] = r[0]
		}
		if err != nil || r[0] < 1 || part == "" || part == "-" {
			return nil, fmt.Errorf("invalid list %q", spec)
		}
		out = append(out, r)
	}
	return out, nil
}

func pick(items []string, wanted [][2]int) []string {
	var out []string
	for i, item := range items {
		for _, r := range wanted {
			if i+1 >= r[0] && (r[1] < 0 || i+1 <= r[1]) {
				out = append(out, item)
				break
			}
		}
	}
	return out
}

func tr(_ context.Context, c *Call) int {
	var del, squeeze bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&del, "delete", "d", false, "")
		f.BoolVarP(&squeeze, "squeeze-repeats", "s", false, "")
	})
	if !ok {
		return 2
	}
	if del != (len(args) == 1) || squeeze || len(args) > 2 {
		return c.Refuse("tr with these arguments")
	}
	from, err := characterSet(args[0])
	var to []rune
	if err == nil && !del {
		to, err = characterSet(args[1])
	}
	if err != nil || !del && len(to) == 0 {
		return c.Refuse("tr " + strings.Join(args, " "))
	}
	text, err := io.ReadAll(c.Stdin)
	if err != nil {
		return c.Fail(err)
	}
	_, err = io.WriteString(c.Stdout, strings.Map(func(r rune) rune {
		i := slices.Index(from, r)
		switch {
		case i < 0:
			return r
		case del:
			return -1
		}
		return to[min(i, len(to)-1)]
	}, string(text)))
	return exitOf(c, err)
}

var classes = map[string]string{"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:space:]": " \t\n\r"}

func characterSet(spec string) ([]rune, error) {
	for class, set := range classes {
		spec = strings.ReplaceAll(spec, class, set)
	}
	if strings.Contains(spec, "[:") {
		return nil, errors.New("unknown class")
	}
	in := []rune(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`).Replace(spec))
	var out []rune
	for i := 0; i < len(in); i++ {
		if i+2 < len(in) && in[i+1] == '-' && in[i] <= in[i+2] {
			for r := in[i]; r <= in[i+2]; r++ {
				out = append(out, r)
			}
			i += 2
			continue
		}
		out = append(out, in[i])
	}
	return out, nil
}
