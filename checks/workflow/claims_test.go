package workflow

import (
	"strings"
	"testing"
)

var tagRun = Run{Owner: "Acme", Repository: "market-data", OwnerID: 7, Event: "push", Ref: "refs/tags/v1.0", SHA: strings.Repeat("a", 40)}

func text(c Claim) string {
	switch {
	case c.Known:
		return c.Text
	case len(c.Possible) > 0:
		return strings.Join(c.Possible, "|")
	}
	return "?" + c.Why
}

func TestClaims(t *testing.T) {
	direct := files("publish.yml", job("environment: Release", "- uses: pypa/gh-action-pypi-publish@release/v1"))
	local := files("upload.yml", reusable, "ci.yml", caller("push", "uses: ./.github/workflows/upload.yml\nwith: {env: prod}"))
	remote := func(ref string) []*File {
		return files("ci.yml", caller("push", "uses: org/shared/.github/workflows/upload.yml@"+ref), "org/shared/.github/workflows/upload.yml@"+ref, reusable)
	}
	commit := strings.Repeat("b", 40)
	for name, c := range map[string]struct {
		files []*File
		run   Run
		want  map[string]string
	}{
		"direct": {direct, tagRun, map[string]string{
			"repository": "Acme/market-data", "owner": "Acme", "owner id": "7", "event": "push", "ref": "refs/tags/v1.0",
			"workflow": "Acme/market-data/.github/workflows/publish.yml@refs/tags/v1.0", "job workflow": "Acme/market-data/.github/workflows/publish.yml@refs/tags/v1.0",
			"environment": "Release", "file": "publish.yml", "job file": "publish.yml",
		}},
		"local reusable": {local, tagRun, map[string]string{
			"workflow": "Acme/market-data/.github/workflows/ci.yml@refs/tags/v1.0", "job workflow": "Acme/market-data/.github/workflows/upload.yml@refs/tags/v1.0",
			"environment": "prod", "file": "ci.yml", "job file": "upload.yml",
		}},
		"remote reusable at a tag or branch": {remote("v1"), tagRun, map[string]string{
			"workflow":     "Acme/market-data/.github/workflows/ci.yml@refs/tags/v1.0",
			"job workflow": "org/shared/.github/workflows/upload.yml@refs/tags/v1|org/shared/.github/workflows/upload.yml@refs/heads/v1", "environment": "",
		}},
		"remote reusable at a commit": {remote(commit), tagRun, map[string]string{"job workflow": "org/shared/.github/workflows/upload.yml@" + commit}},
		"nothing known": {direct, Run{}, map[string]string{
			"repository": "?the repository is not known", "owner id": "?the owner's id is not known", "ref": "?the ref is not known",
			"workflow": "?the repository is not known", "file": "publish.yml", "environment": "Release",
		}},
		"called by nothing": {files("upload.yml", reusable), tagRun, map[string]string{"file": "?no workflow of the repository calls upload.yml"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := Publishes(c.files)
			if len(found) == 0 {
				t.Fatal("nothing publishes")
			}
			got := Claims(found[0], c.run)
			all := map[string]string{
				"repository": text(got.Repository), "owner": text(got.RepositoryOwner), "owner id": text(got.RepositoryOwnerID),
				"event": text(got.EventName), "ref": text(got.Ref), "workflow": text(got.WorkflowRef), "job workflow": text(got.JobWorkflowRef),
				"environment": text(got.Environment), "file": text(got.WorkflowFile), "job file": text(got.JobWorkflowFile),
			}
			for claim, want := range c.want {
				if all[claim] != want {
					t.Errorf("%s is %q, want %q", claim, all[claim], want)
				}
			}
		})
	}
}

func TestEnvironmentClaim(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"none":            {"", ""},
		"name":            {"environment: release", "release"},
		"object":          {"environment: {name: release}", "release"},
		"matrix":          {"strategy: {matrix: {e: [pypi, testpypi]}}\nenvironment: '${{ matrix.e }}'", "pypi|testpypi"},
		"matrix in text":  {"strategy: {matrix: {e: [a, b]}}\nenvironment: 'to-${{ matrix.e }}'", "to-a|to-b"},
		"matrix computed": {"strategy: {matrix: {e: '${{ fromJSON(vars.x) }}'}}\nenvironment: '${{ matrix.e }}'", "?matrix.e is only known when the job runs"},
		"by event":        {"environment: ${{ github.event_name == 'push' && 'pypi' || 'testpypi' }}", "pypi"},
		"by ref":          {"environment: ${{ startsWith(github.ref, 'refs/tags/') && 'pypi' || 'testpypi' }}", "pypi"},
		"by ref type":     {"environment: ${{ github.ref_type == 'branch' && 'staging' || 'release' }}", "release"},
		"by owner":        {"environment: ${{ github.repository_owner == 'acme' && 'release' || '' }}", "release"},
		"variable":        {"environment: ${{ vars.ENV }}", "?vars.env is only known when the job runs"},
		"env context":     {"environment: ${{ env.E }}\nenv: {E: release}", "release"},
		"output":          {"environment: ${{ needs.plan.outputs.env == 'x' && 'a' || 'b' }}", "a|b"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(job(c.head, "- uses: pypa/gh-action-pypi-publish@release/v1")))
			found := Publishes([]*File{f})
			if got := text(Claims(found[0], tagRun).Environment); got != c.want {
				t.Errorf("environment %q, want %q", got, c.want)
			}
		})
	}
}

