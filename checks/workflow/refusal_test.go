package workflow

import (
	"strings"
	"testing"
)

// A refusal anywhere in a run's calls stops the whole run, also where nothing is
// published.
func TestRefuses(t *testing.T) {
	asks := func(permissions string) string {
		return "on: workflow_call\njobs: {t: {runs-on: x, " + permissions + "steps: [{run: x}]}}\n"
	}
	direct := "on: push\njobs:\n  p:\n    runs-on: x\n    permissions: {id-token: write}\n    steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]\n  t:\n    permissions: {contents: read}\n    uses: ./.github/workflows/test.yml\n"
	for name, c := range map[string]struct {
		files          []*File
		policy         string
		refusal, doubt string
	}{
		"nothing asked":       {files("publish.yml", direct, "test.yml", asks("")), "read", "", ""},
		"as much as given":    {files("publish.yml", direct, "test.yml", asks("permissions: {contents: read}, ")), "read", "", ""},
		"more than given":     {files("publish.yml", direct, "test.yml", asks("permissions: {checks: write}, ")), "write", "The nested job 't' is requesting 'checks: write', but is only allowed 'checks: none'.", ""},
		"two levels down":     {files("publish.yml", direct, "test.yml", "on: workflow_call\njobs: {u: {uses: ./.github/workflows/deep.yml}}\n", "deep.yml", asks("permissions: {issues: read}, ")), "read", "The nested job 't' is requesting 'issues: read', but is only allowed 'issues: none'.", ""},
		"by the default":      {files("publish.yml", strings.Replace(direct, "    permissions: {contents: read}\n", "", 1), "test.yml", asks("permissions: {contents: write}, ")), "read", "The nested job 't' is requesting 'contents: write', but is only allowed 'contents: read'.", ""},
		"default not known":   {files("publish.yml", strings.Replace(direct, "    permissions: {contents: read}\n", "", 1), "test.yml", asks("permissions: {contents: write}, ")), "", "", "The nested job 't' of test.yml asks for contents: write"},
		"a ring":              {files("publish.yml", "on: [push, workflow_call]\njobs: {t: {uses: ./.github/workflows/b.yml}}\n", "b.yml", "on: workflow_call\njobs: {t: {uses: ./.github/workflows/publish.yml}}\n"), "read", "", ""},
		"called file lacking": {files("publish.yml", direct), "read", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Refuses(c.files, c.files[0], c.policy)
			if got.Text != c.refusal || !strings.HasPrefix(got.Doubt, c.doubt) || (c.doubt == "") != (got.Doubt == "") {
				t.Errorf("refused %q, doubt %q; want %q, %q", got.Text, got.Doubt, c.refusal, c.doubt)
			}
			if (got.Text+got.Doubt != "") != (got.Job != nil) {
				t.Errorf("the call is not named: %+v", got)
			}
		})
	}
}

// A job that calls a workflow of which all jobs are skipped counts as skipped.
func TestTheResultOfACall(t *testing.T) {
	called := "on: workflow_call\njobs:\n  x:\n    if: IF\n    runs-on: x\n    steps: [{run: x}]\n"
	caller := "on: push\njobs:\n  t:\n    uses: ./.github/workflows/t.yml\n  p:\n    needs: [t]\n    runs-on: x\n    steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]\n"
	for condition, want := range map[string]Outlook{"github.ref_type == 'tag'": Reached, "github.ref_type == 'branch'": Skipped, "vars.x": Perhaps} {
		list := files("publish.yml", caller, "t.yml", strings.Replace(called, "IF", condition, 1))
		if got, why := Foresee(Publishes(list)[0], tagRun); got != want {
			t.Errorf("%s: %s because %s, want %s", condition, got, why, want)
		}
	}
}

// A job that runs regardless does not make up for a job before it that was
// skipped (github.com/actions/runner/issues/491).
func TestASkippedJobIsSeenThroughThoseBehindIt(t *testing.T) {
	src := "on: push\njobs:\n  a: {if: false, runs-on: x, steps: [{run: x}]}\n  b: {if: always(), needs: [a], runs-on: x, steps: [{run: x}]}\n" +
		"  p: {needs: [b], IFruns-on: x, steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}\n"
	for condition, want := range map[string]Outlook{"": Skipped, "if: always(), ": Reached, "if: 'always() && needs.b.result == ''success''', ": Reached} {
		f := Parse(Dir+"x.yml", []byte(strings.Replace(src, "IF", condition, 1)))
		if got, why := Foresee(Publishes([]*File{f})[0], tagRun); got != want {
			t.Errorf("%q: %s because %s, want %s", condition, got, why, want)
		}
	}
}
