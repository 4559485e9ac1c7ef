package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

func TestAnUnknownCommandFails(t *testing.T) {
	w := newWorld(t)
	run := w.publish(oneJob("      - run: echo before && goreleaser release\n      - run: echo after\n"), nil)
	wantConclusion(t, run, github.Failure)
	j := job(t, run, "only")
	wantLog(t, j, "practice runner: goreleaser is not installed on this runner", "##[error]Process completed with exit code 127.")
	if got := stepsOf(j); !strings.Contains(got, "2 Run echo before && goreleaser release=failure\n3 Run echo after=skipped\n4 Complete job=success") {
		t.Errorf("steps:\n%s", got)
	}
	if len(j.Annotations) != 1 || j.Annotations[0] != "Process completed with exit code 127." {
		t.Errorf("annotations %q", j.Annotations)
	}
}

func TestAnUnknownActionFails(t *testing.T) {
	w := newWorld(t)
	run := w.publish(oneJob("      - uses: someone/something@v1\n"), nil)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "only"), "practice runner: the action someone/something@v1 is not in practice")
}

func TestStepsAndTheirContexts(t *testing.T) {
	w := newWorld(t)
	w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error {
		r.Secrets = []github.Secret{{Name: "KEY", Value: "hunter2\nsecond-line"}}
		r.Variables = []github.Variable{{Name: "PLACE", Value: "here"}}
		return nil
	}))
	run := w.publish(`on: {workflow_dispatch: }
env: {A: workflow, B: workflow}
defaults: {run: {working-directory: sub}}
jobs:
  only:
    runs-on: ubuntu-latest
    env: {B: job, C: "${{ vars.PLACE }}"}
    outputs: {plain: "${{ steps.out.outputs.x }}", leak: "${{ secrets.KEY }}"}
    steps:
      - run: mkdir sub
        working-directory: .
      - name: Say ${{ github.ref_name }}
        id: out
        run: |
          echo "$A $B $C $D" "${{ env.D }}"
          echo "x=value" >> "$GITHUB_OUTPUT"
          printf 'y<<END\none\ntwo\nEND\n' >> "$GITHUB_OUTPUT"
          echo "LATER=1$LATER" >> "$GITHUB_ENV"
          basename "$PWD"; basename "$GITHUB_WORKSPACE"
        env: {D: "step ${{ env.B }}"}
      - run: echo "got ${{ steps.out.outputs.x }} ${{ endsWith(toJSON(steps.out.outputs.y), 'one\ntwo"') }} $LATER ${{ env.LATER }} ${{ steps.out.outcome }}"
      - run: echo "secret ${{ secrets.key }} and second-line; $(echo hunter2 | tr a-z A-Z)"
      - run: |
          word=sword; echo "::add-mask::${word}fish"
          echo "the word is ${word}fish"
          echo "::error file=x.rs,line=3::it is %0Abroken"
          echo "::notice::look"; echo "::group::G"; echo "::endgroup::"; echo "::debug::nev""er shown"
          echo "::stop-commands::XyZ"; echo "::error::only text"; echo "::XyZ::"
      - run: "false"
        id: soft
        continue-on-error: true
      - run: echo "soft ${{ steps.soft.outcome }} ${{ steps.soft.conclusion }}"
      - if: failure()
        run: echo never
      - run: exit 3
        id: hard
      - if: always() && steps.hard.outcome == 'failure'
        run: echo "always ${{ job.status }}"
      - run: echo never
  next:
    needs: only
    if: ${{ !cancelled() }}
    runs-on: ubuntu-latest
    steps:
      - run: echo "needs ${{ needs.only.result }} [${{ needs.only.outputs.plain }}] [${{ needs.only.outputs.leak }}]"
`, nil)
	wantConclusion(t, run, github.Failure)
	j := job(t, run, "only")
	wantLog(t, j, "workflow job here step job step job", "Z sub\n", "Z market-data\n", "got value true 1 1 success", "Z secret ***\n", "and ***; HUNTER2",
		"the word is ***", "##[error]it is \n", "##[notice]look", "##[group]G", "Z ::error::only text", "soft failure success", "always failure",
		"##[error]Process completed with exit code 3.", "Skip output 'leak' since it may contain secret.")
	for _, bad := range []string{"never", "hunter2", "swordfish", t.TempDir()} {
		if strings.Contains(j.Log, bad) {
			t.Errorf("%q is in the log:\n%s", bad, j.Log)
		}
	}
	if got := stepsOf(j); !strings.Contains(got, "3 Say main=success") || !strings.Contains(got, "7 Run false=success") {
		t.Errorf("steps:\n%s", got)
	}
	wantLog(t, job(t, run, "next"), "needs failure [value] []")
}

