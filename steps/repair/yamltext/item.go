package yamltext

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// items is the block sequence at a path.
func (t *Text) items(path Path) (*yaml.Node, error) {
	s, err := t.at(path)
	if err != nil {
		return nil, err
	}
	if s.Kind != yaml.SequenceNode || !block(s) || len(s.Content) == 0 {
		return nil, fmt.Errorf("line %d: %s is no list that is written one item a line", s.Line, path)
	}
	return s, nil
}

// dash is the column, counted from 0, of the dash before an item, which must
// begin its line.
func (t *Text) dash(item *yaml.Node) (int, error) {
	lead := string(t.src[t.lines[item.Line-1]:t.offset(item)])
	column := strings.IndexByte(lead, '-')
	if column < 0 || strings.TrimSpace(lead[:column]) != "" || strings.TrimSpace(lead[column+1:]) != "" {
		return 0, fmt.Errorf("line %d: the item does not begin behind its dash", item.Line)
	}
	return column, nil
}

// itemLines are the first and the last line of an item, counted from 0.
func (t *Text) itemLines(item *yaml.Node) (first, last, column int, err error) {
	column, err = t.dash(item)
	return item.Line - 1, t.lastLine(item, column+1), column, err
}

// Insert puts an item before the one that has the index, or behind the last.
func (t *Text) Insert(path Path, index int, s Snippet) (*Text, error) {
	list, err := t.items(path)
	if err != nil {
		return nil, err
	}
	value, err := t.item(s)
	if err != nil {
		return nil, err
	}
	meant, err := plain(value)
	if err != nil {
		return nil, err
	}
	e, err := t.inserting(list, index, t.layout(s))
	if err != nil {
		return nil, err
	}
	return t.edited(changed(t.tree, path, func(old any) any { return slices.Insert(slices.Clone(old.([]any)), index, meant) }), e)
}

func (t *Text) inserting(list *yaml.Node, index int, lines []string) (Edit, error) {
	if index < 0 || index > len(list.Content) {
		return Edit{}, fmt.Errorf("line %d: there is no place %d in the list", list.Line, index)
	}
	if index == len(list.Content) {
		_, last, column, err := t.itemLines(list.Content[index-1])
		return t.insertion(last, lines, column), err
	}
	first, _, column, err := t.itemLines(list.Content[index])
	if err != nil {
		return Edit{}, err
	}
	if index == 0 && list.Content[0].Line-1 == t.lineOfParent(list) {
		return Edit{}, fmt.Errorf("line %d: the list begins in the middle of a line", list.Line)
	}
	head := t.head(first, column)
	text := strings.Repeat(" ", column) + t.indented(lines, column) + t.eol
	if index > 0 && head > 0 && indentOf(t.line(head-1)) < 0 {
		text += t.eol // the steps stand apart from each other
	}
	return Edit{t.lines[head], t.lines[head], text}, nil
}

// lineOfParent is the line of the node before a list, counted from 0.
func (t *Text) lineOfParent(list *yaml.Node) int {
	if i := slices.Index(t.order, list); i > 0 {
		return t.order[i-1].Line - 1
	}
	return -1
}

// head is the first of the comment lines right above a line that stand at its
// column; the line itself where there are none.
func (t *Text) head(line, column int) int {
	for line > 0 && comment(t.line(line-1)) && indentOf(t.line(line-1)) == column {
		line--
	}
	return line
}

// Remove takes an item out of the list at a path, which keeps another one.
func (t *Text) Remove(path Path, index int) (*Text, error) {
	list, err := t.items(path)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(list.Content) || len(list.Content) == 1 {
		return nil, fmt.Errorf("line %d: item %d cannot be taken out", list.Line, index)
	}
	first, last, column, err := t.itemLines(list.Content[index])
	if err != nil {
		return nil, err
	}
	cut := Edit{t.lines[t.head(first, column)], t.after(last), ""}
	return t.edited(changed(t.tree, path, func(old any) any { return slices.Delete(slices.Clone(old.([]any)), index, index+1) }), cut)
}

// Move puts an item that has the index from right before the later one that has
// the index to.
func (t *Text) Move(path Path, from, to int) (*Text, error) {
	list, err := t.items(path)
	if err != nil {
		return nil, err
	}
	if from < 0 || to > len(list.Content)-1 || from >= to-1 {
		return nil, fmt.Errorf("line %d: item %d cannot be moved before item %d", list.Line, from, to)
	}
	first, last, column, err := t.itemLines(list.Content[from])
	if err != nil {
		return nil, err
	}
	target, _, _, err := t.itemLines(list.Content[to])
	if err != nil {
		return nil, err
	}
	start, end, at := t.lines[t.head(first, column)], t.after(last), t.lines[t.head(target, column)]
	want := changed(t.tree, path, func(old any) any {
		moved := slices.Clone(old.([]any))
		item := moved[from]
		return slices.Insert(slices.Delete(moved, from, from+1), to-1, item)
	})
	return t.edited(want, Edit{start, end, ""}, Edit{at, at, string(t.src[start:end])})
}

// Excerpt is the text of the items from first up to the one before end, without
// their indentation, as a snippet. What refers to other places of the text is
// not copied.
func (t *Text) Excerpt(path Path, first, end int) (Snippet, error) {
	list, err := t.items(path)
	if err != nil {
		return "", err
	}
	var out []string
	for i := first; i < end && i < len(list.Content); i++ {
		if n := list.Content[i]; t.refers(n) {
			return "", fmt.Errorf("line %d: it has anchors or aliases", n.Line)
		}
		from, last, column, err := t.itemLines(list.Content[i])
		if err != nil {
			return "", err
		}
		for l := t.head(from, column); l <= last; l++ {
			line := t.line(l)
			out = append(out, strings.TrimPrefix(line, strings.Repeat(" ", min(column, max(indentOf(line), 0)))))
		}
	}
	if all := strings.Join(out, "\n"); !strings.Contains(all, "\t") {
		return Snippet(all), nil
	}
	return "", fmt.Errorf("line %d: it is indented by tabs", list.Line)
}

func (t *Text) refers(n *yaml.Node) bool {
	return n.Anchor != "" || n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, t.refers)
}

// AppendItem puts a scalar behind the last one of the list at a path, in whatever
// way that is written.
func (t *Text) AppendItem(path Path, s Snippet) (*Text, error) {
	list, err := t.at(path)
	if err != nil {
		return nil, err
	}
	if list.Kind == yaml.SequenceNode && block(list) && len(list.Content) > 0 {
		return t.Insert(path, len(list.Content), "- "+s)
	}
	if list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, fmt.Errorf("line %d: %s is no list", list.Line, path)
	}
	value, err := t.parsed(s)
	if err != nil {
		return nil, err
	}
	start := t.offset(list)
	end, err := t.closing(start)
	if err != nil {
		return nil, err
	}
	inner := strings.TrimRight(string(t.src[start:end]), " \t\r\n,")
	at := start + len(inner)
	meant := scalar{value.ShortTag(), value.Value}
	return t.edited(changed(t.tree, path, func(old any) any { return append(slices.Clone(old.([]any)), meant) }), Edit{at, at, ", " + string(s)})
}
