package browser

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Parse reads a page.
func Parse(r io.Reader, at *url.URL) (*Document, error) {
	root, err := html.Parse(r)
	if err != nil {
		return nil, fmt.Errorf("reading the page %s: %w", at, err)
	}
	d := &Document{URL: at, ByID: map[string]string{}}
	labels := map[string]string{}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Label {
			labels[attr(n, "for")] = text(n)
		}
		if id := attr(n, "id"); id != "" {
			d.ByID[id] = text(n)
		}
	}
	d.walk(root, labels)
	return d, nil
}

// walk reads the page in its order; a form is read by itself.
func (d *Document) walk(n *html.Node, labels map[string]string) {
	switch n.DataAtom {
	case atom.Head, atom.Style:
		return
	case atom.Form:
		d.Forms = append(d.Forms, readForm(n, labels))
		return
	case atom.H1:
		d.Title = text(n)
		return
	case atom.A:
		d.link(n)
	case atom.Pre:
		d.Lines = append(d.Lines, strings.Split(strings.TrimRight(n.FirstChild.Data, "\n"), "\n")...)
		return
	case atom.P, atom.H2, atom.Dt, atom.Li, atom.Caption, atom.Tr:
		d.paragraph(n)
	}
	for c := range n.ChildNodes() {
		d.walk(c, labels)
	}
}

func (d *Document) paragraph(n *html.Node) {
	line := text(n)
	switch {
	case attr(n, "role") == "alert":
		d.Alert = line
	case attr(n, "role") == "status":
		d.Status = line
	case n.DataAtom == atom.Dt:
		d.Lines = append(d.Lines, line+": "+text(n.NextSibling))
	default:
		d.Lines = append(d.Lines, line)
	}
}

func (d *Document) link(n *html.Node) {
	to, err := d.URL.Parse(attr(n, "href"))
	if err != nil {
		return
	}
	d.Links = append(d.Links, Link{Text: text(n), URL: to.String(), Switch: attr(n, "rel") == "author"})
}

func readForm(n *html.Node, labels map[string]string) *Form {
	f := &Form{Name: attr(n, "aria-label"), Action: attr(n, "action")}
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.Input:
			f.Fields = append(f.Fields, readInput(d, labels))
		case atom.Select:
			f.Fields = append(f.Fields, readSelect(d, labels))
		case atom.Textarea:
			f.Fields = append(f.Fields, &Field{Name: attr(d, "name"), Label: labels[attr(d, "id")], Kind: "textarea", Value: text(d)})
		case atom.Button:
			f.Buttons = append(f.Buttons, Button{Name: attr(d, "name"), Value: attr(d, "value"), Text: text(d)})
		}
	}
	return f
}

func readInput(n *html.Node, labels map[string]string) *Field {
	return &Field{Name: attr(n, "name"), Label: labels[attr(n, "id")], Kind: attr(n, "type"), Value: attr(n, "value"), Checked: has(n, "checked")}
}

func readSelect(n *html.Node, labels map[string]string) *Field {
	f := &Field{Name: attr(n, "name"), Label: labels[attr(n, "id")], Kind: "select"}
	for d := range n.Descendants() {
		if d.DataAtom != atom.Option {
			continue
		}
		f.Options = append(f.Options, Option{Value: attr(d, "value"), Text: text(d)})
		if f.Value == "" || has(d, "selected") {
			f.Value = attr(d, "value")
		}
	}
	return f
}
