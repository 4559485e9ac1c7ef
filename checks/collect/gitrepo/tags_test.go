package gitrepo

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestTagPattern(t *testing.T) {
	for _, c := range []struct{ tags, pattern, source string }{
		{"v2.0.0 v1.0.0", "v*", "git tags, 2 of the newest 2"},
		{"v2.0.0-rc.1 v2.0.0+build v1.0", "v*", "git tags, 3 of the newest 3"},
		{"2.0.0 1.0.0b1 1.0rc2", "[0-9]*", "git tags, 3 of the newest 3"},
		{"release-1.2.0 release-1.1.0 v1.0.0", "release-*", "git tags, 2 of the newest 3"},
		{"serde-v1.0.2 serde-v1.0.1 serde_derive-v1.0.1", "serde-v*", "git tags, 2 of the newest 3"},
		{"a-v1.0.0 b-v1.0.0 c-v1.0.0 d-v1.0.0", "*-v*", "git tags, 4 of the newest 4"},
		{"a@1.0.0 b@1.0.0 c@1.0.0", "*@*", "git tags, 3 of the newest 3"},
		{"py-1.2.3 rs-1.2.3 rs-1.2.2 py-1.2.2 v0.1.0", "*-*", "git tags, 4 of the newest 5"},
		{"py/v1.0.0 py/v0.9.0", "py/v*", "git tags, 2 of the newest 2"},
		{"nightly latest v1 2024", "", ""},
		{strings.Repeat("v2.0.0 ", 100) + strings.Repeat("1.0.0 ", 500), "v*", "git tags, 100 of the newest 100"},
	} {
		found := tagPattern(evidence.Seen(strings.Fields(c.tags), evidence.Source{Name: "git tags"}))
		if c.pattern == "" {
			if !found.Absent() {
				t.Errorf("%.40s: %q, want none", c.tags, found.Or(""))
			}
			continue
		}
		if found.Or("") != c.pattern || found.Source().Name != c.source {
			t.Errorf("%.40s: %q by %q, want %q by %q", c.tags, found.Or(found.Reason()), found.Source().Name, c.pattern, c.source)
		}
	}
}

// FuzzAddress: no address that a configuration may hold breaks the reader, puts
// something else than a name into an identity, or shows a password.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"git@github.com:o/r.git", "https://github.com/o/r", "ssh://[::1]:22/o/r", "a:b:c", "://", "%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, address := range []string{text, "https://user:hunter2hunter2@" + text, "ssh://u:hunter2hunter2@" + text} {
			if repo, ok := repository(parseAddress(address)); ok {
				if again, ok := checked(repo.Host, repo.Owner, repo.Name); !ok || again != repo {
					t.Fatalf("%q became %+v", address, repo)
				}
			}
			parseWanted(address, "github.com")
			if shown := withoutSecrets(address); !strings.Contains(text, "hunter2") && strings.Contains(shown, "hunter2") {
				t.Fatalf("%q is shown as %q", address, shown)
			}
		}
	})
}
