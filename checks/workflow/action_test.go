package workflow

import (
	"fmt"
	"strings"
	"testing"
)

// composite is the description of an action made of steps.
func composite(head, steps string) string {
	return head + "runs:\n  using: composite\n  steps:\n" + indent(steps, 4)
}

// actions reads pairs of a reference and a description.
func actions(pairs ...string) []*Action {
	var list []*Action
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, ParseAction(pairs[i], pairs[i]+"/action.yml", []byte(pairs[i+1])))
	}
	return list
}

const twineAction = "inputs:\n  token: {required: true}\n  index: {default: pypi}\n"

func TestCompositeActions(t *testing.T) {
	upload := composite(twineAction, "- run: twine upload -r ${{ inputs.index }} -p \"${{ inputs.token }}\" dist/*\n  shell: bash")
	mint := composite("outputs:\n  token: {value: '${{ steps.auth.outputs.token }}'}\n", auth)
	for name, c := range map[string]struct {
		head, steps string
		actions     []*Action
		want        string
	}{
		"publishes by itself": {granted, "- uses: ./.github/actions/up", actions(".github/actions/up", composite("", "- uses: pypa/gh-action-pypi-publish@release/v1")),
			"pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"self reference": {granted, "- uses: $/.github/actions/up", actions(".github/actions/up", composite("", "- uses: pypa/gh-action-pypi-publish@release/v1")),
			"pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"at the top": {granted, "- uses: ./", actions("", composite("", "- run: uv publish\n  shell: bash")), "pypi uv publish trusted publishing <0"},
		"secret as input": {"", "- uses: ./up\n  with: {token: '${{ secrets.T }}'}", actions("up", upload),
			"pypi twine upload secret T"},
		"index as input": {"", "- uses: ./up/\n  with: {token: '${{ secrets.T }}', index: testpypi}", actions("up", upload),
			"testpypi twine upload secret T"},
		"token of another step": {granted, auth + "- uses: ./up\n  with: {t: '${{ steps.auth.outputs.token }}'}", actions("up", composite("inputs: {t: {}}\n", "- run: cargo publish\n  shell: bash\n  env: {CARGO_REGISTRY_TOKEN: '${{ inputs.t }}'}")),
			"crates.io cargo publish trusted publishing <0"},
		"exchange inside, upload outside": {granted, "- {id: m, uses: ./mint}\n- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: '${{ steps.m.outputs.token }}'}", actions("mint", mint),
			"crates.io cargo publish trusted publishing <0"},
		"another step of the same id": {granted, "- {id: auth, uses: some/vault@v1}\n- uses: ./up", actions("up", composite("", auth+"- run: cargo publish --token ${{ steps.auth.outputs.token }}\n  shell: bash")),
			"crates.io cargo publish trusted publishing <1"},
		"nested": {"", "- uses: ./a\n  with: {x: '${{ secrets.T }}'}", actions("a", composite("inputs: {x: {}}\n", "- uses: ./b\n  with: {token: '${{ inputs.x }}', index: test}"), "b", strings.Replace(upload, "pypi}", "x}", 1)),
			"testpypi twine upload secret T"},
		"of another repository": {granted, "- uses: acme/publish/sub@v2", actions("acme/publish/sub@v2", composite("", "- uses: pypa/gh-action-pypi-publish@release/v1")),
			"pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"variables of the step": {"", "- uses: ./up\n  env: {TWINE_PASSWORD: '${{ secrets.T }}'}", actions("up", composite("", "- run: twine upload dist/*\n  shell: bash")),
			"pypi twine upload secret T"},
		"variables set inside": {"", "- uses: ./env\n  with: {t: '${{ secrets.T }}'}\n- run: twine upload dist/*", actions("env", composite("inputs: {t: {}}\n", "- run: echo \"TWINE_PASSWORD=${{ inputs.t }}\" >> $GITHUB_ENV\n  shell: bash")),
			"pypi twine upload secret T"},
		"publishes nothing": {granted, "- uses: ./test", actions("test", composite("", "- run: cargo test\n  shell: bash")), ""},
		"runs on node":      {granted, "- uses: ./js", actions("js", "runs: {using: node24, main: x.js}\n"), ""},
		"put there by a checkout": {granted, "- uses: actions/checkout@v4\n  with: {repository: org/shared, path: .shared, ref: v3}\n- uses: ./.shared/up", actions("org/shared/up@v3", composite("", "- run: uv publish\n  shell: bash")),
			"pypi uv publish trusted publishing <1"},
		"condition on an input": {granted, "- uses: ./up\n  with: {dry: 'true'}", actions("up", composite("inputs: {dry: {}}\n", "- uses: pypa/gh-action-pypi-publish@release/v1\n  if: inputs.dry != 'true'")),
			"pypi pypa/gh-action-pypi-publish trusted publishing <0"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(job(c.head, c.steps)))
			found := Read(Sources{Files: []*File{f}, Actions: c.actions}).Publishing
			if got := inBrief(found); got != c.want {
				t.Errorf("found %q\nwant  %q", got, c.want)
			}
			for _, p := range found {
				if p.Step == nil || p.Step != f.Jobs[0].Steps[p.Step.Index] || p.Line < 1 || p.Line > len(f.Lines) || (p.Inner == nil) != (len(p.Via) == 0) {
					t.Errorf("incomplete: %+v", p)
				}
			}
		})
	}
}

func TestConditionsInsideActions(t *testing.T) {
	action := actions("up", composite("inputs: {dry: {default: 'false'}}\n", "- uses: pypa/gh-action-pypi-publish@release/v1\n  if: inputs.dry != 'true' && github.ref_type == 'tag'"))
	for name, c := range map[string]struct {
		step, ref string
		want      Outlook
	}{
		"goes":                {"- uses: ./up", "refs/tags/v1", Reached},
		"not on a branch":     {"- uses: ./up", "refs/heads/main", Skipped},
		"not when dry":        {"- uses: ./up\n  with: {dry: 'true'}", "refs/tags/v1", Skipped},
		"the step is skipped": {"- uses: ./up\n  if: github.event_name == 'release'", "refs/tags/v1", Skipped},
		"at run time":         {"- uses: ./up\n  with: {dry: '${{ steps.x.outputs.y }}'}", "refs/tags/v1", Perhaps},
	} {
		f := Parse(Dir+"publish.yml", []byte(job(granted, c.step)))
		found := Read(Sources{Files: []*File{f}, Actions: action}).Publishing
		if len(found) != 1 {
			t.Fatalf("%s: found %s", name, inBrief(found))
		}
		if got, why := ForeseeExchange(found[0], Run{Event: "push", Ref: c.ref}); got != c.want {
			t.Errorf("%s: %s because %s, want %s", name, got, why, c.want)
		}
	}
}

// briefly is what was lacking and what stayed in the dark.
func briefly(a Answer) string {
	var out []string
	for _, l := range a.Lacking {
		out = append(out, fmt.Sprintf("lacks %s %s remote=%v", l.Kind, l.Ref, l.Remote))
	}
	for _, b := range a.Blind {
		out = append(out, fmt.Sprintf("blind %s#%s:%d %s: %s", b.File.Base(), b.Job.ID, b.Line, b.Ref, b.Why))
	}
	return strings.Join(out, "; ")
}

func TestLackingActions(t *testing.T) {
	remote := "- uses: acme/publish@v2"
	for name, c := range map[string]struct {
		head, steps string
		actions     []*Action
		gone        map[string]string
		want        string
	}{
		"local":                   {"", "- uses: ./.github/actions/x", nil, nil, "lacks action .github/actions/x remote=false; blind publish.yml#p:6 .github/actions/x: it was not read"},
		"local, looked for":       {"", "- uses: ./x", nil, map[string]string{"x": "it is not there"}, "blind publish.yml#p:6 x: it is not there"},
		"remote with an identity": {granted, remote, nil, nil, "lacks action acme/publish@v2 remote=true; blind publish.yml#p:7 acme/publish@v2: it was not read"},
		"remote without":          {"", remote, nil, nil, ""},
		"remote with a secret": {"", remote + "\n  with: {pypi-token: '${{ secrets.T }}'}", nil, nil,
			"lacks action acme/publish@v2 remote=true; blind publish.yml#p:6 acme/publish@v2: it was not read"},
		"well known":                            {granted, "- uses: actions/checkout@v4\n- uses: softprops/action-gh-release@v2\n- uses: docker://alpine", nil, nil, ""},
		"nested, remote":                        {granted, remote, actions("acme/publish@v2", composite("", "- uses: $/inner\n  with: {a: b}")), nil, "lacks action acme/publish/inner@v2 remote=true; blind publish.yml#p:7 acme/publish/inner@v2: it was not read"},
		"the workspace of a remote one is ours": {granted, remote, actions("acme/publish@v2", composite("", "- uses: ./inner")), nil, "lacks action inner remote=false; blind publish.yml#p:7 inner: it was not read"},
		"no composite":                          {granted, remote, actions("acme/publish@v2", "runs: {using: docker, image: Dockerfile}"), nil, "blind publish.yml#p:7 acme/publish@v2: what acme/publish@v2 does, which runs on docker, its description does not show"},
		"no description":                        {"", "- uses: ./x", actions("x", "name: x\n"), nil, "blind publish.yml#p:6 x: action.yml does not say what the action runs"},
		"no YAML":                               {"", "- uses: ./x", actions("x", "a: [\n"), nil, "blind publish.yml#p:6 x: action.yml could not be parsed as YAML: yaml: line 1: did not find expected node content"},
		"uses itself": {"", "- uses: ./x", actions("x", composite("", "- uses: ./x")), nil,
			"blind publish.yml#p:6 x: actions use each other more than 10 levels deep, which GitHub refuses"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(job(c.head, c.steps)))
			if got := briefly(Read(Sources{Files: []*File{f}, Actions: c.actions, Gone: c.gone})); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestLackingWorkflows(t *testing.T) {
	const ref = "org/shared/.github/workflows/upload.yml@v1"
	ci := files("ci.yml", caller("push", idToken+"uses: "+ref))
	for name, c := range map[string]struct {
		sources Sources
		want    string
		mints   bool
	}{
		"never asked for":      {Sources{Files: ci}, "lacks workflow " + ref + " remote=true; blind ci.yml#call:5 " + ref + ": it was not read", true},
		"asked for in vain":    {Sources{Files: ci, Gone: map[string]string{ref: "404"}}, "blind ci.yml#call:5 " + ref + ": 404", true},
		"without the identity": {Sources{Files: files("ci.yml", caller("push", "permissions: {}\nuses: "+ref)), Gone: map[string]string{ref: "404"}}, "blind ci.yml#call:5 " + ref + ": 404", false},
	} {
		a := Read(c.sources)
		if got := briefly(a); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
		if got := a.Blind[0].MayMint("read"); got != c.mints {
			t.Errorf("%s: may mint %v", name, got)
		}
	}
}

// Ten levels are followed; an eleventh is not, and that is said.
func TestWorkflowsNestTenLevelsDeep(t *testing.T) {
	chain := func(n int) []*File {
		pairs := []string{"w0.yml", caller("push", idToken+"uses: ./.github/workflows/w1.yml")}
		for i := 1; i < n-1; i++ {
			pairs = append(pairs, fmt.Sprintf("w%d.yml", i), caller("workflow_call", fmt.Sprintf("uses: ./.github/workflows/w%d.yml", i+1)))
		}
		return files(append(pairs, fmt.Sprintf("w%d.yml", n-1), reusable)...)
	}
	if a := Read(Sources{Files: chain(10)}); len(a.Publishing) != 1 || len(a.Publishing[0].Callers) != 9 || len(a.Blind) != 0 {
		t.Errorf("ten levels: %s, %s", ways(a.Publishing), briefly(a))
	}
	a := Read(Sources{Files: chain(11)})
	if len(a.Blind) != 1 || !strings.Contains(a.Blind[0].Why, "more than 10 levels deep") {
		t.Errorf("eleven levels: %s, %s", ways(a.Publishing), briefly(a))
	}
}

// An action's inputs that double at each level do not explode.
func TestInputsOfInputsAreBounded(t *testing.T) {
	list := []string{"last", composite("inputs: {x: {}}\n", "- run: twine upload -p \"${{ inputs.x }}\"\n  shell: bash")}
	for i := range 8 {
		next := fmt.Sprintf("a%d", i+1)
		if i == 7 {
			next = "last"
		}
		list = append(list, fmt.Sprintf("a%d", i), composite("inputs: {x: {}}\n", "- uses: ./"+next+"\n  with: {x: \""+strings.Repeat("${{ inputs.x }}", 20)+"\"}"))
	}
	f := Parse(Dir+"publish.yml", []byte(job("", "- uses: ./a0\n  with: {x: '${{ secrets.T }}'}")))
	found := Read(Sources{Files: []*File{f}, Actions: actions(list...)}).Publishing
	if len(found) != 1 || found[0].Means != MeansTwine {
		t.Errorf("found %s", inBrief(found))
	}
}
