package repair

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// cargoToken is the variable that cargo takes its token from.
const cargoToken = "CARGO_REGISTRY_TOKEN"

// tokenFlag is a token among the arguments of cargo, or of a login.
var (
	tokenFlag  = regexp.MustCompile(`[ \t]+--token(?:=|[ \t]+)("?\$\{\{[^}]*\}\}"?|"?\$\{?\w+\}?"?)`)
	cargoLogin = regexp.MustCompile(`^[ \t]*cargo login[ \t]+(?:--registry[= ]crates-io[ \t]+)?(?:--[ \t]+)?("?\$\{\{[^}]*\}\}"?|"?\$\{?\w+\}?"?)[ \t]*$`)
)

// exchangeCrates puts an exchange before the first step that publishes, and hands
// its token to those that do.
func (d *draft) exchangeCrates(path string, places []workflow.Publishing) error {
	job := places[0].Job
	var steps []*workflow.Step
	for _, p := range places {
		if !slices.Contains(steps, p.Step) {
			steps = append(steps, p.Step)
		}
	}
	slices.SortFunc(steps, func(a, b *workflow.Step) int { return a.Index - b.Index })
	for _, s := range steps {
		if err := d.withoutToken(path, job, s); err != nil {
			return err
		}
	}
	for _, at := range d.around(places) {
		if err := d.dropFrom(path, at, "env", cargoToken); err != nil {
			return err
		}
	}
	id, moved, err := d.minting(path, job, steps)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if err := d.hand(path, in(job.ID, "steps", s.Index+moved), s, "${{ steps."+id+".outputs.token }}"); err != nil {
			return err
		}
	}
	d.tell("hand its token to the step that publishes")
	return d.dropLogins(path, job, moved, steps[0].Index)
}

// around are the job of some places and, where no other one publishes by a
// secret, the whole file: what there holds a token for all of it.
func (d *draft) around(places []workflow.Publishing) []yamltext.Path {
	if d.alone(places) {
		return []yamltext.Path{in(places[0].Job.ID), {}}
	}
	return []yamltext.Path{in(places[0].Job.ID)}
}

// minting is the id of a step before the first one that mints; moved is by how
// many places a new one moves the steps behind it.
func (d *draft) minting(path string, job *workflow.Job, steps []*workflow.Step) (id string, moved int, err error) {
	id = freeID(job)
	for _, s := range job.Steps[:steps[0].Index] {
		if !strings.HasPrefix(strings.ToLower(s.Uses), authAction+"@") {
			continue
		}
		if s.ID != "" {
			return s.ID, 0, nil
		}
		d.tell("give the exchange at %s the id %s", d.line(path, s.Line), id)
		return id, 0, d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return t.Add(in(job.ID, "steps", s.Index), yamltext.Snippet("id: "+id), "uses")
		})
	}
	uses, err := d.step(authAction)
	if err != nil {
		return "", 0, err
	}
	lines := "- " + uses + "\n  id: " + id
	if condition := eitherOf(steps); condition != "" && d.c.RunsBeside(d.places(path, job.ID)[0]) != "" {
		lines += "\n  if: " + asCondition(condition)
	}
	d.tell("exchange a token with %s before %s", authAction, d.line(path, steps[0].Line))
	return id, 1, d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Insert(in(job.ID, "steps"), steps[0].Index, yamltext.Snippet(lines))
	})
}

// freeID is a step id that the job has not.
func freeID(job *workflow.Job) string {
	id := "auth"
	for n := 2; slices.ContainsFunc(job.Steps, func(s *workflow.Step) bool { return strings.EqualFold(s.ID, id) }); n++ {
		id = fmt.Sprintf("auth-%d", n)
	}
	return id
}

// eitherOf is a condition that holds whenever one of some steps runs; "" when one
// always does.
func eitherOf(steps []*workflow.Step) string {
	var all []string
	for _, s := range steps {
		if s.If == "" {
			return ""
		}
		if c := bare(s.If); !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, ") || (") + ")"
}

// withoutToken takes a token out of the arguments of a step's cargo.
func (d *draft) withoutToken(path string, job *workflow.Job, s *workflow.Step) error {
	at := in(job.ID, "steps", s.Index)
	for _, flag := range tokenFlag.FindAllString(s.Run, -1) {
		err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) { return t.Replace(at.Of("run"), flag, "") })
		if err != nil {
			return err
		}
	}
	return nil
}

// hand gives a step the exchanged token in the place of the one that it had.
func (d *draft) hand(path string, at yamltext.Path, s *workflow.Step, token string) error {
	for _, name := range slices.Sorted(maps.Keys(s.With)) {
		value := s.With[name]
		if strings.Contains(value, "secrets.") && strings.Contains(name, "token") && !strings.Contains(name, "github") {
			return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
				return t.Set(at.Of("with", keyOf(t, at.Of("with"), name)), yamltext.Snippet(token), "")
			})
		}
	}
	err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		switch {
		case t.Has(at.Of("env", cargoToken)):
			return t.Set(at.Of("env", cargoToken), yamltext.Snippet(token), "")
		case t.Has(at.Of("env")):
			return t.Append(at.Of("env"), yamltext.Snippet(cargoToken+": "+token))
		}
		return t.Append(at, yamltext.Snippet("env:\n\t"+cargoToken+": "+token))
	})
	if err != nil {
		return err
	}
	return d.dropUnused(path, at, s)
}

// keyOf is the spelling of a key, whose case does not count for an action.
func keyOf(t *yamltext.Text, at yamltext.Path, name string) string {
	for _, k := range t.Keys(at) {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return name
}

// dropUnused takes variables with secrets out of a step whose script names them
// no more.
func (d *draft) dropUnused(path string, at yamltext.Path, s *workflow.Step) error {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		t, value := d.texts[path], s.Env[name]
		if name == cargoToken || !strings.Contains(value, "secrets.") || !strings.Contains(s.Run, name) || strings.Contains(t.Value(at.Of("run")), name) {
			continue
		}
		if err := d.dropFrom(path, at, "env", keyOf(t, at.Of("env"), name)); err != nil {
			return err
		}
	}
	return nil
}

// dropLogins takes out what stores a token for cargo before the first step that
// publishes, or in it.
func (d *draft) dropLogins(path string, job *workflow.Job, moved, first int) error {
	for _, s := range slices.Backward(job.Steps[:first+1]) {
		index := s.Index
		if index == first {
			index += moved
		}
		for _, line := range strings.Split(s.Run, "\n") {
			if !cargoLogin.MatchString(line) {
				continue
			}
			err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
				if strings.TrimSpace(s.Run) == strings.TrimSpace(line) {
					return t.Remove(in(job.ID, "steps"), index)
				}
				return t.DropLine(in(job.ID, "steps", index, "run"), line)
			})
			if err != nil {
				return err
			}
			d.tell("take the login at %s out", d.line(path, s.Line))
		}
	}
	return nil
}
