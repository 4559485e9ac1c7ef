package workflow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// exchange is a step that trades the run's OIDC token for a registry's.
type exchange struct {
	step     *Step
	registry identity.Registry
	// scripted is one written by hand, whose token may reach later steps by a
	// way that the file does not show.
	scripted bool
	line     int
	used     bool
}

// authAction mints a token of crates.io.
const authAction = "rust-lang/crates-io-auth-action"

// exchangesIn finds the exchanges of one step, the publishing tools' own left
// out.
func (d *detector) exchangesIn(s scope, sc script.Script) {
	step := s.step
	switch {
	case actionName(step.Uses) == authAction:
		d.exchanges = append(d.exchanges, &exchange{step: step, registry: identity.CratesIO, line: step.UsesLine})
	case actionName(step.Uses) == "actions/github-script":
		d.mentions(s, step.With["script"], step.UsesLine)
	case step.Run != "" && !isShell(shellOf(s)):
		d.mentions(s, step.Run, step.RunLine)
	}
	for _, c := range sc.Commands {
		line := scriptLine(s, c.Line)
		if len(c.Args) > 0 && isInterpreter(c.Args[0]) {
			d.mentions(s, strings.TrimPrefix(c.Input+"\n"+strings.Join(c.Args[1:], "\n"), "\n"), line)
			continue
		}
		if fetches(c) {
			d.addressed(s, strings.Join(c.Args[1:], " "), s.step.Run, line)
		}
	}
}

// mainIndex finds the host of PyPI itself.
var mainIndex = regexp.MustCompile(`(^|[^.\w])(upload\.)?pypi\.org`)

// fetches reports whether a command sends a request that is no revocation.
func fetches(c script.Command) bool {
	clients := []string{"curl", "wget", "http", "https", "xh", "Invoke-RestMethod", "Invoke-WebRequest", "irm", "iwr"}
	if len(c.Args) == 0 || !slices.Contains(clients, c.Args[0]) {
		return false
	}
	return !slices.ContainsFunc(c.Args, func(a string) bool {
		return a == "DELETE" || a == "-XDELETE" || a == "--request=DELETE" || a == "delete"
	})
}

// mentions searches a program in another language, its comments left out.
func (d *detector) mentions(s scope, text string, line int) {
	for i, l := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(l)
		if strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "//") {
			continue
		}
		d.addressed(s, trimmed, text, min(line+i, len(s.file.Lines)))
	}
}

// addressed notes an exchange if a text holds the address of one (crates.io
// commit 57fa000 and warehouse commit 6b62157, 2026-08-21). Where it names no
// index, the whole program does.
func (d *detector) addressed(s scope, text, whole string, line int) {
	r := identity.PyPI
	switch {
	case strings.Contains(text, "trusted_publishing/tokens"):
		r = identity.CratesIO
	case !strings.Contains(text, "_/oidc/") || !strings.Contains(text, "mint-token"):
		return
	case d.textMeans(s, text, "test.pypi.org"):
		r = identity.TestPyPI
	case !d.textMeans(s, text, "pypi.org") && strings.Contains(whole, "test.pypi.org") && !mainIndex.MatchString(whole):
		r = identity.TestPyPI
	}
	for _, e := range d.exchanges {
		if e.step == s.step && e.registry == r {
			return
		}
	}
	d.exchanges = append(d.exchanges, &exchange{step: s.step, registry: r, scripted: true, line: line})
}

// textMeans reports whether a text can hold a word once its expressions are
// evaluated.
func (d *detector) textMeans(s scope, text, word string) bool {
	return slices.ContainsFunc(append(s.values(text).Texts(), text), func(t string) bool { return strings.Contains(t, word) })
}

// exchangeFor is the newest exchange for a registry among the steps so far.
func (d *detector) exchangeFor(r identity.Registry, scripted bool) *exchange {
	for _, e := range slices.Backward(d.exchanges) {
		if e.registry == r && e.scripted == scripted {
			return e
		}
	}
	return nil
}

// actionName is "owner/repo" of an action reference, in lower case.
func actionName(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 2 {
		return strings.ToLower(name)
	}
	return strings.ToLower(parts[0] + "/" + parts[1])
}

func isInterpreter(program string) bool {
	return strings.HasPrefix(program, "python") || slices.Contains([]string{"node", "ruby", "perl", "deno", "bun"}, program)
}
