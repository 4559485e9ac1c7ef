package yamltext

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Add puts an entry into the mapping at a path: behind the first of some keys
// that is there, else before the first key.
func (t *Text) Add(path Path, s Snippet, behind ...string) (*Text, error) {
	m, err := t.at(path)
	if err != nil {
		return nil, err
	}
	key, value, err := t.entry(s)
	if err != nil {
		return nil, err
	}
	if m.Kind != yaml.MappingNode || keyIndex(m, key) >= 0 || block(m) && len(m.Content) == 0 {
		return nil, fmt.Errorf("%s takes no further %s", path, key)
	}
	meant, err := plain(value)
	if err != nil {
		return nil, err
	}
	e, err := t.adding(m, s, behind)
	if err != nil {
		return nil, err
	}
	return t.edited(changed(t.tree, path, func(old any) any { return with(old, key, meant) }), e)
}

func (t *Text) adding(m *yaml.Node, s Snippet, behind []string) (Edit, error) {
	if !block(m) {
		return t.addingToFlow(m, s)
	}
	lines, column := t.layout(s), m.Content[0].Column-1
	for _, key := range behind {
		i := keyIndex(m, key)
		if i < 0 {
			continue
		}
		return t.insertion(t.lastLine(m.Content[i+1], m.Content[0].Column), lines, column), nil
	}
	at := t.offset(m.Content[0])
	return Edit{at, at, t.indented(append(lines, ""), column) + strings.Repeat(" ", column)}, nil
}

// insertion puts lines behind a line, counted from 0.
func (t *Text) insertion(line int, lines []string, column int) Edit {
	text := strings.Repeat(" ", column) + t.indented(lines, column)
	at := t.after(line)
	if line+1 >= len(t.lines) { // the last line has no break
		return Edit{at, at, t.eol + text}
	}
	return Edit{at, at, text + t.eol}
}

// Drop takes an entry out of the mapping at a path. The last one of a mapping is
// not taken out: what an empty mapping means is the caller's to decide.
func (t *Text) Drop(path Path, key string) (*Text, error) {
	m, err := t.at(path)
	if err != nil {
		return nil, err
	}
	i := keyIndex(m, key)
	if i < 0 || len(m.Content) == 2 {
		return nil, fmt.Errorf("%s cannot be taken out of %s", key, path)
	}
	edits, err := t.dropping(m, i)
	if err != nil {
		return nil, err
	}
	return t.edited(changed(t.tree, path, func(old any) any { return without(old, key) }), edits...)
}

func (t *Text) dropping(m *yaml.Node, i int) ([]Edit, error) {
	if !block(m) {
		e, err := t.droppingFromFlow(m, i)
		return []Edit{e}, err
	}
	key := m.Content[i]
	start := t.offset(key)
	if strings.TrimSpace(string(t.src[t.lines[key.Line-1]:start])) == "" {
		return []Edit{{t.lines[key.Line-1], t.after(t.lastLine(m.Content[i+1], m.Content[0].Column)), ""}}, nil
	}
	if i != 0 {
		return nil, fmt.Errorf("line %d: %s does not begin its line", key.Line, key.Value)
	}
	// Behind a dash the next entry takes its place, and comments between them go
	// above.
	next := m.Content[2]
	above := Edit{t.lines[key.Line-1], t.lines[key.Line-1], ""}
	for l := t.lastLine(m.Content[1], m.Content[0].Column) + 1; l < next.Line-1; l++ {
		if comment(t.line(l)) {
			above.With += string(t.src[t.lines[l]:t.after(l)])
		}
	}
	return []Edit{above, {start, t.offset(next), ""}}, nil
}

// Order lists the keys of the mapping at a path as they stand there.
func (t *Text) Order(path Path) []string {
	m, err := t.at(path)
	if err != nil || m.Kind != yaml.MappingNode {
		return nil
	}
	var keys []string
	for pair := range slices.Chunk(m.Content, 2) {
		keys = append(keys, pair[0].Value)
	}
	return keys
}
