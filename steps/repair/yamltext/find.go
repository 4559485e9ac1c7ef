package yamltext

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// at is the node at a path. Behind an alias there is none: the text stands
// elsewhere, and means more than this place.
func (t *Text) at(path Path) (*yaml.Node, error) {
	n := t.root
	for i, step := range path {
		next := child(n, step)
		if next == nil {
			return nil, fmt.Errorf("there is no %s", path[:i+1])
		}
		if next.Kind == yaml.AliasNode {
			return nil, fmt.Errorf("line %d: %s is an alias of what stands elsewhere", next.Line, path[:i+1])
		}
		n = next
	}
	return n, nil
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if i := keyIndex(n, step); i >= 0 {
			return n.Content[i+1]
		}
	}
	return nil
}

// keyIndex is where a key stands in a mapping's content; -1 where it does not.
func keyIndex(n *yaml.Node, key string) int {
	if n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// Has says whether there is a value at a path, through aliases too.
func (t *Text) Has(path Path) bool { _, ok := t.value(path); return ok }

// Value is the scalar at a path; "" where there is none.
func (t *Text) Value(path Path) string {
	v, _ := t.value(path)
	s, _ := v.(scalar)
	return s.value
}

// Keys are the keys of the mapping at a path, sorted.
func (t *Text) Keys(path Path) []string {
	v, _ := t.value(path)
	m, _ := v.(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// Len is the length of the sequence at a path; 0 where there is none.
func (t *Text) Len(path Path) int {
	v, _ := t.value(path)
	list, _ := v.([]any)
	return len(list)
}

func (t *Text) value(path Path) (any, bool) {
	v := t.tree
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[fmt.Sprint(step)]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, ok := step.(int)
			if !ok || i < 0 || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// offset is where a node begins. Columns count characters.
func (t *Text) offset(n *yaml.Node) int {
	start, end := t.bounds(n.Line - 1)
	at := start
	for c := 1; c < n.Column && at < end; c++ {
		_, size := utf8.DecodeRune(t.src[at:])
		at += size
	}
	return at
}

// bounds are where a line, counted from 0, begins and ends without its break.
func (t *Text) bounds(line int) (start, end int) {
	if line < 0 || line >= len(t.lines) {
		return len(t.src), len(t.src)
	}
	start, end = t.lines[line], len(t.src)
	if line+1 < len(t.lines) {
		end = t.lines[line+1] - 1
	}
	if end > start && t.src[end-1] == '\r' {
		end--
	}
	return start, end
}

// after is where the line behind a line begins; the end of the text for the last.
func (t *Text) after(line int) int {
	if line+1 < len(t.lines) {
		return t.lines[line+1]
	}
	return len(t.src)
}

func (t *Text) line(n int) string {
	start, end := t.bounds(n)
	return string(t.src[start:end])
}

// indentOf is how far a line is indented; -1 for one that is blank.
func indentOf(line string) int {
	rest := strings.TrimLeft(line, " ")
	if strings.TrimSpace(rest) == "" {
		return -1
	}
	return len(line) - len(rest)
}

func comment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") }

// lastLine is the last line, counted from 0, of an entry or item whose nodes end
// with n and which begins at a column: blank lines behind it are not its own, nor
// are comments that are indented no more than it.
func (t *Text) lastLine(n *yaml.Node, column int) int {
	end := len(t.lines) - 1
	if i := t.last[n] + 1; i < len(t.order) {
		end = t.order[i].Line - 2
	}
	for ; end > n.Line-1; end-- {
		line := t.line(end)
		if indent := indentOf(line); indent >= 0 && !(comment(line) && indent < column) {
			break
		}
	}
	return max(end, n.Line-1)
}
