package github

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

func (v *visit) pulls() (page.Page, error) {
	table := &page.Table{Caption: "All pull requests", Columns: []string{"Pull request", "From", "Into", "Author", "State"}}
	for _, p := range slices.Backward(v.repo.Pulls) {
		row := page.Row(fmt.Sprintf("%s #%d", p.Title, p.Number), p.Head, p.Base, p.Author, p.standing())
		row[0].URL = v.path("/pull/%d", p.Number)
		table.Rows = append(table.Rows, row)
	}
	return page.Page{Title: "Pull requests · " + v.repo.FullName(), Sections: []page.Section{{Table: table}}}, nil
}

// standing is the state as the site says it.
func (p *PullRequest) standing() string {
	if p.MergedSHA != "" {
		return "merged"
	}
	return p.State
}

// asCall is the look as a call of the API, by the person whose browser it is.
func (v *visit) asCall() *call {
	return &call{s: v.s, r: v.r, token: &Token{Login: v.person, Kind: Classic}, login: v.person, repo: v.repo, role: v.role}
}

func (v *visit) pull() (page.Page, error) {
	p := v.asCall().findPull()
	if p == nil {
		return lost, nil
	}
	sections := []page.Section{{Facts: []page.Fact{
		{Name: "State", Value: p.standing()}, {Name: "From", Value: p.Head}, {Name: "Into", Value: p.Base}, {Name: "Author", Value: p.Author},
	}, Text: strings.Split(p.Body, "\n\n")}}
	if p.State == "open" {
		changed, err := v.changes(p)
		if err != nil {
			return page.Page{}, err
		}
		sections = append(sections, changed)
		if v.role >= Write {
			sections = append(sections, page.Section{Forms: []page.Form{{Name: "Decide on the pull request", Buttons: []page.Button{
				{Name: "do", Value: "merge", Text: "Merge pull request"}, {Name: "do", Value: "close", Text: "Close pull request"},
			}}}})
		}
	}
	return page.Page{Title: fmt.Sprintf("%s #%d", p.Title, p.Number), Notice: v.r.URL.Query().Get("done"), Sections: sections}, nil
}

// changes is what an open pull request would change.
func (v *visit) changes(p *PullRequest) (page.Section, error) {
	out, err := v.s.git(v.repo).run(v.r.Context(), "diff", "refs/heads/"+p.Base+"...refs/heads/"+p.Head)
	return page.Section{Heading: "Files changed", Log: out}, err
}

// decidePull takes the form of a pull request.
func (t *site) decidePull(w http.ResponseWriter, r *http.Request) {
	t.s.mu.Lock()
	v, _ := t.visit(r)
	may := v != nil && v.role >= Write && box.Person(r.Context()) != ""
	t.s.mu.Unlock()
	if !may {
		page.Render(w, r, lost)
		return
	}
	done, err := v.asCall().decide(r.PostFormValue("do"))
	var refused *Refusal
	switch {
	case errors.As(err, &refused):
		page.Render(w, r, page.Page{
			Status: refused.Status, Title: "Not done", Problem: refused.Message,
			Sections: []page.Section{{Links: []page.Link{{Text: "Back to the pull request", URL: r.URL.Path}}}},
		})
	case err != nil:
		page.Render(w, r, page.Page{Status: http.StatusInternalServerError, Title: "Practice world failed", Problem: err.Error()})
	default:
		back(w, r, done)
	}
}

func (c *call) decide(what string) (done string, err error) {
	if what == "merge" {
		_, err := c.mergeNow("merge")
		return "Merged.", err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p := c.findPull()
	if p == nil || p.State != "open" || what != "close" {
		return "", &Refusal{Status: http.StatusUnprocessableEntity, Message: "There is nothing to close."}
	}
	c.s.closePull(p, c.headOf(p))
	return "Closed.", c.s.save()
}
