package workflow

import (
	"maps"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// consumers finds steps that are not known to publish and are handed a
// publishing token: by an exchange's output or by a secret that is named so.
func (d *detector) consumers(s scope) {
	for _, level := range []map[string]string{s.step.With, s.step.Env} {
		for _, name := range sorted(level) {
			if d.consumes(s, name, level[name]) {
				return
			}
		}
	}
	for _, c := range readScript(s).Commands {
		for _, name := range sorted(c.Env) {
			if !onlyPrepares(c) && d.consumes(s, name, c.Env[name]) {
				return
			}
		}
	}
}

// consumes adds the step as a publishing program if a value is a token.
func (d *detector) consumes(s scope, name, value string) bool {
	for _, e := range d.exchanges {
		cred := d.resolve(value, s, e.registry)
		if cred.exchange == e.step && e.step != s.step && e.step != nil {
			return d.addProgram(s, Publishing{Registry: e.registry, Credential: CredentialExchange, exchange: e.step})
		}
	}
	cred := d.resolve(value, s, "")
	if cred.kind != CredentialSecret {
		return false
	}
	for _, candidate := range append([]string{name}, cred.secrets...) {
		if r, ok := tokenRegistry(candidate); ok {
			return d.addProgram(s, Publishing{Registry: r, Credential: CredentialSecret, Secrets: cred.secrets})
		}
	}
	return false
}

func (d *detector) addProgram(s scope, p Publishing) bool {
	if s.step.Run != "" && !acts(readScript(s)) {
		return false
	}
	p.Means, p.Doubt = MeansProgram, "it is handed a publishing token; whether it publishes, the file does not show"
	d.add(s, p)
	return true
}

// acts reports whether a script does more than prepare.
func acts(sc script.Script) bool {
	return sc.Partial || slices.ContainsFunc(sc.Commands, func(c script.Command) bool { return !onlyPrepares(c) })
}

// onlyPrepares reports whether a command is known to publish nothing.
func onlyPrepares(c script.Command) bool {
	if len(c.Args) == 0 {
		return true
	}
	if starts(c.Args, "cargo", "login") || starts(c.Args, "poetry", "config") {
		return true
	}
	return slices.Contains([]string{"echo", "printf", "test", "[", "set", "cd", "export", "true", "exit", "cat", "mkdir", "ls", "git", "jq", "grep", "sed"}, c.Args[0])
}

// programs looks at a job in which nothing was found to publish, and whose own
// variables hold a publishing token: its last unknown program may use it.
func (d *detector) programs() {
	if len(d.found) > 0 || len(d.opaque) == 0 {
		return
	}
	variables := maps.Clone(d.scope.job.Env)
	for _, name := range sorted(variables) {
		for _, step := range slices.Backward(d.opaque) {
			s := d.scope
			s.step = step
			if _, ok := tokenRegistry(name); ok && d.consumes(s, name, variables[name]) {
				return
			}
		}
	}
}
