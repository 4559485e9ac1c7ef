package workflow

import (
	"cmp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// detector reads the steps of one job in order, in one combination of the
// matrices on the way to it.
type detector struct {
	scope     scope
	exchanges []*exchange
	// logins are the tokens that the job stored for a program, such as with
	// cargo login, by the program's name.
	logins map[string]string
	found  []Publishing
	// opaque are run steps in which nothing was recognised.
	opaque []*Step
}

// detect finds what a job publishes in all combinations, each place once.
func (e *engine) detect(s scope, steps []*Step) []Publishing {
	var found []Publishing
	for _, way := range e.ways(s, steps) {
		for _, p := range detect(way, steps) {
			if !slices.ContainsFunc(found, func(q Publishing) bool { return q.same(p) }) {
				found = append(found, p)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Publishing) int { return cmp.Compare(a.Step.Index, b.Step.Index) })
	return found
}

// same reports whether two places are one: found in several combinations.
func (p Publishing) same(q Publishing) bool {
	return p.step == q.step && p.exchange == q.exchange && p.Registry == q.Registry && p.Means == q.Means && p.Line == q.Line &&
		p.Credential == q.Credential && p.DryRun == q.DryRun && slices.Equal(p.Secrets, q.Secrets)
}

// detect reads the steps of a job in one combination.
func detect(in scope, steps []*Step) []Publishing {
	d := &detector{scope: in, logins: map[string]string{}}
	d.scope.exports = map[string]string{}
	for _, step := range steps {
		s := d.scope
		s.step = step
		if outlook, _ := foreseenStep(s); outlook == Skipped && s.decided() {
			continue // this combination passes it by
		}
		d.step(s)
	}
	d.programs()
	d.bareExchanges()
	for i := range d.found {
		p := &d.found[i]
		p.steps, p.Step, p.Exchange = steps, p.step.Own(), p.exchange.Own()
		p.cache = &waysOf{known: map[string][]scope{}}
	}
	slices.SortStableFunc(d.found, func(a, b Publishing) int { return cmp.Compare(a.Step.Index, b.Step.Index) })
	return d.found
}

// decided reports whether the scope knows something that single jobs of a matrix
// differ in.
func (s scope) decided() bool {
	return slices.ContainsFunc(s.matrices, func(c combination) bool { return len(c.values) > 0 })
}

func (d *detector) step(s scope) {
	sc := readScript(s)
	d.exchangesIn(s, sc)
	d.logIns(sc)
	before := len(d.found)
	d.scriptPublishes(s, sc)
	d.actionPublishes(s)
	if len(d.found) == before {
		d.consumers(s)
	}
	if len(d.found) == before && s.step.Run != "" {
		d.opaque = append(d.opaque, s.step)
	}
	for name, value := range sc.Exports {
		d.scope.exports[name] = value
	}
}

func (d *detector) add(s scope, p Publishing) {
	p.File, p.Job, p.Triggered, p.Callers, p.files, p.step = s.file, s.job, s.triggered, s.callers, s.files, s.step
	if own := s.step.Own(); own != s.step && len(s.step.via) > 0 {
		p.Inner, p.Via, p.Line = s.step, s.step.via, cmp.Or(own.UsesLine, own.Line)
	}
	if p.Line == 0 {
		p.Line = s.step.Line
	}
	for _, e := range d.exchanges {
		if e.step == p.exchange && e.registry == p.Registry {
			e.used = true
		}
	}
	d.found = append(d.found, p)
}

// scriptPublishes finds the publishing commands of a run step.
func (d *detector) scriptPublishes(s scope, sc script.Script) {
	for _, c := range sc.Commands {
		called, ok := recognise(c)
		if !ok || called.has(called.tool.refrains) {
			continue
		}
		called.line = scriptLine(s, c.Line)
		d.publish(s, called)
	}
}

// publish adds what a tool's call publishes, once for each registry that it can
// go to.
func (d *detector) publish(s scope, c call) {
	for _, to := range c.destinations(s) {
		cred := d.credentialOf(s, c, to)
		doubt := to.doubt
		if doubt == "" {
			doubt = cred.doubt
		}
		d.add(s, Publishing{
			Registry: to.registry, Means: c.tool.means, Credential: cred.kind, Secrets: cred.secrets,
			exchange: cred.exchange, DryRun: c.dry(), Doubt: doubt, Line: c.line, Settings: c.settings(s),
		})
	}
}

// bareExchanges adds the exchanges whose token nothing in the job was seen to
// use.
func (d *detector) bareExchanges() {
	for _, e := range d.exchanges {
		if e.used {
			continue
		}
		s := d.scope
		s.step = e.step
		d.add(s, Publishing{exchange: e.step, Registry: e.registry, Means: MeansExchange, Credential: CredentialExchange, Line: e.line})
	}
}
