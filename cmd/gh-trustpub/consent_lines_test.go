//go:build unix

package main

import (
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// dialogue is a program that asks line by line on a terminal.
type dialogue struct {
	t    *testing.T
	in   io.Writer
	cmd  *exec.Cmd
	done chan struct{}

	mu   sync.Mutex
	text string
	read int
	more chan struct{} // closed and replaced when there is more text
}

func converse(t *testing.T, cmd *exec.Cmd) *dialogue {
	t.Helper()
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 200, Rows: 50})
	if err != nil {
		t.Fatal(err)
	}
	d := &dialogue{t: t, in: file, cmd: cmd, done: make(chan struct{}), more: make(chan struct{})}
	go func() {
		defer close(d.done)
		buffer := make([]byte, 32*1024)
		for {
			n, err := file.Read(buffer)
			d.mu.Lock()
			d.text += strings.ReplaceAll(string(buffer[:n]), "\r\n", "\n")
			close(d.more)
			d.more = make(chan struct{})
			d.mu.Unlock()
			if err != nil {
				_ = cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
		}
		<-d.done
		_ = file.Close()
	})
	return d
}

// expect waits for a text behind what was read before, and gives all up to its
// end.
func (d *dialogue) expect(what *regexp.Regexp) string {
	d.t.Helper()
	late := time.After(patience)
	for ended := false; ; {
		d.mu.Lock()
		rest, more := d.text[d.read:], d.more
		if at := what.FindStringIndex(rest); at != nil {
			d.read += at[1]
			d.mu.Unlock()
			return rest[:at[1]]
		}
		d.mu.Unlock()
		if ended {
			d.t.Fatalf("the program ended before %q; it said\n%s", what, rest)
		}
		select {
		case <-more:
		case <-d.done:
			ended = true
		case <-late:
			d.t.Fatalf("%q never came; it said\n%s", what, rest)
		}
	}
}

func (d *dialogue) say(line string) {
	d.t.Helper()
	if _, err := io.WriteString(d.in, line+"\n"); err != nil {
		d.t.Fatal(err)
	}
}

// ended waits for the program's end and gives its exit status.
func (d *dialogue) ended() int {
	d.t.Helper()
	select {
	case <-d.done:
	case <-time.After(patience):
		d.t.Fatalf("the program did not end; it said\n%s", d.text)
	}
	return d.cmd.ProcessState.ExitCode()
}

var (
	anyPrompt = regexp.MustCompile(`(?m)(\]: |\(not shown\): |again: |quit: |one by one: )$`)
	atStep    = regexp.MustCompile(`(?m)^(Choose a number|Nothing is left to do here).*\]: $`)
	aWay      = regexp.MustCompile(`(?m)^  (\d+)\. (.*)$`)
	aStep     = regexp.MustCompile(`(?m)^Step (\d) of 8`)
)

// TestNoLineWritesBeforeAYes walks the plain wizard over every way of every step,
// up to each yes, and says no.
func TestNoLineWritesBeforeAYes(t *testing.T) {
	for _, scenario := range []string{"fresh", "bare-environment"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			r := record(t, scenario)
			d := converse(t, r.command("--plain", "--no-browser"))
			said, refused := d.expect(anyPrompt), 0
			for step := 1; step <= 8; step++ {
				for way := 1; ; way++ {
					said = d.to(step, said)
					_, list, _ := strings.Cut(said[strings.LastIndex(said, "\nStep "):], "Ways on:\n")
					ways := aWay.FindAllStringSubmatch(list, -1)
					if way > len(ways) {
						break
					}
					if ours(ways[way-1][2]) {
						continue
					}
					d.say(strconv.Itoa(way))
					for said = d.expect(anyPrompt); !atStep.MatchString(said); said = d.expect(anyPrompt) {
						refused += d.decline(said)
					}
				}
			}
			d.say("q")
			if code := d.ended(); code != 2 || refused == 0 {
				t.Errorf("exit status %d, %d times no", code, refused)
			}
			r.untouched("the plain wizard", r.state())
		})
	}
}

// to goes to a step, from where the last lines say.
func (d *dialogue) to(step int, said string) string {
	d.t.Helper()
	for {
		heads := aStep.FindAllStringSubmatch(said, -1)
		if len(heads) == 0 {
			d.t.Fatalf("no step in\n%s", said)
		}
		at, _ := strconv.Atoi(heads[len(heads)-1][1])
		switch {
		case at < step:
			d.say("f")
		case at > step:
			d.say("b")
		default:
			return said
		}
		said = d.expect(atStep)
	}
}

// decline answers a question with what is filled in, and a yes with a no.
func (d *dialogue) decline(asked string) (refused int) {
	d.t.Helper()
	switch {
	case strings.HasSuffix(asked, "yes or no [no]: "):
		d.say("no")
		return 1
	case strings.HasSuffix(asked, "(not shown): "):
		d.say("cioAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	default:
		d.say("")
	}
	return 0
}

// TestANoChangesNothing: apply and undo show what they would do and ask.
func TestANoChangesNothing(t *testing.T) {
	t.Parallel()
	r := record(t, "fresh")
	refuse := func(command string) {
		d := converse(t, r.command(command))
		d.expect(regexp.MustCompile(`\[y/N\] $`))
		d.say("n")
		d.expect(regexp.MustCompile("Nothing was changed"))
		if code := d.ended(); code != 2 {
			t.Errorf("%s: exit status %d, want 2", command, code)
		}
		r.untouched(command)
	}
	refuse("apply")
	r.yes("apply", "--yes")
	r.rest()
	r.begin()
	refuse("undo")
}

// TestEachLastingChangeIsAskedAboutByItself: apply makes what got its yes, and
// says what it left out; undo lists what stays, with what to do by hand.
func TestEachLastingChangeIsAskedAboutByItself(t *testing.T) {
	t.Parallel()
	r := record(t, "fresh")
	head := r.main()
	d := converse(t, r.command("apply"))
	first := d.expect(regexp.MustCompile(`that undo can take back\? .*\[y/N\] $`))
	if !strings.Contains(first, "Cannot be taken back: a commit pushed to main stays in its history") {
		t.Errorf("what lasts was not named before the first yes:\n%s", first)
	}
	r.untouched("apply before a yes")
	d.say("y")
	d.expect(regexp.MustCompile(`Commit and push to main\? It cannot be taken back: .*\[y/N\] $`))
	r.untouched("apply before all is answered")
	d.say("n")
	d.expect(regexp.MustCompile("Not done, as you said: Commit and push to main"))
	if code := d.ended(); code != 1 {
		t.Errorf("exit status %d, want 1: the push is still to be made", code)
	}
	if repo, err := r.GitHub.Repository("acme", "market-data"); err != nil || len(repo.Environments) != 1 || r.main() != head {
		t.Errorf("made: %v, and main is at %s, not %s; %v", repo.Environments, r.main(), head, err)
	}
	r.yes("apply", "--yes")
	if out, code := r.run("undo", "--list"); code != 8 || !strings.Contains(out, "left: a commit pushed to main stays in its history. By hand: ") {
		t.Errorf("undo --list: exit status %d\n%s", code, out)
	}
}

// main is where the branch stands on GitHub.
func (r *recording) main() string {
	r.t.Helper()
	dir, err := r.GitHub.GitDir(r.Setting().Owner, r.Setting().Name)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := exec.Command("git", "-C", dir, "rev-parse", "refs/heads/main").CombinedOutput()
	if err != nil {
		r.t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
