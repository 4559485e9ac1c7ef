package ui

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

func result(id string, step checks.Step, v checks.Verdict, subject, because string) checks.Result {
	return checks.Result{Check: checks.Check{ID: id, Step: step, Level: checks.Works, Claim: "It is so.", Why: "It matters."},
		Finding: checks.Finding{Subject: subject, Verdict: v, Because: because, Fix: "mend " + subject, Level: checks.Works,
			Seen: []evidence.Source{{Name: "api.github.com/" + subject, At: walktest.At}}}}
}

// looks counts the looks and remembers what was opened.
type looks struct {
	n      atomic.Int32
	opened []string
	fails  error
}

func (l *looks) checklist() *checklist {
	opts := ChecklistOptions{
		Look: func(context.Context) (checks.Report, error) {
			l.n.Add(1)
			return checks.Report{Results: []checks.Result{
				result("packages-found", checks.Survey, checks.OK, "Cargo.toml", "data was found"),
				result("environment-exists", checks.Environment, checks.Wrong, "release", "there is none\x1b[31m"),
				result("publisher-matches", checks.Publishers, checks.Unknown, "pypi:data", "nothing shows it"),
			}}, l.fails
		},
		Page: func(_ checks.Report, r checks.Result) string {
			if r.Subject == "release" {
				return "https://github.com/acme/data/settings/environments"
			}
			return ""
		},
		Open: func(_ context.Context, address string) (string, error) {
			l.opened = append(l.opened, address)
			return address, nil
		},
		Every: func(checks.Report) time.Duration { return seldom },
	}
	return &checklist{ctx: context.Background(), opts: opts, keys: newKeys(), theme: newTheme(true), width: 80, height: 24}
}

func TestChecklistShowsRowsByStep(t *testing.T) {
	d := drive(t, (&looks{}).checklist(), 80, 24).until("publisher-matches")
	screen := ansi.Strip(d.screen())
	for _, text := range []string{" survey\n", " environment\n", "   ✓ ok", " ❯ ✗ to fix     environment-exists  release", "? cannot see publisher-matches", "1 ok · 1 to fix · 1 cannot see"} {
		if !strings.Contains(screen, text) {
			t.Errorf("no %q on\n%s", text, screen)
		}
	}
	if strings.Contains(d.screen(), "\x1b[31m") {
		t.Error("remote text steers the terminal")
	}
}

func TestChecklistShowsTheEvidenceOfARow(t *testing.T) {
	d := drive(t, (&looks{}).checklist(), 80, 24).until("publisher-matches")
	d.press("enter").until("It is so.") // it begins at what is to be fixed
	for _, text := range []string{"It matters.", "there is none", "mend release", "api.github.com/release", "docs/checks.md#environment-exists"} {
		if !strings.Contains(ansi.Strip(d.screen()), text) {
			t.Errorf("no %q on\n%s", text, ansi.Strip(d.screen()))
		}
	}
	d.press("esc").until("packages-found")
}

func TestChecklistOpensThePageOfARow(t *testing.T) {
	l := &looks{}
	d := drive(t, l.checklist(), 80, 24).until("publisher-matches")
	d.press("n", "o").until("No page belongs to this check.")
	d.press("n", "o").until("Opened https://github.com/acme/data/settings/environments")
	if len(l.opened) != 1 {
		t.Errorf("opened %v", l.opened)
	}
}

func TestChecklistLooksAgain(t *testing.T) {
	l := &looks{}
	d := drive(t, l.checklist(), 80, 24).until("publisher-matches")
	l.fails = errors.New("the network is down")
	d.press("r").when("a second look", func() bool { return l.n.Load() == 2 && !d.m.(*checklist).looking })
	if screen := ansi.Strip(d.screen()); !strings.Contains(screen, "publisher-matches") || !strings.Contains(screen, "the network is down") {
		t.Errorf("a failed look keeps what was seen, and says so:\n%s", screen)
	}
}

func TestChecklistGoesFromOpenToOpen(t *testing.T) {
	d := drive(t, (&looks{}).checklist(), 80, 24).until("publisher-matches")
	at := func() int { return d.m.(*checklist).row }
	for i, step := range []struct {
		key  string
		want int
	}{{"n", 2}, {"n", 1}, {"N", 2}, {"home", 0}, {"end", 2}, {"pgup", 0}, {"pgdown", 2}, {"up", 1}} {
		if d.press(step.key); at() != step.want {
			t.Errorf("%d: %s leads to row %d, not %d", i, step.key, at(), step.want)
		}
	}
}
