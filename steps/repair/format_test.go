package repair

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks"
)

// formatter writes a workflow in one of many ways that mean the same.
type formatter struct {
	t    *rapid.T
	unit int
	// dashed is whether the dashes of a list stand further in than its key.
	dashed bool
	eol    string
	b      strings.Builder
	marks  []string
}

func formatted(t *rapid.T, src string) (text string, marks []string) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
		t.Fatal(err)
	}
	f := &formatter{t: t, unit: rapid.IntRange(2, 6).Draw(t, "unit"), dashed: rapid.Bool().Draw(t, "dashed"),
		eol: rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "eol")}
	f.mapping(doc.Content[0], 0, true)
	text = f.b.String()
	if rapid.Bool().Draw(t, "no last break") {
		text = strings.TrimSuffix(text, f.eol)
	}
	return text, f.marks
}

func (f *formatter) line(indent int, text string) {
	f.b.WriteString(strings.Repeat(" ", indent) + text + f.eol)
}

// noise writes blank lines, and comments that are known again.
func (f *formatter) noise(indent int) {
	switch rapid.IntRange(0, 5).Draw(f.t, "noise") {
	case 0:
		f.line(0, rapid.SampledFrom([]string{"", "   "}).Draw(f.t, "blank"))
	case 1:
		mark := fmt.Sprintf("# mark %d ends", len(f.marks))
		f.marks = append(f.marks, mark)
		f.line(rapid.SampledFrom([]int{indent, indent, 0}).Draw(f.t, "at"), mark)
	}
}

// mapping writes the entries of a mapping, in any order; the first one without
// its indentation if that is written already.
func (f *formatter) mapping(n *yaml.Node, indent int, fresh bool) {
	var pairs [][2]*yaml.Node
	for p := range slices.Chunk(n.Content, 2) {
		pairs = append(pairs, [2]*yaml.Node{p[0], p[1]})
	}
	if n.Content[0].Value != "on" { // jobs are read in their order
		pairs = rapid.Permutation(pairs).Draw(f.t, "order")
	}
	for i, p := range pairs {
		if i > 0 {
			f.noise(indent)
		}
		if i > 0 || fresh {
			f.b.WriteString(strings.Repeat(" ", indent))
		}
		f.b.WriteString(p[0].Value + ":")
		f.value(p[0].Value, p[1], indent)
	}
}

// flowing are keys whose values people write on one line.
var flowing = []string{"permissions", "tags", "env", "with", "needs", "push"}

func (f *formatter) value(key string, n *yaml.Node, indent int) {
	behind := strings.Repeat(" ", rapid.IntRange(0, 2).Draw(f.t, "behind"))
	switch {
	case n.Kind == yaml.ScalarNode:
		f.scalar(n, indent, behind)
	case len(n.Content) == 0 && n.Kind != yaml.ScalarNode || (slices.Contains(flowing, key) || words(n)) && rapid.Bool().Draw(f.t, "flow"):
		f.b.WriteString(" " + inFlow(n) + behind + f.eol)
	case n.Kind == yaml.MappingNode:
		f.b.WriteString(behind + f.eol)
		f.mapping(n, indent+f.unit, true)
	default:
		f.b.WriteString(behind + f.eol)
		f.list(n, indent)
	}
}

// words says whether a node is a list of plain words.
func words(n *yaml.Node) bool {
	return n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.ScalarNode
}

func (f *formatter) list(n *yaml.Node, indent int) {
	if f.dashed {
		indent += f.unit
	}
	for _, item := range n.Content {
		f.noise(indent)
		f.b.WriteString(strings.Repeat(" ", indent) + "-")
		if item.Kind == yaml.ScalarNode {
			f.scalar(&yaml.Node{Kind: yaml.ScalarNode, Value: "'" + item.Value + "'"}, indent, "")
			continue
		}
		f.b.WriteString(" ")
		f.mapping(item, indent+2, false)
	}
}

