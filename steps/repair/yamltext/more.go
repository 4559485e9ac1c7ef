package yamltext

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Append puts an entry behind the last one of the mapping at a path.
func (t *Text) Append(path Path, s Snippet) (*Text, error) {
	keys := t.Order(path)
	slices.Reverse(keys)
	return t.Add(path, s, keys...)
}

// Before puts an entry before one that is there, above the comments that belong
// to it. Where the entries stand apart, so does the new one.
func (t *Text) Before(path Path, key string, s Snippet) (*Text, error) {
	m, err := t.at(path)
	if err != nil {
		return nil, err
	}
	name, value, err := t.entry(s)
	if err != nil {
		return nil, err
	}
	meant, err := plain(value)
	if err != nil {
		return nil, err
	}
	i := keyIndex(m, key)
	if i < 0 || !block(m) || keyIndex(m, name) >= 0 {
		return nil, fmt.Errorf("%s takes no %s before %s", path, name, key)
	}
	column := m.Content[0].Column - 1
	head := t.head(m.Content[i].Line-1, column)
	text := strings.Repeat(" ", column) + t.indented(t.layout(s), column) + t.eol
	if t.apart(m) {
		text += t.eol
	}
	at := t.lines[head]
	return t.edited(changed(t.tree, path, func(old any) any { return with(old, name, meant) }), Edit{at, at, text})
}

// apart says whether blank lines stand between the entries of a mapping.
func (t *Text) apart(m *yaml.Node) bool {
	for i := 2; i < len(m.Content); i += 2 {
		if head := t.head(m.Content[i].Line-1, m.Content[0].Column-1); head > 0 && indentOf(t.line(head-1)) < 0 {
			return true
		}
	}
	return false
}

// Column is how far the entries of the block mapping at a path, or the dashes of
// the sequence, are indented.
func (t *Text) Column(path Path) (int, error) {
	n, err := t.at(path)
	if err != nil {
		return 0, err
	}
	if !block(n) || len(n.Content) == 0 {
		return 0, fmt.Errorf("line %d: %s is not written one entry a line", n.Line, path)
	}
	if n.Kind == yaml.SequenceNode {
		return t.dash(n.Content[0])
	}
	return n.Content[0].Column - 1, nil
}

// Entries is the text of some entries of the block mapping at a path, those that
// are there, as lines without their indentation.
func (t *Text) Entries(path Path, keys ...string) ([]string, error) {
	m, err := t.at(path)
	if err != nil {
		return nil, err
	}
	if m.Kind != yaml.MappingNode || !block(m) || len(m.Content) == 0 {
		return nil, fmt.Errorf("line %d: %s is not written one entry a line", m.Line, path)
	}
	var out []string
	for _, key := range keys {
		i := keyIndex(m, key)
		if i < 0 {
			continue
		}
		if t.refers(m.Content[i+1]) {
			return nil, fmt.Errorf("line %d: it has anchors or aliases", m.Content[i].Line)
		}
		for l := m.Content[i].Line - 1; l <= t.lastLine(m.Content[i+1], m.Content[0].Column); l++ {
			line := t.line(l)
			if strings.Contains(line, "\t") {
				return nil, fmt.Errorf("line %d: it has tabs", l+1)
			}
			out = append(out, strings.TrimPrefix(line, strings.Repeat(" ", min(m.Content[0].Column-1, max(indentOf(line), 0)))))
		}
	}
	return out, nil
}

// ReplaceLine writes another line in the place of one of a script that stands in
// a literal block, and DropLine takes one out. Lines are without indentation.
func (t *Text) ReplaceLine(path Path, line, next string) (*Text, error) {
	return t.relined(path, line, &next)
}

// DropLine takes a line out of a script that stands in a literal block.
func (t *Text) DropLine(path Path, line string) (*Text, error) { return t.relined(path, line, nil) }

func (t *Text) relined(path Path, line string, next *string) (*Text, error) {
	n, err := t.at(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(n.Value, "\n")
	i := slices.Index(lines, line)
	if n.Style&yaml.LiteralStyle == 0 || i < 0 || slices.Contains(lines[i+1:], line) {
		return nil, fmt.Errorf("line %d: %q does not stand there once, on a line of its own", n.Line, strings.TrimSpace(line))
	}
	start, end := t.bounds(n.Line + i) // the block's text begins on the line behind its mark
	raw := string(t.src[start:end])
	if strings.TrimLeft(raw, " ") != strings.TrimLeft(line, " ") {
		return nil, fmt.Errorf("line %d: the script's line was not found", n.Line+i+1)
	}
	e := Edit{start, t.after(n.Line + i), ""}
	lines = slices.Delete(lines, i, i+1)
	if next != nil {
		indent := raw[:len(raw)-len(line)]
		e, lines = Edit{start, end, indent + *next}, slices.Insert(lines, i, *next)
	}
	want := scalar{n.ShortTag(), strings.Join(lines, "\n")}
	return t.edited(changed(t.tree, path, func(any) any { return want }), e)
}

// Rename writes another key in the place of one of the mapping at a path.
func (t *Text) Rename(path Path, key, next string) (*Text, error) {
	m, err := t.at(path)
	if err != nil {
		return nil, err
	}
	i := keyIndex(m, key)
	if i < 0 || keyIndex(m, next) >= 0 {
		return nil, fmt.Errorf("%s cannot be called %s in %s", key, next, path)
	}
	start, end, err := t.extent(m.Content[i])
	if err != nil {
		return nil, err
	}
	value, _ := t.value(path.Of(key))
	return t.edited(changed(t.tree, path, func(old any) any { return with(without(old, key), next, value) }), Edit{start, end, next})
}
