package page

import (
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

func draw(t *testing.T, p Page) *html.Node {
	t.Helper()
	r := httptest.NewRequest("GET", "https://pypi.org/manage", nil)
	ctx := box.WithPerson(r.Context(), "ana")
	ctx = box.WithSwitches(ctx, []box.Switch{{Login: "bo", URL: "/s/_/as/bo?next=x"}})
	w := httptest.NewRecorder()
	Render(w, r.WithContext(ctx), p)
	if want := max(p.Status, 200); w.Code != want {
		t.Errorf("status %d, want %d", w.Code, want)
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func find(n *html.Node, match func(*html.Node) bool) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func tag(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

var sample = Page{
	Status: 422, Title: "Add a <publisher>", Problem: "That name is taken.",
	Sections: []Section{{
		Heading: "Facts", Facts: []Fact{{Name: "Owner", Value: "acme", URL: "/acme"}},
		Table: &Table{Caption: "All", Columns: []string{"a", "b"}, Rows: [][]Link{Row("1", "2")}},
	}, {
		Forms: []Form{
			{Name: "Add", Action: "/add", Fields: []Field{
				{Name: "owner", Label: "Owner", Value: `"q"`, Required: true, Hint: "as on GitHub", Error: "unknown"},
				{Name: "kind", Label: "Kind", Kind: "select", Options: []Option{{Value: "x", Selected: true}, {Value: "y", Text: "Why"}}},
				{Name: "sure", Label: "Sure", Kind: "checkbox", Value: "yes", Checked: true},
				{Name: "note", Label: "Note", Kind: "textarea", Value: "l1\nl2"},
				{Name: "csrf", Kind: "hidden", Value: "z"},
			}, Buttons: []Button{{Name: "do", Value: "add", Text: "Add it"}}},
			{Name: "Remove", Fields: []Field{{Name: "owner", Label: "Owner"}}},
		},
	}},
}

func TestEveryVisibleInputHasItsOwnLabel(t *testing.T) {
	doc := draw(t, sample)
	labels := map[string]string{}
	for _, l := range find(doc, tag("label")) {
		if labels[attr(l, "for")] != "" {
			t.Errorf("two labels for %q", attr(l, "for"))
		}
		labels[attr(l, "for")] = strings.TrimSpace(text(l))
	}
	inputs := find(doc, func(n *html.Node) bool {
		return attr(n, "name") != "" && attr(n, "type") != "hidden" && n.Data != "button" && n.Data != "meta"
	})
	if len(inputs) != 5 {
		t.Fatalf("%d inputs, want 5", len(inputs))
	}
	for _, in := range inputs {
		if labels[attr(in, "id")] == "" {
			t.Errorf("input %q has no label", attr(in, "name"))
		}
	}
}

func TestAFormSendsItsValuesWhereItSays(t *testing.T) {
	doc := draw(t, sample)
	forms := find(doc, tag("form"))
	if len(forms) != 2 || attr(forms[0], "action") != "/add" || attr(forms[0], "method") != "post" {
		t.Fatalf("forms are not as given: %d", len(forms))
	}
	got := map[string]string{}
	for _, in := range find(forms[0], func(n *html.Node) bool { return n.Data == "input" || n.Data == "button" }) {
		got[attr(in, "name")] = attr(in, "value")
	}
	for name, want := range map[string]string{"owner": `"q"`, "sure": "yes", "csrf": "z", "do": "add"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if area := find(forms[0], tag("textarea")); text(area[0]) != "l1\nl2" {
		t.Errorf("textarea holds %q", text(area[0]))
	}
	if b := find(forms[1], tag("button")); len(b) != 1 || text(b[0]) != "Remove" {
		t.Error("a form without buttons must get one with its name")
	}
}

func TestWhatWentWrongIsAnAlert(t *testing.T) {
	alerts := find(draw(t, sample), func(n *html.Node) bool { return attr(n, "role") == "alert" })
	if len(alerts) != 2 || text(alerts[0]) != "That name is taken." || text(alerts[1]) != "unknown" {
		t.Errorf("alerts: %d", len(alerts))
	}
}

func TestThePageSaysThatItIsPracticeAndWhoIsSignedIn(t *testing.T) {
	doc := draw(t, Page{Title: "x"})
	all := text(doc)
	for _, want := range []string{"Practice world: nothing here is real", "pypi.org", "Signed in as ana"} {
		if !strings.Contains(all, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	links := find(doc, tag("a"))
	if len(links) != 1 || attr(links[0], "href") != "/s/_/as/bo?next=x" || text(links[0]) != "bo" {
		t.Error("the link to sign in as bo is missing")
	}
	if find(doc, tag("script")) != nil {
		t.Error("a page must not need a script")
	}
}
