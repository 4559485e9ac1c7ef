package workflow

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const sample = `name: Publish
on:
  push:
    tags: ["v*", "!v0*"]
    branches-ignore: [wip]
    paths: [src/**]
  release: {types: [published]}
  workflow_dispatch:
    inputs:
      Index: {type: choice, options: [pypi, testpypi], default: testpypi}
      dry: {type: boolean, default: true}
      note: {type: string}
  workflow_run: {workflows: [CI], types: [completed]}
permissions: {contents: read}
env: {A: 1}
defaults: {run: {shell: bash}}
jobs:
  build:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        Target: [x, y]
        include: [{target: z, extra: {deep: v}}]
    steps:
      - run: echo
  publish:
    name: To PyPI
    needs: [build]
    if: github.repository == 'o/r'
    runs-on: ubuntu-latest
    environment: {name: release, url: "https://x"}
    permissions:
      contents: read
      id-token: write
    env: {B: two}
    steps:
      - name: Mint
        id: mint
        uses: rust-lang/crates-io-auth-action@v1
        with: {URL: x}
      - run: |
          echo one
          echo two
        if: always()
        shell: pwsh
        env: {c: "3"}
  call:
    uses: ./.github/workflows/x.yml
    with: {Where: pypi}
    secrets: {TOKEN: "${{ secrets.T }}"}
  inherit:
    uses: o/r/.github/workflows/x.yml@v1
    secrets: inherit
`