func TestJobGraph(t *testing.T) {
	w := newWorld(t)
	step := "    runs-on: x\n    steps: [{run: "
	run := w.publish("on: {workflow_dispatch: }\njobs:\n"+
		"  good:\n"+step+"'true'}]\n"+
		"  bad:\n"+step+"'false'}]\n"+
		"  after-bad:\n    needs: bad\n"+step+"'true'}]\n"+
		"  on-failure:\n    needs: [good, bad]\n    if: failure()\n"+step+"'true'}]\n"+
		"  whatever:\n    needs: after-bad\n    if: always()\n"+step+"'echo was ${{ needs.after-bad.result }}'}]\n"+
		"  behind:\n    needs: whatever\n"+step+"'true'}]\n"+
		"  unmet:\n    if: github.ref == 'refs/heads/other'\n"+step+"'true'}]\n"+
		"  soft:\n    continue-on-error: true\n"+step+"'false'}]\n"+
		"  after-soft:\n    needs: soft\n"+step+"'true'}]\n", nil)
	wantConclusion(t, run, github.Failure)
	for name, want := range map[string]github.Conclusion{"good": github.Success, "bad": github.Failure, "after-bad": github.Skipped, "on-failure": github.Success,
		"whatever": github.Success, "behind": github.Skipped, "unmet": github.Skipped, "soft": github.Failure, "after-soft": github.Success} {
		if got := job(t, run, name).Conclusion; got != want {
			t.Errorf("%s ended with %s, want %s", name, got, want)
		}
	}
	wantLog(t, job(t, run, "whatever"), "was skipped")
}

func TestMatrixEnvironmentsAndClaims(t *testing.T) {
	w := newWorld(t)
	run := w.publish(`on: {workflow_dispatch: {inputs: {where: {default: prod}}}}
permissions: {id-token: write}
jobs:
  m:
    strategy: {fail-fast: false, matrix: {index: [pypi, testpypi], v: [3.10]}}
    runs-on: ubuntu-latest
    environment: ${{ matrix.index }}-${{ inputs.where }}
    outputs: {last: "${{ matrix.index }}"}
    steps:
      - run: |
          jwt=$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=x" | jq -r .value)
          payload=$(echo "$jwt" | cut -d . -f 2 | tr -- '-_' '+/')
          while [ $(( ${#payload} % 4 )) -ne 0 ]; do payload="$payload="; done
          echo "$payload" | base64 -d | jq -r '"env=" + .environment + " file=" + .job_workflow_ref'
      - if: matrix.index == 'pypi'
        run: exit 1
`, nil)
	wantConclusion(t, run, github.Failure)
	for _, index := range []string{"pypi", "testpypi"} {
		j := job(t, run, fmt.Sprintf("m (%s, 3.1)", index))
		if j.Environment != index+"-prod" {
			t.Errorf("environment %q", j.Environment)
		}
		wantLog(t, j, "env="+index+"-prod file=acme/market-data/.github/workflows/publish.yml@refs/heads/main")
	}
	if c := job(t, run, "m (testpypi, 3.1)").Conclusion; c != github.Success {
		t.Errorf("without fail-fast the other one ends with %s", c)
	}
}

