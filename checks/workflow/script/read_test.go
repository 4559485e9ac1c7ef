package script

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func environment(name string) (string, bool) {
	v, ok := map[string]string{
		"TOKEN": "${{ secrets.T }}", "FLAGS": "--dry-run --locked", "EMPTY": "",
	}[name]
	return v, ok
}

func TestCommands(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"one":                 {"cargo publish", "cargo|publish"},
		"comment":             {"# cargo publish\ntrue", "true"},
		"trailing comment":    {"true # cargo publish", "true"},
		"quoted":              {`echo "cargo publish"`, "echo|cargo publish"},
		"and":                 {"cargo build && cargo publish --token x", "cargo|build;cargo|publish|--token|x"},
		"or true":             {"cargo publish || true", "cargo|publish;true"},
		"continuation":        {"twine upload \\\n  --repository testpypi \\\n  dist/*", "twine|upload|--repository|testpypi|dist/*"},
		"crlf":                {"cargo build\r\ncargo publish\r\n", "cargo|build;cargo|publish"},
		"if":                  {"if cargo publish; then echo ok; fi", "cargo|publish;echo|ok"},
		"loop":                {"for c in a b; do cargo publish -p \"$c\"; done", "cargo|publish|-p|$c"},
		"function":            {"p() { cargo publish; }\np", "cargo|publish;p"},
		"subshell":            {"(cd sub && cargo publish)", "cd|sub;cargo|publish"},
		"background":          {"cargo publish &", "cargo|publish"},
		"substitution":        {"X=$(cargo publish)", "cargo|publish"},
		"variable":            {"cargo publish --token $TOKEN", "cargo|publish|--token|${{ secrets.T }}"},
		"quoted variable":     {`cargo publish --token "${TOKEN}"`, "cargo|publish|--token|${{ secrets.T }}"},
		"split variable":      {"cargo publish $FLAGS", "cargo|publish|--dry-run|--locked"},
		"unsplit in quotes":   {`cargo publish "$FLAGS"`, "cargo|publish|--dry-run --locked"},
		"script variable":     {"F=--dry-run\ncargo publish $F", "cargo|publish|--dry-run"},
		"array":               {"a=(--dry-run -v)\ncargo publish \"${a[@]}\"", "cargo|publish|--dry-run|-v"},
		"appended array":      {"a=(-v)\na+=(--dry-run)\ncargo publish \"${a[@]}\"", "cargo|publish|-v|--dry-run"},
		"default":             {"twine upload -r ${INDEX:-testpypi}", "twine|upload|-r|testpypi"},
		"computed":            {"T=$(mint)\ncargo publish --token $T", "mint;cargo|publish|--token|$(…)"},
		"expression":          {"cargo publish --token ${{ secrets.T }}", "cargo|publish|--token|${{ secrets.T }}"},
		"expression in quote": {`cargo publish --token "${{ secrets.T || 'x' }}"`, "cargo|publish|--token|${{ secrets.T || 'x' }}"},
		"expression as word":  {"cargo publish -p my-${{ matrix.c }}-x", "cargo|publish|-p|my-${{ matrix.c }}-x"},
		"sudo":                {"sudo -E twine upload dist/*", "twine|upload|dist/*"},
		"env":                 {"env A=b cargo publish", "cargo|publish"},
		"time":                {"time cargo publish", "cargo|publish"},
		"timeout":             {"timeout -k 5 600 cargo publish", "cargo|publish"},
		"bash -c":             {`bash -c "cargo build && cargo publish"`, "cargo|build;cargo|publish"},
		"bash -euxc":          {`bash -euxc 'cargo publish'`, "cargo|publish"},
		"bash here-document":  {"bash <<'EOF'\ncargo publish\nEOF", "cargo|publish"},
		"other here-document": {"cat <<EOF\ncargo publish\nEOF", "cat"},
		"eval":                {`eval "cargo publish"`, "cargo|publish"},
		"python -m":           {"python3 -m twine upload dist/*", "twine|upload|dist/*"},
		"py -m":               {"py -m twine upload dist/*", "twine|upload|dist/*"},
		"venv path":           {"./.venv/bin/twine upload dist/*", "twine|upload|dist/*"},
		"uv run":              {"uv run --with twine twine upload dist/*", "twine|upload|dist/*"},
		"uv run python -m":    {"uv run python -m twine upload dist/*", "twine|upload|dist/*"},
		"uvx":                 {"uvx twine@6.1.0 upload dist/*", "twine|upload|dist/*"},
		"uvx --from":          {"uvx --from twine==6 twine upload d", "twine|upload|d"},
		"uv publish is uv's":  {"uv publish", "uv|publish"},
		"pipx run":            {"pipx run twine==6.0 upload d", "twine|upload|d"},
		"poetry run":          {"poetry run twine upload d", "twine|upload|d"},
		"rustup run":          {"rustup run nightly cargo publish", "cargo|publish"},
		"nix develop":         {"nix develop .#ci --command cargo publish", "cargo|publish"},
		"nix-shell --run":     {"nix-shell --run 'cargo publish'", "cargo|publish"},
		"mise":                {"mise exec -- cargo publish", "cargo|publish"},
		"powershell":          {"$env:X = 'y'\n& cargo publish `\n  --token t", "$env:X|=|y;cargo|publish|--token|t"},
		"broken line":         {"if ( $x {\ncargo publish", "cargo|publish"},
		"xargs":               {"ls dist | xargs -n 1 twine upload", "ls|dist;twine|upload"},
		"nothing":             {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, cmd := range Read(c.src, environment).Commands {
				got = append(got, strings.Join(cmd.Args, "|"))
			}
			if strings.Join(got, ";") != c.want {
				t.Errorf("read %q, want %q", strings.Join(got, ";"), c.want)
			}
		})
	}
}

