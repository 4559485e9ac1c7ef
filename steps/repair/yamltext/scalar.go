package yamltext

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set writes another value in the place of a scalar or of an empty collection,
// and remark as a comment behind it, if it is not "".
func (t *Text) Set(path Path, s Snippet, remark string) (*Text, error) {
	n, err := t.at(path)
	if err != nil {
		return nil, err
	}
	value, err := t.parsed(s)
	if err != nil {
		return nil, err
	}
	meant, err := plain(value)
	if err != nil {
		return nil, err
	}
	start, end, err := t.extent(n)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(string(s))
	if quote := quoteOf(n); quote != "" && value.Kind == yaml.ScalarNode && value.Style == 0 && !strings.ContainsAny(value.Value, `'"\`) {
		text, meant = quote+value.Value+quote, scalar{"!!str", value.Value}
	}
	edits := []Edit{{start, end, text}}
	if remark != "" {
		edits = t.remarked(edits, n, end, remark)
	}
	return t.edited(changed(t.tree, path, func(any) any { return meant }), edits...)
}

// quoteOf is the quote that a scalar stands in; "" for none.
func quoteOf(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return ""
	case n.Style&yaml.SingleQuotedStyle != 0:
		return "'"
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return `"`
	}
	return ""
}

// version is a comment that tells nothing but a version.
var version = regexp.MustCompile(`^# *v?\d[\w.-]* *$`)

// remarked adds a comment at the end of the value's line, where the value ends
// it: before a comment that is there, or in the place of one that tells the
// version of what was replaced.
func (t *Text) remarked(edits []Edit, n *yaml.Node, end int, remark string) []Edit {
	_, lineEnd := t.bounds(n.Line - 1)
	if end > lineEnd {
		return edits
	}
	rest := string(t.src[end:lineEnd])
	old := strings.TrimLeft(rest, " \t}],")
	brackets := strings.TrimRight(rest[:len(rest)-len(old)], " \t")
	at := end + len(brackets)
	switch {
	case version.MatchString(old):
		return append(edits, Edit{lineEnd - len(old), lineEnd, "# " + remark})
	case old != "" && !strings.HasPrefix(old, "#"):
		return edits
	case brackets != "":
		return append(edits, Edit{at, at, " # " + remark})
	}
	edits[0].With += " # " + remark
	return edits
}

// extent is where a scalar on one line, or an empty flow collection, stands.
func (t *Text) extent(n *yaml.Node) (start, end int, err error) {
	start = t.offset(n)
	switch {
	case n.Kind != yaml.ScalarNode && len(n.Content) == 0 && !block(n):
		end, err = t.closing(start)
		return start, end + 1, err
	case n.Kind != yaml.ScalarNode:
		return 0, 0, fmt.Errorf("line %d: it is no single value", n.Line)
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		if start >= len(t.src) || t.src[start] != '"' && t.src[start] != '\'' {
			return 0, 0, fmt.Errorf("line %d: a tag or an anchor stands before the value", n.Line)
		}
		if end = t.quoteEnd(start); end < 0 {
			return 0, 0, fmt.Errorf("line %d: the quote is not closed", n.Line)
		}
		return start, end + 1, nil
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0, 0, fmt.Errorf("line %d: the value stands on lines of its own", n.Line)
	case n.Value != "" && strings.HasPrefix(string(t.src[start:]), n.Value):
		return start, start + len(n.Value), nil
	}
	return 0, 0, fmt.Errorf("line %d: where the value ends was not found", n.Line)
}

