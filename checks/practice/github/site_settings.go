package github

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

func (v *visit) settings() (page.Page, error) {
	if v.role < Admin {
		return lost, nil
	}
	return page.Page{Title: "Settings · " + v.repo.FullName(), Sections: []page.Section{{Links: []page.Link{
		{Text: "Environments", URL: v.path("/settings/environments")},
		{Text: "Secrets and variables", URL: v.path("/settings/secrets/actions")},
		{Text: "Rules", URL: v.path("/settings/rules")},
	}}}}, nil
}

func (v *visit) environments() (page.Page, error) {
	if v.role < Admin {
		return lost, nil
	}
	table := &page.Table{Caption: "Environments", Columns: []string{"Name", "Protection rules"}}
	for _, e := range v.repo.Environments {
		row := page.Row(e.Name, strconv.Itoa(rulesOf(e)))
		row[0].URL = v.path("/settings/environments/%d/edit", e.ID)
		table.Rows = append(table.Rows, row)
	}
	return page.Page{Title: "Environments · " + v.repo.FullName(), Sections: []page.Section{{Table: table}}}, nil
}

func rulesOf(e *Environment) int {
	n := 0
	for _, on := range []bool{e.WaitMinutes > 0, len(e.Reviewers) > 0, e.Policy != AllRefs} {
		if on {
			n++
		}
	}
	return n
}

func (v *visit) pathEnvironment() *Environment {
	for _, e := range v.repo.Environments {
		if decimal(e.ID) == v.r.PathValue("id") {
			return e
		}
	}
	return nil
}

func (v *visit) environment() (page.Page, error) {
	e := v.pathEnvironment()
	if e == nil || v.role < Admin {
		return lost, nil
	}
	secrets := &page.Table{Caption: "Environment secrets", Columns: []string{"Name", "Updated"}}
	for _, s := range e.Secrets {
		secrets.Rows = append(secrets.Rows, page.Row(s.Name, fmt.Sprint(stamp(s.UpdatedAt))))
	}
	policies := &page.Table{Caption: "Deployment branches and tags", Columns: []string{"Type", "Pattern"}}
	for _, p := range e.Policies {
		policies.Rows = append(policies.Rows, page.Row(p.Type, p.Name))
	}
	return page.Page{
		Title: "Environment " + e.Name, Notice: v.r.URL.Query().Get("done"),
		Sections: []page.Section{{Facts: []page.Fact{
			{Name: "Required reviewers", Value: cmp.Or(strings.Join(v.s.approvers(e), ", "), "none")},
			{Name: "Prevent self-review", Value: yes(e.PreventSelfReview)},
			{Name: "Wait timer", Value: fmt.Sprintf("%d minutes", e.WaitMinutes)},
			{Name: "Administrators may bypass", Value: yes(!e.AdminsCannotBypass)},
			{Name: "Deployment branches and tags", Value: policyWords[e.Policy]},
		}}, {Table: policies}, {Table: secrets}, {Heading: "Change", Forms: []page.Form{environmentForm(e)}}},
	}, nil
}

var policyWords = map[RefPolicy]string{
	AllRefs: "No restriction", ProtectedBranches: "Protected branches only", CustomRefs: "Selected branches and tags",
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// environmentForm changes what has no list: the rest is set through the API.
func environmentForm(e *Environment) page.Form {
	return page.Form{Name: "Save protection rules", Fields: []page.Field{
		{Name: "prevent_self_review", Label: "Prevent self-review", Kind: "checkbox", Value: "1", Checked: e.PreventSelfReview},
		{Name: "can_admins_bypass", Label: "Allow administrators to bypass configured protection rules", Kind: "checkbox", Value: "1", Checked: !e.AdminsCannotBypass},
		{Name: "wait_timer", Label: "Wait timer in minutes", Kind: "number", Value: strconv.Itoa(e.WaitMinutes), Required: true},
	}}
}

// editEnvironment takes the form of an environment's settings.
func (t *site) editEnvironment(w http.ResponseWriter, r *http.Request) {
	minutes, wrong := strconv.Atoi(r.PostFormValue("wait_timer"))
	t.s.mu.Lock()
	v, _ := t.visit(r)
	var e *Environment
	if v != nil && v.role == Admin {
		e = v.pathEnvironment()
	}
	valid := wrong == nil && minutes >= 0 && minutes <= maxWaitMinutes
	var err error
	if e != nil && valid {
		e.WaitMinutes, e.UpdatedAt = minutes, t.s.now()
		e.PreventSelfReview = r.PostFormValue("prevent_self_review") != ""
		e.AdminsCannotBypass = r.PostFormValue("can_admins_bypass") == ""
		err = t.s.save()
	}
	t.s.mu.Unlock()
	switch {
	case e == nil:
		page.Render(w, r, lost)
	case !valid:
		page.Render(w, r, page.Page{
			Status: http.StatusUnprocessableEntity, Title: "Not saved",
			Problem: fmt.Sprintf("The wait timer must be a number between 0 and %d.", maxWaitMinutes),
		})
	case err != nil:
		page.Render(w, r, page.Page{Status: http.StatusInternalServerError, Title: "Practice world failed", Problem: err.Error()})
	default:
		back(w, r, "Saved.")
	}
}

func (v *visit) secrets() (page.Page, error) {
	if v.role < Admin {
		return lost, nil
	}
	draw := func(caption string, secrets []Secret) page.Section {
		table := &page.Table{Caption: caption, Columns: []string{"Name", "Updated"}}
		for _, s := range secrets {
			table.Rows = append(table.Rows, page.Row(s.Name, fmt.Sprint(stamp(s.UpdatedAt))))
		}
		return page.Section{Table: table}
	}
	return page.Page{Title: "Actions secrets · " + v.repo.FullName(), Sections: []page.Section{
		draw("Repository secrets", v.repo.Secrets), draw("Organization secrets", v.s.organizationSecrets(v.repo)),
	}}, nil
}

func (v *visit) rules() (page.Page, error) {
	if v.role < Admin {
		return lost, nil
	}
	table := &page.Table{Caption: "Rulesets", Columns: []string{"Name", "Target", "Enforcement", "Covers", "Rules"}}
	for _, set := range v.repo.Rulesets {
		var kinds []string
		for _, rule := range set.Rules {
			kinds = append(kinds, rule.Type)
		}
		table.Rows = append(table.Rows, page.Row(set.Name, set.Target, set.Enforcement, strings.Join(set.Include, ", "), strings.Join(kinds, ", ")))
	}
	return page.Page{Title: "Rules · " + v.repo.FullName(), Sections: []page.Section{{Table: table}}}, nil
}
