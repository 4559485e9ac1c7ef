package workflow

import (
	"strings"
	"testing"
)

const withInputs = `on:
  push: {tags: [v*], branches: [main]}
  release: {types: [published]}
  workflow_dispatch:
    inputs:
      dry: {type: boolean, default: false}
      where: {type: choice, options: [pypi, testpypi]}
      note: {type: string}
      words: {type: choice, options: ["true", "false"]}
      n: {type: number}
jobs:
  gate:
    if: github.ref_type == 'tag'
    runs-on: x
    steps: [{run: x}]
  p:
    if: IF
    needs: NEEDS
    runs-on: x
    permissions: {id-token: write}
    steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]
`

func TestConditionsOnEventRefAndInputs(t *testing.T) {
	push := Run{Owner: "Acme", Repository: "data", OwnerID: 7, RepositoryID: 9, Event: "push", Ref: "refs/tags/v1", SHA: "abc", DefaultBranch: "main"}
	main, hand, release, any := push, push, push, push
	main.Ref = "refs/heads/main"
	hand.Event, hand.Ref = "workflow_dispatch", "refs/heads/main"
	release.Event = "release"
	any.Event = ""
	given := func(pairs ...string) Run {
		r := hand
		r.Inputs = map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			r.Inputs[pairs[i]] = pairs[i+1]
		}
		return r
	}
	for _, c := range []struct {
		condition string
		run       Run
		want      Outlook
	}{
		{"inputs.dry", hand, Perhaps},
		{"inputs.dry", given("dry", "true"), Reached},
		{"inputs.dry", given(), Skipped},
		{"!inputs.dry", given("dry", "false"), Reached},
		{"inputs.dry == 'true'", given("dry", "true"), Skipped}, // a boolean is no text
		{"github.event.inputs.dry == 'true'", given("dry", "true"), Reached},
		{"github.event.inputs.dry == 'true'", hand, Perhaps},
		{"inputs.words == 'true'", given("words", "true"), Reached},
		{"inputs.where == 'pypi'", given(), Reached},
		{"inputs.where == 'pypi'", given("where", "testpypi"), Skipped},
		{"inputs.where == 'pypi'", hand, Perhaps},
		{"inputs.where == 'npm'", hand, Skipped},
		{"inputs.note", given(), Skipped},
		{"inputs.n > 2", given("n", "3"), Reached},
		{"inputs.nothing", hand, Skipped},
		{"inputs.dry", push, Skipped},
		{"!inputs.dry", push, Reached},
		{"inputs.where != 'testpypi'", push, Reached},
		{"github.event_name == 'push' || inputs.where == 'pypi'", any, Perhaps},
		{"contains(fromJSON('[\"push\", \"release\"]'), github.event_name)", push, Reached},
		{"contains(fromJSON('[\"push\", \"release\"]'), github.event_name)", hand, Skipped},
		{"github.event.release", push, Skipped},
		{"github.event.release.prerelease == false", release, Perhaps},
		{"github.event.release.tag_name == 'v1'", release, Reached},
		{"github.event.action == 'published'", release, Reached},
		{"github.event.action == 'created'", release, Skipped},
		{"github.event.pull_request.head.repo.full_name == github.repository", push, Skipped},
		{"github.event.deleted", push, Skipped},
		{"github.ref == format('refs/heads/{0}', github.event.repository.default_branch)", main, Reached},
		{"github.event.repository.full_name == 'acme/data' && github.repository_id == 9", push, Reached},
		{"github.repository_owner_id == 8", push, Skipped},
		{"github.workflow == 'x'", push, Skipped},
		{"startsWith(github.workflow_ref, 'Acme/data/.github/workflows/publish.yml@refs/tags/')", push, Reached},
		{"github.base_ref == ''", push, Reached},
		{"github.actor == 'ana'", push, Perhaps},
		{"case(github.event_name == 'push', true, false)", push, Reached},
		{"always() && needs.gate.result == 'success'", push, Reached},
		{"always() && needs.gate.result == 'success'", main, Skipped},
		{"always() && needs.gate.result == 'skipped'", main, Reached},
		{"needs.nothing.result == 'x'", push, Perhaps},
		{"fromJSON('{\"push\":1}')[github.event_name]", push, Reached},
		{"fromJSON('{\"push\":1}')[github.event_name]", hand, Skipped},
	} {
		needs := "[]"
		if strings.Contains(c.condition, "needs.") {
			needs = "[gate]"
		}
		src := strings.NewReplacer("IF", "${{ "+c.condition+" }}", "NEEDS", needs).Replace(withInputs)
		found := Publishes([]*File{Parse(Dir+"publish.yml", []byte(src))})
		if len(found) != 1 {
			t.Fatalf("%s: found %s", c.condition, inBrief(found))
		}
		if got, why := Foresee(found[0], c.run); got != c.want {
			t.Errorf("%s on %s %s %v: %s because %s, want %s", c.condition, c.run.Event, c.run.Ref, c.run.Inputs, got, why, c.want)
		}
	}
}

// An input keeps the type that the called file declares for it.
func TestPassedInputs(t *testing.T) {
	for name, c := range map[string]struct {
		declared, passed, condition string
		want                        Outlook
	}{
		"boolean":               {"{type: boolean}", "true", "inputs.x", Reached},
		"boolean, not passed":   {"{type: boolean}", "", "inputs.x == false", Reached},
		"boolean default":       {"{type: boolean, default: true}", "", "inputs.x", Reached},
		"string of a boolean":   {"{type: string}", "false", "inputs.x", Reached},
		"string compared":       {"{type: string}", "true", "inputs.x == 'true'", Reached},
		"boolean of expression": {"{type: boolean}", "${{ github.event_name == 'release' }}", "inputs.x", Skipped},
		"number, not passed":    {"{type: number}", "", "inputs.x == 0", Reached},
		"number":                {"{type: number}", "5", "inputs.x > 4", Reached},
		"unknown":               {"{type: string}", "${{ vars.x }}", "inputs.x == 'a'", Perhaps},
		"not declared":          {"{type: string}", "", "inputs.y", Skipped},
	} {
		with := ""
		if c.passed != "" {
			with = "\nwith: {x: \"" + c.passed + "\"}"
		}
		called := "on: {workflow_call: {inputs: {x: " + c.declared + "}}}\njobs: {p: {if: \"" + c.condition + "\", runs-on: x, steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}}\n"
		found := Publishes(files("up.yml", called, "ci.yml", caller("push", "uses: ./.github/workflows/up.yml"+with)))
		if len(found) != 1 {
			t.Fatalf("%s: found %s", name, inBrief(found))
		}
		if got, why := Foresee(found[0], tagRun); got != c.want {
			t.Errorf("%s: %s because %s, want %s", name, got, why, c.want)
		}
	}
}

// Jobs that ask for each other's results cost no more than their number.
func TestResultsOfManyNeeds(t *testing.T) {
	var b strings.Builder
	b.WriteString("on: push\njobs:\n")
	needs, condition := "", "always()"
	for i := range 40 {
		id := "j" + strings.Repeat("x", i)
		b.WriteString("  " + id + ": {runs-on: x, needs: [" + needs + "], if: \"" + condition + "\", steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}\n")
		needs = strings.TrimPrefix(needs+", "+id, ", ")
		condition += " && needs." + id + ".result == 'success'"
	}
	for _, p := range Publishes([]*File{Parse(Dir+"x.yml", []byte(b.String()))}) {
		if got, why := Foresee(p, Run{Event: "push"}); got != Reached {
			t.Fatalf("%s: %s %s", p.Subject(), got, why)
		}
	}
}
