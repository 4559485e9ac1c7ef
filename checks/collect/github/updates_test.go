package github

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// listed is a folder of these entries, each with an id made of its name.
func listed(names ...string) string {
	var entries []string
	for _, n := range names {
		entries = append(entries, fmt.Sprintf(`{"path":%q,"sha":"id-%s"}`, n, strings.Trim(n, ".")))
	}
	return `{"sha":"x","truncated":false,"tree":[` + strings.Join(entries, ",") + `]}`
}

func TestUpdates(t *testing.T) {
	const r = "repos/acme/market-data/"
	dependabot := contents(".github/dependabot.yml", "version: 2\n")
	for name, row := range map[string]struct {
		answers        map[string]string
		path, renovate string
	}{
		"nothing":              {map[string]string{"git/trees/c0ffee": listed("README.md")}, "", ""},
		"a folder without it":  {map[string]string{"git/trees/c0ffee": listed(".github"), "git/trees/id-github": listed("workflows")}, "", ""},
		"Dependabot":           {map[string]string{"git/trees/c0ffee": listed(".github"), "git/trees/id-github": listed("dependabot.yml"), "contents/.github/dependabot.yml": dependabot}, ".github/dependabot.yml", ""},
		"by the other ending":  {map[string]string{"git/trees/c0ffee": listed(".github"), "git/trees/id-github": listed("dependabot.yaml"), "contents/.github/dependabot.yaml": dependabot}, ".github/dependabot.yaml", ""},
		"Renovate":             {map[string]string{"git/trees/c0ffee": listed(".renovaterc.json")}, "", ".renovaterc.json"},
		"Renovate, below":      {map[string]string{"git/trees/c0ffee": listed(".github"), "git/trees/id-github": listed("renovate.json5")}, "", ".github/renovate.json5"},
		"Renovate, in package": {map[string]string{"git/trees/c0ffee": listed("package.json"), "contents/package.json": contents("package.json", `{"renovate":{}}`)}, "", "package.json"},
		"another package":      {map[string]string{"git/trees/c0ffee": listed("package.json"), "contents/package.json": contents("package.json", `{"name":"x"}`)}, "", ""},
		"a broken package":     {map[string]string{"git/trees/c0ffee": listed("package.json"), "contents/package.json": contents("package.json", `{`)}, "", "package.json"},
	} {
		d := &double{t: t, answers: map[string]string{}}
		d.reset()
		for path, answer := range row.answers {
			d.answers[r+path] = answer
		}
		u := seen(t, name, Updates(t.Context(), d.reader("t0ken"), judgedAcme))
		if u.Dependabot.Path != row.path || u.Renovate != row.renovate {
			t.Errorf("%s: %+v", name, u)
		}
		if row.path != "" && string(seen(t, name, u.Dependabot.Content)) != "version: 2\n" {
			t.Errorf("%s: the content differs", name)
		}
	}
}

var judgedAcme = Judged{Repo: evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}, Commit: evidence.Commit{SHA: "c0ffee"}}

// TestUpdatesThatCannotBeSeen: a list that is cut short proves no absence.
func TestUpdatesThatCannotBeSeen(t *testing.T) {
	const root = "repos/acme/market-data/git/trees/c0ffee"
	for name, row := range map[string]struct {
		token, answer, why string
	}{
		"nobody":    {"", listed(), "not signed in"},
		"cut short": {"t0ken", `{"sha":"x","truncated":true,"tree":[]}`, "no whole list"},
		"no list":   {"t0ken", `{}`, "no whole list"},
		"refused":   {"t0ken", `403 {"message":"no"}`, "403"},
		"below":     {"t0ken", listed(".github"), "404"},
	} {
		d := &double{t: t, answers: map[string]string{root: row.answer}}
		d.reset()
		f := Updates(t.Context(), d.reader(row.token), judgedAcme)
		if !f.Unknown() || !strings.Contains(f.Reason(), row.why) {
			t.Errorf("%s: %v %q", name, f.State(), f.Reason())
		}
	}
}
