package workflow

import (
	"cmp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// Publishes finds every place in the files that publishes to one of the
// registries, or exchanges a token for that purpose, in the order of files,
// jobs and lines. A job of a reusable workflow is found once for each way in
// which an event reaches it.
func Publishes(files []*File) []Publishing {
	ways := routes(files)
	var found []Publishing
	for _, f := range files {
		for _, r := range ways[f] {
			for _, j := range f.Jobs {
				found = append(found, detect(f, j, r)...)
			}
		}
	}
	return found
}

// detector reads the steps of one job in order.
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

func detect(f *File, j *Job, r route) []Publishing {
	d := &detector{scope: scope{route: r, file: f, job: j, exports: map[string]string{}}, logins: map[string]string{}}
	for _, step := range j.Steps {
		s := d.scope
		s.step = step
		sc := readScript(s)
		d.exchangesIn(s, sc)
		d.logIns(sc)
		before := len(d.found)
		d.scriptPublishes(s, sc)
		d.actionPublishes(s)
		if len(d.found) == before {
			d.consumers(s)
		}
		if len(d.found) == before && step.Run != "" {
			d.opaque = append(d.opaque, step)
		}
		for name, value := range sc.Exports {
			d.scope.exports[name] = value
		}
	}
	d.programs()
	d.bareExchanges()
	slices.SortStableFunc(d.found, func(a, b Publishing) int { return cmp.Compare(a.Step.Index, b.Step.Index) })
	return d.found
}

func (d *detector) add(s scope, p Publishing) {
	p.File, p.Job, p.Triggered, p.Callers = s.file, s.job, s.triggered, s.callers
	if p.Step == nil {
		p.Step = s.step
	}
	if p.Line == 0 {
		p.Line = s.step.Line
	}
	for _, e := range d.exchanges {
		if e.step == p.Exchange && e.registry == p.Registry {
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
			Exchange: cred.exchange, DryRun: c.dry(), Doubt: doubt, Line: c.line,
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
		d.add(s, Publishing{Exchange: e.step, Registry: e.registry, Means: MeansExchange, Credential: CredentialExchange, Line: e.line})
	}
}
