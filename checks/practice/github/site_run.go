package github

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

func lowerName(owner, name string) string { return strings.ToLower(owner + "/" + name) }

func (v *visit) actions() (page.Page, error) {
	table := &page.Table{Caption: "All workflow runs", Columns: []string{"Run", "Workflow", "Event", "Ref", "State"}}
	for _, r := range slices.Backward(v.s.w.Runs) {
		if r.Owner != v.repo.Owner || r.Name != v.repo.Name {
			continue
		}
		_, short := refParts(r.Ref)
		row := page.Row(fmt.Sprintf("%s #%d", r.Title, r.Number), cmp.Or(r.WorkflowName, r.WorkflowPath), r.Event, short, state(r.Status, r.Conclusion))
		row[0].URL = v.path("/actions/runs/%d", r.ID)
		table.Rows = append(table.Rows, row)
	}
	return page.Page{Title: "Actions · " + v.repo.FullName(), Sections: []page.Section{{Table: table}}}, nil
}

func state(s Status, c Conclusion) string {
	if s == Completed {
		return string(c)
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

func (v *visit) run() (page.Page, error) {
	run := v.runOf()
	if run == nil {
		return lost, nil
	}
	_, short := refParts(run.Ref)
	p := page.Page{Title: fmt.Sprintf("%s #%d", run.Title, run.Number), Notice: v.r.URL.Query().Get("done")}
	p.Sections = append(p.Sections, page.Section{Facts: []page.Fact{
		{Name: "State", Value: state(run.Status, run.Conclusion)},
		{Name: "Workflow", Value: cmp.Or(run.WorkflowName, run.WorkflowPath)}, {Name: "Event", Value: run.Event},
		{Name: "Ref", Value: short}, {Name: "Commit", Value: run.SHA}, {Name: "Started by", Value: run.TriggeringActor},
		{Name: "Attempt", Value: strconv.Itoa(run.Attempt)},
	}}, v.jobTable(run))
	p.Sections = append(p.Sections, v.annotations(run), v.reviews(run), v.reviewForms(run))
	return p, nil
}

func (v *visit) jobTable(run *Run) page.Section {
	table := &page.Table{Caption: "Jobs", Columns: []string{"Job", "State", "Environment", "After"}}
	for _, j := range run.Jobs {
		row := page.Row(j.Name, state(j.Status, j.Conclusion), j.Environment, strings.Join(j.Needs, ", "))
		row[0].URL = v.path("/actions/runs/%d/job/%d", run.ID, j.ID)
		table.Rows = append(table.Rows, row)
	}
	return page.Section{Heading: "Jobs", Table: table}
}

func (v *visit) annotations(run *Run) page.Section {
	var s page.Section
	s.Text = append(s.Text, texts(run.Problem)...)
	for _, j := range run.Jobs {
		for _, a := range j.Annotations {
			s.Text = append(s.Text, j.Name+": "+a)
		}
	}
	if len(s.Text) > 0 {
		s.Heading = "Annotations"
	}
	return s
}

func (v *visit) reviews(run *Run) page.Section {
	if len(run.Reviews) == 0 {
		return page.Section{}
	}
	table := &page.Table{Columns: []string{"Environment", "Who", "Answer", "Comment"}}
	for _, r := range run.Reviews {
		answered := r.State
		if r.Bypass {
			answered += " (protection rules bypassed)"
		}
		table.Rows = append(table.Rows, page.Row(r.Environment, r.Login, answered, r.Comment))
	}
	return page.Section{Heading: "Deployment protection rules", Table: table}
}

// reviewForms are the forms for what the person may answer, and the reason for
// what may not be answered.
func (v *visit) reviewForms(run *Run) page.Section {
	s := page.Section{}
	for _, pending := range run.Pending {
		e := v.repo.Environment(pending.Environment)
		if e == nil {
			continue
		}
		s.Heading = "Review pending deployments"
		s.Text = append(s.Text, v.waitsFor(run, e, pending))
		comment := page.Field{Name: "comment", Label: "Comment"}
		hidden := page.Field{Name: "environment", Kind: "hidden", Value: e.Name}
		if v.s.mayApprove(v.person, e, run) && !pending.Approved {
			s.Forms = append(s.Forms, page.Form{
				Name: "Review the deployment to " + e.Name, Fields: []page.Field{hidden, comment},
				Buttons: []page.Button{
					{Name: "state", Value: "approved", Text: "Approve and deploy"}, {Name: "state", Value: "rejected", Text: "Reject"},
				},
			})
		}
		if v.s.mayBypass(v.person, e, v.repo) {
			s.Forms = append(s.Forms, page.Form{
				Name: "Start all waiting jobs of " + e.Name, Note: "As an administrator you can bypass the protection rules.",
				Fields: []page.Field{hidden, comment}, Buttons: []page.Button{{Name: "state", Value: "bypass", Text: "Start all waiting jobs"}},
			})
		}
	}
	return s
}

func (v *visit) waitsFor(run *Run, e *Environment, pending Pending) string {
	switch {
	case len(e.Reviewers) == 0 || pending.Approved:
		return fmt.Sprintf("%s waits for its timer of %d minutes, since %s.", e.Name, e.WaitMinutes, stamp(pending.Since))
	case v.s.mayApprove(v.person, e, run):
		return e.Name + " waits for your review."
	case e.PreventSelfReview && strings.EqualFold(v.person, run.TriggeringActor):
		return fmt.Sprintf("%s waits for review by one of: %s. Who started the run may not approve it.", e.Name, strings.Join(v.s.approvers(e), ", "))
	default:
		return fmt.Sprintf("%s waits for review by one of: %s.", e.Name, strings.Join(v.s.approvers(e), ", "))
	}
}

func (v *visit) job() (page.Page, error) {
	run := v.runOf()
	if run == nil {
		return lost, nil
	}
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	job := run.Job(id)
	if err != nil || job == nil {
		return lost, nil
	}
	steps := &page.Table{Caption: "Steps", Columns: []string{"#", "Step", "State"}}
	for _, s := range job.Steps {
		steps.Rows = append(steps.Rows, page.Row(strconv.Itoa(s.Number), s.Name, state(s.Status, s.Conclusion)))
	}
	return page.Page{Title: job.Name, Sections: []page.Section{
		{Facts: []page.Fact{
			{Name: "Run", Value: run.Title, URL: v.path("/actions/runs/%d", run.ID)},
			{Name: "State", Value: state(job.Status, job.Conclusion)}, {Name: "Environment", Value: cmp.Or(job.Environment, "none")},
		}, Text: job.Annotations},
		{Heading: "Steps", Table: steps}, {Heading: "Log", Log: job.Log},
	}}, nil
}

// review takes the answer of a review form.
func (t *site) review(w http.ResponseWriter, r *http.Request) {
	person := box.Person(r.Context())
	t.s.mu.Lock()
	v, _ := t.visit(r)
	var run *Run
	if v != nil {
		run = v.runOf()
	}
	t.s.mu.Unlock()
	if run == nil || person == "" {
		page.Render(w, r, lost)
		return
	}
	a := Answer{Login: person, Environments: []string{r.PostFormValue("environment")}, State: r.PostFormValue("state"), Comment: r.PostFormValue("comment")}
	if a.State == "bypass" {
		a.State, a.Bypass = "approved", true
	}
	_, err := t.s.Review(run.ID, a)
	var refused *Refusal
	switch {
	case errors.As(err, &refused):
		page.Render(w, r, page.Page{
			Status: refused.Status, Title: "Not done", Problem: refused.Message,
			Sections: []page.Section{{Links: []page.Link{{Text: "Back to the run", URL: r.URL.Path}}}},
		})
	case err != nil:
		page.Render(w, r, page.Page{Status: http.StatusInternalServerError, Title: "Practice world failed", Problem: err.Error()})
	default:
		back(w, r, fmt.Sprintf("%s: %s.", r.PostFormValue("environment"), a.State))
	}
}