func TestDispatchInputsInClaims(t *testing.T) {
	src := "on:\n  push: {tags: [v*]}\n  workflow_dispatch: {inputs: {env: {type: choice, options: [a, b]}, free: {type: string, default: c}}}\n" +
		"jobs: {p: {runs-on: x, environment: \"${{ inputs.%s || 'release' }}\", steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}}\n"
	for name, c := range map[string]struct{ input, event, want string }{
		"choice":          {"env", "workflow_dispatch", "a|b"},
		"not dispatched":  {"env", "push", "release"},
		"event not known": {"env", "", "a|b|release"},
		"free text":       {"free", "workflow_dispatch", "?input free is chosen by who starts the run"},
	} {
		f := Parse(Dir+"publish.yml", []byte(strings.Replace(src, "%s", c.input, 1)))
		run := tagRun
		run.Event = c.event
		if got := text(Claims(Publishes([]*File{f})[0], run).Environment); got != c.want {
			t.Errorf("%s: environment %q, want %q", name, got, c.want)
		}
	}
}

func TestCases(t *testing.T) {
	c := ClaimSet{Environment: Claim{Possible: []string{"a", "b"}}, JobWorkflowRef: Claim{Possible: []string{"x", "y", "z"}}}
	cases := c.Cases()
	seen := map[string]bool{}
	for _, one := range cases {
		if !one.Environment.Known || !one.JobWorkflowRef.Known {
			t.Errorf("not known: %+v", one)
		}
		seen[one.Environment.Text+one.JobWorkflowRef.Text] = true
	}
	if len(cases) != 6 || len(seen) != 6 {
		t.Errorf("%d cases, %d of them different, want 6", len(cases), len(seen))
	}
	if open := (ClaimSet{Environment: Claim{Why: "?"}}).Cases(); len(open) != 1 || open[0].Environment.Known {
		t.Errorf("an open claim became %+v", open)
	}
}

func TestForesee(t *testing.T) {
	for name, c := range map[string]struct {
		head, step string
		event, ref string
		want       Outlook
	}{
		"no condition":       {"", "", "push", "refs/tags/v1", Reached},
		"event fits":         {"if: github.event_name == 'push'", "", "push", "refs/tags/v1", Reached},
		"event differs":      {"if: github.event_name == 'release'", "", "push", "refs/tags/v1", Skipped},
		"ref differs":        {"if: startsWith(github.ref, 'refs/tags/')", "", "push", "refs/heads/main", Skipped},
		"other owner":        {"if: github.repository == 'someone/else'", "", "push", "refs/tags/v1", Skipped},
		"run time":           {"if: needs.x.outputs.release == 'true'", "", "push", "refs/tags/v1", Perhaps},
		"step is skipped":    {"", "if: github.ref == 'refs/heads/main'", "push", "refs/tags/v1", Skipped},
		"step at run time":   {"", "if: steps.x.outputs.y", "push", "refs/tags/v1", Perhaps},
		"needed is skipped":  {"needs: [gate]", "", "push", "refs/heads/main", Skipped},
		"needed runs":        {"needs: [gate]", "", "push", "refs/tags/v1", Reached},
		"needed, but always": {"needs: [gate]\nif: always()", "", "push", "refs/heads/main", Reached},
		"on failure":         {"if: failure()", "", "push", "refs/tags/v1", Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			step := "- uses: pypa/gh-action-pypi-publish@release/v1\n"
			if c.step != "" {
				step += "  " + c.step + "\n"
			}
			src := job(c.head, step) + "  gate:\n    if: github.ref_type == 'tag'\n    runs-on: x\n    steps: [{run: x}]\n"
			f := Parse(Dir+"publish.yml", []byte(src))
			got, why := Foresee(Publishes([]*File{f})[0], Run{Owner: "Acme", Repository: "r", Event: c.event, Ref: c.ref})
			if got != c.want || (got == Reached) != (why == "") {
				t.Errorf("%s because %q, want %s", got, why, c.want)
			}
		})
	}
}

// A chain of jobs that all need each other's jobs costs no more than its size.
func TestForeseeManyNeeds(t *testing.T) {
	var b strings.Builder
	b.WriteString("on: push\njobs:\n")
	all := ""
	for i := range 60 {
		id := "j" + strings.Repeat("x", i)
		b.WriteString("  " + id + ": {runs-on: x, needs: [" + all + "], steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}\n")
		all = strings.TrimPrefix(all+", "+id, ", ")
	}
	f := Parse(Dir+"x.yml", []byte(b.String()))
	for _, p := range Publishes([]*File{f}) {
		if got, why := Foresee(p, Run{Event: "push"}); got != Reached {
			t.Fatalf("%s: %s %s", p.Subject(), got, why)
		}
	}
}
