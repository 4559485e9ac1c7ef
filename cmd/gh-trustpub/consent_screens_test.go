//go:build unix

package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestNoScreenWritesBeforeAYes walks the wizard over every way of every step, up
// to each yes, and says no.
func TestNoScreenWritesBeforeAYes(t *testing.T) {
	for _, scenario := range []string{"fresh", "bare-environment", "leftover-password"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			r := record(t, scenario)
			w := &wanderer{terminal: start(t, r.command("--no-browser"), 120, 60), t: t, seen: map[string]bool{}}
			w.everything()
			if w.refused == 0 {
				t.Error("nothing was there to be refused")
			}
			r.untouched("the wizard", r.state())
			t.Logf("%d ways, %d times no", len(w.seen), w.refused)
		})
	}
}

// TestTheChecklistOnlyReads looks at every row's evidence and page.
func TestTheChecklistOnlyReads(t *testing.T) {
	t.Parallel()
	r := record(t, "bare-environment")
	c := start(t, r.command("verify", "--no-browser"), 120, 60)
	c.until("o page")
	c.until("environment-has-reviewers")
	c.press("enter")
	c.until("docs/checks.md#")
	c.press("o")
	c.until("Opened https://")
	c.press("n", "r")
	c.press("q")
	if code := c.ended(); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	r.untouched("the checklist")
}

// wanderer goes every way of every step of the wizard, and agrees to nothing.
type wanderer struct {
	*terminal
	t       *testing.T
	seen    map[string]bool
	refused int
}

var (
	stepHead = regexp.MustCompile(`(?m)(\d)  (Survey|First release|Workflow|Environment|Publishers|Rehearsal|Proof|Lock)  (done|to do|waiting|skipped|cannot see)`)
	cursor   = regexp.MustCompile(`(?m)❯ (\d+) (.*?) *$`)
)

func (w *wanderer) everything() {
	w.t.Helper()
	for step := range 8 {
		for way := 0; w.move(step, way); way++ {
			w.try()
		}
	}
	w.idle()
	w.press("q")
	if code := w.ended(); code != 2 {
		w.t.Errorf("exit status %d, want 2", code)
	}
}

// move puts the cursor on a way of a step; it reports false where there is no
// such way. A screen of keys in between makes sure that what was pressed has
// been taken in.
func (w *wanderer) move(step, way int) bool {
	w.t.Helper()
	w.idle()
	w.press("right") // to another step, so that a notice goes
	for range 8 {
		w.press("left")
	}
	for range step {
		w.press("right")
	}
	for range 40 {
		w.press("up")
	}
	for range way {
		w.press("down")
	}
	w.idle()
	head, at := stepHead.FindStringSubmatch(w.screen()), cursor.FindStringSubmatch(w.screen())
	if head == nil || head[1] != strconv.Itoa(step+1) {
		w.t.Fatalf("not at step %d:\n%s", step+1, w.screen())
	}
	return at != nil && at[1] == strconv.Itoa(way+1)
}

// idle waits for a step without a screen on top.
func (w *wanderer) idle() {
	w.t.Helper()
	w.until("? keys")
	w.press("?")
	w.until("take a way by its number")
	w.press("x")
	w.until("? keys")
}

// ours says whether a way only notes something in our own memory: that is no
// matter of consent, and would change what comes next.
func ours(label string) bool {
	return label == "Not now" || label == "Yes, go on" || strings.Contains(label, "I have registered")
}

// try takes the way under the cursor up to its yes.
func (w *wanderer) try() {
	w.t.Helper()
	label := cursor.FindStringSubmatch(w.screen())[2]
	w.seen[stepHead.FindStringSubmatch(w.screen())[2]+": "+label] = true
	if ours(label) {
		return
	}
	w.press("enter")
	for {
		w.when("what comes of "+label, func(s string) bool { return form(s) != "" || answered.MatchString(s) })
		switch s := w.screen(); {
		case strings.Contains(s, "Yes, do it"):
			w.refuse()
			return
		case strings.Contains(s, "c copy"): // a page, or commands
			w.press("enter")
			return
		case form(s) != "":
			w.answer(title(s))
		default:
			return // done, in our own memory
		}
	}
}

// refuse says no: to a question about what can be taken back at once, to the
// others only when each yes before them was given.
func (w *wanderer) refuse() {
	w.t.Helper()
	if !strings.Contains(w.screen(), "Asked by itself afterwards") {
		w.press("ctrl+c")
	} else if w.refused++; w.refused%2 == 0 {
		w.press("n")
	} else {
		w.press("y")
		w.until("Cannot be taken back")
		w.press("ctrl+c")
	}
	w.until("Nothing was changed.")
	w.refused++
}

// answered is what can follow where no question is open.
var answered = regexp.MustCompile(`Yes, do it|c copy|Done: `)

// title is the first line of the question on the screen.
func title(screen string) string {
	first, _, _ := strings.Cut(form(screen), "\n")
	return first
}

// answer takes what a form has filled in; a token is made up.
func (w *wanderer) answer(asked string) {
	w.t.Helper()
	if strings.Contains(asked, "A token of crates.io") {
		w.press("cioAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	}
	w.press("enter")
	w.when("what follows "+asked, func(s string) bool { return title(s) != asked })
}
