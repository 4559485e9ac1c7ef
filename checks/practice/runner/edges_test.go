package runner

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
)

func TestDispatchOverTheAPI(t *testing.T) {
	w := newWorld(t)
	w.push(map[string]string{publishPath: "run-name: Release of ${{ inputs.what }} by @${{ github.actor }}\n" +
		"on: {workflow_dispatch: {inputs: {what: {type: string}}}}\njobs: {j: {runs-on: x, steps: [{run: 'echo got ${{ inputs.what }} ${{ github.event.inputs.what }}'}]}}\n"})
	token, err := w.store.AddToken(github.Token{Login: "ana", Scopes: []string{"repo", "workflow"}})
	w.must(err)
	req, err := http.NewRequest(http.MethodPost, "https://api.github.com/repos/acme/market-data/actions/workflows/publish.yml/dispatches",
		strings.NewReader(`{"ref":"main","inputs":{"what":"x"},"return_run_details":true}`))
	w.must(err)
	req.Header.Set("Authorization", "token "+token.Value)
	resp, err := (&http.Client{Transport: w}).Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	var answer struct {
		ID int64 `json:"workflow_run_id"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.ID == 0 {
		t.Fatalf("%d %s %v", resp.StatusCode, raw, err)
	}
	run := w.ended(answer.ID)
	wantConclusion(t, run, github.Success)
	wantLog(t, job(t, run, "j"), "Z got x x\n")
	if run.Title != "Release of x by @ana" {
		t.Errorf("title %q", run.Title)
	}
}

func TestAWorkflowOfAnotherRepository(t *testing.T) {
	w := newWorld(t)
	_, err := w.store.AddRepository(context.Background(), github.Repository{Owner: "acme", Name: "shared"})
	w.must(err)
	bare, err := w.store.GitDir("acme", "shared")
	w.must(err)
	sha := w.push(map[string]string{".github/workflows/called.yml": "on: workflow_call\njobs: {x: {runs-on: y, steps: [{run: 'echo ${{ github.repository }}'}]}}\n"})
	for _, ref := range []string{"refs/heads/main", "refs/tags/v1"} {
		w.git("push", "--quiet", gitrun.FileURL(bare), "HEAD:"+ref)
	}
	for written, full := range map[string]string{"v1": "refs/tags/v1", "main": "refs/heads/main", sha: sha} {
		run := w.publish("on: {workflow_dispatch: }\njobs:\n  c:\n    uses: acme/shared/.github/workflows/called.yml@"+written+"\n", nil)
		wantConclusion(t, run, github.Success)
		j := job(t, run, "c / x")
		wantLog(t, j, "Z acme/market-data\n")
		if j.WorkflowPath != "acme/shared/.github/workflows/called.yml" || j.WorkflowRef != full || j.WorkflowSHA != sha {
			t.Errorf("@%s: %s %s %s", written, j.WorkflowPath, j.WorkflowRef, j.WorkflowSHA)
		}
	}
	for uses, want := range map[string]string{
		"acme/shared/.github/workflows/called.yml@v9": "should be either a valid branch, tag, or commit",
		"acme/none/.github/workflows/called.yml@v1":   "workflow was not found",
		"./.github/workflows/none.yml":                "workflow was not found",
		"./.github/workflows/publish.yml":             "is not reusable",
		"./other/called.yml":                          "must be defined at the top level",
	} {
		run := w.publish("on: {workflow_dispatch: }\njobs: {c: {uses: '"+uses+"'}}\n", nil)
		if run.Conclusion != github.StartupFailure || !strings.Contains(run.Problem, want) {
			t.Errorf("%s: %s %s", uses, run.Conclusion, run.Problem)
		}
	}
}

func TestJobsThatCannotBegin(t *testing.T) {
	for text, want := range map[string]string{
		"if: \"${{ fromJSON('[') }}\"":                              "the job's `if`",
		"if: secrets.X != ''":                                       "unrecognized named-value: 'secrets'",
		"strategy: {matrix: \"${{ fromJSON('{\\\"a\\\":[]}') }}\"}": "does not contain any values",
		"environment: \"${{ fromJSON('x') }}\"":                     "environment:",
	} {
		w := newWorld(t)
		run := w.publish(strings.Replace(oneJob("      - run: 'true'\n"), "    steps:", "    "+text+"\n    steps:", 1), nil)
		wantConclusion(t, run, github.Failure)
		if got := strings.Join(run.Jobs[0].Annotations, " "); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestStepsThatCannotRun(t *testing.T) {
	for step, want := range map[string]string{
		"{if: \"secrets.X != ''\", run: echo}":         "unrecognized named-value: 'secrets'",
		"{run: \"echo ${{ nope.x }}\"}":                "unrecognized named-value: 'nope'",
		"{run: echo, shell: python}":                   "the shell python is not installed",
		"{run: echo, working-directory: nowhere}":      "No such file or directory",
		"{run: echo, working-directory: /etc}":         "outside of this runner",
		"{run: \"echo broken >> $GITHUB_OUTPUT\"}":     "Invalid format 'broken'",
		"{run: \"echo 'a<<E' >> $GITHUB_ENV\"}":        "Matching delimiter not found 'E'",
		"{run: \"echo x=1 > $GITHUB_ENV; exit 1\"}":    "exit code 1",
		"{uses: 'docker://alpine'}":                    "is not in practice",
		"{run: \"curl -sS https://example.com\"}":      "it is not in the practice world",
		"{uses: actions/checkout@v7, with: {ref: no}}": "failed with exit code 128",
	} {
		w := newWorld(t)
		run := w.publish(oneJob("      - "+step+"\n"), nil)
		wantConclusion(t, run, github.Failure)
		wantLog(t, job(t, run, "only"), want)
	}
}

func TestHashFilesAndCheckoutsBeside(t *testing.T) {
	w := newWorld(t)
	_, err := w.store.AddRepository(context.Background(), github.Repository{Owner: "acme", Name: "other", Private: true})
	w.must(err)
	w.git("tag", "-f", "v3", w.push(map[string]string{"sub/a.lock": "1", "deep/b.lock": "2"}))
	w.git("push", "--quiet", gitrun.FileURL(w.bare), "v3")
	run := w.publish(oneJob("      - uses: actions/checkout@v7\n      - uses: actions/checkout@v7\n        with: {ref: v3, path: old}\n"+
		"      - run: |\n          echo \"[${{ hashFiles('**/*.lock', '!old/**') }}] [${{ hashFiles('none') }}]\"\n          git -C old describe --tags; ls old | head -1\n"+
		"      - uses: actions/checkout@v7\n        continue-on-error: true\n        id: private\n        with: {repository: acme/other, path: x}\n      - run: echo private ${{ steps.private.outcome }}\n"), nil)
	wantConclusion(t, run, github.Success)
	j := job(t, run, "only")
	wantLog(t, j, "] []\n", "Z v3\n", "Z private failure")
	if strings.Contains(j.Log, "[] []") {
		t.Error("hashFiles found nothing")
	}
}

func TestJobConcurrency(t *testing.T) {
	w := newWorld(t)
	run := w.publish("on: {workflow_dispatch: }\njobs:\n  a: {runs-on: x, concurrency: one, steps: [{run: 'true'}]}\n  b: {runs-on: x, needs: a, concurrency: {group: 'o${{ github.ref_type }}'}, steps: [{run: 'true'}]}\n", nil)
	wantConclusion(t, run, github.Success)
}

func TestNothingOfAJobIsLeft(t *testing.T) {
	w := newWorld(t)
	wantConclusion(t, w.publish(oneJob("      - uses: actions/checkout@v7\n      - run: touch x\n"), nil), github.Success)
	entries, err := os.ReadDir(w.runner.opt.Dir)
	w.must(err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "job-") {
			t.Errorf("%s is left", e.Name())
		}
	}
}
