package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

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
