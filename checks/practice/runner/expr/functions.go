package expr

import (
	"fmt"
	"strconv"
	"strings"
)

type builtin struct {
	least, most int
	do          func(args []any) (any, error)
}

func (b builtin) call(name string, args []any) (any, error) {
	switch {
	case len(args) < b.least:
		return nil, fmt.Errorf("too few parameters supplied: '%s' takes at least %d", name, b.least)
	case len(args) > b.most:
		return nil, fmt.Errorf("too many parameters supplied: '%s' takes at most %d", name, b.most)
	}
	return b.do(args)
}

var builtins = map[string]builtin{
	"contains":   {2, 2, contains},
	"startswith": {2, 2, onText(strings.HasPrefix)},
	"endswith":   {2, 2, onText(strings.HasSuffix)},
	"format":     {1, 255, format},
	"join":       {1, 2, join},
	"tojson":     {1, 1, func(args []any) (any, error) { return JSON(args[0]), nil }},
	"fromjson":   {1, 1, fromJSON},
}

func contains(args []any) (any, error) {
	if list, ok := args[0].([]any); ok {
		for _, item := range list {
			if Equal(item, args[1]) {
				return true, nil
			}
		}
		return false, nil
	}
	return onText(strings.Contains)(args)
}

// onText compares two texts without case; lists and mappings are never a match.
func onText(test func(s, part string) bool) func([]any) (any, error) {
	return func(args []any) (any, error) {
		if !primitive(args[0]) || !primitive(args[1]) {
			return false, nil
		}
		return test(strings.ToUpper(String(args[0])), strings.ToUpper(String(args[1]))), nil
	}
}

func primitive(v any) bool {
	switch v.(type) {
	case nil, bool, float64, string:
		return true
	}
	return false
}

func format(args []any) (any, error) {
	text := String(args[0])
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "{{"), strings.HasPrefix(text[i:], "}}"):
			out.WriteByte(text[i])
			i++
		case text[i] == '{':
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				return nil, badFormat(text)
			}
			n, err := strconv.Atoi(text[i+1 : i+end])
			if err != nil || n < 0 {
				return nil, badFormat(text)
			}
			if n+1 >= len(args) {
				return nil, fmt.Errorf("the following format string references more arguments than were supplied: %s", text)
			}
			out.WriteString(String(args[n+1]))
			i += end
		case text[i] == '}':
			return nil, badFormat(text)
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String(), nil
}

func badFormat(text string) error {
	return fmt.Errorf("the following format string is invalid: %s", text)
}

func join(args []any) (any, error) {
	separator := ","
	if len(args) > 1 && primitive(args[1]) {
		separator = String(args[1])
	}
	list, ok := args[0].([]any)
	if !ok {
		if primitive(args[0]) {
			return String(args[0]), nil
		}
		return "", nil
	}
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = String(item)
	}
	return strings.Join(parts, separator), nil
}

func fromJSON(args []any) (any, error) {
	v, err := ParseJSON(String(args[0]))
	if err != nil {
		return nil, fmt.Errorf("fromJSON: %w", err)
	}
	return v, nil
}
