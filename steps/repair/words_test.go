package repair

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// TestWordsStayWords: whatever is written into a file as a word or a line of text
// is read back as just that.
func TestWordsStayWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.StringMatching(`[ -~]{1,20}`), rapid.SampledFrom([]string{"true", "No", "null", "1.0", "~", "a: b", "a #b", "it's", "&a", "*b", "- x", "on"})).Draw(t, "value")
		for name, written := range map[string]string{"word": word(value), "text": text(value)} {
			var got map[string]any
			if err := yaml.Unmarshal([]byte("k: "+written+"\n"), &got); err != nil || got["k"] != value {
				t.Fatalf("%s of %q is %s, read as %v: %v", name, value, written, got["k"], err)
			}
		}
	})
}

func TestBareConditions(t *testing.T) {
	for in, want := range map[string]string{
		"a == b": "a == b", "${{ a == b }}": "a == b", " ${{a}} ": "a", "${{ a }} && ${{ b }}": "${{ a }} && ${{ b }}", "${{ format('}', a) }}": "format('}', a)", "": "",
	} {
		if got := bare(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestConditionsAreAdded(t *testing.T) {
	for _, c := range []struct{ now, condition, want string }{
		{"", "a == 'b'", "if: a == 'b'"},
		{"", "!a", "if: ${{ !a }}"},
		{"if: c", "a", "if: a && c"},
		{"if: c || d", "a", "if: a && (c || d)"},
		{"if: c", "!a", "if: c && !a"},
		{"if: c || d", "!a", "if: (c || d) && !a"},
		{"if: ${{ c || d }}", "!a", "if: ${{ (c || d) && !a }}"},
		{"if: ${{c}}", "a", "if: ${{a && c}}"},
		{"if: 'c == ''d'''", "a == 'b'", "if: 'a == ''b'' && c == ''d'''"},
		{"if: ${{ c }} && d", "a", ""},
	} {
		src := "j:\n  x: 1\n  " + c.now + "\n"
		parsed, err := yamltext.Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		got, err := onlyIf(parsed, yamltext.Path{"j"}, c.condition, "x")
		if (err != nil) != (c.want == "") {
			t.Errorf("%+v: %v", c, err)
		} else if err == nil && !strings.Contains(string(got.Bytes()), "  "+c.want+"\n") {
			t.Errorf("%+v:\n%s", c, got.Bytes())
		}
	}
}

func TestReleasesOfTheActionThatExchange(t *testing.T) {
	commit := strings.Repeat("a", 40)
	for line, want := range map[string]bool{
		"release/v1": true, "v1": true, "unstable/v1": true, "v1.8.0": true, "v1.14": true, "v1.14.2 # x": true, "v1.9'": true,
		commit + " # v1.8.11": true, commit + "' # v1.12": true, commit + " # release/v1": false, commit: false,
		"v1.5.0": false, "v1.7": false, "master": false, "v1.80x": false, commit + " # v1.5.1": false,
	} {
		if got := exchanging.MatchString("      - uses: " + pypiAction + "@" + line); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestTwineAsInputs(t *testing.T) {
	for run, want := range map[string]string{
		"twine upload dist/*":                                                                "",
		"python -m twine upload --non-interactive dist/*":                                    "",
		"pip install twine\ntwine check dist/*\ntwine upload out/*":                          "packages-dir: out/",
		"twine upload -r testpypi --verbose dist/*":                                          "repository-url: https://test.pypi.org/legacy/, verbose: true",
		"twine upload --repository-url=https://test.pypi.org/legacy/ --skip-existing dist/*": "repository-url: https://test.pypi.org/legacy/, skip-existing: true",
		"twine upload -u __token__ -p \"$T\" dist/*":                                         "",
		"twine upload dist/x.whl":                                                            "-",
		"twine upload $DIR/*":                                                                "-",
		"twine upload --config-file x dist/*":                                                "-",
		"make dist\ntwine upload dist/*":                                                     "-",
		"pip install build twine\ntwine upload dist/*":                                       "-",
	} {
		got, err := twineInputs(workflow.Publishing{Step: &workflow.Step{Run: run}})
		slices.Sort(got)
		if (err != nil) != (want == "-") || err == nil && strings.Join(got, ", ") != want {
			t.Errorf("%q: %v %v", run, got, err)
		}
	}
}

func TestCallsVerifiedTogether(t *testing.T) {
	for calls, want := range map[string]string{
		"":                              "",
		"--locked":                      "--locked",
		"--no-verify":                   "",
		"-p a | -p b":                   "-p a -p b",
		"-p a --locked | -p b --locked": "-p a --locked -p b",
		"-p a | --locked":               "-",
		"-p a --features x | -p b":      "-",
		"-p $c":                         "-",
	} {
		var list [][]string
		for _, c := range strings.Split(calls, "|") {
			list = append(list, strings.Fields(c))
		}
		got, err := together(list)
		if (err != nil) != (want == "-") || err == nil && strings.Join(got, " ") != want {
			t.Errorf("%q: %v %v", calls, got, err)
		}
	}
}

func TestNearWords(t *testing.T) {
	known := []string{"contents", "id-token", "packages", "pages", "issues"}
	for word, want := range map[string]string{"content": "contents", "id_token": "id-token", "idtoken": "id-token", "page": "pages", "nothing": ""} {
		if got := near(word, known); got != want {
			t.Errorf("%s: %q", word, got)
		}
	}
	if got := near("build", []string{"build1", "build2"}); got != "" {
		t.Errorf("of two that are near %s was taken", got)
	}
}

func TestWhatMayWrite(t *testing.T) {
	for _, c := range []struct {
		step workflow.Step
		may  bool
	}{
		{workflow.Step{Uses: "actions/checkout@v4"}, false},
		{workflow.Step{Uses: "Swatinem/rust-cache@v2"}, false},
		{workflow.Step{Uses: "softprops/action-gh-release@v2"}, true},
		{workflow.Step{Run: "cargo publish"}, false},
		{workflow.Step{Run: "echo through the night"}, false},
		{workflow.Step{Run: "gh release create v1"}, true},
		{workflow.Step{Run: "x && gh api y"}, true},
		{workflow.Step{Run: "git push --tags"}, true},
		{workflow.Step{Run: "x", Env: map[string]string{"T": "${{ github.token }}"}}, true},
	} {
		if got := mayWrite(&workflow.Job{Steps: []*workflow.Step{&c.step}}); (got != "") != c.may {
			t.Errorf("%+v: %q", c.step, got)
		}
	}
}
