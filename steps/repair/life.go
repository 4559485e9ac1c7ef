package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// mintLast moves the exchange right before the first step that uses its token.
func mintLast(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	_, j := d.job(path, job)
	for _, p := range d.places(path, job) {
		if p.Exchange == nil || p.Step == nil || p.Exchange == p.Step || p.Inner != nil {
			continue
		}
		from := p.Exchange.Index
		to := slices.IndexFunc(j.Steps, func(s *workflow.Step) bool {
			return s.Index > from && (s == p.Step || mentions(s, "steps."+p.Exchange.ID+"."))
		})
		if to <= from+1 {
			continue
		}
		d.tell("exchange the token right before %s uses it", d.line(path, j.Steps[to].Line))
		return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) { return t.Move(in(job, "steps"), from, to) })
	}
	return errors.New("what takes long is part of the upload itself")
}

// mentions says whether a step speaks of something in any of its texts.
func mentions(s *workflow.Step, what string) bool {
	all := []string{s.If, s.Run, s.Uses}
	for _, m := range []map[string]string{s.With, s.Env} {
		for _, v := range m {
			all = append(all, v)
		}
	}
	return strings.Contains(strings.ToLower(fmt.Sprint(all)), strings.ToLower(what))
}
