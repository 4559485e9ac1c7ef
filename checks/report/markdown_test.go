package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	reader "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks"
)

// tester is what *testing.T and *rapid.T have in common here.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func renderMarkdown(t tester, r checks.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := Markdown(&out, r); err != nil {
		t.Fatalf("%v", err)
	}
	return out.String()
}

func TestMarkdown(t *testing.T) {
	got := renderMarkdown(t, sample())
	for _, part := range []string{
		"**Not ready: something is to be fixed.**\n\n1 ok · 1 to fix · 1 waiting · 1 said · 1 cannot see\n",
		"Judged `o/r` at `refs/heads/main`, commit `1111111111111111111111111111111111111111`.\n",
		"### To fix\n\n| check | about | because | fix |\n|---|---|---|---|\n" +
			"| [workflow-grants-id-token](https://github.com/trustpub/gh-trustpub/blob/main/docs/checks.md#workflow-grants-id-token) (works) | `.github/workflows/publish.yml#a` at `.github/workflows/publish.yml:41` | id-token is none: evil title | add `id-token: write` |\n",
		"tests-run-in-ci) (advice) | the repository | no test runs | run `cargo test` |\n",
		"### Not proven yet\n\n| check | about | because | next |\n",
		"(waiting) | `pypi` | it waits |  |\n",
		"<details><summary>1 ok</summary>\n",
		"| repository-on-github | the repository | `o/r` is on GitHub `[api.github.com/repos/o/r]` |\n\n</details>\n",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
	if strings.Contains(got, "versions-agree") {
		t.Error("what does not apply is listed")
	}
}

func TestMarkdownSaysWhatIsAdvice(t *testing.T) {
	r := sample()
	for i := range r.Results {
		r.Results[i].Level = checks.Advice
	}
	out := renderMarkdown(t, r)
	for _, part := range []string{"#workflow-grants-id-token) (advice) |", "#rehearsal-passed) (advice, waiting) |"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in\n%s", part, out)
		}
	}
}

func TestMarkdownOfNothing(t *testing.T) {
	for name, r := range reports() {
		out := renderMarkdown(t, r)
		if !strings.HasPrefix(out, "**") {
			t.Errorf("%s:\n%s", name, out)
		}
		read(t, out)
	}
	if err := Markdown(broken{}, sample()); err == nil || !strings.Contains(err.Error(), "writing the report") {
		t.Errorf("%v", err)
	}
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	for _, verdict := range []checks.Verdict{checks.Wrong, checks.Unknown, checks.OK} {
		list := many(900, verdict, "NAME "+strings.Repeat("é|`@x ", 400))
		out := renderMarkdown(t, checks.Report{Results: list})
		if len(out) > mostComment {
			t.Errorf("%s: %d bytes", verdict, len(out))
		}
		shown := strings.Count(out, "first-release-done (") + strings.Count(out, "first-release-done) (")
		if verdict == checks.OK {
			shown = strings.Count(out, "| first-release-done |")
		}
		if want := fmt.Sprintf("%d more results have no room", 900-shown); !strings.Contains(out, want) {
			t.Errorf("%s: %d are shown, and the comment ends in\n%s", verdict, shown, out[len(out)-200:])
		}
		if strings.Count(out, "<details>") != strings.Count(out, "</details>") {
			t.Errorf("%s: what is folded does not end", verdict)
		}
	}
}

// attacks are texts that GitHub makes something of.
var attacks = []string{
	"@octocat", "@acme/owners", "#12", "GH-12", "acme/data#12", "acme/data@0123456", "0123456789abcdef0123456789abcdef01234567",
	"https://evil.example", "www.evil.example", "mail@evil.example", "[a](https://evil.example)", "![a](https://evil.example/x.png)", "<https://evil.example>",
	"<img src=x onerror=alert(1)>", "</details>", "<!--", "-->", "**bold**", "_under_", "~~gone~~", "`code`", "``", "`", "a|b", `a\|b`, `\`, `\\`, `a\`, "$x$", ":tada:", "&amp;", "&#64;octocat",
	"| a | b |", "---", "# head", "> quote", "- item", "1. item", "```", "[^1]", "[x]: https://evil.example", "GHSA-aaaa-bbbb-cccc", "CVE-2024-1", "TICKET-12", "T12",
	"${{ secrets.TOKEN }}", "x\ny", "x\r\n\r\ny", "a  b", "\x1b[2J", "\u202etxt", "(", "\"", "...",
}