func TestPermissionsOfReusableWorkflows(t *testing.T) {
	w := newWorld(t)
	called := "on: {workflow_call: {inputs: {who: {type: string}}, secrets: {handed: {}}, outputs: {said: {value: '${{ jobs.x.outputs.said }}'}}}}\njobs:\n  x:\n    runs-on: y\n" +
		"    permissions: {id-token: write}\n    outputs: {said: 'hello ${{ inputs.who }}'}\n    steps: [{run: 'echo [${{ secrets.handed }}] [${{ secrets.OTHER }}] $ACTIONS_ID_TOKEN_REQUEST_URL'}]\n"
	caller := func(permissions string) string {
		return "on: {workflow_dispatch: }\n" + permissions + "jobs:\n  c:\n    uses: $/.github/workflows/called.yml\n    with: {who: you}\n    secrets: {handed: '${{ secrets.OTHER }}'}\n" +
			"  after:\n    needs: c\n    runs-on: y\n    steps: [{run: 'echo ${{ needs.c.outputs.said }}'}]\n"
	}
	w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error {
		r.Secrets = []github.Secret{{Name: "OTHER", Value: "topsecret"}}
		return nil
	}))
	run := w.publish(caller(""), map[string]string{".github/workflows/called.yml": called})
	if run.Conclusion != github.StartupFailure || !strings.Contains(run.Problem, "The nested job 'x' is requesting 'id-token: write', but is only allowed 'id-token: none'.") {
		t.Errorf("%s: %s", run.Conclusion, run.Problem)
	}
	run = w.publish(caller("permissions: {id-token: write}\n"), nil)
	wantConclusion(t, run, github.Success)
	j := job(t, run, "c / x")
	wantLog(t, j, "[***] [] https://")
	if j.WorkflowPath != "acme/market-data/.github/workflows/called.yml" || j.WorkflowRef != "refs/heads/main" || j.WorkflowSHA != run.SHA || j.Permissions["id-token"] != "write" {
		t.Errorf("the job says %+v", j)
	}
	wantLog(t, job(t, run, "after"), "hello you")
}

func TestCheckoutNeedsContentsInAPrivateRepository(t *testing.T) {
	for permissions, want := range map[string]github.Conclusion{"{id-token: write}": github.Failure, "{contents: read}": github.Success} {
		w := newWorld(t)
		w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error { r.Private = true; return nil }))
		run := w.publish("permissions: "+permissions+"\n"+oneJob("      - uses: actions/checkout@v7\n      - run: cat here.txt\n"), map[string]string{"here.txt": "hi\n"})
		wantConclusion(t, run, want)
		if want == github.Failure {
			wantLog(t, job(t, run, "only"), "remote: Repository not found.", "The process '/usr/bin/git' failed with exit code 128")
		}
	}
}

func TestCheckoutOfATag(t *testing.T) {
	w := newWorld(t)
	w.push(map[string]string{publishPath: oneJob("      - uses: actions/checkout@v7\n        with: {fetch-depth: 0}\n" +
		"      - run: |\n          git describe --tags --exact-match; git rev-parse --abbrev-ref HEAD; git log --oneline | wc -l\n          git merge-base --is-ancestor HEAD origin/main && echo on main\n" +
		"          git fetch origin main; echo \"$GITHUB_REF_NAME $GITHUB_REF_TYPE\"\n")})
	w.push(nil)
	w.git("tag", "v1.0.0")
	w.git("push", "--quiet", "file://"+w.bare, "v1.0.0")
	run := w.dispatch("refs/tags/v1.0.0", nil)
	wantConclusion(t, run, github.Success)
	wantLog(t, job(t, run, "only"), "Z v1.0.0\n", "Z HEAD\n", "Z 2\n", "Z on main\n", "Z v1.0.0 tag\n")
}

func TestGitCannotBeMadeToStartPrograms(t *testing.T) {
	w := newWorld(t)
	var steps strings.Builder
	for _, c := range []string{"git -c core.pager=x log", "git config core.fsmonitor ./x", "git config --global alias.x '!sh'", "git fetch ext::sh", "git fetch origin --upload-pack=./x",
		"git fetch ../other", "git clone x", "git push origin main", "git log --output=/tmp/x", "git --git-dir=/ log", "git submodule foreach ls", "git rebase --exec x", "git -C / log", "git fetch --uplo=./x origin", "git remote add x y"} {
		fmt.Fprintf(&steps, "          %s && echo WENT-THROUGH\n", c)
	}
	run := w.publish(oneJob("      - uses: actions/checkout@v7\n      - run: |\n          set +e\n"+steps.String()+"          git config user.name x && git config user.name\n"), nil)
	j := job(t, run, "only")
	if _, out, _ := strings.Cut(j.Log, "shell: /usr/bin/bash"); strings.Contains(out, "WENT-THROUGH") {
		t.Errorf("log:\n%s", j.Log)
	}
	wantConclusion(t, run, github.Success)
}

