//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// person walks the wizard in the practice world by keys, reading the screen.
type person struct {
	*terminal
	t     *testing.T
	world string
	token string
}

func arrive(t *testing.T) *person {
	p := &person{t: t, world: t.TempDir()}
	p.enter()
	return p
}

// enter starts the practice world, or takes it up again. There is no browser
// with windows, so that pages are shown in the terminal.
func (p *person) enter() {
	cmd := exec.Command(program, "practice", "--world", p.world)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "DISPLAY=", "WAYLAND_DISPLAY=", "BROWSER=", "GH_BROWSER=", "SSH_CONNECTION=x", "NO_COLOR=", "CI=")
	p.terminal = start(p.t, cmd, 80, 24)
}

// at waits for a step; then leaves in the middle of it, comes back, and is to
// be there again.
func (p *person) at(step string) {
	p.t.Helper()
	p.until(step)
	p.until("❯ 1")
	p.press("q")
	if code := p.ended(); code != 2 {
		p.t.Errorf("leaving at %q: exit status %d, want 2", step, code)
	}
	p.enter()
	p.until(step)
	p.until("❯ 1")
}

var wayNumber = regexp.MustCompile(`(?m)(\d) ([A-Za-z][^\n]*)$`)

// moreWays says that the list of ways goes on below the screen.
var moreWays = regexp.MustCompile(`(?m)↓ \d+ more *$`)

// take presses the number of the way that begins with these words.
func (p *person) take(words string) {
	p.t.Helper()
	number := ""
	p.when(words, func(screen string) bool {
		if number = numberOf(screen, words); number == "" && moreWays.MatchString(screen) {
			p.press("down")
		}
		return number != ""
	})
	p.press(number)
}

// numberOf is the number of a way on a screen, "" where it is not shown.
func numberOf(screen, words string) string {
	for _, m := range wayNumber.FindAllStringSubmatch(screen, -1) {
		if strings.HasPrefix(m[2], words) {
			return m[1]
		}
	}
	return ""
}

// agree accepts what a form has filled in, question by question, until the
// screen shows the wanted text.
func (p *person) agree(until string) {
	p.t.Helper()
	for {
		p.when("a question, or "+until, func(screen string) bool { return form(screen) != "" || strings.Contains(screen, until) })
		asked := form(p.screen())
		if asked == "" {
			return
		}
		p.press("enter")
		p.when("the next question, or "+until, func(screen string) bool { return form(screen) != asked })
	}
}

// form is the question on the screen, "" where no form is shown.
func form(screen string) string {
	asked := ""
	for line := range strings.SplitSeq(screen, "\n") {
		if _, text, found := strings.Cut(line, "┃"); found {
			asked += strings.TrimSpace(text) + "\n"
		}
	}
	return asked
}

// yes agrees to a preview, and by itself to each change that cannot be taken
// back.
func (p *person) yes() {
	p.t.Helper()
	for more := true; more; {
		p.until("Yes, do it")
		more = strings.Contains(p.screen(), "Asked by itself afterwards")
		p.press("y")
		if more {
			p.until("Cannot be taken back")
		}
	}
}

// lastLine is what waits for an answer in the text browser.
func lastLine(screen string) string {
	lines := strings.Split(strings.TrimRight(screen, " \n"), "\n")
	return strings.TrimRight(lines[len(lines)-1], " ")
}

var choice = regexp.MustCompile(`(?m)^ +(\d+)\. (?:form|link|sign in as): (.*?) *$`)

// choose types the number of a form or link that has these words.
func (p *person) choose(words string) {
	p.t.Helper()
	p.when("the prompt of the text browser", func(s string) bool { return strings.HasPrefix(lastLine(s), "Number of a form") })
	for _, m := range choice.FindAllStringSubmatch(p.screen(), -1) {
		if strings.Contains(m[2], words) {
			p.press(m[1], "enter")
			return
		}
	}
	p.t.Fatalf("no %q in the text browser:\n%s", words, p.screen())
}

var (
	question = regexp.MustCompile(`^   (.+?) \[(.*)\]:$`)
	tick     = regexp.MustCompile(`^   (.+)\? y or n \[[yn]\]:$`)
)

// fill answers a form of the text browser by its labels, sends it by a button,
// and closes the page that follows.
func (p *person) fill(form, button string, values map[string]string) {
	p.t.Helper()
	p.choose(form)
	asked := ""
	for {
		p.when("a question of the form", func(s string) bool {
			last := lastLine(s)
			return last != asked && (question.MatchString(last) || tick.MatchString(last) || strings.HasPrefix(last, "   Send it?"))
		})
		asked = lastLine(p.screen())
		switch m := question.FindStringSubmatch(asked); {
		case strings.HasPrefix(asked, "   Send it?"):
			p.press(p.button(button), "enter")
			return
		case tick.MatchString(asked):
			p.press(values[tick.FindStringSubmatch(asked)[1]], "enter")
		default:
			p.press(values[strings.TrimSuffix(m[1], " (optional)")], "enter")
		}
	}
}

