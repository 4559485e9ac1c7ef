// Package browser reads the practice world's pages as a person's browser
// would: it fetches them from loopback, knows their forms by their labels, and
// sends what was filled in.
package browser

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Document is one page, as text with its links and forms.
type Document struct {
	URL   *url.URL
	Title string
	// Alert is why what was asked did not happen; Status what was done.
	Alert, Status string
	// Lines is the text of the page in reading order, without its forms.
	Lines []string
	Links []Link
	Forms []*Form
	// ByID is the text of every element with an id, a shown token for one.
	ByID map[string]string
}

// Link is a link of the page; Switch marks one that signs in as another person.
type Link struct {
	Text, URL string
	Switch    bool
}

// Form is one form of the page.
type Form struct {
	Name, Action string
	Fields       []*Field
	Buttons      []Button
}

// Field is one input; Label is what a person reads.
type Field struct {
	Name, Label, Kind, Value string
	Options                  []Option
	// Checked is whether a checkbox is ticked.
	Checked bool
	Hint    string
}

// Option is one choice of a select field.
type Option struct{ Value, Text string }

// Button sends the form.
type Button struct{ Name, Value, Text string }

// Field finds a field by its label or its name, nil if there is none. What a
// form adds to a label for an optional field does not count.
func (f *Form) Field(label string) *Field {
	for _, field := range f.Fields {
		if strings.EqualFold(bare(field.Label), bare(label)) || field.Name == label {
			return field
		}
	}
	return nil
}

// Form finds a form by its name or one of its buttons, nil if there is none.
func (d *Document) Form(name string) *Form {
	for _, f := range d.Forms {
		if strings.EqualFold(f.Name, name) {
			return f
		}
		for _, b := range f.Buttons {
			if strings.EqualFold(b.Text, name) {
				return f
			}
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text is what a node shows, on one line.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Style {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func bare(label string) string { return strings.TrimSuffix(label, " (optional)") }