func TestLocalCompositeActions(t *testing.T) {
	action := "inputs: {who: {default: nobody}}\noutputs: {said: {value: '${{ steps.s.outputs.w }}'}}\nruns:\n  using: composite\n  steps:\n" +
		"    - id: s\n      run: echo \"w=hello ${{ inputs.who }}\" >> $GITHUB_OUTPUT; echo \"FROM=action\" >> $GITHUB_ENV; ls $GITHUB_ACTION_PATH ${{ github.action_path }}\n      shell: bash\n"
	w := newWorld(t)
	run := w.publish(oneJob("      - uses: $/tools/greet\n        id: a\n        with: {who: ana}\n      - run: echo \"${{ steps.a.outputs.said }} $FROM\"\n"+
		"      - uses: actions/checkout@v7\n      - uses: ./tools/greet\n        id: b\n      - run: echo \"${{ steps.b.outputs.said }}\"\n"), map[string]string{"tools/greet/action.yml": action})
	wantConclusion(t, run, github.Success)
	wantLog(t, job(t, run, "only"), "hello ana action", "hello nobody")
	for text, want := range map[string]string{"      - uses: ./tools/greet\n": "Did you forget to run actions/checkout", "      - uses: $/js\n": "only composite actions are in practice", "      - uses: $/fails\n": "a step of the action failed"} {
		run := w.publish(oneJob(text), map[string]string{"js/action.yml": "runs: {using: node24, main: x.js}\n", "fails/action.yml": "runs: {using: composite, steps: [{run: exit 1, shell: bash}]}\n"})
		wantConclusion(t, run, github.Failure)
		wantLog(t, job(t, run, "only"), want)
	}
}

func TestTriggersStartRuns(t *testing.T) {
	w := newWorld(t)
	head := func(on string) string { return "on: " + on + "\njobs: {j: {runs-on: x, steps: [{run: 'true'}]}}\n" }
	sha := w.push(map[string]string{publishPath: head("{push: {tags: ['v*']}}"), ".github/workflows/ci.yml": "name: CI\n" + head("{push: {branches: [main]}}"),
		".github/workflows/release.yml": head("{release: {types: [published]}}"), ".github/workflows/after.yml": head("{workflow_run: {workflows: [CI], types: [completed]}}"),
		".github/workflows/broken.yml": "on: push\njobs: {j: {steps: [{run: x}]}}\n", ".github/workflows/readme.txt": "on: push"})
	w.git("push", "--quiet", "file://"+w.bare, "HEAD:refs/tags/v1")
	names := func() string {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		w.must(w.runner.Wait(ctx))
		var out []string
		for _, r := range w.store.Runs("acme", "market-data") {
			out = append([]string{strings.TrimPrefix(r.WorkflowPath, ".github/workflows/") + ":" + string(r.Conclusion)}, out...)
		}
		return strings.Join(out, " ")
	}
	w.runner.Pushed(context.Background(), github.Push{Owner: "acme", Name: "market-data", Ref: "refs/heads/main", Before: github.NoCommit, After: sha, Pusher: "ana", ByJob: true})
	if got := names(); got != "" {
		t.Errorf("a push by a job's token started %s", got)
	}
	w.runner.Pushed(context.Background(), github.Push{Owner: "acme", Name: "market-data", Ref: "refs/heads/main", Before: github.NoCommit, After: sha, Pusher: "ana"})
	if got := names(); got != "broken.yml:startup_failure ci.yml:success after.yml:success" {
		t.Errorf("the push of main started %s", got)
	}
	w.runner.Released(context.Background(), github.Released{Owner: "acme", Name: "market-data", Tag: "v1", SHA: sha, Actor: "ana"})
	if got := names(); !strings.HasSuffix(got, "after.yml:success release.yml:success") {
		t.Errorf("then the release started %s", got)
	}
	w.git("commit", "--quiet", "--allow-empty", "-m", "Docs [skip ci]")
	w.git("push", "--quiet", "file://"+w.bare, "main")
	before := len(w.store.Runs("acme", "market-data"))
	w.runner.Pushed(context.Background(), github.Push{Owner: "acme", Name: "market-data", Ref: "refs/heads/main", Before: sha, After: w.git("rev-parse", "HEAD"), Pusher: "ana"})
	if names(); len(w.store.Runs("acme", "market-data")) != before {
		t.Error("[skip ci] started runs")
	}
}

func TestDispatchRefusals(t *testing.T) {
	w := newWorld(t)
	sha := w.push(map[string]string{publishPath: "on: {workflow_dispatch: {inputs: {a: {required: true}}}}\njobs: {j: {runs-on: x, steps: [{run: 'true'}]}}\n"})
	for _, inputs := range []map[string]string{nil, {"a": "1", "b": "2"}} {
		_, err := w.runner.Dispatch(context.Background(), github.Dispatch{Owner: "acme", Name: "market-data", WorkflowPath: publishPath, Ref: "refs/heads/main", SHA: sha, Inputs: inputs, Actor: "ana"})
		if r, ok := err.(*github.Refusal); !ok || r.Status != 422 {
			t.Errorf("inputs %v: %v", inputs, err)
		}
	}
	if runs := w.store.Runs("acme", "market-data"); len(runs) != 0 {
		t.Errorf("a refused dispatch made %d runs", len(runs))
	}
}

