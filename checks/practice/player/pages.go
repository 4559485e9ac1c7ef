package player

import (
	"context"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/browser"
)

// visit does on a page what the wizard asked for: approves a run that waits,
// or fills in the form that takes the given values.
func (p *player) visit(ctx context.Context, s screen) error {
	page, err := p.Browser.Open(ctx, s.page)
	if err != nil {
		return err
	}
	p.tell("opened %q", page.Title)
	if strings.Contains(s.page, "/actions/runs/") {
		return p.approve(ctx, page)
	}
	after, err := Send(ctx, p.Browser, page, s.fields)
	if err != nil || after == nil {
		return err
	}
	p.tell("sent the form of %q: %s", page.Title, after.Status)
	if token := after.ByID["token"]; token != "" {
		p.token = token
	}
	return nil
}

// Send fills in the form of a page that takes the given values, and sends it.
// The answer is nil where the page has no such form; one that refuses what was
// sent is an error.
func Send(ctx context.Context, b *browser.Browser, page *browser.Document, values []Field) (*browser.Document, error) {
	form := best(page, values)
	if form == nil {
		return nil, nil
	}
	for _, v := range values {
		if err := fill(form, v); err != nil {
			return nil, fmt.Errorf("on the page %q: %w", page.Title, err)
		}
	}
	after, err := b.Submit(ctx, page, form, nil)
	if err == nil && after.Alert != "" {
		err = fmt.Errorf("the page %q answered: %s", page.Title, after.Alert)
	}
	return after, err
}

// approve reviews a run as each of the reviewers until one may.
func (p *player) approve(ctx context.Context, page *browser.Document) error {
	for _, login := range p.Reviewers {
		as, err := p.Browser.SignIn(ctx, page, login)
		if err != nil {
			return err
		}
		for _, form := range as.Forms {
			if b := button(form, "approve"); b != nil {
				after, err := p.Browser.Submit(ctx, as, form, b)
				if err != nil {
					return err
				}
				p.tell("approved as %s: %s%s", login, after.Status, after.Alert)
				return nil
			}
		}
	}
	p.tell("nobody can approve here now")
	return nil
}

func button(form *browser.Form, word string) *browser.Button {
	for i, b := range form.Buttons {
		if strings.Contains(strings.ToLower(b.Text+" "+b.Value), word) {
			return &form.Buttons[i]
		}
	}
	return nil
}

// best is the form that has a field for most of the values.
func best(page *browser.Document, values []Field) *browser.Form {
	var found *browser.Form
	most := 0
	for _, form := range page.Forms {
		n := 0
		for _, v := range values {
			if form.Field(v.Label) != nil {
				n++
			}
		}
		if n > most {
			found, most = form, n
		}
	}
	return found
}

// fill puts a value into the field with the label that the wizard named.
func fill(form *browser.Form, v Field) error {
	f := form.Field(v.Label)
	if f == nil && tick(form, strings.Split(v.Value, ", ")) {
		return nil
	}
	if f == nil {
		return fmt.Errorf("the form %q has no field %q that the wizard speaks of", form.Name, v.Label)
	}
	switch f.Kind {
	case "checkbox":
		f.Checked = v.Value != "" && v.Value != "no"
	case "select":
		for _, o := range f.Options {
			if strings.EqualFold(o.Text, v.Value) || o.Value == v.Value {
				f.Value = o.Value
			}
		}
	case "textarea":
		f.Value = strings.ReplaceAll(v.Value, ", ", "\n")
	default:
		f.Value = v.Value
	}
	return nil
}

// tick ticks the checkboxes with the given labels: a value of the wizard may
// be a group of them on the page.
func tick(form *browser.Form, labels []string) bool {
	for _, label := range labels {
		f := form.Field(label)
		if f == nil || f.Kind != "checkbox" {
			return false
		}
		f.Checked = true
	}
	return true
}
