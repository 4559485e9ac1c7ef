package repair

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// nameEnvironment names the publisher's environment at the job.
func nameEnvironment(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	places := d.places(path, job)
	if len(places) == 0 {
		return errors.New("the job is written in another repository")
	}
	return d.inEnvironment(places[0])
}

func (d *draft) inEnvironment(p workflow.Publishing) error {
	name := d.environmentOf(p)
	if len(p.Job.Steps) == 0 {
		return errors.New("a job that calls a workflow takes no environment")
	}
	if err := d.doesNothingElse(p); err != nil {
		return err
	}
	d.tell("name the environment %s at the job %s", name, p.Job.ID)
	if !d.stands(name) {
		d.note("The environment " + name + " is not there yet, and a run makes it without any rule: set it up (the next step) before the next release.")
	}
	return d.edit(p.File.Path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Add(in(p.Job.ID), yamltext.Snippet("environment: "+word(name)), "runs-on")
	})
}

// stands says whether the repository is seen to have an environment.
func (b *bench) stands(name string) bool {
	return slices.ContainsFunc(b.c.World.GitHub.Environments.Or(nil), func(e evidence.Environment) bool { return strings.EqualFold(e.Name, name) })
}

// environmentOf is what the publisher of the place's registry is to name.
func (b *bench) environmentOf(p workflow.Publishing) string {
	for _, pub := range b.c.Publishers {
		if pub.Registry == p.Registry && pub.Environment != "" {
			return pub.Environment
		}
	}
	return checks.DefaultEnvironment
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// word writes a value so that YAML takes it for text.
func word(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return "'" + s + "'"
	}
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
