package yamltext

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// addingToFlow puts an entry before the closing bracket of a flow mapping.
func (t *Text) addingToFlow(m *yaml.Node, s Snippet) (Edit, error) {
	n, err := t.parsed(s)
	if err != nil {
		return Edit{}, err
	}
	n.Style = yaml.FlowStyle
	line, err := flow(n)
	if err != nil {
		return Edit{}, err
	}
	pair := strings.TrimSuffix(strings.TrimPrefix(line, "{"), "}")
	start := t.offset(m)
	end, err := t.closing(start)
	if err != nil {
		return Edit{}, err
	}
	if len(m.Content) == 0 {
		return Edit{start, end + 1, "{ " + pair + " }"}, nil
	}
	inner := strings.TrimRight(string(t.src[start:end]), " \t\r\n")
	comma := ", "
	if strings.HasSuffix(inner, ",") {
		comma = " "
	}
	at := start + len(inner)
	return Edit{at, at, comma + pair}, nil
}

// droppingFromFlow takes an entry and one comma out of a flow mapping.
func (t *Text) droppingFromFlow(m *yaml.Node, i int) (Edit, error) {
	if i+2 < len(m.Content) {
		return Edit{t.offset(m.Content[i]), t.offset(m.Content[i+2]), ""}, nil
	}
	start := t.offset(m)
	end, err := t.closing(start)
	if err != nil {
		return Edit{}, err
	}
	comma := strings.LastIndexByte(string(t.src[start:t.offset(m.Content[i])]), ',')
	inner := strings.TrimRight(string(t.src[start:end]), " \t\r\n,")
	if comma < 0 || start+comma > start+len(inner) {
		return Edit{}, fmt.Errorf("line %d: where the entry ends was not found", m.Line)
	}
	return Edit{start + comma, start + len(inner), ""}, nil
}

// closing is where the bracket that opens at a place is closed: brackets in
// quotes and comments are passed over.
func (t *Text) closing(open int) (int, error) {
	depth, fresh := 0, true // fresh: here a quote begins a quoted value
	for i := open; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '{' || c == '[':
			depth, fresh = depth+1, true
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i, nil
			}
			fresh = false
		case (c == '"' || c == '\'') && fresh:
			end := t.quoteEnd(i)
			if end < 0 {
				return 0, fmt.Errorf("a quote is not closed")
			}
			i, fresh = end, false
		case c == '#' && i > 0 && strings.IndexByte(" \t\n", t.src[i-1]) >= 0:
			for i+1 < len(t.src) && t.src[i+1] != '\n' {
				i++
			}
		case c == ',' || c == ':':
			fresh = true
		case strings.IndexByte(" \t\r\n", c) < 0:
			fresh = false
		}
	}
	return 0, fmt.Errorf("a bracket is not closed")
}

// quoteEnd is where the quote that opens at a place is closed; -1 where it is
// not.
func (t *Text) quoteEnd(open int) int {
	quote := t.src[open]
	for i := open + 1; i < len(t.src); i++ {
		switch {
		case t.src[i] == '\\' && quote == '"':
			i++
		case t.src[i] == quote && quote == '\'' && i+1 < len(t.src) && t.src[i+1] == quote:
			i++
		case t.src[i] == quote:
			return i
		}
	}
	return -1
}
