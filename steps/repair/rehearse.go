package repair

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// rehearsing is the condition of what a rehearsal leaves out. For other events
// the input is empty.
const rehearsing = "!inputs.rehearse"

// rehearse lets a start by hand exchange tokens and skip the uploads, where all
// that such a run would do is known.
func rehearse(d *draft, r checks.Result) error {
	path, _, _ := strings.Cut(r.Subject, " ")
	f, _ := d.job(path, "")
	if f == nil {
		return errors.New("the file is no file of this repository")
	}
	if err := d.quiet(f); err != nil {
		return err
	}
	if err := d.dispatch(f); err != nil {
		return err
	}
	done := map[*workflow.Step]bool{}
	for _, p := range d.c.Publishing {
		if p.File != f || p.DryRun || p.Means == workflow.MeansExchange || done[p.Step] {
			continue
		}
		done[p.Step] = true
		at := in(p.Job.ID, "steps", p.Step.Index)
		if err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return onlyIf(t, at, rehearsing, "name", "run", "uses")
		}); err != nil {
			return err
		}
	}
	d.tell("let a start by hand with `rehearse` exchange a token and publish nothing")
	return nil
}

// quiet says what a start by hand would do beside exchanging and publishing.
func (d *draft) quiet(f *workflow.File) error {
	for _, p := range d.c.Publishing {
		if p.File == f && (p.Inner != nil || p.Means == workflow.MeansReleasePlz || p.Means == workflow.MeansCargoRelease) {
			return fmt.Errorf("line %d does more than to publish", p.Line)
		}
	}
	for _, j := range f.Jobs {
		if s := mayWrite(j); s != "" {
			return fmt.Errorf("what a start by hand would do in %s of the job %s the file does not show", s, j.ID)
		}
	}
	return nil
}

const rehearseInput = "rehearse:\n\tdescription: Exchange a token and publish nothing\n\ttype: boolean\n\tdefault: "

// dispatch lets the file be started by hand with the input. Where a start by hand
// publishes today it still does, unless the input is set.
func (d *draft) dispatch(f *workflow.File) error {
	on := yamltext.Path{"on"}
	at := on.Of("workflow_dispatch")
	return d.edit(f.Path, func(t *yamltext.Text) (*yamltext.Text, error) {
		inputs := "workflow_dispatch:\n\tinputs:\n\t\t" + strings.ReplaceAll(rehearseInput, "\n", "\n\t\t")
		switch {
		case len(t.Order(on)) == 0:
			return nil, errors.New("the triggers are not written one a line")
		case !t.Has(at):
			return t.Append(on, yamltext.Snippet(inputs+"true"))
		case t.Has(at.Of("inputs", "rehearse")):
			return t, nil
		case t.Has(at.Of("inputs")):
			return t.Append(at.Of("inputs"), yamltext.Snippet(rehearseInput+"false"))
		}
		next, err := t.Drop(on, "workflow_dispatch")
		if err != nil {
			return nil, err
		}
		return next.Append(on, yamltext.Snippet(inputs+"false"))
	})
}
