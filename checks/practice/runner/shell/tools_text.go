package shell

import (
	"bytes"
	"context"
	"fmt"
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