func (p *person) button(words string) string {
	m := regexp.MustCompile(`(?m)^ +(\d+)\. .*`+words).FindAllStringSubmatch(p.screen(), -1)
	if len(m) == 0 {
		p.t.Fatalf("no button %q:\n%s", words, p.screen())
	}
	return m[len(m)-1][1]
}

// back closes the page in the terminal and the screen about it.
func (p *person) back() {
	p.t.Helper()
	p.when("the prompt of the text browser", func(s string) bool { return strings.HasPrefix(lastLine(s), "Number of a form") })
	p.press("enter")
	p.until("turns green by itself")
	p.press("esc")
	p.until("enter choose")
}

// gone waits until a way is not offered any more: numbers move up then.
func (p *person) gone(words string) {
	p.t.Helper()
	p.when("the end of "+words, func(s string) bool { return strings.Contains(s, "enter choose") && !strings.Contains(s, words) })
}

var shownToken = regexp.MustCompile(`cio[A-Za-z0-9]{20,}`)

func TestTheWholeRouteByKeys(t *testing.T) {
	p := arrive(t)
	p.until("This only reads")
	p.at("1  Survey")
	p.take("Yes, go on")
	p.until("How strict do you want to begin?")
	p.agree("2  First release")

	p.at("2  First release")
	p.take("Open the page for a short-lived token")
	p.fill("New API Token", "Generate", map[string]string{"Name": "first release", "Expiration": "2", "publish-new": "y", "Crates": "market-data"})
	p.when("the new token", func(s string) bool { return shownToken.MatchString(s) })
	p.token = shownToken.FindString(p.screen())
	p.back()
	p.take("Publish the first version")
	p.until("A token of crates.io")
	p.press(p.token, "enter")
	p.yes()
	p.until("Go on with this?")
	if s := p.screen(); !strings.Contains(s, "market-data-0.1.0.crate") || !strings.Contains(s, "Cargo.toml") {
		t.Errorf("what would be published is not shown:\n%s", s)
	}
	p.press("y")
	p.gone("Publish the first version for me")
	publisher := map[string]string{"Owner": "acme", "Repository name": "market-data", "Workflow name": "publish.yml", "Environment name": "release", "PyPI Project Name": "market-data"}
	for _, index := range []string{"PyPI", "TestPyPI"} {
		p.take(index + ": open the publisher page")
		p.fill("pending GitHub publisher", "Add", publisher)
		p.until("Registered")
		p.back()
		p.take(index + ": I have registered")
		p.gone(" " + index + ": I have registered")
	}

	p.at("3  Workflow")
	p.press("enter")
	p.yes()

	p.at("4  Environment")
	p.press("enter")
	p.agree("Yes, do it")
	p.yes()

	p.at("5  Publishers")
	p.take("crates.io: open the publisher page")
	p.fill("Trusted Publisher", "Add", map[string]string{"Repository owner": "acme", "Repository name": "market-data", "Workflow filename": "publish.yml", "Environment name": "release"})
	p.back()
	p.take("crates.io: I have registered")

	p.at("6  Rehearsal")
	p.press("enter")
	p.yes()
	p.approve()

	p.at("7  Proof")
	p.press("enter")
	p.agree("Yes, do it")
	p.yes()
	p.approve()

	p.until("✓ Lock")
	p.until("8  Lock  done")
	p.press("q")
	if code := p.ended(); code != 0 {
		t.Errorf("exit status %d at the end of the route, want 0", code)
	}
	p.undo()
}

// undo takes the whole walk back, as far as that goes: a release stays.
func (p *person) undo() {
	p.t.Helper()
	in := func(args ...string) (string, int) {
		cmd := exec.Command(program, append([]string{"practice", "--world", p.world, "--"}, args...)...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			p.t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := in("undo"); code != 1 || !strings.Contains(out, "say --yes") {
		p.t.Errorf("undo without a terminal: exit status %d\n%s", code, out)
	}
	out, code := in("undo", "--yes")
	if code != 8 || !strings.Contains(out, "Taken back.") || !strings.Contains(out, "push:v0.1.1") {
		p.t.Errorf("undo: exit status %d\n%s", code, out)
	}
	if out, code := in("verify", "--format", "text", "--only", "environment-exists"); code != 1 || !strings.Contains(out, "there is no environment release") {
		p.t.Errorf("after undo: exit status %d\n%s", code, out)
	}
}

// approve reviews the run that waits, as the second person.
func (p *person) approve() {
	p.t.Helper()
	p.take("Open the page of run")
	p.choose("bo")
	p.until("waits for your review")
	p.fill("Review", "Approve", map[string]string{})
	p.until("approved")
	p.back()
}