func TestParseModel(t *testing.T) {
	f := Parse(Dir+"publish.yml", []byte(sample))
	push, dispatch := f.Trigger("push"), f.Trigger("workflow_dispatch")
	build, publish, call, inherit := f.Job("build"), f.Job("publish"), f.Job("call"), f.Job("inherit")
	for what, pair := range map[string][2]any{
		"problems":      {f.Problems, []Problem(nil)},
		"base":          {f.Base(), "publish.yml"},
		"name":          {f.Name, "Publish"},
		"events":        {strings.Join(Events(f), ","), "push,release,workflow_dispatch,workflow_run"},
		"tags":          {push.Tags, []string{"v*", "!v0*"}},
		"ignored":       {push.BranchesIgnore, []string{"wip"}},
		"paths":         {push.Paths, []string{"src/**"}},
		"push line":     {push.Line, 3},
		"types":         {f.Trigger("release").Types, []string{"published"}},
		"workflows":     {f.Trigger("workflow_run").Workflows, []string{"CI"}},
		"inputs":        {dispatch.Inputs, []string{"dry", "index", "note"}},
		"options":       {dispatch.InputValues["index"], []string{"pypi", "testpypi"}},
		"booleans":      {dispatch.InputValues["dry"], []string{"true", "false"}},
		"default":       {dispatch.Defaults["index"], "testpypi"},
		"permissions":   {f.Permissions.Scopes, map[string]string{"contents": "read"}},
		"env":           {f.Env, map[string]string{"A": "1"}},
		"jobs in order": {[]string{f.Jobs[0].ID, f.Jobs[1].ID, f.Jobs[2].ID, f.Jobs[3].ID}, []string{"build", "publish", "call", "inherit"}},
		"matrix":        {[]bool{build.Matrix, publish.Matrix}, []bool{true, false}},
		"job name":      {publish.Name, "To PyPI"},
		"needs":         {publish.Needs, []string{"build"}},
		"if":            {publish.If, "github.repository == 'o/r'"},
		"environment":   {*publish.Environment, Environment{Name: "release", Line: 31}},
		"scope lines":   {publish.Permissions.Lines, map[string]int{"contents": 33, "id-token": 34}},
		"job env":       {publish.Env, map[string]string{"B": "two"}},
		"job shell":     {publish.Shell, "bash"},
		"uses":          {publish.Steps[0].Uses, "rust-lang/crates-io-auth-action@v1"},
		"uses line":     {publish.Steps[0].UsesLine, 39},
		"with":          {publish.Steps[0].With, map[string]string{"url": "x"}},
		"step id":       {publish.Steps[0].ID + publish.Steps[0].Name, "mintMint"},
		"run":           {publish.Steps[1].Run, "echo one\necho two\n"},
		"run line":      {f.Lines[publish.Steps[1].RunLine-1], "          echo one"},
		"step":          {publish.Steps[1].If + publish.Steps[1].Shell, "always()pwsh"},
		"step env":      {publish.Steps[1].Env, map[string]string{"c": "3"}},
		"call":          {call.Uses + fmt.Sprint(call.UsesLine), "./.github/workflows/x.yml48"},
		"call with":     {call.With, map[string]string{"where": "pypi"}},
		"call secrets":  {call.Secrets, map[string]string{"token": "${{ secrets.T }}"}},
		"runner":        {publish.RunsOn, []string{"ubuntu-latest"}},
		"no container":  {publish.Container, ""},
		"inherit":       {inherit.InheritSecrets, true},
	} {
		if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestRunners(t *testing.T) {
	f := Parse("x.yml", []byte("on: push\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    container: debian:12\n    steps: [{run: x}]\n  b:\n    runs-on: ${{ matrix.os }}\n    container: {image: alpine}\n    steps: [{run: x}]\n"))
	a, b := f.Job("a"), f.Job("b")
	if got := fmt.Sprintf("%v %s %v %s", a.RunsOn, a.Container, b.RunsOn, b.Container); got != "[self-hosted linux] debian:12 [${{ matrix.os }}] alpine" {
		t.Error(got)
	}
}

// bomb makes aliases of aliases: a few lines that stand for 9^n values.
func bomb(levels int) string {
	var b strings.Builder
	b.WriteString("on: push\nx0: &x0 [a,a,a,a,a,a,a,a,a]\n")
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, "x%d: &x%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i-1), 9), ","))
	}
	fmt.Fprintf(&b, "jobs: {a: {runs-on: x, strategy: {matrix: {v: *x%d}}, steps: [{run: y}]}}\n", levels)
	return b.String()
}

func TestParseBadInput(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"empty":           {"", "workflow is empty"},
		"only a comment":  {"# nothing\n", "workflow is empty"},
		"binary":          {"\x00\x01\x02\xff", "could not parse as YAML"},
		"text":            {"just words", "mapping node is expected"},
		"a list":          {"- a\n- b\n", "mapping node is expected"},
		"tab":             {"on:\n\tpush:\n", "could not parse as YAML"},
		"duplicate key":   {"on: push\non: push\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n", `key "on" is duplicated`},
		"no jobs":         {"on: push\n", `"jobs" section is missing`},
		"unclosed":        {"on: [push\njobs: x", "could not parse as YAML"},
		"wrong types":     {"on: {push: 3}\njobs: [1, 2]\n", "expected"},
		"merge key":       {"on: push\nx: &x {runs-on: y}\njobs: {a: {<<: *x, steps: [{run: y}]}}\n", "merge key"},
		"many aliases":    {bomb(8), "its aliases stand for more than"},
		"aliases of one":  {"on: &o push\njobs: *missing\n", "could not parse as YAML"},
		"recursive alias": {"on: push\njobs: {a: &a {runs-on: x, strategy: {matrix: {v: [*a]}}, steps: [{run: y}]}}\n", "recursive alias"},
		"too big":         {"on: push # " + strings.Repeat("x", MaxSize), "are not read"},
		"deep":            {strings.Repeat("[", 100_000), "could not parse as YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			f := Parse(Dir+"x.yml", []byte(c.src))
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %s", d)
			}
			for _, p := range f.Problems {
				if strings.Contains(p.Message, c.want) && p.Refused {
					return
				}
			}
			t.Errorf("problems %+v, want one that says %q", f.Problems, c.want)
		})
	}
}