// Replace writes next in the place of the one old in a scalar, however it is
// written.
func (t *Text) Replace(path Path, old, next string) (*Text, error) {
	n, err := t.at(path)
	if err != nil {
		return nil, err
	}
	start, end := t.region(n)
	raw := string(t.src[start:end])
	if n.Kind != yaml.ScalarNode || old == "" || strings.Count(n.Value, old) != 1 {
		return nil, fmt.Errorf("line %d: %q does not stand there once", n.Line, old)
	}
	want := scalar{n.ShortTag(), strings.Replace(n.Value, old, next, 1)}
	if n.Style&yaml.SingleQuotedStyle != 0 {
		old, next = strings.ReplaceAll(old, "'", "''"), strings.ReplaceAll(next, "'", "''")
	}
	if strings.Count(raw, old) != 1 {
		return nil, fmt.Errorf("line %d: %q is written in another way", n.Line, old)
	}
	at := start + strings.Index(raw, old)
	return t.edited(changed(t.tree, path, func(any) any { return want }), Edit{at, at + len(old), next})
}

// region is the text that a scalar's value is found in.
func (t *Text) region(n *yaml.Node) (start, end int) {
	if start, end, err := t.extent(n); err == nil {
		return start, end
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		last := len(t.lines) - 1
		if i := t.last[n] + 1; i < len(t.order) {
			last = max(t.order[i].Line-2, n.Line-1)
		}
		return t.after(n.Line - 1), t.after(last)
	}
	_, end = t.bounds(t.lastLine(n, 0))
	return t.offset(n), end
}

// Wrap writes before and behind around a scalar's value, in whatever way it is
// written.
func (t *Text) Wrap(path Path, before, behind string) (*Text, error) {
	n, err := t.at(path)
	if err != nil {
		return nil, err
	}
	body := strings.TrimRight(n.Value, " \n")
	if n.Kind != yaml.ScalarNode || strings.TrimLeft(body, " ") == "" {
		return nil, errors.New("there is nothing to put around")
	}
	start, end := t.valueIn(n)
	lead := len(body) - len(strings.TrimLeft(body, " \n"))
	want := scalar{n.ShortTag(), body[:lead] + before + body[lead:] + behind + n.Value[len(body):]}
	if n.Style&yaml.SingleQuotedStyle != 0 {
		before, behind = strings.ReplaceAll(before, "'", "''"), strings.ReplaceAll(behind, "'", "''")
	}
	return t.edited(changed(t.tree, path, func(any) any { return want }), Edit{start, start, before}, Edit{end, end, behind})
}

// valueIn is where the first and behind the last character of a scalar's value
// stand.
func (t *Text) valueIn(n *yaml.Node) (start, end int) {
	start, end = t.region(n)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		start, end = start+1, end-1
	}
	if start > end {
		return start, start
	}
	raw := string(t.src[start:end])
	start += len(raw) - len(strings.TrimLeft(raw, " \t\r\n"))
	return start, end - (len(raw) - len(strings.TrimRight(raw, " \t\r\n")))
}

// Empty makes the mapping at a path the empty one: {} stands in its place.
func (t *Text) Empty(path Path) (*Text, error) {
	m, err := t.at(path)
	if err != nil || m.Kind != yaml.MappingNode || len(path) == 0 || len(m.Content) == 0 {
		return nil, fmt.Errorf("%s is no mapping", path)
	}
	want := changed(t.tree, path, func(any) any { return map[string]any{} })
	if !block(m) {
		start := t.offset(m)
		end, err := t.closing(start)
		if err != nil {
			return nil, err
		}
		return t.edited(want, Edit{start, end + 1, "{}"})
	}
	owner, err := t.at(path[:len(path)-1])
	if err != nil {
		return nil, err
	}
	key := owner.Content[keyIndex(owner, fmt.Sprint(path[len(path)-1]))]
	_, end := t.bounds(key.Line - 1)
	line := string(t.src[t.offset(key):end])
	colon := strings.IndexByte(line, ':')
	if m.Content[0].Line == key.Line || colon < 0 {
		return nil, fmt.Errorf("line %d: the mapping stands on the line of its key", m.Line)
	}
	at := t.offset(key) + colon + 1
	return t.edited(want, Edit{at, at, " {}"}, Edit{t.lines[m.Content[0].Line-1], t.after(t.lastLine(m, m.Content[0].Column)), ""})
}