func TestActionsSettings(t *testing.T) {
	for name, c := range map[string]struct {
		settings github.ActionsSettings
		want     string
	}{
		"local only":      {github.ActionsSettings{Allowed: "local_only"}, "actions/checkout@v7 is not allowed to be used in acme/market-data."},
		"selected":        {github.ActionsSettings{Allowed: "selected", Patterns: []string{"pypa/*"}}, "or matching the following: pypa/*"},
		"pinned":          {github.ActionsSettings{SHAPinning: true}, "all actions must be pinned to a full-length commit SHA"},
		"github's own":    {github.ActionsSettings{Allowed: "selected", GitHubOwned: true}, ""},
		"by pattern":      {github.ActionsSettings{Allowed: "selected", Patterns: []string{"actions/*"}}, ""},
		"by pattern, not": {github.ActionsSettings{Allowed: "selected", Patterns: []string{"actions/*", "!actions/checkout"}}, "not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error { r.Actions = c.settings; return nil }))
			run := w.publish(oneJob("      - uses: actions/checkout@v7\n"), nil)
			text := run.Problem
			for _, j := range run.Jobs {
				text += strings.Join(j.Annotations, " ")
			}
			if (run.Conclusion == github.Success) != (c.want == "") || !strings.Contains(text, c.want) {
				t.Errorf("%s: %s", run.Conclusion, text)
			}
		})
	}
}

func TestCancelRunsWhatWantsToRunAfterwards(t *testing.T) {
	w := newWorld(t)
	w.push(map[string]string{publishPath: oneJob("      - run: echo begun; while true; do sleep 1; done\n      - run: echo never\n      - if: cancelled()\n        run: echo swept\n")})
	id := w.start("refs/heads/main", nil)
	w.until(func() bool {
		r, err := w.store.Run(id)
		return err == nil && len(r.Jobs) == 1 && strings.Contains(r.Jobs[0].Log, "Z begun\n")
	})
	w.runner.Cancel(context.Background(), id)
	run := w.ended(id)
	wantConclusion(t, run, github.Cancelled)
	j := job(t, run, "only")
	wantLog(t, j, "Z swept\n", "The operation was canceled.")
	if strings.Contains(j.Log, "Z never") || j.Conclusion != github.Cancelled || !strings.Contains(stepsOf(j), "3 Run echo never=skipped\n4 Run echo swept=success") {
		t.Errorf("%s\n%s", stepsOf(j), j.Log)
	}
}

func TestTimeouts(t *testing.T) {
	w := newWorld(t) // a minute lasts a second here
	run := w.publish(oneJob("      - run: while true; do sleep 1; done\n        timeout-minutes: 0.1\n"), nil)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "only"), "has timed out after 0.1 minutes.")
	run = w.publish(strings.Replace(oneJob("      - run: while true; do sleep 1; done\n"), "    steps:", "    timeout-minutes: 0.1\n    steps:", 1), nil)
	if got := job(t, run, "only").Conclusion; got != github.Cancelled {
		t.Errorf("a job beyond its time ends with %s", got)
	}
}

func TestRerunKeepsWhatSucceeded(t *testing.T) {
	w := newWorld(t)
	w.push(map[string]string{publishPath: `on: {workflow_dispatch: }
jobs:
  build:
    runs-on: x
    outputs: {v: "${{ steps.s.outputs.v }}"}
    steps:
      - {id: s, run: "echo v=1 >> $GITHUB_OUTPUT; echo data > f"}
      - {uses: actions/upload-artifact@v7, with: {name: f, path: f}}
  publish:
    needs: build
    runs-on: x
    steps:
      - {uses: actions/download-artifact@v8, with: {name: f}}
      - run: echo "${{ needs.build.outputs.v }} $(cat f) attempt ${{ github.run_attempt }} by ${{ github.triggering_actor }}"; test "${{ github.run_attempt }}" = 2
`})
	id := w.start("refs/heads/main", nil)
	wantConclusion(t, w.ended(id), github.Failure)
	w.must(w.runner.Rerun(context.Background(), id, true, "bo"))
	run := w.ended(id)
	wantConclusion(t, run, github.Success)
	wantLog(t, job(t, run, "publish"), "1 data attempt 2 by bo")
	if len(run.Jobs) != 2 || run.Attempt != 2 {
		t.Errorf("%d jobs, attempt %d", len(run.Jobs), run.Attempt)
	}
	w.must(w.runner.Rerun(context.Background(), id, false, "ana"))
	if run = w.ended(id); run.Attempt != 3 || len(run.Jobs) != 2 {
		t.Errorf("attempt %d with %d jobs", run.Attempt, len(run.Jobs))
	}
}

