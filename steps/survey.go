package steps

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// survey settles which packages go where, and under which identity.
func (l *layout) survey(s *Scene) string {
	s.Now = append(append(l.outlook(), l.found()...), s.Now...)
	s.Wanted = l.identityLines()
	s.Ways = []Way{l.choose()}
	state, reason := stand(s.Results)
	s.State = state
	if state == Done && l.Memory.Choices == nil && !l.exchanges() {
		s.State, reason = Todo, "the choices are yours to make"
	}
	return reason
}

// found lists the packages, and who looks.
func (l *layout) found() []Line {
	var lines []Line
	for _, p := range l.World.Tree.Packages.Or(nil) {
		lines = append(lines, l.packageLine(p))
	}
	user := l.World.GitHub.User
	switch u, ok := user.Get(); {
	case ok:
		lines = append(lines, text(user.Source(), "signed in as %s%s", u.Login, l.rights()))
	case user.Absent():
		lines = append(lines, Line{Mark: checks.Unknown, Text: "nobody is signed in: what needs rights cannot be seen (gh auth login)", Source: user.Source()})
	}
	return lines
}

func (l *layout) packageLine(p evidence.Package) Line {
	name, known := p.Name.Get()
	if !known {
		return Line{Mark: checks.Unknown, Text: fmt.Sprintf("a package whose name is not known: %s", p.Name.Reason()), Source: evidence.Source{Name: p.Path}}
	}
	version := p.Version.Or("of a version that its build computes")
	if !p.Publish.Or(true) {
		return text(p.Publish.Source(), "%s %s, which its manifest keeps from being published", name, version)
	}
	var registries []string
	for _, pub := range l.Report.Publishers {
		own := (p.Ecosystem == evidence.Cargo) == (pub.Registry == identity.CratesIO)
		if own && pub.Registry.SamePackage(pub.Package, name) {
			registries = append(registries, pub.Registry.Title())
		}
	}
	if len(registries) == 0 {
		return text(p.Name.Source(), "%s %s, left out", name, version)
	}
	return text(p.Name.Source(), "%s %s for %s", name, version, strings.Join(registries, ", "))
}

func (l *layout) rights() string {
	switch r := l.World.GitHub.Repository.Or(evidence.Repository{}); {
	case r.Admin:
		return ", who may administer " + l.repo.String()
	case r.Push:
		return ", who may push to " + l.repo.String() + " and not change its settings"
	}
	return ""
}

// identityLines are the identity that everything else carries.
func (l *layout) identityLines() []Line {
	lines := []Line{}
	if len(l.Report.Publishers) > 0 {
		p := l.Report.Publishers[0]
		for _, f := range identity.Fields() {
			if v := p.Text(f); v != "" {
				lines = append(lines, wanted(strings.ReplaceAll(string(f), "_", " "), v, l.origin(p, f)))
			}
		}
		lines = append(lines, l.otherEnvironments(p.Environment)...)
	}
	return append(lines, wanted("release tags", l.tag, l.tagOrigin), wanted("profile", string(l.profile), l.profileOrigin))
}

// otherEnvironments are those of packages that go by another than the first.
func (l *layout) otherEnvironments(first string) []Line {
	var lines []Line
	for _, p := range l.of(identity.PyPI) {
		if p.Environment != "" && p.Environment != first {
			lines = append(lines, wanted("environment of "+p.Package, p.Environment, l.origin(p, identity.FieldEnvironment)))
		}
	}
	return lines
}

// choose asks for the choices. They change nothing but our memory.
func (l *layout) choose() Way {
	file, fileOrigin := l.workflowName()
	environment := l.environmentAsked()
	label := "Yes, go on"
	if l.Memory.Choices != nil {
		label = "Choose again"
	}
	questions := []Question{
		{ID: "profile", Kind: Choice, Title: "How strict do you want to begin?", Help: "What a stricter profile adds can be added later.", Default: string(l.profile), Origin: l.profileOrigin,
			Options: []Option{{string(Start), "start: only chosen branches and tags may publish"}, {string(Solo), "solo: and you approve each release"}, {string(Team), "team: and somebody else than its starter approves"}}},
		{ID: "workflow", Kind: Input, Title: "Workflow file that publishes", Help: "Registries trust this file by its name.", Default: file, Origin: fileOrigin, Check: checkWorkflowName},
		{ID: "environment", Kind: Input, Title: "GitHub environment", Help: l.environmentHelp(), Default: environment, Origin: l.environmentOrigin(environment), Check: checkEnvironmentName},
		{ID: "tag", Kind: Input, Title: "Pattern of release tags", Help: "A prefix and *, which stands for the version.", Default: l.tag, Origin: l.tagOrigin, Check: l.checkTagPattern},
	}
	questions = append(append(questions, l.whatGoesWhere()...), l.attestation()...)
	return Way{Kind: Do, Choices: true, Label: label, Help: "Remembers your choices here; nothing else changes.", Questions: questions,
		Prepare: func(a Answers) ([]change.Change, error) { return l.record(a, file, environment) }}
}

