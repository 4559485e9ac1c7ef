package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// splitting is a job of which steps go into a job of their own before it.
type splitting struct {
	*draft
	path string
	job  *workflow.Job
	// id is the new job's.
	id string
}

// splits says why a job cannot be split; nil where it can.
func (d *draft) splits(path string, job *workflow.Job, id string) (*splitting, error) {
	t := d.texts[path]
	if t == nil {
		return nil, d.closed(path)
	}
	known := []string{"name", "needs", "if", "runs-on", "environment", "permissions", "steps", "timeout-minutes", "env", "defaults", "concurrency"}
	for _, key := range t.Keys(in(job.ID)) {
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("the job has `%s`, and what of it the other job would need the file does not show", key)
		}
	}
	f, _ := d.job(path, job.ID)
	for f.Job(id) != nil {
		id += "-first"
	}
	return &splitting{d, path, job, id}, nil
}

// movable says why steps cannot run in another job: what they read there is not
// the same.
func movable(steps []*workflow.Step) error {
	for _, s := range steps {
		for _, context := range []string{"secrets.", "vars.", "github.token"} {
			if mentions(s, context) {
				return fmt.Errorf("the step at line %d reads %s, which may be the environment's", s.Line, strings.TrimSuffix(context, "."))
			}
		}
	}
	return nil
}

// permissions are what some steps need in the new job: to read the repository,
// and all that the job has beside an identity where they may write.
func (s *splitting) permissions(steps []*workflow.Step) []string {
	if mayWrite(&workflow.Job{Steps: steps}) == "" {
		return []string{"permissions:", "\tcontents: read"}
	}
	t := s.texts[s.path]
	at := in(s.job.ID, "permissions")
	if !t.Has(at) {
		at = yamltext.Path{"permissions"}
	}
	lines := []string{"permissions:"}
	for _, scope := range t.Order(at) {
		if scope != "id-token" && scope != "attestations" {
			lines = append(lines, "\t"+scope+": "+t.Value(at.Of(scope)))
		}
	}
	if len(lines) == 1 {
		return []string{"permissions: {}"}
	}
	return lines
}

// excerpts are the texts of some steps.
func (s *splitting) excerpts(steps []*workflow.Step) ([]yamltext.Snippet, error) {
	var all []yamltext.Snippet
	for _, step := range steps {
		text, err := s.texts[s.path].Excerpt(in(s.job.ID, "steps"), step.Index, step.Index+1)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// head are the first lines of the new job, without indentation: of the old one
// what its steps depend on.
func (s *splitting) head(permissions []string, keys ...string) ([]string, error) {
	lines, err := s.texts[s.path].Entries(in(s.job.ID), keys...)
	return append(lines, permissions...), err
}

// write puts the new job before the old one: its head, and its steps as they are
// to be, indented as those of the old one are.
func (s *splitting) write(head []string, steps []yamltext.Snippet) error {
	t := s.texts[s.path]
	jobs, err := t.Column(yamltext.Path{"jobs"})
	if err != nil {
		return err
	}
	body, err := t.Column(in(s.job.ID))
	if err != nil {
		return err
	}
	dash, err := t.Column(in(s.job.ID, "steps"))
	if err != nil {
		return err
	}
	lines := []string{s.id + ":"}
	put := func(indent int, text string) {
		for _, line := range strings.Split(text, "\n") {
			if line != "" {
				line = strings.Repeat(" ", indent) + line
			}
			lines = append(lines, line)
		}
	}
	put(body-jobs, strings.Join(append(head, "steps:"), "\n"))
	for _, step := range steps {
		put(dash-jobs, string(step))
	}
	return s.edit(s.path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Before(yamltext.Path{"jobs"}, s.job.ID, yamltext.Snippet(strings.Join(lines, "\n")))
	})
}

// remove takes steps out of the old job.
func (s *splitting) remove(indexes []int) error {
	for _, i := range slices.Backward(indexes) {
		if err := s.edit(s.path, func(t *yamltext.Text) (*yamltext.Text, error) { return t.Remove(in(s.job.ID, "steps"), i) }); err != nil {
			return err
		}
	}
	return nil
}

// need lets the old job wait for the new one.
func (s *splitting) need() error {
	at := in(s.job.ID, "needs")
	return s.edit(s.path, func(t *yamltext.Text) (*yamltext.Text, error) {
		switch {
		case !t.Has(at):
			return t.Add(in(s.job.ID), yamltext.Snippet("needs: "+s.id), "name")
		case t.Value(at) != "":
			return t.Set(at, yamltext.Snippet("["+t.Value(at)+", "+s.id+"]"), "")
		}
		return t.AppendItem(at, yamltext.Snippet(s.id))
	})
}

var errNothingToCopy = errors.New("the job does not check the repository out: what it builds the file does not show")

// checksOut says whether one of some steps checks the repository out.
func checksOut(steps []*workflow.Step) bool {
	return slices.ContainsFunc(steps, func(s *workflow.Step) bool { return strings.HasPrefix(strings.ToLower(s.Uses), "actions/checkout@") })
}
