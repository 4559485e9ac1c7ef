package workflow

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

const tail = "\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"

func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(".github/workflows/x.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f
}

func TestStarts(t *testing.T) {
	push := func(ref string, changed ...string) Event { return Event{Name: "push", Ref: ref, Changed: changed} }
	main, v1 := push("refs/heads/main"), push("refs/tags/v1.2.0")
	for _, c := range []struct {
		on    string
		event Event
		want  bool
	}{
		{"on: push", main, true},
		{"on: push", v1, true},
		{"on: [push, release]", v1, true},
		{"on: workflow_dispatch", main, false},
		{"on: {push: {tags: ['v*']}}", v1, true},
		{"on: {push: {tags: ['v*']}}", main, false},
		{"on: {push: {tags: 'v*'}}", v1, true},
		{"on: {push: {branches: [main]}}", v1, false},
		{"on: {push: {branches: [main]}}", push("refs/heads/maintenance"), false},
		{"on: {push: {branches: ['**'], tags: ['v[0-9]+.[0-9]+.[0-9]+']}}", v1, true},
		{"on: {push: {tags: ['v[0-9]+.[0-9]+.[0-9]+']}}", push("refs/tags/v1.2.0-rc1"), false},
		{"on: {push: {tags: ['v*', '!v*-rc*']}}", push("refs/tags/v1.2.0-rc1"), false},
		{"on: {push: {tags: ['v*', '!v*-rc*', 'v*-rc9']}}", push("refs/tags/v1-rc9"), true},
		{"on: {push: {tags: ['!v*-rc*', 'v*']}}", push("refs/tags/v1-rc1"), true},
		{"on: {push: {tags-ignore: ['*-rc*']}}", v1, true},
		{"on: {push: {tags-ignore: ['*-rc*']}}", push("refs/tags/v1-rc1"), false},
		{"on: {push: {tags-ignore: ['*-rc*']}}", main, false},
		{"on: {push: {branches: ['release/*']}}", push("refs/heads/release/1/2"), false},
		{"on: {push: {branches: ['release/**']}}", push("refs/heads/release/1/2"), true},
		{"on: {push: {branches: ['*']}}", push("refs/heads/a/b"), false},
		{"on: {push: {tags: ['v1?']}}", push("refs/tags/v"), true},
		{"on: {push: {tags: ['pkg-v1.*']}}", push("refs/tags/pkg-v1x0"), false},
		{"on: {push: {branches: [main], paths: ['src/**']}}", push("refs/heads/main", "docs/a.md"), false},
		{"on: {push: {branches: [main], paths: ['src/**']}}", push("refs/heads/main", "docs/a.md", "src/x/y.rs"), true},
		{"on: {push: {branches: [main], paths: ['src/**']}}", main, true}, // not known what changed
		{"on: {push: {paths-ignore: ['**.md']}}", push("refs/heads/main", "docs/a.md"), false},
		{"on: {push: {paths-ignore: ['**.md']}}", push("refs/tags/v1", "docs/a.md"), true},
		{"on: release", Event{Name: "release", Action: "published", Ref: "refs/tags/v1"}, true},
		{"on: {release: {types: [published]}}", Event{Name: "release", Action: "created"}, false},
		{"on: {workflow_run: {workflows: [CI], types: [completed]}}", Event{Name: "workflow_run", Workflow: "CI", Action: "completed"}, true},
		{"on: {workflow_run: {workflows: [CI], types: [completed]}}", Event{Name: "workflow_run", Workflow: "Docs", Action: "completed"}, false},
	} {
		got, why, err := read(t, c.on+tail).Starts(c.event)
		if err != nil || got != c.want {
			t.Errorf("%s with %s %s = %v (%s, %v), want %v", c.on, c.event.Name, c.event.Ref, got, why, err, c.want)
		}
		if !got && why == "" {
			t.Errorf("%s: no reason for not starting on %s", c.on, c.event.Ref)
		}
	}
}

