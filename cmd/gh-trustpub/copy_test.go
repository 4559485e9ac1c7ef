//go:build unix

package main

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
)

// osc52 is what a terminal takes for a copy into its clipboard.
func osc52(value string) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta("\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(value))))
}

// TestValuesReachTheTerminalsClipboard: the values of a page that takes none are
// copied one by one, by open, by the plain wizard and by the full one.
func TestValuesReachTheTerminalsClipboard(t *testing.T) {
	t.Parallel()
	r := record(t, "fresh")
	values := []string{"acme", "market-data", "publish.yml", "release"}

	cmd := r.command("open", "crates.io")
	cmd.Env = append(cmd.Env, "GH_BROWSER=true")
	d := converse(t, cmd)
	for _, value := range values {
		d.expect(regexp.MustCompile("Press Enter to copy .*: $"))
		d.say("")
		d.expect(osc52(value))
		d.expect(regexp.MustCompile("Copied: " + value))
	}
	if code := d.ended(); code != 0 {
		t.Errorf("open: exit status %d", code)
	}

	d = converse(t, r.command("--plain", "--no-browser"))
	said := d.to(5, d.expect(anyPrompt))
	for _, way := range aWay.FindAllStringSubmatch(said[strings.LastIndex(said, "Ways on:"):], -1) {
		if strings.HasPrefix(way[2], "crates.io: open the publisher page") {
			d.say(way[1])
		}
	}
	d.expect(regexp.MustCompile("or c to copy the values one by one: $"))
	d.say("c")
	d.expect(regexp.MustCompile("Enter copies Repository owner, or q to leave: $"))
	d.say("")
	d.expect(osc52("acme"))
	d.expect(regexp.MustCompile("Enter copies Repository name, or q to leave: $"))
	d.say("q")
	d.expect(regexp.MustCompile("or c to copy the values one by one: $"))
	d.say("")
	d.expect(anyPrompt)
	d.say("q")
	if code := d.ended(); code != 2 {
		t.Errorf("the plain wizard: exit status %d", code)
	}
	r.untouched("copying", r.state())
}

// TestTheWizardCopiesToTheTerminal presses c on a page of the full wizard.
func TestTheWizardCopiesToTheTerminal(t *testing.T) {
	t.Parallel()
	r := record(t, "fresh")
	w := start(t, r.command("--no-browser"), 120, 50)
	w.until("1  Survey")
	w.press("right", "right", "right")
	w.until("4  Environment")
	w.until("2 Open the settings page")
	w.press("2")
	w.until("c copy")
	w.press("c")
	w.when("a copy", func(string) bool { return regexp.MustCompile("\x1b\\]52;c;[A-Za-z0-9+/=]+").MatchString(w.wrote()) })
}
