package dependabot

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func TestANewConfigurationCoversTheActions(t *testing.T) {
	for name, row := range map[string]struct {
		folders, want []string
	}{
		"no actions of its own": {nil, []string{"    directory: /\n"}},
		"some":                  {[]string{".github/actions/build", "tools/a b"}, []string{"    directories:\n      - /\n      - /.github/actions/build\n    schedule:"}},
	} {
		text := New(row.folders)
		if covered, err := Covers(text); err != nil || !covered {
			t.Errorf("%s: %v, %v", name, covered, err)
		}
		for _, part := range append(row.want, "version: 2\n", "interval: weekly\n", "default-days: 7\n", "patterns: ['*']\n") {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s: no %q in\n%s", name, part, text)
			}
		}
	}
}

const cargo = `version: 2
updates:
  - package-ecosystem: "cargo"
    directory: "/"
    schedule:
      interval: "daily"
`

func TestAdd(t *testing.T) {
	const entry = "  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: weekly\n    cooldown:\n      default-days: 7\n    groups:\n      actions:\n        patterns: ['*']\n"
	flush := strings.ReplaceAll(entry[2:], "\n  ", "\n")
	pip := strings.ReplaceAll(cargo[strings.Index(cargo, "  -"):], "cargo", "pip")
	for name, row := range map[string]struct{ before, after string }{
		"one entry":            {cargo, cargo + "\n" + entry},
		"no break at end":      {strings.TrimSpace(cargo), cargo + "\n" + entry},
		"two, together":        {cargo + pip, cargo + pip + entry},
		"two, apart":           {cargo + "\n  # pip\n" + pip, cargo + "\n  # pip\n" + pip + "\n" + entry},
		"a key behind":         {cargo + "\n# for us\nregistries: {}\n", cargo + "\n" + entry + "\n# for us\nregistries: {}\n"},
		"at the margin":        {"updates:\n- package-ecosystem: pip\n  directory: /\n...\n", "updates:\n- package-ecosystem: pip\n  directory: /\n\n" + flush + "...\n"},
		"a comment in it":      {cargo + "    # more\n  # out\n", cargo + "    # more\n\n" + entry + "  # out\n"},
		"breaks as on Windows": {strings.ReplaceAll(cargo, "\n", "\r\n"), strings.ReplaceAll(cargo+"\n"+entry, "\n", "\r\n")},
		"a block of text":      {cargo + "    commit-message:\n      prefix: |\n        a\n\n         - b\n", cargo + "    commit-message:\n      prefix: |\n        a\n\n         - b\n\n" + entry},
	} {
		after, err := Add([]byte(row.before), nil)
		if err != nil || string(after) != row.after {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, after, row.after)
		}
	}
}

func TestWhatCannotBeAddedTo(t *testing.T) {
	for name, before := range map[string]string{
		"no YAML": "a: [", "no list": "version: 2\n", "an empty one": "updates: []\n", "in one line": "updates: [{package-ecosystem: pip}]\n",
		"no map": "- 1\n", "a dash by itself": "updates:\n  -\n    package-ecosystem: pip\n", "an alias": "x: &x\n  - package-ecosystem: pip\nupdates: *x\n",
		"covered already": "updates:\n  - package-ecosystem: github-actions\n", "a null": "updates:\n",
	} {
		if after, err := Add([]byte(before), nil); err == nil && name != "covered already" {
			t.Errorf("%s: became\n%s", name, after)
		}
	}
	if covered, err := Covers([]byte("updates: [{package-ecosystem: github-actions}]")); err != nil || !covered {
		t.Errorf("in one line: %v, %v", covered, err)
	}
}

// config draws a configuration in somebody's own hand.
func drawn(t *rapid.T) []byte {
	indent := rapid.SampledFrom([]string{"", "  ", "    "}).Draw(t, "indent")
	brk := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "break")
	noise := rapid.SampledFrom([]string{"", "\n", "# words - of: somebody\n", "\n  # - package-ecosystem: npm\n\n"})
	var b strings.Builder
	b.WriteString(noise.Draw(t, "head") + "version: 2\nupdates:\n")
	for i := range rapid.IntRange(1, 4).Draw(t, "entries") {
		b.WriteString(noise.Draw(t, "before"))
		gap := rapid.SampledFrom([]string{" ", "   "}).Draw(t, "gap")
		b.WriteString(indent + "-" + gap + "package-ecosystem: " + rapid.SampledFrom([]string{"cargo", `"pip"`, "'npm' # x"}).Draw(t, "name") + "\n")
		inner := indent + " " + gap
		b.WriteString(inner + "directory: /" + strings.Repeat("d", i) + "\n" + noise.Draw(t, "inside"))
		if rapid.Bool().Draw(t, "nested") {
			b.WriteString(inner + "groups:\n" + inner + " all:\n" + inner + "  patterns:\n" + inner + "  - '*'\n")
		}
	}
	b.WriteString(noise.Draw(t, "tail") + rapid.SampledFrom([]string{"", "registries:\n  x: {type: npm-registry}\n"}).Draw(t, "more"))
	text := b.String()
	if rapid.Bool().Draw(t, "torn") {
		text = strings.TrimRight(text, "\n")
	}
	return []byte(strings.ReplaceAll(text, "\n", brk))
}

// TestAddKeepsEveryOtherByte: what is new stands in one piece, the rest is as it
// was, before and behind, and says what it said.
func TestAddKeepsEveryOtherByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := drawn(t)
		after, err := Add(before, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, before)
		}
		at := 0
		for at < len(before) && before[at] == after[at] {
			at++
		}
		if !bytes.HasSuffix(after, before[at:]) {
			t.Fatalf("more than one place changed:\n%s\nbecame\n%s", before, after)
		}
		var was, is struct{ Updates []map[string]any }
		if yaml.Unmarshal(before, &was) != nil || yaml.Unmarshal(after, &is) != nil || len(is.Updates) != len(was.Updates)+1 {
			t.Fatalf("%d entries became %d", len(was.Updates), len(is.Updates))
		}
		if again, _ := Covers(after); !again {
			t.Fatal("it still does not cover the actions")
		}
		if windows := bytes.Contains(before, []byte("\r\n")); windows && bytes.Count(after, []byte("\n")) != bytes.Count(after, []byte("\r\n")) || !windows && bytes.Contains(after, []byte("\r")) {
			t.Fatalf("other line ends: %q", after)
		}
	})
}

func FuzzAdd(f *testing.F) {
	f.Add([]byte(cargo))
	f.Add([]byte("updates:\n- a: b\n# c\n...\n---\n"))
	f.Add([]byte("updates:\n - {a: b}\r\n"))
	f.Fuzz(func(t *testing.T, before []byte) {
		after, err := Add(before, nil)
		if err != nil {
			return
		}
		if covered, err := Covers(after); err != nil || !covered {
			t.Errorf("%v %v:\n%q\nbecame\n%q", covered, err, before, after)
		}
	})
}