func TestReadRefusesWhatGitHubRefuses(t *testing.T) {
	for text, part := range map[string]string{
		"":          "empty",
		"on: [push": "YAML",
		"- a":       "not a mapping",
		"on: push\njobs: {a: {runs-on: x, steps: [{run: a}], needs: b}}":                                               "unknown job 'b'",
		"on: push\njobs: {a: {runs-on: x, steps: [{run: a}], needs: b}, b: {runs-on: x, steps: [{run: a}], needs: a}}": "waits for itself",
		"on: push\njobs: {a: {steps: [{run: a}]}}":                                                                     "runs-on",
		"on: push\njobs: {a: {runs-on: x, steps: [{run: 'echo ${{ github. }}'}]}}":                                     "expression",
		"on: push\npermissions: {id-token: maybe}" + tail:                                                              "unexpected value 'maybe'",
		"on: push\npermissions: everything" + tail:                                                                     "everything",
		"on: {push: {tags: [a], tags-ignore: [b]}}" + tail:                                                             "only define one of",
		"on: push\nsurprise: 1" + tail:                                                                                 "surprise",
		"on: push\njobs: {a: {runs-on: x, runs-on: y, steps: [{run: a}]}}":                                             "",
		"<html><body>no</body></html>":                                                                                 "",
	} {
		if _, err := Read(".github/workflows/x.yml", []byte(text)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: error %v, want one with %q", text, err, part)
		}
	}
}

func TestEffectivePermissions(t *testing.T) {
	job := func(block string) string {
		return "\njobs:\n  a:\n    runs-on: x\n" + block + "    steps: [{run: echo}]\n"
	}
	for _, c := range []struct {
		file, want string
	}{
		{"on: push" + job(""), "contents:read packages:read"},
		{"on: push\npermissions: {id-token: write, contents: read}" + job(""), "contents:read id-token:write"},
		{"on: push\npermissions: {id-token: write}" + job("    permissions: {contents: read}\n"), "contents:read"},
		{"on: push\npermissions: {contents: read}" + job("    permissions: {id-token: write}\n"), "id-token:write"},
		{"on: push\npermissions: {}" + job(""), ""},
		{"on: push\npermissions: {contents: none, id-token: read}" + job(""), ""},
	} {
		f := read(t, c.file)
		p := Effective(Default("read"), f, f.Jobs[0])
		var got []string
		for _, s := range p.Scopes() {
			got = append(got, s+":"+p.Of(s).String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s\ngives %v, want %s", c.file, got, c.want)
		}
	}
	writeAll := read(t, "on: push\npermissions: write-all"+tail)
	if p := Effective(nil, writeAll, writeAll.Jobs[0]); p.Of("id-token") != Write {
		t.Error("write-all includes id-token: write")
	}
	readAll := read(t, "on: push\npermissions: read-all"+tail)
	if p := Effective(nil, readAll, readAll.Jobs[0]); p.Of("id-token") != None || p.Of("contents") != ReadOnly {
		t.Error("read-all gives contents and no id-token")
	}
	if Default("write").Of("id-token") != None || Default("write").Of("contents") != Write {
		t.Error("the default token never has id-token")
	}
	if s, most, ok := writeAll.Permissions.Exceeds(Default("write")); !ok || s != "id-token: write, models: read" || most != "id-token: none, models: none" {
		t.Errorf("write-all exceeds the default by id-token first, got %q", s)
	}
}

func TestCombinations(t *testing.T) {
	for matrix, want := range map[string]string{
		"{os: [a, b], v: [1, 2]}":                           "a1 a2 b1 b2",
		"{os: [a, b], v: [1, 2], exclude: [{os: a, v: 2}]}": "a1 b1 b2",
		"{os: [a], v: [1], include: [{os: a, x: '!'}]}":     "a1!",
		"{os: [a], v: [1], include: [{os: c, v: 9}]}":       "a1 c9",
		"{include: [{os: a, v: 3.10}, {os: b, v: 4}]}":      "a3.1 b4",
		"{os: [a, b], include: [{v: 7}, {os: b, v: 8}]}":    "a7 b8",
	} {
		v, err := Values([]byte(matrix))
		if err != nil {
			t.Fatal(err)
		}
		list, err := Combinations(v)
		var got []string
		for _, c := range list {
			got = append(got, expr.String(c.Get("os"))+expr.String(c.Get("v"))+expr.String(c.Get("x")))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s = %v (%v), want %s", matrix, got, err, want)
		}
	}
	for _, bad := range []string{"{os: []}", "{os: x}", "[1]", "{include: x}", "{a: [1], exclude: [{a: 1}]}"} {
		v, _ := Values([]byte(bad))
		if _, err := Combinations(v); err == nil {
			t.Errorf("matrix %s must be refused", bad)
		}
	}
	if list, err := Combinations(nil); err != nil || len(list) != 1 || list[0] != nil {
		t.Errorf("no matrix is one job: %v, %v", list, err)
	}
}

func TestDispatchInputs(t *testing.T) {
	f := read(t, "on:\n  workflow_dispatch:\n    inputs:\n      rehearsal: {type: boolean, default: true}\n"+
		"      where: {type: choice, options: [testpypi, pypi]}\n      tag: {required: true, type: string}\n"+tail)
	in, err := f.Inputs(map[string]string{"tag": "v1", "rehearsal": "false"})
	if err != nil || in.Get("rehearsal") != false || in.Get("where") != "testpypi" || in.Get("tag") != "v1" {
		t.Errorf("got %s, %v", expr.JSON(in), err)
	}
	for given, part := range map[string]string{
		"": "Required input 'tag'", "tag=v1,nope=1": `Unexpected inputs provided: ["nope"]`,
		"tag=v1,rehearsal=perhaps": "not a boolean", "tag=v1,where=mars": "allowed values",
	} {
		inputs := map[string]string{}
		for _, pair := range strings.Split(given, ",") {
			if k, v, ok := strings.Cut(pair, "="); ok {
				inputs[k] = v
			}
		}
		if _, err := f.Inputs(inputs); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", given, err, part)
		}
	}
	if _, err := read(t, "on: push"+tail).Inputs(nil); err == nil {
		t.Error("a file without workflow_dispatch cannot be dispatched")
	}
}

