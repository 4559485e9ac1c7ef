package splice

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestVersion(t *testing.T) {
	cases := []struct {
		name, src string
		line      int
		want      string // "" for an error
	}{
		{"cargo", "[package]\nversion = \"0.1.0\"\n", 2, "[package]\nversion = \"0.1.1\"\n"},
		{"no break at the end", "version = \"0.1.0\"", 1, "version = \"0.1.1\""},
		{"crlf and comment", "a\r\nversion='0.1.0' # 0.1.0\r\nb", 2, "a\r\nversion='0.1.1' # 0.1.0\r\nb"},
		{"other lines stay", "x = \"0.1.0\"\nversion = \"0.1.0\"\n", 2, "x = \"0.1.0\"\nversion = \"0.1.1\"\n"},
		{"inline table", `package = { name = "a", version = "0.1.0" }`, 1, `package = { name = "a", version = "0.1.1" }`},
		{"twice", `a = "0.1.0", b = "0.1.0"`, 1, ""},
		{"twice, other quotes", `a = "0.1.0", b = '0.1.0'`, 1, ""},
		{"not there", `version = "0.2.0"`, 1, ""},
		{"longer version", `version = "10.1.0"`, 1, ""},
		{"line 0", `version = "0.1.0"`, 0, ""},
		{"past the end", "version = \"0.1.0\"\n", 2, ""},
		{"empty", "", 1, ""},
	}
	for _, c := range cases {
		got, err := Version([]byte(c.src), c.line, "0.1.0", "0.1.1")
		if (err != nil) != (c.want == "") || string(got) != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestNoInjection(t *testing.T) {
	for _, bad := range []string{"", "1\n2", `1" evil = "`, "1 2", "-1"} {
		if out, err := Version([]byte(`v = "0.1.0"`), 1, "0.1.0", bad); err == nil {
			t.Errorf("%q taken: %s", bad, out)
		}
		if out, err := Lock([]byte("x"), "x", "0.1.0", bad); err == nil {
			t.Errorf("%q taken: %s", bad, out)
		}
	}
}

const lockFile = `version = 4

[[package]]
name = "market-data"
version = "0.1.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "00"

[[package]]
name = "market-data"
version = "0.1.0"
dependencies = [
 "market-core",
]

[[package]]
name = "market-data-more"
version = "0.1.0"
`

func TestLock(t *testing.T) {
	got, err := Lock([]byte(lockFile), "market-data", "0.1.0", "0.2.0-rc.1")
	want := strings.Replace(lockFile, "version = \"0.1.0\"\ndependencies", "version = \"0.2.0-rc.1\"\ndependencies", 1)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = Lock([]byte(lockFile), "absent", "0.1.0", "0.2.0")
	if err != nil || string(got) != lockFile {
		t.Errorf("an absent entry: %v\n%s", err, got)
	}
}

// TestEveryOtherByteStays: whatever surrounds the literal, the result is the
// source with exactly that part replaced.
func TestEveryOtherByteStays(t *testing.T) {
	any := rapid.SliceOfN(rapid.Byte(), 0, 200)
	rapid.Check(t, func(t *rapid.T) {
		before, after := any.Draw(t, "before"), any.Draw(t, "after")
		now := rapid.StringMatching(`[0-9]\.[0-9]\.[0-9]`).Draw(t, "now")
		next := rapid.StringMatching(`[0-9]{1,3}\.[0-9]\.[0-9](-rc\.[0-9])?`).Draw(t, "next")
		src := []byte(fmt.Sprintf("%s\nversion = %q # é\r\n%s", before, now, after))
		line := bytes.Count(before, []byte("\n")) + 2
		got, err := Version(src, line, now, next)
		want := fmt.Sprintf("%s\nversion = %q # é\r\n%s", before, next, after)
		if err != nil || string(got) != want {
			t.Fatalf("%v\n%q\n%q", err, got, want)
		}
	})
}

func FuzzVersion(f *testing.F) {
	f.Add([]byte("version = \"0.1.0\"\n"), 1)
	f.Fuzz(func(t *testing.T, src []byte, line int) {
		got, err := Version(src, min(line, 1<<16), "0.1.0", "0.1.1")
		if err == nil && len(got) != len(src) {
			t.Errorf("%q from %q", got, src)
		}
		if _, err := Lock(src, "a", "0.1.0", "0.1.1"); err != nil {
			t.Error(err)
		}
	})
}
