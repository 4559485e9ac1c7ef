package workflow

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// credentialOf finds what a tool's call authenticates with: a token that it is
// given, one that the job stored, or one that it mints.
func (d *detector) credentialOf(s scope, c call, to destination) credential {
	text, given := c.setting(s, c.tool.tokenFlags, c.tool.tokenEnv)
	if !given || text == "" {
		text = d.logins[program(c.tool)]
	}
	if cred := d.resolve(text, s, to.registry); cred.kind != CredentialNone || cred.doubt != "" {
		return cred
	}
	if d.mints(s, c) {
		return credential{kind: CredentialExchange, exchange: s.step}
	}
	if e := d.exchangeFor(to.registry, true); e != nil {
		return credential{kind: CredentialExchange, exchange: e.step}
	}
	return credential{kind: CredentialNone}
}

func program(t tool) string { return t.commands[0][0] }

// mints reports whether a tool's call exchanges a token by itself.
func (d *detector) mints(s scope, c call) bool {
	mode := c.tool.mints
	if c.tool.means == MeansUV {
		wish, _ := c.setting(s, []string{"--trusted-publishing"}, []string{"UV_TRUSTED_PUBLISHING"})
		if wish == "never" {
			mode = never
		}
	}
	switch mode {
	case always:
		return true
	case ifGranted:
		return effective(s.file, s.job, s.callers, "").IDToken.Level != "none"
	}
	return false
}

// logIns notes the tokens that a script stores for later commands.
func (d *detector) logIns(sc script.Script) {
	for _, c := range sc.Commands {
		a := c.Args
		switch {
		case starts(a, "cargo", "login"):
			d.logins["cargo"] = last(a[2:], c.Input)
		case starts(a, "poetry", "config") && len(a) > 3 && (strings.HasPrefix(a[2], "pypi-token.") || strings.HasPrefix(a[2], "http-basic.")):
			d.logins["poetry"] = last(a[3:], c.Input)
		case storesPypirc(c):
			text := strings.Join(a, " ") + " " + c.Input
			d.logins["twine"], d.logins["hatch"], d.logins["flit"] = text, text, text
		}
	}
}

func starts(args []string, words ...string) bool {
	return len(args) >= len(words) && slices.Equal(args[:len(words)], words)
}

// last is the last argument that is no flag, else what was piped in.
func last(args []string, input string) string {
	for _, a := range slices.Backward(args) {
		if !strings.HasPrefix(a, "-") {
			return a
		}
	}
	return input
}

// storesPypirc reports whether a command writes the text of a ~/.pypirc.
func storesPypirc(c script.Command) bool {
	if len(c.Args) == 0 || !slices.Contains([]string{"echo", "printf", "cat", "tee"}, c.Args[0]) {
		return false
	}
	text := strings.Join(c.Args, " ") + c.Input
	return strings.Contains(text, "password") && strings.Contains(text, "secrets.")
}

// tokenRegistry tells for which registry a variable or secret holds a publishing
// token, by its name.
func tokenRegistry(name string) (identity.Registry, bool) {
	n := strings.ToUpper(name)
	switch {
	case strings.HasPrefix(n, "CARGO_REGISTR") && strings.HasSuffix(n, "_TOKEN"), strings.HasPrefix(n, "CRATES_") && strings.Contains(n, "TOKEN"):
		return identity.CratesIO, true
	case strings.Contains(n, "TESTPYPI"), strings.Contains(n, "TEST_PYPI"), strings.Contains(n, "PYPI_TEST"):
		return identity.TestPyPI, true
	case strings.Contains(n, "PYPI") && (strings.Contains(n, "TOKEN") || strings.Contains(n, "PASS")),
		slices.Contains([]string{"TWINE_PASSWORD", "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "FLIT_PASSWORD", "HATCH_INDEX_AUTH", "PDM_PUBLISH_PASSWORD"}, n):
		return identity.PyPI, true
	}
	return "", false
}
