package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// TestPinsAreHeldToTheActionsOwnTags: where a version was looked up, its comment
// has to be true, and the fix of what is not pinned names the commit.
func TestPinsAreHeldToTheActionsOwnTags(t *testing.T) {
	const action, other = "rust-lang/crates-io-auth-action", "2222222222222222222222222222222222222222"
	_, sha, _ := strings.Cut(authPin, "@")
	source := evidence.Source{Name: "api.github.com/repos/" + action, At: now}
	for name, row := range map[string]struct {
		uses, ref string
		pin       evidence.Pin
		verdict   Verdict
		level     Level
		because   string
		fix       string
	}{
		"nothing was looked up": {authPin + " # v1.0.5", "v1.0.4", evidence.Pin{Version: "v1.0.4", Commit: other}, OK, Safe, "pinned to a commit", ""},
		"it is that version":    {authPin + " # v1.0.5", "v1.0.5", evidence.Pin{Version: "v1.0.5", Commit: sha}, OK, Safe, "pinned to the commit of v1.0.5", ""},
		"it is another commit": {authPin + " # v1.0.5", "v1.0.5", evidence.Pin{Version: "v1.0.5", Commit: other}, Wrong, Advice,
			"the comment says v1.0.5, which is the commit 2222222 of " + action + ", and the pin is c6f97d4", "then pin " + action + "@" + other + " # v1.0.5"},
		"a comment that moves on": {authPin + " # v1", "v1", evidence.Pin{Version: "v1.0.6", Commit: other}, OK, Safe, "pinned to a commit", ""},
		"a branch":                {action + "@v1", "v1", evidence.Pin{Version: "v1.0.5", Commit: sha}, Wrong, Safe, "not pinned", "write " + authPin + " # v1.0.5"},
		"another branch":          {action + "@v1", "v2", evidence.Pin{Version: "v2.0.0", Commit: other}, Wrong, Safe, "not pinned", "write the full commit id"},
	} {
		w := ready(t)
		edit(t, w, authPin+" # v1.0.5", row.uses)
		w.Pins = map[string]evidence.Fact[evidence.Pin]{evidence.PinKey(action, row.ref): evidence.Seen(row.pin, source)}
		uses, _, _ := strings.Cut(row.uses, " ")
		found := 0
		for _, r := range Judge(NewCase(w), []Check{actionsPinned()}, nil).Results {
			if r.Subject != cratesJob+" "+uses {
				continue
			}
			found++
			if r.Verdict != row.verdict || r.Level != row.level || !strings.Contains(r.Because, row.because) || !strings.Contains(r.Fix, row.fix) {
				t.Errorf("%s: %s, %s: %s; %s", name, r.Verdict, r.Level, r.Because, r.Fix)
			}
			if looked := strings.HasPrefix(r.Because, "the comment says") || strings.Contains(r.Because, "commit of"); looked && r.Seen[len(r.Seen)-1] != source {
				t.Errorf("%s: where that was seen is not told: %v", name, r.Seen)
			}
		}
		if found != 1 {
			t.Errorf("%s: %d results", name, found)
		}
	}
}
