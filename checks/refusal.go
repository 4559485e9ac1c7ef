package checks

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Refusal is a registry's refusal of an exchange or of an upload with the
// exchanged token, as the log of the job holds it.
type Refusal struct {
	Registry identity.Registry
	// Code is PyPI's name of the error ("invalid-publisher"); "" at crates.io.
	Code string
	// Text is the registry's own sentence.
	Text string
	// Field is the part of the identity that differs; "" when the registry does
	// not tell, or refuses for another reason.
	Field identity.Field
	// Presented is what the job's token said in that field, and Expected what
	// the registered publishers say; empty where the registry does not tell.
	Presented string
	Expected  []string
	// Claims are the token's claims as PyPI's action prints them; a claim that
	// is missing there is missing here.
	Claims map[string]string
	// Package is the crate for which the token was not valid; "" otherwise.
	Package string
}

// ReadRefusal finds the last refusal in a job's log. It knows the texts of
// crates.io (commit 57fa000, 2026-08-21), of PyPI (warehouse commit 6b62157,
// 2026-08-21) and the form in which pypa/gh-action-pypi-publish prints them.
func ReadRefusal(r identity.Registry, log string) (Refusal, bool) {
	log = evidence.Clean(log)
	if r == identity.CratesIO {
		return readCratesIO(log)
	}
	return readPyPI(r, log)
}

// sentence is one form of refusal; its groups are presented and expected.
type sentence struct {
	form      *regexp.Regexp
	field     identity.Field
	ofPackage bool
}

const config = "The Trusted Publishing config for repository `[^`\n]*` "

var cratesIOSentences = []sentence{
	{form: regexp.MustCompile("No Trusted Publishing config found for repository `([^`\n]*)`\\.?"), field: identity.FieldRepository},
	{form: regexp.MustCompile(`No matching Trusted Publishing config found`)},
	{form: regexp.MustCompile(config + `does not match the repository owner ID \((\d+)\) in the JWT\. Expected owner IDs: ([\d, ]+)`), field: identity.FieldOwnerID},
	{form: regexp.MustCompile(config + "does not match the workflow filename `([^`\n]*)` in the JWT\\. Expected workflow filenames: (`[^\n\"]*`)"), field: identity.FieldWorkflow},
	{form: regexp.MustCompile(config + "does not match the environment `([^`\n]*)` in the JWT\\. Expected environments: (`[^\n\"]*`)"), field: identity.FieldEnvironment},
	{form: regexp.MustCompile(config + "requires an environment, but the JWT does not specify one\\. Expected environments:()( `[^\n\"]*`)"), field: identity.FieldEnvironment},
	{form: regexp.MustCompile("Trusted Publishing does not support the `[^`\n]*` event trigger[^\n\"]*")},
	{form: regexp.MustCompile("The provided access token is not valid for crate `([^`\n]*)`"), ofPackage: true},
	{form: regexp.MustCompile(`Trusted Publishing tokens do not support creating new crates\.[^\n"]*`)},
	{form: regexp.MustCompile(`JWT has already been used`)},
	{form: regexp.MustCompile(`Failed to decode JWT|Missing JWT key ID|Invalid JWT key ID|Unsupported JWT issuer: [^\n"]*`)},
}

func readCratesIO(log string) (Refusal, bool) {
	last, found := -1, Refusal{}
	for _, s := range cratesIOSentences {
		all := s.form.FindAllStringSubmatchIndex(log, -1)
		if len(all) == 0 || all[len(all)-1][0] <= last {
			continue
		}
		at := all[len(all)-1]
		last, found = at[0], s.read(log, at)
	}
	return found, last >= 0
}

func (s sentence) read(log string, at []int) Refusal {
	group := func(i int) string {
		if len(at) <= 2*i || at[2*i] < 0 {
			return ""
		}
		return log[at[2*i]:at[2*i+1]]
	}
	r := Refusal{Registry: identity.CratesIO, Text: group(0), Field: s.field}
	if s.ofPackage {
		r.Package = group(1)
		return r
	}
	r.Presented, r.Expected = group(1), values(group(2))
	return r
}

// values takes "`a`, `b`" or "1, 2" apart.
func values(list string) []string {
	var all []string
	for _, v := range strings.Split(list, ",") {
		if v = strings.Trim(v, " `."); v != "" {
			all = append(all, v)
		}
	}
	return all
}

var (
	renderedError = regexp.MustCompile("(?m)[`; ]((?:invalid|not)-[a-z-]+)`?: (.+?)\\s*$")
	jsonError     = regexp.MustCompile(`\{[^{}\n]*"code"[^{}\n]*\}`)
	renderedClaim = regexp.MustCompile("(?m)\\* `([a-z_]+)`: `?([^`\n]*?)`?\\s*$")
	workflowClaim = regexp.MustCompile(`The job_workflow_ref claim does not match, expecting one of \[([^\]]*)\], got '([^']*)'`)
	uploadRefused = regexp.MustCompile(`(?:OIDC scoped token is not valid for project|Non-user identities cannot create new projects)[^\n"<]*`)
)

func readPyPI(r identity.Registry, log string) (Refusal, bool) {
	found := Refusal{Registry: r}
	if code, text, ok := lastPyPIError(log); ok {
		found.Code, found.Text = code, text
	} else if text := uploadRefused.FindAllString(log, -1); len(text) > 0 {
		found.Text = strings.TrimSpace(text[len(text)-1])
	} else {
		return Refusal{}, false
	}
	found.Claims = claimsIn(log)
	if m := workflowClaim.FindStringSubmatch(found.Text); m != nil {
		found.Field, found.Presented = identity.FieldWorkflow, m[2]
		found.Expected = quoted(m[1])
	}
	return found, true
}

func lastPyPIError(log string) (code, text string, ok bool) {
	last := -1
	for _, m := range renderedError.FindAllStringSubmatchIndex(log, -1) {
		last, code, text = m[0], log[m[2]:m[3]], log[m[4]:m[5]]
	}
	for _, m := range jsonError.FindAllStringIndex(log, -1) {
		var e struct{ Code, Description string }
		if m[0] > last && json.Unmarshal([]byte(log[m[0]:m[1]]), &e) == nil && e.Code != "" {
			last, code, text = m[0], e.Code, e.Description
		}
	}
	return code, text, last >= 0
}

// claimsIn reads the claims that the action prints after a refusal.
func claimsIn(log string) map[string]string {
	claims := map[string]string{}
	for _, m := range renderedClaim.FindAllStringSubmatch(log, -1) {
		if m[2] != "MISSING" {
			claims[m[1]] = m[2]
		} else {
			delete(claims, m[1])
		}
	}
	if len(claims) == 0 {
		return nil
	}
	return claims
}

func quoted(list string) []string {
	all := values(list)
	for i, v := range all {
		all[i] = strings.Trim(v, `'"`)
	}
	return slices.Compact(all)
}
