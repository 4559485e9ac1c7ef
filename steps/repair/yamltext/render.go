package yamltext

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Snippet is YAML to be put into a text, written in the block style; a tab
// stands for one step of the text's indentation.
type Snippet string

// lines are those of a snippet in the text's own indentation.
func (t *Text) layout(s Snippet) []string {
	return strings.Split(strings.ReplaceAll(strings.TrimSuffix(string(s), "\n"), "\t", t.unit), "\n")
}

// indented joins lines that stand at a column, the first one without it.
func (t *Text) indented(lines []string, column int) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString(t.eol)
			if line != "" {
				b.WriteString(strings.Repeat(" ", column))
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// entry parses a snippet that is a mapping of one entry.
func (t *Text) entry(s Snippet) (key string, value *yaml.Node, err error) {
	n, err := t.parsed(s)
	if err != nil {
		return "", nil, err
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return "", nil, fmt.Errorf("%q is no single entry", s)
	}
	return n.Content[0].Value, n.Content[1], nil
}

// item parses a snippet that is a sequence of one item.
func (t *Text) item(s Snippet) (*yaml.Node, error) {
	n, err := t.parsed(s)
	if err != nil {
		return nil, err
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) != 1 {
		return nil, fmt.Errorf("%q is no single item", s)
	}
	return n.Content[0], nil
}

func (t *Text) parsed(s Snippet) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(strings.Join(t.layout(s), "\n")+"\n"), &doc); err != nil {
		return nil, fmt.Errorf("parse what is to be put in: %w", err)
	}
	if len(doc.Content) != 1 {
		return nil, fmt.Errorf("%q is nothing to put in", s)
	}
	return doc.Content[0], nil
}

// flow writes a node on one line.
func flow(n *yaml.Node) (string, error) {
	uncommented(n)
	wrapped := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{n}}
	out, err := yaml.Marshal(wrapped)
	line := strings.TrimSuffix(strings.TrimSpace(string(out)), "]")
	if err != nil || strings.Contains(line, "\n") {
		return "", fmt.Errorf("what is to be put in takes more than the one line that stands there")
	}
	return strings.TrimPrefix(line, "["), nil
}

func uncommented(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, c := range n.Content {
		uncommented(c)
	}
}