// Files that GitHub accepts have no problem, however they are written.
func TestParseGoodInput(t *testing.T) {
	plain := "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cargo publish\n"
	for name, src := range map[string]string{
		"plain":         plain,
		"bom":           "\xef\xbb\xbf" + plain,
		"crlf":          strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last line":  strings.TrimSuffix(plain, "\n"),
		"flow":          "{on: push, jobs: {a: {runs-on: x, steps: [{run: cargo publish}]}}}",
		"anchor":        "on: push\njobs: {a: {runs-on: x, steps: &s [{run: cargo publish}]}, b: {runs-on: x, steps: *s}}",
		"unused anchor": "on: push\njobs: {a: {runs-on: &r x, steps: [{run: cargo publish}]}}",
	} {
		f := Parse(Dir+"x.yml", []byte(src))
		for _, p := range f.Problems {
			if p.Refused {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if len(Publishes([]*File{f})) == 0 {
			t.Errorf("%s: nothing was found in it", name)
		}
	}
}

func TestLint(t *testing.T) {
	step := func(s string) string { return job("", s) }
	for name, c := range map[string]struct {
		src, message   string
		refused, doubt bool
	}{
		"unknown job":       {"on: push\njobs: {a: {runs-on: ubuntu-latest, needs: b, steps: [{run: x}]}}", "needs job", true, false},
		"misspelt key":      {"on: push\njobs: {a: {runs-on: ubuntu-latest, permisions: {}, steps: [{run: x}]}}", `unexpected key "permisions"`, true, false},
		"unknown key":       {"on: push\njobs: {a: {runs-on: ubuntu-latest, quantum: 1, steps: [{run: x}]}}", `unexpected key "quantum"`, false, true},
		"misspelt scope":    {"on: push\npermissions: {id_token: write}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "unknown permission scope", true, false},
		"unknown scope":     {"on: push\npermissions: {copilot-things: write}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "unknown permission scope", false, true},
		"unknown event":     {"on: [earthquake]\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "unknown Webhook event", false, true},
		"misspelt event":    {"on: [releases]\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "unknown Webhook event", true, false},
		"bad expression":    {step("- run: echo ${{ foo.bar }}"), "undefined variable", true, false},
		"bad cron":          {"on: {schedule: [{cron: x}]}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "invalid CRON", true, false},
		"unknown input":     {step("- uses: actions/checkout@v4\n  with: {nonsense: 1}"), "nonsense", false, false},
		"script injection":  {step("- run: echo ${{ github.event.issue.title }}"), "potentially untrusted", false, false},
		"bad reference":     {step("- uses: nonsense"), "invalid format", true, false},
		"both filters":      {"on: {push: {tags: [a], tags-ignore: [b]}}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}", "cannot be used for the same event", true, false},
		"duplicate step id": {step("- {id: a, run: x}\n- {id: a, run: y}"), "duplicates", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			found := Lint(Dir+"x.yml", []byte(c.src))
			for _, p := range found {
				if strings.Contains(p.Message, c.message) {
					if p.Refused != c.refused || (p.Doubt != "") != c.doubt || p.Line < 1 {
						t.Errorf("judged %+v", p)
					}
					return
				}
			}
			t.Errorf("not found among %+v", found)
		})
	}
}

// What GitHub introduced after the linter was made is no problem.
func TestLintKnowsWhatIsNewer(t *testing.T) {
	for _, src := range []string{
		job("", "- uses: $/.github/actions/x"),
		"on: push\njobs: {a: {uses: $/.github/workflows/x.yml}}",
		"on: push\npermissions: {vulnerability-alerts: read, code-quality: write}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}",
		job("", parallel),
	} {
		if found := Lint(Dir+"x.yml", []byte(src)); len(found) > 0 {
			t.Errorf("%s\n%+v", src, found)
		}
	}
}

const parallel = `- {run: ./serve, id: serve, background: true}
- parallel:
    - name: One
      id: one
      if: always()
      uses: pypa/gh-action-pypi-publish@release/v1
      with: {Repository-Url: https://test.pypi.org/legacy/}
    - shell: bash
      env: {A: b}
      run: |
        true
        uv publish
- wait: [serve]
- wait-all:
- cancel: serve
- run: cargo publish`

// Steps that run beside each other are steps like others.
func TestParallelSteps(t *testing.T) {
	f := Parse(Dir+"x.yml", []byte(job(granted, parallel)))
	if len(f.Problems) > 0 {
		t.Errorf("problems %+v", f.Problems)
	}
	const want = "testpypi pypa/gh-action-pypi-publish trusted publishing <1; pypi uv publish trusted publishing <2; crates.io cargo publish none found"
	found := Publishes([]*File{f})
	if got := inBrief(found); got != want {
		t.Fatalf("found %q\nwant  %q", got, want)
	}
	for _, p := range found {
		if line := f.Lines[p.Line-1]; !strings.Contains(line, "publish") {
			t.Errorf("%s points at %q", p.Means, line)
		}
	}
	if s := f.Jobs[0].Steps[1]; s.ID+s.Name+s.If != "oneOnealways()" || s.With["repository-url"] == "" {
		t.Errorf("step %+v", s)
	}
	if s := f.Jobs[0].Steps[2]; s.Shell != "bash" || s.Env["A"] != "b" {
		t.Errorf("step %+v", s)
	}
	broken := Parse(Dir+"x.yml", []byte(job("", "- name: nothing to do")))
	if len(broken.Problems) != 1 || !broken.Problems[0].Refused {
		t.Errorf("a step that does nothing: %+v", broken.Problems)
	}
}

// What GitHub accepts since the linter was made is no problem.
func TestLintKnowsNewerFunctions(t *testing.T) {
	src := job("", "- run: echo ${{ case(github.event_name == 'push', 'a', 'b') }} ${{ nonsense('x') }}")
	found := Lint(Dir+"x.yml", []byte(src))
	if len(found) != 1 || !strings.Contains(found[0].Message, "nonsense") {
		t.Errorf("%+v", found)
	}
}

func TestLintBadInput(t *testing.T) {
	long := "- run: echo ${{ " + strings.Repeat("(", 30_000) + "1" + strings.Repeat(")", 30_000) + " }}"
	for name, src := range map[string]string{"empty": "", "bomb": bomb(8), "deep": strings.Repeat("[", 100_000), "long expression": job("", long)} {
		if found := Lint(Dir+"x.yml", []byte(src)); len(found) == 0 {
			t.Errorf("%s: nothing is said", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample), []byte(composite(twineAction, "- run: twine upload -p ${{ inputs.token }}\n  shell: bash")))
	f.Add([]byte(bomb(3)), []byte(bomb(3)))
	f.Add([]byte(job(granted, auth+"- run: cargo publish")), []byte("runs: {using: composite, steps: [{uses: ./x}]}"))
	f.Add([]byte(job(granted, "- {id: a, uses: ./x, with: {t: '${{ matrix.a }}'}}\n- run: cargo publish --token ${{ steps.a.outputs.o }}")), []byte("inputs: {t: {}}\noutputs: {o: {value: '${{ inputs.t }}'}}\nruns: {using: composite, steps: [{uses: $/y}]}"))
	f.Add([]byte(job("strategy: {matrix: {a: [1, {b: 2}], exclude: [{a: 1}], include: [{c: '${{ vars.x }}'}]}}\nenvironment: ${{ matrix.a.b }}", "- uses: pypa/gh-action-pypi-publish@v1")), []byte("runs:"))
	f.Add([]byte("on: push\njobs: {a: &a {uses: ./.github/workflows/x.yml, with: *a}}"), []byte(""))
	f.Add([]byte("on: workflow_call\njobs: {a: {uses: $/.github/workflows/y.yml, strategy: {matrix: '${{ fromJSON(inputs.m) }}'}}}"), []byte("a"))
	f.Fuzz(func(t *testing.T, src, action []byte) {
		file := Parse(Dir+"x.yml", src)
		remote := "o/r/.github/workflows/x.yml@v1"
		sources := Sources{Files: []*File{file, ParseRemote(remote, src)}, Actions: []*Action{ParseAction("x", "x/action.yml", action), ParseAction("o/r/y@v1", "y/action.yml", action)}}
		answer := Read(sources)
		for _, l := range answer.Lacking {
			if l.File == nil || l.Job == nil {
				t.Fatalf("incomplete: %+v", l)
			}
		}
		for _, b := range answer.Blind {
			if b.Why == "" {
				t.Fatalf("without a reason: %+v", b)
			}
			b.MayMint("read")
		}
		run := Run{Owner: "o", Repository: "r", OwnerID: 1, Event: "push", Ref: "refs/tags/v1", DefaultBranch: "main", Inputs: map[string]string{}}
		for i, p := range answer.Publishing {
			if p.Step == nil || p.Job == nil || p.File == nil || (p.Inner == nil) != (len(p.Via) == 0) {
				t.Fatalf("incomplete: %+v", p)
			}
			if i > 50 {
				break // it is all the same to them
			}
			p.Grant("read")
			Claims(p, run).Cases()
			ForeseeExchange(p, run)
			StrayInputs(p.Step)
		}
		Refuses(sources.Files, file, "")
		TriggerFires(file, "push", "refs/tags/v1")
	})
}
