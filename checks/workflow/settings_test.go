package workflow

import (
	"strings"
	"testing"
)

// told is what a place is told, in one line: index, user, attestations, skip.
func told(p Publishing) string {
	s := p.Settings
	return strings.Join([]string{text(s.Index), text(s.User), text(s.Attestations), text(s.SkipExisting)}, " ")
}

func TestSettings(t *testing.T) {
	const action = "- uses: pypa/gh-action-pypi-publish@"
	const commit = "76f52bc884231f62b9a034ebfe128415bbaabdfc"
	for name, c := range map[string]struct{ steps, want string }{
		"the defaults":                 {action + "release/v1", " __token__ true false"},
		"attestations off":             {action + "release/v1\n  with: {attestations: false}", " __token__ false false"},
		"before there were any":        {action + "v1.8.14", " __token__ false false"},
		"when they had to be asked":    {action + "v1.10.3", " __token__ false false"},
		"asked":                        {action + "v1.10.3\n  with: {attestations: true}", " __token__ true false"},
		"since they are made":          {action + "v1.11.0", " __token__ true false"},
		"newest":                       {action + "v1.14.2", " __token__ true false"},
		"by commit":                    {action + commit, " __token__ true false"},
		"by commit, an old one":        {action + commit + " # v1.9.0", " __token__ false false"},
		"by commit, a new one":         {action + commit + " # v1.12.4", " __token__ true false"},
		"another index":                {action + "release/v1\n  with: {repository-url: 'https://test.pypi.org/legacy/', skip-existing: true}", "https://test.pypi.org/legacy/ __token__ true true"},
		"old spelling":                 {action + "v1.5.0\n  with: {repository_url: 'https://test.pypi.org/legacy/', skip_existing: true}", "https://test.pypi.org/legacy/ __token__ false true"},
		"another user":                 {action + "release/v1\n  with: {user: ana, password: '${{ secrets.P }}'}", " ana true false"},
		"user at run time":             {action + "release/v1\n  with: {user: '${{ vars.u }}'}", " ?vars.u is only known when the job runs true false"},
		"twine":                        {"- run: twine upload --skip-existing -u ana --attestations dist/*", " ana true true"},
		"twine by variables":           {"- run: twine upload dist/*\n  env: {TWINE_USERNAME: ana, TWINE_REPOSITORY: testpypi}", "testpypi ana false false"},
		"uv":                           {"- run: uv publish --check-url https://pypi.org/simple", " __token__ ?uv uploads the attestations that lie beside the files true"},
		"uv without":                   {"- run: uv publish --no-attestations", " __token__ false false"},
		"maturin":                      {"- run: maturin upload --skip-existing -u x d", " x false true"},
		"cargo has none of it":         {"- run: cargo publish", "  false false"},
		"another user, no password":    {action + "release/v1\n  with: {user: ana}", " ana true false"},
		"inputs of a matrix's one job": {"- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {attestations: \"${{ github.ref_type == 'x' }}\"}", " __token__ true|false false"},
	} {
		t.Run(name, func(t *testing.T) {
			found := Publishes([]*File{Parse(Dir+"publish.yml", []byte(job(granted, c.steps)))})
			if len(found) != 1 || told(found[0]) != c.want {
				t.Errorf("%s: told %q, want %q", inBrief(found), told(found[0]), c.want)
			}
		})
	}
}

// What decides between a token and an exchange in the PyPI action.
func TestPasswordAndUserOfThePyPIAction(t *testing.T) {
	for with, want := range map[string]string{
		"{}":                "trusted publishing",
		"{password: ''}":    "trusted publishing",
		"{user: __token__}": "trusted publishing",
		"{user: __token__, password: '${{ secrets.P }}'}": "secret",
		"{password: \"${{ '' }}\"}":                       "trusted publishing",
		"{user: ana}":                                     "none found",
		"{password: pypi-written-down}":                   "secret",
		"{password: \"${{ github.event_name == 'push' && secrets.P || '' }}\"}": "secret",
	} {
		found := Publishes([]*File{Parse(Dir+"publish.yml", []byte(job(granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: "+with)))})
		if len(found) != 1 || string(found[0].Credential) != want {
			t.Errorf("%s: %s, want %s", with, inBrief(found), want)
		}
	}
}

// What failures.md calls "auth action and release-plz both used", and an
// environment that is given to the action instead of the job.
func TestTheAuthActionInOddCompany(t *testing.T) {
	both := Publishes([]*File{Parse(Dir+"publish.yml", []byte(job(granted, auth+"- uses: release-plz/action@v0.5")))})
	if got, want := inBrief(both), "crates.io token exchange trusted publishing <0; crates.io release-plz trusted publishing <1"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	stray := Publishes([]*File{Parse(Dir+"publish.yml", []byte(job(granted, "- {id: auth, uses: rust-lang/crates-io-auth-action@v1, with: {environment: release, URL: x}}")))})
	if got := StrayInputs(stray[0].Exchange); strings.Join(got, " ") != "environment" {
		t.Errorf("stray inputs %q", got)
	}
	if got := StrayInputs(both[1].Step); len(got) != 0 {
		t.Errorf("stray inputs of release-plz: %q", got)
	}
	pypi := Publishes([]*File{Parse(Dir+"publish.yml", []byte(job(granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {environment: release, verbose: true, repository-url: ''}")))})
	if got := StrayInputs(pypi[0].Step); strings.Join(got, " ") != "environment" {
		t.Errorf("stray inputs of the PyPI action: %q", got)
	}
}
