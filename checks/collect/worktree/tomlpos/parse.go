package tomlpos

import (
	"errors"
	"fmt"
	"sort"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// SyntaxError is TOML that cannot be read.
type SyntaxError struct {
	// Line and Column are 1-based.
	Line, Column int
	// Why is the parser's sentence.
	Why string
}

// Error is the parser's sentence with its place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Why)
}

// Parse reads a document. It refuses what TOML 1.0 refuses, with a
// *SyntaxError.
func Parse(data []byte) (*Value, error) {
	// The decoder checks what the positional parser does not: keys defined
	// twice, tables reopened, values cut short.
	var discard map[string]any
	if err := toml.Unmarshal(data, &discard); err != nil {
		return nil, syntaxError(err)
	}
	b := builder{lines: lineStarts(data), root: newTable(1)}
	b.parser.Reset(data)
	b.current = b.root
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if err := b.parser.Error(); err != nil {
		return nil, syntaxError(err)
	}
	return b.root, nil
}

func syntaxError(err error) error {
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, column := decode.Position()
		return &SyntaxError{Line: line, Column: column, Why: decode.Error()}
	}
	return &SyntaxError{Line: 1, Column: 1, Why: err.Error()}
}

// lineStarts are the offsets at which lines begin.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

type builder struct {
	parser  unstable.Parser
	lines   []int
	root    *Value
	current *Value
}

func (b *builder) line(n *unstable.Node) int {
	offset := int(n.Raw.Offset)
	return sort.Search(len(b.lines), func(i int) bool { return b.lines[i] > offset })
}

func (b *builder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.KeyValue:
		b.keyValue(b.current, n)
	case unstable.Table:
		b.current = b.header(n, false)
	case unstable.ArrayTable:
		b.current = b.header(n, true)
	}
}

// header finds or makes the table that a [header] or [[header]] opens.
func (b *builder) header(n *unstable.Node, array bool) *Value {
	path, line := b.key(n)
	at := b.root
	for _, key := range path[:len(path)-1] {
		at = at.child(key, line)
	}
	last := path[len(path)-1]
	if !array {
		return at.child(last, line)
	}
	list := at.table[last]
	if list == nil {
		list = &Value{Kind: Array, Line: line}
		at.set(last, list)
	}
	element := newTable(line)
	list.items = append(list.items, element)
	return element
}

// child is the table under key, made if it is not there; of an array of tables
// it is the last one, as TOML has it.
func (v *Value) child(key string, line int) *Value {
	found := v.table[key]
	if found != nil && found.Kind == Array && len(found.items) > 0 {
		found = found.items[len(found.items)-1]
	}
	if found != nil && found.Kind == Table {
		return found
	}
	found = newTable(line)
	v.set(key, found)
	return found
}

func (b *builder) key(n *unstable.Node) (path []string, line int) {
	it := n.Key()
	for it.Next() {
		if line == 0 {
			line = b.line(it.Node())
		}
		path = append(path, string(it.Node().Data))
	}
	return path, line
}

func (b *builder) keyValue(into *Value, n *unstable.Node) {
	path, line := b.key(n)
	for _, key := range path[:len(path)-1] {
		into = into.child(key, line)
	}
	into.set(path[len(path)-1], b.value(n.Value(), line))
}

func (b *builder) value(n *unstable.Node, line int) *Value {
	if n.Raw.Length > 0 {
		line = b.line(n)
	}
	switch n.Kind {
	case unstable.String:
		return &Value{Kind: String, Line: line, text: string(n.Data)}
	case unstable.Bool:
		return &Value{Kind: Bool, Line: line, truth: string(n.Data) == "true"}
	case unstable.Array:
		list := &Value{Kind: Array, Line: line}
		for it := n.Children(); it.Next(); {
			list.items = append(list.items, b.value(it.Node(), line))
		}
		return list
	case unstable.InlineTable:
		table := newTable(line)
		for it := n.Children(); it.Next(); {
			b.keyValue(table, it.Node())
		}
		return table
	}
	return &Value{Kind: Other, Line: line, text: string(n.Data)}
}
