package shell

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/itchyny/timefmt-go"
	"github.com/spf13/pflag"
)

var otherTools map[string]Command

func init() { // the shell's own commands run scripts, which look commands up
	otherTools = map[string]Command{
		"bash": runShell, "sh": runShell, "env": printEnv, "printenv": printEnv, "date": date, "sleep": sleep,
		"basename": basename, "dirname": dirname, "sha256sum": sha256sum, "base64": encodeBase64, "seq": seq, "uname": uname,
	}
}

// runShell is bash and sh: a script file, or -c with a text.
func runShell(ctx context.Context, c *Call) int {
	var options []string
	for len(c.Args) > 0 && len(c.Args[0]) > 1 && strings.ContainsAny(c.Args[0][:1], "-+") {
		arg := c.Args[0]
		c.Args = c.Args[1:]
		switch {
		case arg == "--":
			return c.scriptArgument(ctx, options)
		case arg == "--noprofile" || arg == "--norc" || arg == "-l":
		case strings.HasSuffix(arg, "c") && !strings.HasPrefix(arg, "--"):
			if flags := strings.TrimSuffix(arg, "c"); flags != "-" {
				options = append(options, flags)
			}
			if len(c.Args) == 0 {
				return c.Refuse("-c without a script")
			}
			args := c.Args[1:]
			if len(args) > 0 {
				args = args[1:] // $0
			}
			return c.runText(ctx, c.Args[0], c.Name, options, args)
		case strings.HasSuffix(arg, "o") && len(c.Args) > 0:
			options = append(options, arg, c.Args[0])
			c.Args = c.Args[1:]
		default:
			options = append(options, arg)
		}
	}
	return c.scriptArgument(ctx, options)
}

func (c *Call) scriptArgument(ctx context.Context, options []string) int {
	if len(c.Args) == 0 {
		text, err := io.ReadAll(c.Stdin)
		if err != nil {
			return c.Fail(err)
		}
		return c.runText(ctx, string(text), c.Name, options, nil)
	}
	name := c.Args[0]
	c.Args = c.Args[1:]
	return c.runFile(ctx, name, options)
}

func printEnv(ctx context.Context, c *Call) int {
	vars := append([]string(nil), c.vars...)
	sort.Strings(vars)
	if len(c.Args) == 0 {
		for _, v := range vars {
			fmt.Fprintln(c.Stdout, v)
		}
		return 0
	}
	if c.Name == "printenv" {
		for _, v := range vars {
			if value, ok := strings.CutPrefix(v, c.Args[0]+"="); ok {
				fmt.Fprintln(c.Stdout, value)
				return 0
			}
		}
		return 1
	}
	rest := c.Args
	for len(rest) > 0 && strings.Contains(rest[0], "=") {
		vars, rest = append(vars, rest[0]), rest[1:]
	}
	if len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
		return c.Refuse("env with these arguments")
	}
	inner := *c
	inner.vars, inner.Args = vars, rest
	return inner.runText(ctx, `"$@"`, "env", nil, rest)
}

func date(_ context.Context, c *Call) int {
	var utc bool
	var when, iso string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&utc, "utc", "u", false, "")
		f.StringVarP(&when, "date", "d", "", "")
		f.StringVarP(&iso, "iso-8601", "I", "", "")
		f.Lookup("iso-8601").NoOptDefVal = "date"
	})
	if !ok {
		return 2
	}
	now := time.Now().UTC()
	if seconds, found := strings.CutPrefix(when, "@"); found {
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return c.Fail(fmt.Errorf("invalid date %q", when))
		}
		now = time.Unix(n, 0).UTC()
	} else if when != "" && when != "now" {
		return c.Refuse("--date " + when)
	}
	format := "%a %b %e %H:%M:%S UTC %Y"
	if iso != "" {
		format = map[string]string{"date": "%Y-%m-%d", "seconds": "%Y-%m-%dT%H:%M:%S+00:00"}[iso]
	}
	if len(args) == 1 && strings.HasPrefix(args[0], "+") {
		format = args[0][1:]
	} else if len(args) > 0 || format == "" {
		return c.Refuse("date with these arguments")
	}
	fmt.Fprintln(c.Stdout, timefmt.Format(now, format))
	return 0
}

// sleep waits at most five seconds: in practice nobody should.
func sleep(ctx context.Context, c *Call) int {
	if len(c.Args) != 1 {
		return c.Refuse("sleep with these arguments")
	}
	text := c.Args[0]
	if text != "" && strings.ContainsAny(text[len(text)-1:], "0123456789") {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return c.Fail(fmt.Errorf("invalid time interval %q", c.Args[0]))
	}
	select {
	case <-ctx.Done():
	case <-time.After(min(d, 5*time.Second)):
	}
	return 0
}

func basename(_ context.Context, c *Call) int {
	if len(c.Args) < 1 || len(c.Args) > 2 {
		return c.Refuse("basename with these arguments")
	}
	base := path.Base(c.Args[0])
	if len(c.Args) == 2 && base != c.Args[1] {
		base = strings.TrimSuffix(base, c.Args[1])
	}
	fmt.Fprintln(c.Stdout, base)
	return 0
}

func dirname(_ context.Context, c *Call) int {
	for _, a := range c.Args {
		fmt.Fprintln(c.Stdout, path.Dir(a))
	}
	return 0
}

func sha256sum(_ context.Context, c *Call) int {
	args, ok := c.Flags(func(*pflag.FlagSet) {})
	if !ok {
		return 2
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		data, err := c.Read(a)
		if err != nil {
			return c.Fail(err)
		}
		fmt.Fprintf(c.Stdout, "%x  %s\n", sha256.Sum256(data), a)
	}
	return 0
}

func encodeBase64(_ context.Context, c *Call) int {
	var decode bool
	var wrap int
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&decode, "decode", "d", false, "")
		f.IntVarP(&wrap, "wrap", "w", 76, "")
	})
	if !ok {
		return 2
	}
	data, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	if decode {
		clean := strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(string(data))
		out, err := base64.StdEncoding.DecodeString(clean)
		if err != nil {
			return c.Fail(fmt.Errorf("invalid input"))
		}
		_, err = c.Stdout.Write(out)
		return exitOf(c, err)
	}
	text := base64.StdEncoding.EncodeToString(data)
	for wrap > 0 && len(text) > wrap {
		fmt.Fprintln(c.Stdout, text[:wrap])
		text = text[wrap:]
	}
	fmt.Fprintln(c.Stdout, text)
	return 0
}

func exitOf(c *Call, err error) int {
	if err != nil {
		return c.Fail(err)
	}
	return 0
}

func seq(_ context.Context, c *Call) int {
	from, to := 1, 0
	var err error
	switch len(c.Args) {
	case 1:
		to, err = strconv.Atoi(c.Args[0])
	case 2:
		if from, err = strconv.Atoi(c.Args[0]); err == nil {
			to, err = strconv.Atoi(c.Args[1])
		}
	default:
		return c.Refuse("seq with these arguments")
	}
	if err != nil || to-from > 100_000 {
		return c.Refuse("seq with these arguments")
	}
	for i := from; i <= to; i++ {
		fmt.Fprintln(c.Stdout, i)
	}
	return 0
}

func uname(_ context.Context, c *Call) int {
	name := "Linux"
	if v := c.Env("RUNNER_OS"); v == "macOS" {
		name = "Darwin"
	}
	for _, a := range c.Args {
		switch a {
		case "-s":
		case "-m":
			name = "x86_64"
		default:
			return c.Refuse("uname " + a)
		}
	}
	fmt.Fprintln(c.Stdout, name)
	return 0
}
