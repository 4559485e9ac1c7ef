// Package page draws the browser pages of every service of the practice world.
//
// A page is described as values and drawn by one template, so that all of them
// can be read by a person, by a screen reader and by a text browser alike:
// every input has a label, what went wrong stands in an element with
// role="alert", facts stand in lists and tables, and nothing needs a script.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// Page is one browser page. The host, and who is signed in, come from the
// request that it answers.
type Page struct {
	// Status is the HTTP status; 0 means 200.
	Status int
	// Title is the heading of the page, and with the host its window title.
	Title string
	// Problem says why what was asked did not happen; drawn with role="alert".
	Problem string
	// Notice says what has just been done; drawn with role="status".
	Notice string
	// Sections follow each other as given.
	Sections []Section
}

// Section is one part of a page. What is empty is not drawn; the order is
// text, facts, table, log, links, forms.
type Section struct {
	// Heading is drawn as an h2; ID, if given, is its address on the page.
	Heading, ID string
	// Text is drawn one paragraph each.
	Text []string
	// Facts are drawn as a description list.
	Facts []Fact
	// Table is drawn with a caption and header cells.
	Table *Table
	// Log is drawn as it is, in fixed width.
	Log string
	// Links are drawn as a list.
	Links []Link
	// Forms are drawn one below the other.
	Forms []Form
}

// Fact is one line of a description list, linked if URL is given.
type Fact struct{ Name, Value, URL string }

// Link is text with an address: of the same host ("/a/b") or a full one.
type Link struct{ Text, URL string }

// Table has a caption, column headings, and rows of as many cells.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]Link
}

// Row makes a table row of plain texts.
func Row(texts ...string) []Link {
	row := make([]Link, len(texts))
	for i, text := range texts {
		row[i].Text = text
	}
	return row
}

//go:embed page.html
var source string

var layout = template.Must(template.New("page").Parse(source))

type view struct {
	Page
	Host, Person string
	Switches     []box.Switch
}

// Render answers a request with a page. Headers that the caller has set stay.
func Render(w http.ResponseWriter, r *http.Request, p Page) {
	var drawn bytes.Buffer
	v := view{Page: p, Host: r.Host, Person: box.Person(r.Context()), Switches: box.Switches(r.Context())}
	if err := layout.Execute(&drawn, v); err != nil {
		http.Error(w, "The page could not be drawn: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, _ = w.Write(drawn.Bytes())
}