func TestPartial(t *testing.T) {
	for src, want := range map[string]bool{"cargo publish": false, "if (": true, "": false} {
		if got := Read(src, nil).Partial; got != want {
			t.Errorf("%q: partial %v, want %v", src, got, want)
		}
	}
}

// Depth and length cost neither the stack nor much time.
func TestBounds(t *testing.T) {
	for name, src := range map[string]string{
		"deep":       strings.Repeat("(", maxParsed) + strings.Repeat(")", maxParsed),
		"deep inner": strings.Repeat("$(", maxParsed/2-1),
		"long":       strings.Repeat("true\n", 100_000) + "cargo publish",
		"long line":  strings.Repeat("x ", 500_000),
	} {
		got := Read(src, nil)
		if !got.Partial {
			t.Errorf("%s: not partial", name)
		}
		if name == "long" && got.Commands[len(got.Commands)-1].Args[0] != "cargo" {
			t.Errorf("%s: the last command is %v", name, got.Commands[len(got.Commands)-1])
		}
	}
}

func TestLines(t *testing.T) {
	src := "set -e\n\ncargo build\nbash -c '\ncargo publish\n'\n"
	got := Read(src, nil).Commands
	want := map[string]int{"set": 1, "cargo build": 3, "cargo publish": 5}
	for _, c := range got {
		key := strings.TrimSuffix(strings.Join(c.Args, " "), " -e")
		if want[key] != c.Line {
			t.Errorf("%s on line %d, want %d", key, c.Line, want[key])
		}
	}
	if len(got) != 3 {
		t.Errorf("%d commands, want 3", len(got))
	}
}

func TestVariablesOfACommand(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want map[string]string
	}{
		"prefix":            {"A=1 cargo publish", map[string]string{"A": "1"}},
		"env program":       {"env A=1 -u B cargo publish", map[string]string{"A": "1"}},
		"exported":          {"export A=1\ncargo publish", map[string]string{"A": "1"}},
		"export later":      {"A=1\nexport A\ncargo publish", map[string]string{"A": "1"}},
		"not exported":      {"A=1\ncargo publish", map[string]string{}},
		"exported computed": {"export A=$(mint)\ncargo publish", map[string]string{"A": "$(…)"}},
		"into bash -c":      {"A=1 bash -c 'cargo publish'", map[string]string{"A": "1"}},
		"expression":        {"A=${{ secrets.T }} cargo publish", map[string]string{"A": "${{ secrets.T }}"}},
	} {
		t.Run(name, func(t *testing.T) {
			commands := Read(c.src, nil).Commands
			last := commands[len(commands)-1]
			if !maps.Equal(last.Env, c.want) {
				t.Errorf("%v has %v, want %v", last.Args, last.Env, c.want)
			}
		})
	}
}

