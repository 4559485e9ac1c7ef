package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

type jqOptions struct {
	raw, joined, null, compact, exit, slurp, rawInput bool
	names                                             []string
	values                                            []any
}

// jq is gojq with jq's common options; its own exit statuses are jq's: 2 for
// usage and input, 3 for a program that does not compile, 5 for one that fails.
func jq(ctx context.Context, c *shell.Call) int {
	o, rest, err := parseJQ(c.Args)
	if err != nil {
		return c.Refuse(err.Error())
	}
	if len(rest) == 0 {
		return c.Refuse("jq without a program")
	}
	query, err := gojq.Parse(rest[0])
	if err != nil {
		fmt.Fprintf(c.Stderr, "jq: error: %v\n", err)
		return 3
	}
	code, err := gojq.Compile(query, gojq.WithVariables(o.names), gojq.WithEnvironLoader(c.Environ))
	if err != nil {
		fmt.Fprintf(c.Stderr, "jq: error: %v\n", err)
		return 3
	}
	inputs, err := o.inputs(c, rest[1:])
	if err != nil {
		fmt.Fprintf(c.Stderr, "jq: error: %v\n", err)
		return 2
	}
	return o.run(ctx, c, code, inputs)
}

// parseJQ reads the options by hand: --arg takes two values.
func parseJQ(args []string) (o jqOptions, rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--arg" || arg == "--argjson":
			if len(args) < 2 {
				return o, nil, errors.New(arg + " without a name and a value")
			}
			var value any = args[1]
			if arg == "--argjson" {
				if err := json.Unmarshal([]byte(args[1]), &value); err != nil {
					return o, nil, fmt.Errorf("--argjson %s: %w", args[0], err)
				}
			}
			o.names, o.values, args = append(o.names, "$"+args[0]), append(o.values, value), args[2:]
		case strings.HasPrefix(arg, "--"):
			if err := o.long(arg[2:]); err != nil {
				return o, nil, err
			}
		case strings.HasPrefix(arg, "-") && len(arg) > 1:
			for _, letter := range arg[1:] {
				if err := o.long(string(letter)); err != nil {
					return o, nil, err
				}
			}
		default:
			rest = append(rest, arg)
		}
	}
	return o, rest, nil
}

func (o *jqOptions) long(name string) error {
	switch name {
	case "raw-output", "r":
		o.raw = true
	case "join-output", "j":
		o.raw, o.joined = true, true
	case "null-input", "n":
		o.null = true
	case "compact-output", "c":
		o.compact = true
	case "exit-status", "e":
		o.exit = true
	case "slurp", "s":
		o.slurp = true
	case "raw-input", "R":
		o.rawInput = true
	case "sort-keys", "S", "monochrome-output", "M":
	default:
		return errors.New("jq option " + name)
	}
	return nil
}

func (o jqOptions) inputs(c *shell.Call, files []string) ([]any, error) {
	if o.null {
		return []any{nil}, nil
	}
	text, err := c.Inputs(files)
	if err != nil {
		return nil, err
	}
	if o.rawInput {
		if o.slurp {
			return []any{string(text)}, nil
		}
		var out []any
		for line := range strings.Lines(string(text)) {
			out = append(out, strings.TrimSuffix(line, "\n"))
		}
		return out, nil
	}
	out := []any{}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var v any
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("parse error: %w", err)
		}
		out = append(out, v)
	}
	if o.slurp {
		return []any{out}, nil
	}
	return out, nil
}

func (o jqOptions) run(ctx context.Context, c *shell.Call, code *gojq.Code, inputs []any) int {
	var last any
	seen := false
	for _, in := range inputs {
		for results := code.RunWithContext(ctx, in, o.values...); ; {
			v, more := results.Next()
			if !more {
				break
			}
			if err, failed := v.(error); failed {
				fmt.Fprintf(c.Stderr, "jq: error: %v\n", err)
				return 5
			}
			last, seen = v, true
			if err := o.print(c.Stdout, v); err != nil {
				return c.Fail(err)
			}
		}
	}
	switch {
	case o.exit && !seen:
		return 4
	case o.exit && (last == nil || last == false):
		return 1
	}
	return 0
}

func (o jqOptions) print(w io.Writer, v any) error {
	text, isText := v.(string)
	if !isText || !o.raw {
		raw, err := gojq.Marshal(v)
		if err != nil {
			return err
		}
		if !o.compact {
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, raw, "", "  "); err != nil {
				return err
			}
			raw = pretty.Bytes()
		}
		text = string(raw)
	}
	if !o.joined {
		text += "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