// environmentAsked is the environment that the survey offers: where new projects
// have one each, another word than ours puts all into that one.
func (l *layout) environmentAsked() string {
	if l.apart() {
		return checks.DefaultEnvironment
	}
	return l.environments()[0]
}

// apart says whether new projects are to have an environment each.
func (l *layout) apart() bool { return len(l.environments()) > 1 && !l.publishes() }

func (l *layout) environmentHelp() string {
	if l.apart() {
		return "Its rules say who may publish. New projects get one each (" + strings.Join(l.environments(), ", ") + "), since PyPI takes one pending project for one environment."
	}
	return "Its rules say who may publish."
}

// attestation asks for attestations of crates where a workflow is still to be
// written. The files on PyPI have theirs without being asked for.
func (l *layout) attestation() []Question {
	if !l.mayAttest() || l.publishes() || l.mayPublishUnseen() {
		return nil
	}
	q := Question{ID: "attest", Kind: Choice, Title: "Should GitHub attest which run packaged the crates?", Default: "no",
		Help:    "crates.io does not look at it; `gh attestation verify` does. It needs one more permission.",
		Options: []Option{{"no", "no: crates.io's own record will do"}, {"yes", "yes: attest each .crate file"}}}
	if l.choices().Attest {
		q.Default = "yes"
	}
	return []Question{q}
}

// whatGoesWhere asks for packages and registries where there is a choice.
func (l *layout) whatGoesWhere() []Question {
	var questions []Question
	if names, on := l.publishable(); len(names) > 1 {
		questions = append(questions, several("packages", "Packages to publish", names, on))
	}
	if names, on := l.registries(); len(names) > 1 {
		q := several("registries", "Registries to publish to", names, on)
		for i := range q.Options {
			q.Options[i].Label = identity.Registry(q.Options[i].Value).Title()
		}
		questions = append(questions, q)
	}
	return questions
}

func several(id, title string, values, on []string) Question {
	q := Question{ID: id, Kind: Several, Title: title, Default: strings.Join(on, ","), Check: func(a string) error {
		if len(list(a)) == 0 {
			return fmt.Errorf("choose at least one")
		}
		return nil
	}}
	for _, v := range values {
		q.Options = append(q.Options, Option{v, v})
	}
	return q
}

// publishable are the names that could be published, and those that are to be.
func (l *layout) publishable() (names, on []string) {
	for _, p := range l.World.Tree.Packages.Or(nil) {
		name, ok := p.Name.Get()
		if !ok || !p.Publish.Or(true) || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		if len(l.choices().Packages) == 0 || slices.Contains(l.choices().Packages, name) {
			on = append(on, name)
		}
	}
	return names, on
}

func (l *layout) registries() (names, on []string) {
	for _, r := range identity.Registries() {
		applies := slices.ContainsFunc(l.World.Tree.Packages.Or(nil), func(p evidence.Package) bool {
			return p.Publish.Or(true) && (p.Ecosystem == evidence.Cargo) == (r == identity.CratesIO)
		})
		if applies {
			names = append(names, string(r))
		}
		if applies && len(l.of(r)) > 0 {
			on = append(on, string(r))
		}
	}
	return names, on
}

// record makes the change that remembers. What the world shows anyway is not
// written down: it would outlive the world's own change.
func (l *layout) record(a Answers, file, environment string) ([]change.Change, error) {
	c := journal.Choices{Profile: a["profile"], Routes: l.choices().Routes, Attest: a["attest"] == "yes"}
	if a["tag"] != l.tag || l.choices().TagPattern != "" {
		c.TagPattern = a["tag"]
	}
	if a["workflow"] != file || l.choices().Workflow != "" {
		c.Workflow = a["workflow"]
	}
	if a["environment"] != environment || l.choices().Environment != "" {
		c.Environment = a["environment"]
	}
	if names, _ := l.publishable(); len(list(a["packages"])) < len(names) {
		c.Packages = list(a["packages"])
	}
	names, _ := l.registries()
	if on := list(a["registries"]); len(on) > 0 && (len(on) < len(names) || len(l.choices().Registries) > 0) {
		for _, r := range on {
			c.Registries = append(c.Registries, identity.Registry(r))
		}
	}
	return []change.Change{l.Remember(c)}, nil
}

func checkWorkflowName(name string) error {
	if path.Base(name) != name || !strings.HasSuffix(name, ".yml") && !strings.HasSuffix(name, ".yaml") || strings.ContainsAny(name, "\\ ") {
		return fmt.Errorf("the name of a file inside .github/workflows, ending in .yml or .yaml")
	}
	return nil
}

func checkEnvironmentName(name string) error {
	return template.CheckEnvironment(name)
}

// checkTagPattern also takes what a workflow has already: it is not written
// anew then.
func (l *layout) checkTagPattern(pattern string) error {
	if _, ok := template.Prefix(pattern); !ok && pattern != l.tag {
		return fmt.Errorf("a plain prefix and one * for the version, as v* is")
	}
	return nil
}
