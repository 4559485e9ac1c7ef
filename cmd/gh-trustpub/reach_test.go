package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/browser"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// reach is a practice world that a test can reach into, and the real program
// in it.
type reach struct {
	*practice.World
	t   *testing.T
	env []string
	// dir is where the program is run.
	dir string

	mu sync.Mutex
	// after is told of each exchange before its client has the whole answer.
	after func(box.Exchange)
}

// within opens a new world of a scenario.
func within(t *testing.T, scenario string) *reach {
	t.Helper()
	endToEnd(t)
	need(t, "git")
	w := &reach{t: t}
	held := contract.Hold(t)
	var err error
	w.World, err = practice.Open(t.Context(), practice.Options{Scenario: scenario, Dir: t.TempDir(), Record: func(x box.Exchange) {
		held(x)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.after != nil {
			w.after(x)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	w.env, w.dir = w.Env(os.Environ()), w.Setting().Checkout
	return w
}

// interfere lets something happen when a request has been answered, before the
// program goes on.
func (w *reach) interfere(f func(box.Exchange)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.after = f
}

// run runs the program with what it prints in one text.
func (w *reach) run(args ...string) (out string, code int) {
	w.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// says runs the program and wants an exit status, and texts in what it prints;
// one that begins with ! must not be there.
func (w *reach) says(code int, args string, texts ...string) string {
	w.t.Helper()
	out, got := w.run(strings.Fields(args)...)
	if got != code {
		w.t.Errorf("%s: exit status %d, not %d\n%s", args, got, code, out)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, text := range texts {
		part, not := strings.CutPrefix(text, "!")
		if strings.Contains(flat, part) == not {
			w.t.Errorf("%s: %q\n%s", args, text, out)
		}
	}
	return out
}

// as signs the program in with another token.
func (w *reach) as(token github.Token) {
	w.t.Helper()
	made, err := w.GitHub.AddToken(token)
	if err != nil {
		w.t.Fatal(err)
	}
	w.set("GH_TOKEN=" + made.Value)
}

func (w *reach) set(variable string) { w.env = append(slices.Clone(w.env), variable) }

// edit changes the repository's settings, as somebody else does.
func (w *reach) edit(change func(*github.Repository)) {
	w.t.Helper()
	if err := w.GitHub.Edit("acme", "market-data", func(r *github.Repository) error { change(r); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *reach) repository() *github.Repository {
	w.t.Helper()
	repo, err := w.GitHub.Repository("acme", "market-data")
	if err != nil {
		w.t.Fatal(err)
	}
	return repo
}

// git runs git in the checkout, with the person's settings.
func (w *reach) git(args ...string) string {
	w.t.Helper()
	return w.gitIn(w.Setting().Checkout, args...)
}

func (w *reach) gitIn(dir string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, w.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// remote runs git in the repository on GitHub.
func (w *reach) remote(args ...string) string {
	w.t.Helper()
	dir, err := w.GitHub.GitDir("acme", "market-data")
	if err != nil {
		w.t.Fatal(err)
	}
	return w.gitIn(dir, args...)
}

// unchanged gives what fails the test if the servers hold something else by
// then than now.
func (w *reach) unchanged() func(when string) {
	w.t.Helper()
	before := w.snapshot()
	return func(when string) {
		w.t.Helper()
		for _, d := range w.since(before) {
			w.t.Errorf("%s: %s: %s, then %s", when, d.Path, d.Before, d.After)
		}
	}
}

// since lists what the servers hold otherwise than before, but for the workflows
// that GitHub itself has registered in between.
func (w *reach) since(before practice.Snapshot) []practice.Difference {
	w.t.Helper()
	return slices.DeleteFunc(before.Against(w.snapshot()), func(d practice.Difference) bool { return strings.Contains(d.Path, "/Workflows/") })
}

func (w *reach) snapshot() practice.Snapshot {
	w.t.Helper()
	s, err := w.Snapshot(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// tree is the checkout as it stands: HEAD, the index and the files.
func (w *reach) tree() string {
	w.t.Helper()
	var b strings.Builder
	b.WriteString(w.git("rev-parse", "--verify", "--quiet", "HEAD") + w.git("status", "--short", "--branch", "--untracked-files=all") + w.git("diff"))
	for name := range strings.Lines(w.git("ls-files", "--others")) {
		data, err := os.ReadFile(filepath.Join(w.Setting().Checkout, strings.TrimSpace(name)))
		if err != nil {
			w.t.Fatal(err)
		}
		b.WriteString(name + string(data))
	}
	return b.String()
}

// elsewhere leaves the checkout: an empty folder, for -R.
func (w *reach) elsewhere() { w.dir = w.t.TempDir() }

// decide presses a button on the page of a pull request, as bo.
func (w *reach) decide(url, button string) {
	w.t.Helper()
	b := browser.New(w.Pages())
	page, err := b.Open(w.t.Context(), url)
	if err == nil {
		page, err = b.SignIn(w.t.Context(), page, "bo")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	form := page.Form(button)
	if form == nil {
		w.t.Fatalf("no button %q on %s: %v", button, url, page.Lines)
	}
	i := slices.IndexFunc(form.Buttons, func(b browser.Button) bool { return b.Text == button })
	if page, err = b.Submit(w.t.Context(), page, form, &form.Buttons[i]); err != nil || page.Alert != "" {
		w.t.Fatal(err, page.Alert)
	}
}
