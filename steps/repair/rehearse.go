package repair

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// rehearseByInput lets a start by hand skip the uploads when its input says so;
// for other events the input is empty. rehearseByHand lets no start by hand
// upload: where other branches could be started too, that is the safe one.
func rehearseByInput(d *draft, r checks.Result) error { return d.rehearse(r, "!inputs.rehearse") }
func rehearseByHand(d *draft, r checks.Result) error {
	return d.rehearse(r, "github.event_name != 'workflow_dispatch'")
}

// rehearse lets a start by hand exchange tokens and upload nothing, where all
// that such a run would do is known.
func (d *draft) rehearse(r checks.Result, uploads string) error {
	path, registry, _ := strings.Cut(r.Subject, " ")
	f, _ := d.job(path, "")
	if f == nil {
		return errors.New("the file is no file of this repository")
	}
	if err := d.quiet(f); err != nil {
		return err
	}
	if err := d.dispatch(f, strings.HasPrefix(uploads, "!")); err != nil {
		return err
	}
	for _, p := range d.uploads(f) {
		at := in(p.Job.ID, "steps", p.Step.Index)
		if strings.Contains(p.Step.If, "inputs.rehearse") || strings.Contains(p.Step.If, "workflow_dispatch") {
			continue
		}
		if err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) { return onlyIf(t, at, uploads, "name", "run", "uses") }); err != nil {
			return err
		}
	}
	d.tell("let a start by hand exchange a token and publish nothing")
	return d.mintAlone(f, identity.Registry(registry))
}

// uploads are the places of a file that publish, each step once, the last first.
func (d *draft) uploads(f *workflow.File) []workflow.Publishing {
	var found []workflow.Publishing
	done := map[*workflow.Step]bool{}
	for _, p := range d.c.Publishing {
		if p.File == f && !p.DryRun && p.Means != workflow.MeansExchange && !done[p.Step] {
			done[p.Step] = true
			found = append([]workflow.Publishing{p}, found...)
		}
	}
	return found
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
		for _, s := range j.Steps {
			if mentions(s, "secrets.") {
				return fmt.Errorf("what a start by hand would do with the secret at line %d the file does not show", s.Line)
			}
		}
	}
	return nil
}

// mintAlone puts a step before uploads that exchange only while they upload: it
// exchanges a token for a start by hand, and lets it end.
func (d *draft) mintAlone(f *workflow.File, r identity.Registry) error {
	for _, p := range d.uploads(f) {
		if p.Registry != r || p.Exchange != p.Step {
			continue
		}
		if err := d.mayMint(p); err != nil {
			return err
		}
		body, err := template.Mint("https://" + r.Host())
		if err != nil {
			return err
		}
		lines := "- name: Mint a " + r.Title() + " token\n  if: github.event_name == 'workflow_dispatch' && inputs.rehearse"
		for _, line := range body {
			if strings.HasPrefix(line, "  ") {
				line = "\t" + line[2:]
			}
			lines += "\n  " + line
		}
		d.tell("mint a token of %s alone in a rehearsal", r.Title())
		return d.edit(f.Path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return t.Insert(in(p.Job.ID, "steps"), p.Step.Index, yamltext.Snippet(lines))
		})
	}
	return nil
}

// mayMint says why a token is not minted in a rehearsal: where a publisher is
// pending that would create the project, and the script needs Linux.
func (d *draft) mayMint(p workflow.Publishing) error {
	if !unixShell(p.Job) || p.Job.Container != "" {
		return errors.New("the exchange alone is a script that needs curl and jq, which GitHub's own runners have")
	}
	for _, pub := range d.c.Publishers {
		stands := d.c.World.Projects[evidence.ProjectKey{Registry: pub.Registry, Name: pub.Package}].Seen()
		if pub.Registry == p.Registry && pub.Registry == identity.PyPI && !stands {
			return fmt.Errorf("PyPI is not seen to have %s, and minting a token would create it from a pending publisher: the first release proves it", pub.Package)
		}
	}
	return nil
}

// dispatch lets the file be started by hand with an input. Where a start by hand
// publishes today it still does, unless the input is set.
func (d *draft) dispatch(f *workflow.File, byInput bool) error {
	on := yamltext.Path{"on"}
	at := on.Of("workflow_dispatch")
	input := "rehearse:\n\tdescription: Exchange a token and publish nothing\n\ttype: boolean\n\tdefault: "
	inputs := "workflow_dispatch:\n\tinputs:\n\t\t" + strings.ReplaceAll(input, "\n", "\n\t\t")
	return d.edit(f.Path, func(t *yamltext.Text) (*yamltext.Text, error) {
		switch {
		case len(t.Order(on)) == 0:
			return nil, errors.New("the triggers are not written one a line")
		case !t.Has(at):
			return t.Append(on, yamltext.Snippet(inputs+"true"))
		case t.Has(at.Of("inputs", "rehearse")):
			return t, nil
		case !byInput:
			return nil, errors.New("a start by hand publishes today")
		case t.Has(at.Of("inputs")):
			return t.Append(at.Of("inputs"), yamltext.Snippet(input+"false"))
		}
		next, err := t.Drop(on, "workflow_dispatch")
		if err != nil {
			return nil, err
		}
		return next.Append(on, yamltext.Snippet(inputs+"false"))
	})
}