func TestConcurrencyGroups(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		group string
		want  []github.Conclusion
	}{
		"one after the other, the middle one replaced": {"concurrency: release\n", []github.Conclusion{github.Success, github.Cancelled, github.Success}},
		"in progress cancelled":                        {"concurrency: {group: r, cancel-in-progress: true}\n", []github.Conclusion{github.Cancelled, github.Cancelled, github.Success}},
	} {
		t.Run(name, func(t *testing.T) {
			w.push(map[string]string{publishPath: c.group + oneJob("      - run: echo begun; sleep 1\n")})
			var ids []int64
			for i := range 3 {
				ids = append(ids, w.start("refs/heads/main", nil))
				w.until(func() bool {
					r, err := w.store.Run(ids[0])
					return err == nil && (i > 0 || len(r.Jobs) == 1 && strings.Contains(r.Jobs[0].Log, "Z begun\n"))
				})
				time.Sleep(50 * time.Millisecond) // so that they enter in this order
			}
			for i, id := range ids {
				if got := w.ended(id).Conclusion; got != c.want[i] {
					t.Errorf("run %d ended with %s, want %s", i, got, c.want[i])
				}
			}
		})
	}
}

func TestResumeEndsWhatWasGoingOn(t *testing.T) {
	w := newWorld(t)
	run, err := w.store.CreateRun(context.Background(), github.Run{Owner: "acme", Name: "market-data", WorkflowPath: publishPath, Event: "push", Ref: "refs/heads/main", Actor: "ana",
		Status: github.InProgress, Jobs: []github.Job{{Key: "a", Status: github.InProgress}}})
	w.must(err)
	w.runner.Resume()
	after, err := w.store.Run(run.ID)
	w.must(err)
	if after.Conclusion != github.Cancelled || after.Jobs[0].Conclusion != github.Cancelled || len(after.Jobs[0].Annotations) != 1 {
		t.Errorf("%+v", after)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	w := newWorld(t)
	w.push(map[string]string{publishPath: oneJob("      - run: while true; do sleep 1; done\n")})
	id := w.start("refs/heads/main", nil)
	w.runner.Close()
	run, err := w.store.Run(id)
	w.must(err)
	wantConclusion(t, run, github.Cancelled)
}

func TestWindowsNeedsBash(t *testing.T) {
	w := newWorld(t)
	run := w.publish(strings.Replace(oneJob("      - run: echo shown\n        shell: bash\n      - run: echo x\n"), "ubuntu-latest", "windows-latest", 1), nil)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "only"), "Z shown\n", "the shell pwsh is not installed")
}

// What closing breaks off is no problem; what fails by itself is one, also then.
func TestClosingIsNoProblem(t *testing.T) {
	var told []error
	w := newWorld(t)
	r, err := New(w.store, &http.Client{}, Options{Dir: t.TempDir(), Problem: func(err error) { told = append(told, err) }})
	w.must(err)
	ctx, stop := context.WithCancel(t.Context())
	child := exec.CommandContext(ctx, "git", "cat-file", "--batch")
	child.Dir = t.TempDir()
	w.must(exec.Command("git", "init", "--quiet", child.Dir).Run())
	held, err := child.StdinPipe()
	w.must(err)
	w.must(child.Start())
	stop()
	killed := child.Wait()
	_ = held.Close()
	r.opt.Problem(killed)
	if len(told) != 1 {
		t.Errorf("before closing: %v", told)
	}
	r.Close()
	r.opt.Problem(fmt.Errorf("reading: %w", killed))
	r.opt.Problem(fmt.Errorf("waiting: %w", context.Canceled))
	if len(told) != 1 {
		t.Errorf("broken off by closing: %v", told)
	}
	r.opt.Problem(errors.New("the disk is full"))
	if len(told) != 2 {
		t.Errorf("a failure while closing: %v", told)
	}
}
