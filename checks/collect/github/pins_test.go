package github

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	idOne = "1111111111111111111111111111111111111111"
	idTwo = "2222222222222222222222222222222222222222"
	tagID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

func refTo(name, kind, id string) string {
	return fmt.Sprintf(`{"ref":"refs/%s","object":{"type":%q,"sha":%q}}`, name, kind, id)
}

// checkout is the repository of an action: its newest release is an annotated
// tag, v4 stands at the commit of v4.3.1, and main at no release.
func checkout(t *testing.T) *double {
	const r = "repos/actions/checkout/"
	d := &double{t: t, answers: map[string]string{
		r + "releases/latest":                     `{"tag_name":"v7.0.1"}`,
		r + "git/ref/tags/v7.0.1":                 refTo("tags/v7.0.1", "tag", tagID),
		r + "git/tags/" + tagID:                   `{"tag":"v7.0.1","object":{"type":"commit","sha":"` + idOne + `"}}`,
		r + "git/ref/tags/v4":                     refTo("tags/v4", "commit", idTwo),
		r + "git/ref/heads/main":                  refTo("heads/main", "commit", idOne),
		r + "git/ref/heads/releases%2Fv1":         `404 {}`,
		r + "git/ref/heads/releases/v1":           refTo("heads/releases/v1", "commit", idTwo),
		r + "git/ref/tags/both":                   refTo("tags/both", "commit", idOne),
		r + "git/ref/heads/both":                  refTo("heads/both", "commit", idTwo),
		r + "git/ref/tags/agree":                  refTo("tags/agree", "commit", idTwo),
		r + "git/ref/heads/agree":                 refTo("heads/agree", "commit", idTwo),
		r + "git/ref/tags/tree":                   refTo("tags/tree", "tree", idOne),
		r + "git/ref/tags/short":                  refTo("tags/short", "commit", "1111111"),
		r + "git/ref/tags/like":                   refTo("tags/like-another", "commit", idOne),
		r + "git/ref/tags/slow":                   `403 {"message":"blocked"}`,
		r + "git/ref/tags/round":                  refTo("tags/round", "tag", strings.Repeat("b", 40)),
		r + "git/tags/" + strings.Repeat("b", 40): `{"object":{"type":"tag","sha":"` + strings.Repeat("b", 40) + `"}}`,
		r + "tags": `[{"name":"v4","commit":{"sha":"` + idTwo + `"}},{"name":"v4.3.0","commit":{"sha":"` + idTwo + `"}},{"name":"v4.3.1","commit":{"sha":"` + idTwo +
			`"}},{"name":"v4.10.0-rc","commit":{"sha":"` + idOne + `"}},{"name":"v4.2.9","commit":{"sha":"` + idTwo + `"}}]`,
	}}
	d.reset()
	return d
}

func TestPins(t *testing.T) {
	d := checkout(t)
	for ref, want := range map[string]evidence.Pin{
		"":            {Version: "v7.0.1", Commit: idOne},
		"v7.0.1":      {Version: "v7.0.1", Commit: idOne},
		"v4":          {Version: "v4.3.1", Commit: idTwo},
		"main":        {Version: "main", Commit: idOne},
		"releases/v1": {Version: "v4.3.1", Commit: idTwo},
		"agree":       {Version: "v4.3.1", Commit: idTwo},
	} {
		got := Pins(t.Context(), d.reader("t0ken"), []ActionRef{{"actions/checkout", ref}})
		if pin := seen(t, ref, got[evidence.PinKey("Actions/Checkout/sub", ref)]); pin != want {
			t.Errorf("%q is %+v, want %+v", ref, pin, want)
		}
	}
}

// TestWhatIsNoPin: no commit is told without a tag or a branch of the action's
// own repository at which it stands.
func TestWhatIsNoPin(t *testing.T) {
	d := checkout(t)
	for ref, why := range map[string]string{
		"v9":    "neither a tag nor a branch v9",
		"both":  "a tag and a branch of it are named both, and differ",
		"tree":  "it ends at a tree",
		"short": "it ends at a commit",
		"like":  `it is of "refs/tags/like-another"`,
		"slow":  "403",
		"round": "it ends at a tag",
		idOne:   "neither a tag nor a branch",
	} {
		got := Pins(t.Context(), d.reader("t0ken"), []ActionRef{{"actions/checkout", ref}})
		if f := got[evidence.PinKey("actions/checkout", ref)]; !f.Unknown() || !strings.Contains(f.Reason(), why) {
			t.Errorf("%s: %v, %q lacks %q", ref, f.State(), f.Reason(), why)
		}
	}
	for answer, why := range map[string]string{`{"tag_name":"v7"}`: `"v7", which is no full version`, `404 {}`: "404", `{}`: "no full version"} {
		d.answers["repos/actions/checkout/releases/latest"] = answer
		got := Pins(t.Context(), d.reader("t0ken"), []ActionRef{{"actions/checkout", ""}})
		if f := got["actions/checkout"]; !f.Unknown() || !strings.Contains(f.Reason(), why) {
			t.Errorf("%s: %v, %q lacks %q", answer, f.State(), f.Reason(), why)
		}
	}
}

// TestOfARenamedActionNothingIsTaken: its old name may be anybody's tomorrow.
func TestOfARenamedActionNothingIsTaken(t *testing.T) {
	d := checkout(t)
	d.answers["repos/old/checkout/git/ref/tags/v4"] = "301 {}"
	d.headers = map[string]http.Header{"repos/old/checkout/git/ref/tags/v4": {"Location": {"https://api.github.com/repos/actions/checkout/git/ref/tags/v4"}}}
	f := Pins(t.Context(), d.reader("t0ken"), []ActionRef{{"old/checkout", "v4"}})["old/checkout@v4"]
	if !f.Unknown() || !strings.Contains(f.Reason(), "renamed or given away") {
		t.Errorf("%v %q", f.State(), f.Reason())
	}
}

func TestNobodyIsAskedWithoutAToken(t *testing.T) {
	d := checkout(t)
	f := Pins(t.Context(), d.reader(""), []ActionRef{{"actions/checkout", "v4"}})["actions/checkout@v4"]
	if !f.Unknown() || !strings.Contains(f.Reason(), "not signed in") || len(d.asked) > 0 {
		t.Errorf("%v %q, asked %v", f.State(), f.Reason(), d.asked)
	}
}

func TestPinsAreBounded(t *testing.T) {
	d := checkout(t)
	var many []ActionRef
	for i := range maxPins + 5 {
		many = append(many, ActionRef{fmt.Sprintf("actions/a%d", i), ""})
	}
	got, unasked := Pins(t.Context(), d.reader("t0ken"), many), 0
	for _, f := range got {
		if strings.Contains(f.Reason(), "more than") {
			unasked++
		}
	}
	if len(got) != len(many) || unasked != 5 || len(d.asked) != maxPins {
		t.Errorf("%d facts, %d not asked for, %d asked", len(got), unasked, len(d.asked))
	}
}
