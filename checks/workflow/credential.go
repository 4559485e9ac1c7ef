package workflow

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// credential is what a step authenticates with, as far as the file shows it.
type credential struct {
	kind     Credential
	secrets  []string
	exchange *Step
	doubt    string
}

// resolve tells where the text of a token comes from: a secret, the output of
// an exchange in the same job, or something that the file does not show.
func (d *detector) resolve(text string, s scope, r identity.Registry) credential {
	c := credential{kind: CredentialNone}
	set := s.values(text)
	if !set.Open && strings.Join(set.Texts(), "") == "" {
		return c // nothing is given, whatever the expression says
	}
	sources := d.sources(text, s, 0)
	for _, source := range sources {
		context, name, _ := strings.Cut(source, ".")
		switch context {
		case "secrets":
			c.secrets = appendNew(c.secrets, s.secret(name)...)
		case "steps":
			c.fromStep(d, name)
		default:
			c.doubt = "the token comes from " + source + ", which the file does not show"
		}
	}
	switch {
	case len(c.secrets) > 0:
		c.kind = CredentialSecret
	case c.exchange != nil:
		c.kind = CredentialExchange
	case len(sources) == 0 && (strings.Contains(text, "$") || set.Open):
		c = d.computed(r, text)
	case len(sources) == 0:
		c.kind = CredentialSecret // written into the file
	}
	return c
}

// sources lists the secrets, step outputs and other contexts that a text draws
// on, through the env context and variables.
func (d *detector) sources(text string, s scope, depth int) []string {
	var found []string
	for _, p := range expr.Paths(text) {
		name, isEnv := strings.CutPrefix(p, "env.")
		switch {
		case isEnv && depth < 5:
			if value, ok := s.variable(name); ok {
				found = append(found, d.sources(value, s, depth+1)...)
			}
		case strings.HasPrefix(p, "secrets."), strings.HasPrefix(p, "steps."), strings.HasPrefix(p, "needs."), strings.HasPrefix(p, "vars."):
			found = append(found, p)
		case strings.HasPrefix(p, "inputs."):
			found = append(found, p)
		}
	}
	return found
}

// fromStep follows steps.ID.outputs.NAME.
func (c *credential) fromStep(d *detector, path string) {
	id, _, _ := strings.Cut(path, ".")
	for _, e := range d.exchanges {
		if strings.EqualFold(e.step.ID, id) {
			c.exchange = e.step
			return
		}
	}
	c.doubt = "the token comes from the step " + idPrefix.ReplaceAllString(id, "") + ", whose doing the file does not show"
}

// computed judges a token that a script works out: after an exchange for the
// registry in the same job it is taken to be that exchange's.
func (d *detector) computed(r identity.Registry, text string) credential {
	if e := d.exchangeFor(r, true); e != nil {
		return credential{kind: CredentialExchange, exchange: e.step}
	}
	return credential{kind: CredentialNone, doubt: "the token is " + text + ", which is only known when the job runs"}
}

// secret is the name under which a repository secret reaches this job: a caller
// may pass it under another one. GitHub keeps names in upper case.
func (s scope) secret(name string) []string {
	names := []string{strings.ToUpper(name)}
	for _, c := range slices.Backward(s.callers) {
		if c.Job.InheritSecrets {
			continue
		}
		var outer []string
		for _, n := range names {
			text, passed := c.Job.Secrets[strings.ToLower(n)]
			if !passed {
				// It can still be a secret of the called job's environment.
				if s.job.Environment != nil {
					outer = append(outer, n)
				}
				continue
			}
			for _, p := range expr.Paths(text) {
				if inner, ok := strings.CutPrefix(p, "secrets."); ok {
					outer = append(outer, strings.ToUpper(inner))
				}
			}
		}
		names = outer
	}
	return names
}

func appendNew(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}
