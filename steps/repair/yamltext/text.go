// Package yamltext edits YAML in its text: each edit replaces one range of
// bytes, found from the positions of the parsed nodes, and every other byte
// stays. It is pure.
//
// What a text means is computed twice for each edit, on the tree of values and
// by parsing the edited text; where the two differ, nothing is edited. So a way
// of writing that is not understood here costs an edit and never a file.
package yamltext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize is the largest text that is edited, in bytes.
const MaxSize = 1 << 20

// Text is one YAML document and its source. It is never changed: an edit gives
// another one.
type Text struct {
	src  []byte
	root *yaml.Node
	// order holds all nodes as they stand in the text, and last the index of the
	// last node that belongs to a node.
	order []*yaml.Node
	last  map[*yaml.Node]int
	lines []int
	tree  any
	// eol breaks the text's lines, and unit is one step of its indentation.
	eol, unit string
}

// Edit replaces the bytes from Start up to End of a text.
type Edit struct {
	Start, End int
	With       string
}

// Path leads to a node: keys of mappings and indexes of sequences.
type Path []any

// Of is the path below this one.
func (p Path) Of(more ...any) Path { return append(p[:len(p):len(p)], more...) }

func (p Path) String() string {
	var parts []string
	for _, step := range p {
		parts = append(parts, fmt.Sprint(step))
	}
	return strings.Join(parts, ".")
}

// Parse reads a text of one document. Ways of breaking lines that editors do not
// show are refused: positions could be taken for others.
func Parse(src []byte) (*Text, error) {
	if err := readable(src); err != nil {
		return nil, err
	}
	t := &Text{src: src, last: map[*yaml.Node]int{}, eol: "\n"}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("it does not parse: %w", err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) || len(doc.Content) != 1 {
		return nil, errors.New("it is more than one document")
	}
	t.root = doc.Content[0]
	t.index(t.root)
	var err error
	if t.tree, err = plain(t.root); err != nil {
		return nil, err
	}
	t.layOut()
	return t, nil
}

func readable(src []byte) error {
	text := string(src)
	switch {
	case len(src) > MaxSize:
		return fmt.Errorf("it has more than %d bytes", MaxSize)
	case strings.HasPrefix(text, "\ufeff"):
		return errors.New("it begins with a byte order mark")
	case strings.ContainsAny(text, "\u0085\u2028\u2029"), strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r"):
		return errors.New("its lines are broken by other characters than line feeds")
	}
	return nil
}

// index notes the nodes in the order of the text. What an alias stands for is
// elsewhere.
func (t *Text) index(n *yaml.Node) {
	t.order = append(t.order, n)
	for _, child := range n.Content {
		t.index(child)
	}
	t.last[n] = len(t.order) - 1
}

// layOut notes how the text is laid out.
func (t *Text) layOut() {
	t.lines = []int{0}
	for i, b := range t.src {
		if b == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	if bytes.Contains(t.src, []byte("\r\n")) {
		t.eol = "\r\n"
	}
	t.unit = "  "
	for _, n := range t.order {
		if block(n) && n.Kind == yaml.MappingNode && len(n.Content) > 1 && block(n.Content[1]) && n.Content[1].Kind == yaml.MappingNode && n.Content[1].Column > n.Column {
			t.unit = strings.Repeat(" ", n.Content[1].Column-n.Column)
			break
		}
	}
}

// block says whether a node is written in the block style.
func block(n *yaml.Node) bool { return n.Style&yaml.FlowStyle == 0 }

// Bytes is the source of the text.
func (t *Text) Bytes() []byte { return t.src }

// Unit is one step of the text's indentation.
func (t *Text) Unit() string { return t.unit }

// edited is the text with its edits, if it then means what it should: want is
// the tree of values that it must come to.
func (t *Text) edited(want any, edits ...Edit) (*Text, error) {
	src := t.src
	for i, later := len(edits)-1, len(src); i >= 0; i-- {
		e := edits[i]
		if e.Start < 0 || e.Start > e.End || e.End > later {
			return nil, errors.New("where it stands in the text was not found")
		}
		later = e.Start
		src = append(append(bytes.Clone(src[:e.Start]), e.With...), src[e.End:]...)
	}
	next, err := Parse(src)
	if err != nil {
		return nil, fmt.Errorf("no edit was found that keeps the file whole: %w", err)
	}
	if !equal(next.tree, want) {
		return nil, errors.New("no edit was found that changes this place alone")
	}
	return next, nil
}
