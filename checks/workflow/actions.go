package workflow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// uploader is an action that publishes: which inputs hold its index and its
// token.
type uploader struct {
	means         Means
	home          identity.Registry
	urlInputs     []string
	tokenInputs   []string
	tokenEnv      []string
	dryInputs     []string
	mints         exchanges
	commandInput  string
	commandValues []string
	// idleValues are commands that publish nothing and are often handed the
	// token all the same.
	idleValues []string
}

// uploaders are the actions that are known, from their own descriptions as of
// August 2026.
var uploaders = map[string]uploader{
	"pypa/gh-action-pypi-publish": {
		means: MeansPyPIAction, home: identity.PyPI, urlInputs: []string{"repository-url", "repository_url"},
		tokenInputs: []string{"password"}, mints: always,
	},
	"release-plz/action":           releasePlz,
	"marcoieni/release-plz-action": releasePlz,
	"katyo/publish-crates": {
		means: MeansAction, home: identity.CratesIO, tokenInputs: []string{"registry-token"},
		tokenEnv: cratesTokens, dryInputs: []string{"dry-run"},
	},
	"jrubics/poetry-publish":              {means: MeansPoetry, home: identity.PyPI, urlInputs: []string{"repository_url"}, tokenInputs: []string{"pypi_token", "repository_password"}},
	"casperdcl/deploy-pypi":               {means: MeansAction, home: identity.PyPI, tokenInputs: []string{"password"}, commandInput: "upload", commandValues: []string{"true"}},
	"etils-actions/pypi-auto-publish":     {means: MeansAction, home: identity.PyPI, tokenInputs: []string{"pypi-token"}},
	"code-specialist/pypi-poetry-publish": {means: MeansPoetry, home: identity.PyPI, tokenInputs: []string{"publish_registry_token", "publish_registry_password"}},
}

var releasePlz = uploader{
	means: MeansReleasePlz, home: identity.CratesIO, tokenEnv: cratesTokens, // its token: input is for GitHub
	dryInputs: []string{"dry_run"}, mints: always, commandInput: "command", commandValues: []string{"", "release"}, idleValues: []string{"release-pr"},
}

// The actions that run maturin or cargo with the words of their inputs.
var (
	maturinActions = []string{"pyo3/maturin-action", "messense/maturin-action"}
	cargoActions   = []string{"actions-rs/cargo", "clechasseur/rs-cargo", "houseabsolute/actions-rust-cross"}
)

// actionPublishes finds what an action publishes.
func (d *detector) actionPublishes(s scope) {
	name := actionName(s.step.Uses)
	if u, ok := uploaders[name]; ok {
		d.upload(s, u)
		return
	}
	command := ""
	switch {
	case slices.Contains(maturinActions, name):
		command = "maturin "
	case slices.Contains(cargoActions, name):
		command = "cargo "
	default:
		return
	}
	command += s.step.With["command"] + " " + strings.ReplaceAll(s.step.With["args"], "\n", " ")
	for _, c := range script.Read(command, nil).Commands {
		if called, ok := recognise(c); ok {
			called.line = s.step.UsesLine
			d.publish(s, called)
		}
	}
}

func (d *detector) upload(s scope, u uploader) {
	command := s.values(s.step.With[u.commandInput])
	idle := only(command, u.idleValues)
	if u.commandInput != "" && !idle && !contains(command, u.commandValues) {
		return
	}
	address := input(s.step, u.urlInputs)
	for _, to := range destinations(s.values(address), u.home, false) {
		cred := d.uploadCredential(s, u, to.registry)
		doubt := to.doubt
		if doubt == "" {
			doubt = cred.doubt
		}
		if idle && (cred.kind == CredentialNone || cred.exchange == s.step) {
			continue
		}
		d.add(s, Publishing{
			Registry: to.registry, Means: u.means, Credential: cred.kind, Secrets: cred.secrets, exchange: cred.exchange,
			DryRun: idle || only(s.values(input(s.step, u.dryInputs)), []string{"true"}), Doubt: doubt, Line: s.step.UsesLine,
			Settings: u.settings(s),
		})
	}
}

func (d *detector) uploadCredential(s scope, u uploader, r identity.Registry) credential {
	text := input(s.step, u.tokenInputs)
	for _, name := range u.tokenEnv {
		if value, ok := s.variable(name); ok && text == "" {
			text = value
		}
	}
	if cred := d.resolve(text, s, r); cred.kind != CredentialNone || cred.doubt != "" {
		return cred
	}
	if user := u.settings(s).User; u.means == MeansPyPIAction && user.Known && user.Text != tokenUser {
		return credential{kind: CredentialNone} // it wants a password for any other user
	}
	if u.mints == always && !withoutExchange.MatchString(versionUsed(s)) {
		return credential{kind: CredentialExchange, exchange: s.step}
	}
	if e := d.exchangeFor(r, true); e != nil {
		return credential{kind: CredentialExchange, exchange: e.step}
	}
	return credential{kind: CredentialNone}
}

// withoutExchange are releases of the PyPI action from before it could mint a
// token (its release notes: v1.7.0, 2023-03).
var withoutExchange = regexp.MustCompile(`^v?1\.[0-6](\.|$)`)

func input(step *Step, names []string) string {
	for _, n := range names {
		if v := step.With[n]; v != "" {
			return v
		}
	}
	return ""
}

// only reports whether a set holds one of the values and nothing else.
func only(s expr.Set, values []string) bool {
	return !s.Open && len(s.Texts()) == 1 && slices.Contains(values, s.Texts()[0])
}

// contains reports whether a set may hold one of the values.
func contains(s expr.Set, values []string) bool {
	for _, t := range s.Texts() {
		for _, v := range values {
			if t == v {
				return true
			}
		}
	}
	return s.Open
}