func TestCallInputs(t *testing.T) {
	f := read(t, "on:\n  workflow_call:\n    inputs:\n      env: {type: string, required: true}\n      n: {type: number}\n      dry: {type: boolean, default: true}\n"+tail)
	in, err := f.CallInputs(expr.NewObject("env", "release"))
	if err != nil || in.Get("env") != "release" || in.Get("n") != 0.0 || in.Get("dry") != true {
		t.Errorf("got %s, %v", expr.JSON(in), err)
	}
	if _, err := f.CallInputs(expr.NewObject("env", "x", "other", "y")); err == nil {
		t.Error("an input that is not declared must be refused")
	}
	if _, err := f.CallInputs(expr.NewObject()); err == nil {
		t.Error("a required input must be there")
	}
	if _, err := read(t, "on: push"+tail).CallInputs(expr.NewObject()); err == nil {
		t.Error("a file without workflow_call cannot be called")
	}
}

// No text makes the reader panic, and a file that is read has a job to run
// first.
func FuzzRead(f *testing.F) {
	f.Add("on: push" + tail)
	f.Add("on: {push: {tags: ['v[']}}" + tail)
	f.Add("a: &a [*a]")
	f.Add("on: push\njobs: {a: &j {runs-on: x, steps: [{run: a}]}, b: *j}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read(".github/workflows/x.yml", []byte(text))
		if err != nil {
			return
		}
		first := false
		for _, j := range file.Jobs {
			first = first || len(j.Needs) == 0
		}
		if !first {
			t.Errorf("no job can start first in %q", text)
		}
		_, _, _ = file.Starts(Event{Name: "push", Ref: "refs/tags/v1"})
	})
}
