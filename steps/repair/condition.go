package repair

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// guardForks lets the job run in this repository alone.
func guardForks(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	repo := d.repository()
	switch {
	case repo == "":
		return errors.New("the repository's name was not seen")
	case strings.HasPrefix(r.Because, "pull_request "):
		return errors.New("a condition would leave the trigger there: which event is to start a release its author decides")
	}
	d.tell("run the job %s in %s alone", job, repo)
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return onlyIf(t, in(job), "github.repository == '"+repo+"'", "needs", "name")
	})
}

// repository is OWNER/NAME as GitHub spells it.
func (b *bench) repository() string {
	name := b.c.World.GitHub.Repository.Or(evidence.Repository{Name: b.c.World.Repo.Or(evidence.RepoName{})}).Name
	if name.Owner == "" {
		return ""
	}
	return name.Owner + "/" + name.Name
}

// whole is a value that is one expression and nothing else.
var whole = regexp.MustCompile(`^\$\{\{\s*((?:[^}]|\}[^}])*?)\s*\}\}$`)

// bare is a condition without the ${{ }} around it.
func bare(condition string) string {
	condition = strings.TrimSpace(condition)
	if m := whole.FindStringSubmatch(condition); m != nil {
		return m[1]
	}
	return condition
}

// onlyIf adds a condition to those of a job or a step. What is there stays as it
// is written.
func onlyIf(t *yamltext.Text, at yamltext.Path, condition string, behind ...string) (*yamltext.Text, error) {
	path := at.Of("if")
	if !t.Has(path) {
		return t.Add(at, yamltext.Snippet("if: "+asCondition(condition)), behind...)
	}
	now := strings.TrimSpace(t.Value(path))
	before, after := condition+" && ", ""
	if strings.HasPrefix(condition, "!") { // which YAML takes for a tag at the beginning
		before, after = "", " && "+condition
	}
	if strings.Contains(bare(now), "||") {
		before, after = before+"(", ")"+after
	}
	if m := whole.FindStringSubmatch(now); m != nil {
		return t.Replace(path, m[1], before+m[1]+after)
	}
	if strings.Contains(now, "${{") {
		return nil, fmt.Errorf("the condition `%s` is an expression and more, which is always true: correct it first", now)
	}
	return t.Wrap(path, before, after)
}

// asCondition writes a condition so that YAML takes it for text.
func asCondition(condition string) string {
	if strings.HasPrefix(condition, "!") {
		return "${{ " + condition + " }}"
	}
	return text(condition)
}

// text writes a value on one line, in quotes where YAML needs them.
func text(value string) string {
	out, err := yaml.Marshal(value)
	line := strings.TrimSuffix(string(out), "\n")
	if err != nil || strings.Contains(line, "\n") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
	}
	return line
}
