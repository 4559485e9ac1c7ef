package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// environmentNames are the environments that guard publishing: the wanted one,
// those that publishing jobs name, and what the publishers are to name.
func (c *Case) environmentNames() []string {
	var names []string
	add := func(name string) {
		known := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
		if name != "" && !known {
			names = append(names, name)
		}
	}
	add(c.World.Wanted.Environment)
	for _, p := range c.jobsThat(acts) {
		if e := p.Job.Environment; e != nil && !e.Expression {
			add(e.Name)
		}
	}
	for _, p := range c.Publishers {
		add(p.Environment)
	}
	return names
}

// environment finds an environment by name; GitHub's names do not tell case
// apart. Absent: GitHub listed the environments, and it is not among them.
func (c *Case) environment(name string) evidence.Fact[evidence.Environment] {
	all := c.World.GitHub.Environments
	for _, e := range all.Or(nil) {
		if strings.EqualFold(e.Name, name) {
			return evidence.Seen(e, named(e.Source, all.Source()))
		}
	}
	if all.Unknown() {
		return evidence.Carry[evidence.Environment](all)
	}
	return evidence.Absent[evidence.Environment](all.Source())
}

func named(s, fallback evidence.Source) evidence.Source {
	if s.Name == "" {
		return fallback
	}
	return s
}

// eachEnvironment judges each environment that is there, and gives the same
// answer for all that are not.
func (c *Case) eachEnvironment(what string, judge func(*Case, evidence.Environment, evidence.Source) Finding) []Finding {
	var findings []Finding
	for _, name := range c.environmentNames() {
		fact := c.environment(name)
		e, ok := fact.Get()
		switch {
		case ok:
			findings = append(findings, judge(c, e, fact.Source()))
		case fact.Absent():
			findings = append(findings, finding(Wrong, name, "there is no environment %s", name).seen(fact.Source()).
				advise("create it in the repository's settings, under Environments, before a run does: a run creates it without any rule"))
		default:
			findings = append(findings, c.blind(name, what, fact))
		}
	}
	return findings
}
