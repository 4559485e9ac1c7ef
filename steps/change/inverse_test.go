package change

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// kept is a change as the journal keeps it.
func kept(t *testing.T, c Change) journal.Entry {
	t.Helper()
	e := journal.Entry{ID: c.ID, Title: c.Title, Lasting: c.Lasting}
	for _, s := range []struct {
		from any
		to   *json.RawMessage
	}{{c.Before, &e.Before}, {c.After, &e.After}} {
		data, err := json.Marshal(s.from)
		if err != nil {
			t.Fatal(err)
		}
		*s.to = data
	}
	return e
}

func perform(t *testing.T, c Change) {
	t.Helper()
	if err := c.Perform(t.Context(), Hands{}); err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsPutBack(t *testing.T) {
	tools := &Tools{Dir: t.TempDir()}
	first := tools.WriteFile(".github/workflows/publish.yml", nil, []byte("one\n"))
	perform(t, first)
	second := tools.WriteFile(".github/workflows/publish.yml", []byte("one\n"), []byte("two\n"))
	perform(t, second)
	for i, c := range []Change{second, first} {
		inverse, err := tools.Inverse(t.Context(), kept(t, c))
		if err != nil || len(inverse.Preview) == 0 {
			t.Fatalf("%d: %v, %v", i, inverse.Preview, err)
		}
		perform(t, inverse)
		if _, err := tools.Inverse(t.Context(), kept(t, c)); !errors.Is(err, ErrAsBefore) {
			t.Errorf("%d again: %v", i, err)
		}
	}
	if left, err := tools.ReadFile(".github/workflows/publish.yml"); left != nil || err != nil {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestAFileThatMovedOnStays(t *testing.T) {
	tools := &Tools{Dir: t.TempDir()}
	c := tools.WriteFile("x", nil, []byte("ours\n"))
	perform(t, c)
	inverse, err := tools.Inverse(t.Context(), kept(t, c))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tools.Dir, "x"), []byte("somebody's\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	moved := new(MovedOnError)
	if _, err := tools.Inverse(t.Context(), kept(t, c)); !errors.As(err, &moved) || !strings.Contains(diffText(moved.Diff), "+ somebody's") {
		t.Errorf("%v", err)
	}
	if err := inverse.Perform(t.Context(), Hands{}); err == nil {
		t.Error("a file that changed after the preview was removed")
	}
	if now, _ := tools.ReadFile("x"); string(now) != "somebody's\n" {
		t.Errorf("%q", now)
	}
}

func diffText(lines []DiffLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(string(l.Op) + " " + l.Text + "\n")
	}
	return b.String()
}

func TestWhatLastsSaysWhatToDoByHand(t *testing.T) {
	tools := &Tools{Repo: market}
	for id, part := range map[string]string{
		"secret:/PYPI_TOKEN":        "gh secret set PYPI_TOKEN --repo acme/market-data`",
		"secret:release/PYPI_TOKEN": "--env 'release'",
		"dependabot-secret:TOKEN":   "gh secret set TOKEN --app dependabot --repo acme/market-data`",
		"push:main":                 "commit and push that",
		"first-release:crates.io":   "cargo yank",
		"something:else":            "https://github.com/acme/market-data/settings",
	} {
		lasting := new(LastingError)
		if _, err := tools.Inverse(t.Context(), journal.Entry{ID: id}); !errors.As(err, &lasting) || !strings.Contains(lasting.ByHand, part) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestAStateThatCannotBeReadIsNotGuessed(t *testing.T) {
	for _, id := range []string{"file:x", "environment:release", "default-token", "immutable-releases", "allowed-actions"} {
		if _, err := (&Tools{Dir: t.TempDir()}).Inverse(t.Context(), journal.Entry{ID: id, Before: json.RawMessage(`[`), After: json.RawMessage(`{}`)}); err == nil || !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// undoable answers what taking back asks beyond what hardening does.
type undoable struct {
	*environments
	secrets int
}

func (u undoable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const base = "/repos/acme/market-data/environments/my%2Fenv"
	switch path := r.URL.EscapedPath(); {
	case r.Method == http.MethodDelete && path == base:
		u.state = StateOf(nil)
		w.WriteHeader(http.StatusNoContent)
	case path == base+"/secrets":
		answer(w, map[string]any{"total_count": u.secrets, "secrets": []any{}})
	default:
		u.environments.ServeHTTP(w, r)
	}
}

func hardenAndKeep(t *testing.T, u undoable) (*Tools, journal.Entry) {
	t.Helper()
	u.t = t
	tools := &Tools{GitHub: toward(t, u), Repo: market}
	c, err := tools.Environment(u.state, wish)
	if err != nil {
		t.Fatal(err)
	}
	perform(t, c)
	return tools, kept(t, c)
}

func TestANewEnvironmentIsTakenAway(t *testing.T) {
	u := undoable{environments: &environments{state: StateOf(nil)}}
	tools, entry := hardenAndKeep(t, u)
	inverse, err := tools.Inverse(t.Context(), entry)
	if err != nil || !strings.Contains(diffText(inverse.Preview), "- reviewer n1") {
		t.Fatalf("%v\n%s", err, diffText(inverse.Preview))
	}
	perform(t, inverse)
	if u.state.Exists {
		t.Errorf("%+v", u.state)
	}
}

func TestAnEnvironmentIsPutBackAsItWas(t *testing.T) {
	was := EnvironmentState{Exists: true, WaitMinutes: 5, Policy: evidence.RefsCustom, Refs: []Ref{{"branch", "main"}}, Reviewers: []Reviewer{{"User", 1, "n1"}}}
	u := undoable{environments: &environments{state: was}}
	tools, entry := hardenAndKeep(t, u)
	inverse, err := tools.Inverse(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	perform(t, inverse)
	if diff := cmp.Diff(was, u.state); diff != "" {
		t.Error(diff)
	}
	if _, err := tools.Inverse(t.Context(), entry); !errors.Is(err, ErrAsBefore) {
		t.Errorf("again: %v", err)
	}
}

func TestAnEnvironmentThatMovedOnStays(t *testing.T) {
	u := undoable{environments: &environments{state: StateOf(nil)}}
	tools, entry := hardenAndKeep(t, u)
	inverse, err := tools.Inverse(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	u.state.WaitMinutes = 30
	moved := new(MovedOnError)
	if _, err := tools.Inverse(t.Context(), entry); !errors.As(err, &moved) || !strings.Contains(diffText(moved.Diff), "+ wait timer 30 minutes") {
		t.Errorf("%v", err)
	}
	if err := inverse.Perform(t.Context(), Hands{}); !errors.As(err, &moved) || !u.state.Exists {
		t.Errorf("changed after the preview, and taken away: %v", err)
	}
}

func TestAnEnvironmentWithSecretsStays(t *testing.T) {
	u := undoable{environments: &environments{state: StateOf(nil)}, secrets: 1}
	tools, entry := hardenAndKeep(t, u)
	inverse, err := tools.Inverse(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	if err := inverse.Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "would be lost") || !u.state.Exists {
		t.Errorf("%v", err)
	}
}