func (f *formatter) scalar(n *yaml.Node, indent int, behind string) {
	remark := ""
	if n.LineComment != "" {
		remark = " " + n.LineComment
	}
	switch {
	case n.Tag == "!!null":
		f.b.WriteString(behind + f.eol)
	case strings.Contains(n.Value, "\n"):
		f.b.WriteString(" |" + behind + f.eol)
		for _, l := range strings.Split(strings.TrimSuffix(n.Value, "\n"), "\n") {
			f.line(indent+f.unit, l)
		}
	case !strings.HasPrefix(n.Value, "'") && rapid.IntRange(0, 4).Draw(f.t, "quoted") == 0:
		f.b.WriteString(" '" + strings.ReplaceAll(n.Value, "'", "''") + "'" + remark + behind + f.eol)
	default:
		f.b.WriteString(" " + n.Value + remark + behind + f.eol)
	}
}

func inFlow(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for p := range slices.Chunk(n.Content, 2) {
			parts = append(parts, p[0].Value+": "+inFlow(p[1]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, inFlow(c))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "'" + strings.ReplaceAll(n.Value, "'", "''") + "'"
}

// TestHoweverItIsWritten: in whatever way a faulty example is written, the
// repair finds its place, and what it does not touch stays byte by byte.
func TestHoweverItIsWritten(t *testing.T) {
	examples := slices.DeleteFunc(faulty(t), func(e example) bool { return stepOf(e.check) != checks.Workflow })
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(examples).Draw(t, "example")
		src, marks := formatted(t, e.src)
		if wrong, _ := verdicts(e.world(src), e.check); wrong == 0 {
			t.Fatalf("it is no example any more of %s:\n%s", e.check, src)
		}
		p := propose(e.world(src))
		if _, byHand := left[e.check]; byHand && len(p.Files) == 0 {
			return
		}
		if len(p.Files) != 1 {
			t.Fatalf("%d files are repaired for %s: %+v\n%s", len(p.Files), e.check, whys(p), src)
		}
		after := string(p.Files[0].After)
		if wrong, _ := verdicts(e.world(after), e.check); wrong > 0 && left[e.check] == "" {
			t.Fatalf("%s stays: %v\n%s\n%s", e.check, whys(p), src, after)
		}
		stays(t, p.Files[0], marks)
		noWorse(t, e.world(src), e.world(after))
		if again := propose(e.world(after)); len(again.Files) > 0 {
			t.Fatalf("repaired twice:\n%s\n%s", after, again.Files[0].After)
		}
	})
}

// TestCasesHoweverWritten does the same with workflows as people have them. A step
// that is replaced takes the remarks in it along.
func TestCasesHoweverWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cases).Draw(t, "case")
		if c.name == "an alias" || c.name == "a condition on lines of its own" {
			return // of which the way of writing is the point
		}
		src, marks := formatted(t, c.src)
		p, after := propose(worldOf(src)), src
		if len(p.Files) > 0 {
			after = string(p.Files[0].After)
			if strings.Contains(c.name, "twine") || strings.Contains(c.name, "login") {
				marks = nil
			}
			stays(t, p.Files[0], marks)
			noWorse(t, worldOf(src), worldOf(after))
		}
		for _, check := range c.gone {
			if wrong, _ := verdicts(worldOf(after), check); wrong > 0 {
				t.Fatalf("%s: %s stays: %v\n%s\n%s", c.name, check, whys(p), src, after)
			}
		}
		if again := propose(worldOf(after)); len(again.Files) > 0 {
			t.Fatalf("%s is repaired twice:\n%s\n%s", c.name, after, again.Files[0].After)
		}
	})
}

func whys(p Proposal) []string {
	var all []string
	for _, h := range p.ByHand {
		all = append(all, h.Result.Check.ID+": "+h.Why)
	}
	return all
}

// stays holds that a repair keeps every line that it does not announce, every
// remark, and the way in which lines are broken.
func stays(t *rapid.T, f File, marks []string) {
	t.Helper()
	if a, b := kept(f.Before, f.Dropped), kept(f.After, f.Added); !slices.Equal(a, b) {
		t.Fatalf("lines changed that are not announced:\n%q\n%q", a, b)
	}
	before, after := string(f.Before), string(f.After)
	for _, m := range marks {
		if !strings.Contains(after, m) {
			t.Fatalf("%q is gone:\n%s\n%s", m, before, after)
		}
	}
	if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
		t.Fatalf("lines are broken in two ways:\n%q", after)
	}
}