// linked is what GitHub makes a mention, a reference or a link of where it
// stands outside of code (docs.github.com, "Autolinked references and URLs").
var linked = regexp.MustCompile(`@\w|#\d|\b[A-Z]+-?\d|://|www\.|\b[0-9a-f]{7,40}\b|:[a-z_]+:|GHSA-`)

// read reads a comment as GitHub does, and gives the text of a table's cells:
// with what is code, and without.
func read(t tester, source string) (cells, bare [][]string) {
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(reader.NewReader([]byte(source)))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.AutoLink, *ast.Image, *extensionast.Strikethrough, *ast.FencedCodeBlock, *ast.Blockquote, *ast.List, *ast.RawHTML:
			t.Errorf("%s in\n%s", n.Kind(), source)
		case *ast.Emphasis:
			if n.Parent().PreviousSibling() != nil {
				t.Errorf("emphasis in\n%s", source)
			}
		case *ast.Link:
			if !strings.HasPrefix(string(n.Destination), project+"/blob/main/docs/checks.md#") {
				t.Errorf("a link to %s", n.Destination)
			}
		case *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				if l := n.Lines().At(i); !regexp.MustCompile(`^(<details><summary>\d+ ok</summary>|</details>)\n?$`).Match(l.Value([]byte(source))) {
					t.Errorf("HTML: %s", l.Value([]byte(source)))
				}
			}
		case *extensionast.TableRow:
			var row, outside []string
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				all, plain := textOf(c, []byte(source))
				row, outside = append(row, all), append(outside, plain)
			}
			cells, bare = append(cells, row), append(bare, outside)
		}
		return ast.WalkContinue, nil
	})
	return cells, bare
}

// textOf is the text below a node, and the same without what is code or the
// program's own link.
func textOf(n ast.Node, source []byte) (all, bare string) {
	var a, b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		text, ok := n.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		value := string(text.Value(source))
		switch n.Parent().(type) {
		case *ast.CodeSpan, *ast.Link:
			a.WriteString(value)
			b.WriteString("\x00")
		default:
			value = strings.ReplaceAll(value, `\|`, "|")
			a.WriteString(value)
			b.WriteString(value)
		}
		return ast.WalkContinue, nil
	})
	return a.String(), b.String()
}

// harmless fails unless the text reads as itself in a comment and becomes
// nothing else.
func harmless(t tester, remote string) {
	t.Helper()
	r := sample()
	r.Results = r.Results[3:4]
	r.Results[0].Subject, r.Results[0].Because, r.Results[0].Fix = "", remote, remote
	source := renderMarkdown(t, r)
	cells, bare := read(t, source)
	if len(cells) != 1 || len(cells[0]) != 4 {
		t.Fatalf("the table is %q in\n%s", cells, source)
	}
	squeeze := func(s string) string {
		return strings.Join(strings.Fields(strings.NewReplacer("`", "", "'", "").Replace(s)), "")
	}
	if got, want := squeeze(cells[0][2]), squeeze(line(remote)); got != want {
		t.Errorf("%q reads as %q in\n%s", want, got, source)
	}
	for _, cell := range bare[0][2:] {
		if linked.MatchString(cell) || strings.ContainsAny(cell, "<>[]*_~@#$&`") {
			t.Errorf("%q stands outside of code in\n%s", cell, source)
		}
	}
}

func TestRemoteTextIsNoMarkup(t *testing.T) {
	for _, attack := range attacks {
		for _, around := range []string{"%s", "see %s, and (%s).", "`%s`", "%s%s"} {
			harmless(t, strings.ReplaceAll(around, "%s", attack))
		}
	}
}

func TestNoTextIsMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(attacks), rapid.String(), rapid.StringMatching("[ -~]{0,12}")), 1, 5).Draw(t, "pieces")
		harmless(t, strings.Join(pieces, rapid.SampledFrom([]string{"", " ", "`", "|"}).Draw(t, "between")))
	})
}