func TestExports(t *testing.T) {
	for name, src := range map[string]string{
		"echo":      `echo "TOKEN=${{ secrets.T }}" >> $GITHUB_ENV`,
		"quoted to": `echo "TOKEN=${{ secrets.T }}" >> "$GITHUB_ENV"`,
		"cat":       "cat >> $GITHUB_ENV <<EOF\nTOKEN=${{ secrets.T }}\nEOF",
		"tee":       `echo "TOKEN=${{ secrets.T }}" | tee -a "$GITHUB_ENV"`,
		"group":     `{ echo "TOKEN=${{ secrets.T }}"; echo B=2; } >> "$GITHUB_ENV"`,
	} {
		if got := Read(src, nil).Exports["TOKEN"]; got != "${{ secrets.T }}" {
			t.Errorf("%s: exported %q", name, got)
		}
	}
	if got := Read("echo A=b >> $GITHUB_OUTPUT", nil).Exports; len(got) != 0 {
		t.Errorf("an output is no variable: %v", got)
	}
}

func TestInput(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"piped":         {"echo $TOKEN | cargo login", "${{ secrets.T }}"},
		"here string":   {"cargo login <<< $TOKEN", "${{ secrets.T }}"},
		"here document": {"cargo login <<EOF\n${{ secrets.T }}\nEOF", "${{ secrets.T }}\n"},
	} {
		commands := Read(c.src, environment).Commands
		if got := commands[len(commands)-1].Input; got != c.want {
			t.Errorf("%s: fed %q, want %q", name, got, c.want)
		}
	}
}

// A command in plain words is read as it stands, whatever surrounds it.
func TestWordsAreKept(t *testing.T) {
	word := rapid.StringMatching(`[a-z][a-z0-9./=-]{0,8}`)
	around := rapid.SampledFrom([]string{"%s", "set -e\n%s", "%s && true", "( %s )", "if true; then %s; fi", "%s \\\n", "# note\n%s # more", "for i in 1 2; do %s; done"})
	rapid.Check(t, func(t *rapid.T) {
		words := append([]string{"cargo"}, rapid.SliceOfN(word, 0, 4).Draw(t, "words")...)
		src := strings.Replace(around.Draw(t, "around"), "%s", strings.Join(words, " "), 1)
		for _, c := range Read(src, nil).Commands {
			if slices.Equal(c.Args, words) {
				return
			}
		}
		t.Fatalf("%q: %q is not among the commands", src, words)
	})
}

// What echo is given is never a command.
func TestEchoedIsNoCommand(t *testing.T) {
	quote := rapid.SampledFrom([]string{`echo "%s"`, "echo '%s'", "echo %s", "# %s", "cat <<'E'\n%s\nE", `X="%s"`})
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Replace(quote.Draw(t, "quote"), "%s", "cargo publish --token x", 1)
		for _, c := range Read(src, nil).Commands {
			if c.Args[0] == "cargo" {
				t.Fatalf("%q: read as %q", src, c.Args)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("cargo publish --token \"${{ secrets.T }}\" && bash -c 'x'")
	f.Add("a=(1 2)\n${a[@]} <<EOF | xargs env -u\nEOF")
	f.Add("$env:X = `\n& y ${x:-${{ z }}}")
	f.Fuzz(func(t *testing.T, src string) {
		for _, c := range Read(src, environment).Commands {
			if len(c.Args) == 0 || c.Line < 1 {
				t.Fatalf("%q: command %+v", src, c)
			}
		}
	})
}
