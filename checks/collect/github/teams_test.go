package github

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestTeamsAndWhoIsInThem(t *testing.T) {
	g := acme(t).collect("t", Request{}).GitHub
	teams := seen(t, "teams", g.Teams)
	if len(teams) != 2 || teams[0].Slug != "core" || teams[0].Role != "write" || teams[1].ID != 51 || teams[1].Role != "maintain" {
		t.Fatalf("%+v", teams)
	}
	same(t, "members", teams[0].Members, []string{"ana", "bo"})
	same(t, "the only member", teams[1].Members, []string{"ana"})
}

func TestTeamsOutOfSight(t *testing.T) {
	of := func(edit func(*double), token string) evidence.Fact[[]evidence.Team] {
		d := acme(t)
		edit(d)
		return d.collect(token, Request{}).GitHub.Teams
	}
	const repo = "repos/acme/market-data"
	if f := of(func(d *double) { delete(d.answers, repo+"/teams") }, "t"); !f.Unknown() || !strings.Contains(f.Reason(), "gh auth refresh --scopes read:org") {
		t.Errorf("hidden: %v %q", f.State(), f.Reason())
	}
	if f := of(func(*double) {}, ""); !f.Unknown() || !strings.Contains(f.Reason(), "not signed in") {
		t.Errorf("nobody: %v %q", f.State(), f.Reason())
	}
	person := func(d *double) { d.answers[repo] = strings.Replace(d.answers[repo], "Organization", "User", 1) }
	if f := of(person, "t"); !f.Absent() {
		t.Errorf("a person has no teams: %v %q", f.State(), f.Reason())
	}
}

func TestThePlanIsReadWhereItMatters(t *testing.T) {
	const repo = "repos/acme/market-data"
	private := func(d *double) {
		d.answers[repo] = strings.Replace(d.answers[repo], `"private":false`, `"private":true`, 1)
	}
	person := func(d *double) {
		private(d)
		d.answers[repo] = strings.Replace(d.answers[repo], "Organization", "User", 1)
	}
	for name, c := range map[string]struct {
		edit func(*double)
		want string
	}{
		"a public repository":       {func(*double) {}, "absent"},
		"an organisation's owner":   {func(d *double) { private(d); d.answers["orgs/acme"] = `{"login":"acme","plan":{"name":"team"}}` }, "team"},
		"somebody else":             {func(d *double) { private(d); d.answers["orgs/acme"] = `{"login":"acme"}` }, "to its owners only"},
		"the organisation is out":   {private, "404"},
		"a person's own repository": {func(d *double) { person(d); d.answers["user"] = `{"login":"Acme","id":2,"plan":{"name":"pro"}}` }, "pro"},
		"another person's":          {person, "to nobody else"},
	} {
		d := acme(t)
		c.edit(d)
		f := d.collect("t", Request{}).GitHub.Plan
		got := f.Or(f.Reason())
		if f.Absent() {
			got = "absent"
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
