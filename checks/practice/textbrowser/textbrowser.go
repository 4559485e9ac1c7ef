// Package textbrowser shows the practice world's pages in a terminal, line by
// line, for somebody without a graphical browser at hand.
package textbrowser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/browser"
)

// Run shows the page at a real address and lets the person follow links and
// fill in forms until they close it.
func Run(ctx context.Context, b *browser.Browser, address string, in io.Reader, out io.Writer) error {
	page, err := b.Open(ctx, address)
	if err != nil {
		return err
	}
	t := &terminal{browser: b, in: bufio.NewReader(in), out: out}
	for page != nil {
		page, err = t.visit(ctx, page)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type terminal struct {
	browser *browser.Browser
	in      *bufio.Reader
	out     io.Writer
}

// visit shows one page and gives the next; nil closes the browser.
func (t *terminal) visit(ctx context.Context, page *browser.Document) (*browser.Document, error) {
	t.show(page)
	for {
		line, err := t.ask("Number of a form or link, or Enter to close the page: ")
		if err != nil || line == "" || line == "q" {
			return nil, err
		}
		n, err := strconv.Atoi(line)
		switch {
		case err != nil || n < 1 || n > len(page.Forms)+len(page.Links):
			fmt.Fprintf(t.out, "There is nothing with the number %q.\n", line)
		case n <= len(page.Forms):
			return t.fill(ctx, page, page.Forms[n-1])
		default:
			return t.browser.Follow(ctx, page.Links[n-1-len(page.Forms)].URL)
		}
	}
}

func (t *terminal) show(page *browser.Document) {
	fmt.Fprintf(t.out, "\n== %s\n", page.Title)
	for _, line := range page.Lines {
		fmt.Fprintf(t.out, "   %s\n", line)
	}
	if page.Status != "" {
		fmt.Fprintf(t.out, "   done: %s\n", page.Status)
	}
	if page.Alert != "" {
		fmt.Fprintf(t.out, "   problem: %s\n", page.Alert)
	}
	for i, f := range page.Forms {
		fmt.Fprintf(t.out, "  %d. form: %s\n", i+1, f.Name)
	}
	for i, l := range page.Links {
		word := "link"
		if l.Switch {
			word = "sign in as"
		}
		fmt.Fprintf(t.out, "  %d. %s: %s\n", len(page.Forms)+i+1, word, l.Text)
	}
}

// fill asks for each field, with what stands in it already as the answer of
// an empty line, and sends the form.
func (t *terminal) fill(ctx context.Context, page *browser.Document, form *browser.Form) (*browser.Document, error) {
	for _, field := range form.Fields {
		if field.Kind == "hidden" {
			continue
		}
		if err := t.field(field); err != nil {
			return nil, err
		}
	}
	button, err := t.button(form)
	if err != nil || button == nil {
		return page, err
	}
	return t.browser.Submit(ctx, page, form, button)
}

func (t *terminal) field(f *browser.Field) error {
	switch f.Kind {
	case "checkbox":
		line, err := t.ask(fmt.Sprintf("   %s? y or n [%s]: ", f.Label, yes(f.Checked)))
		f.Checked = line == "y" || line == "" && f.Checked
		return err
	case "select":
		for i, o := range f.Options {
			fmt.Fprintf(t.out, "     %d. %s\n", i+1, o.Text)
		}
	}
	line, err := t.ask(fmt.Sprintf("   %s [%s]: ", f.Label, f.Value))
	if n, bad := strconv.Atoi(line); f.Kind == "select" && bad == nil && n >= 1 && n <= len(f.Options) {
		line = f.Options[n-1].Value
	}
	if line != "" {
		f.Value = line
	}
	return err
}

func (t *terminal) button(form *browser.Form) (*browser.Button, error) {
	for i, b := range form.Buttons {
		fmt.Fprintf(t.out, "     %d. %s\n", i+1, b.Text)
	}
	line, err := t.ask("   Send it? The button's number, or n to leave it [1]: ")
	if line == "" {
		line = "1"
	}
	n, bad := strconv.Atoi(line)
	if err != nil || bad != nil || n < 1 || n > len(form.Buttons) {
		return nil, err
	}
	return &form.Buttons[n-1], nil
}

func (t *terminal) ask(prompt string) (string, error) {
	fmt.Fprint(t.out, prompt)
	line, err := t.in.ReadString('\n')
	if line != "" {
		err = nil
	}
	return strings.TrimSpace(line), err
}

func yes(b bool) string {
	if b {
		return "y"
	}
	return "n"
}
