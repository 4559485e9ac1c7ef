package change

import (
	"errors"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/browser"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// hosted is a repository on the practice GitHub, and what changes it.
type hosted struct {
	*Tools
	t     *testing.T
	world *practice.World
	wire  *wire
	// start is where main stands at first.
	start string
}

// wire hands requests to the practice world, and fails at a write: before it
// (the world never hears of it) or after it (its answer is lost).
type wire struct {
	next   http.RoundTripper
	writes int
	// failAt is the write that fails, from 1; 0 is none.
	failAt int
	after  bool
	// during is told of each request before it is made.
	during func(*http.Request)
}

var errWire = errors.New("the line went dead")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.during != nil {
		w.during(r)
	}
	if r.Method == http.MethodGet {
		return w.next.RoundTrip(r)
	}
	w.writes++
	if w.writes == w.failAt && !w.after {
		return nil, errWire
	}
	res, err := w.next.RoundTrip(r)
	if w.writes == w.failAt && err == nil {
		_ = res.Body.Close()
		return nil, errWire
	}
	return res, err
}

func host(t *testing.T) *hosted {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	world, err := practice.Open(t.Context(), practice.Options{Scenario: "fresh", Record: contract.Hold(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	h := &hosted{t: t, world: world, wire: &wire{next: world.Stage().Client.Transport}, Tools: &Tools{Repo: market, Sleep: noSleep}}
	h.as(github.Token{Login: "ana", Scopes: []string{"repo", "workflow"}})
	h.start = h.git("rev-parse", "main")
	return h
}

// reset takes the branches and pull requests of a test away again.
func (h *hosted) reset() *hosted {
	h.t.Helper()
	*h.wire = wire{next: h.wire.next}
	h.git("update-ref", "refs/heads/main", h.start)
	if strings.Contains(h.git("for-each-ref"), proposedBranch) {
		h.git("update-ref", "-d", "refs/heads/"+proposedBranch)
	}
	if err := h.world.GitHub.Edit("acme", "market-data", func(r *github.Repository) error { r.Pulls = nil; return nil }); err != nil {
		h.t.Fatal(err)
	}
	return h
}

// as signs in with a token of its own.
func (h *hosted) as(token github.Token) {
	h.t.Helper()
	made, err := h.world.GitHub.AddToken(token)
	if err != nil {
		h.t.Fatal(err)
	}
	out, err := transport.New(transport.Options{Base: h.wire})
	if err != nil {
		h.t.Fatal(err)
	}
	h.GitHub = rest.New(out, "github.com", made.Value)
}

// git runs git in the bare repository.
func (h *hosted) git(args ...string) string {
	h.t.Helper()
	dir, err := h.world.GitHub.GitDir("acme", "market-data")
	if err != nil {
		h.t.Fatal(err)
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_AUTHOR_NAME=Bo", "GIT_AUTHOR_EMAIL=bo@example.org", "GIT_COMMITTER_NAME=Bo", "GIT_COMMITTER_EMAIL=bo@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit puts an empty commit of somebody else onto a branch.
func (h *hosted) commit(branch, message string) string {
	h.t.Helper()
	head := h.git("rev-parse", branch)
	made := h.git("commit-tree", head+"^{tree}", "-p", head, "-m", message)
	h.git("update-ref", "refs/heads/"+branch, made)
	return made
}

// decide presses a button on the page of the first pull request, as bo.
func (h *hosted) decide(button string) {
	h.t.Helper()
	w := browser.New(h.world.Pages())
	page, err := w.Open(h.t.Context(), "https://github.com/acme/market-data/pull/1")
	if err == nil {
		page, err = w.SignIn(h.t.Context(), page, "bo")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	form := page.Form(button)
	i := slices.IndexFunc(form.Buttons, func(b browser.Button) bool { return b.Text == button })
	if page, err = w.Submit(h.t.Context(), page, form, &form.Buttons[i]); err != nil || page.Alert != "" {
		h.t.Fatal(err, page.Alert)
	}
}
