package main

import (
	"slices"
	"strings"
	"testing"
)

// readers are the commands that write nothing, whatever they find; and those
// that write after a yes, which nobody gives here.
var readers = [][]string{
	{"verify"}, {"verify", "--format", "text"}, {"verify", "--json"}, {"verify", "--format", "markdown"}, {"verify", "--format", "sarif"},
	{"verify", "-R", "acme/market-data", "--json"}, {"verify", "--offline"}, {"predict"}, {"predict", "--json"}, {"predict", "v9.9.9"}, {"plan"}, {"plan", "--json"},
	{"open"}, {"open", "--json"}, {"open", "environment", "--no-browser"}, {"undo", "--list"}, {"apply"}, {"apply", "--only", "environment:release"}, {"undo"},
}

// TestNoCommandWritesBeforeAYes: verify, predict, plan and the like send no
// request other than GET and HEAD, and leave every file of the world and of the
// person as it is. That a write would be seen is shown at the end: after a yes
// there are some.
func TestNoCommandWritesBeforeAYes(t *testing.T) {
	for _, scenario := range []string{"fresh", "bare-environment", "leftover-password"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			r := record(t, scenario)
			r.readOnly(readers)
			r.yes("apply", "--yes")
			r.rest()
			r.begin()
			r.readOnly([][]string{{"undo", "--list"}, {"undo"}, {"verify"}, {"plan"}, {"apply"}})
			if scenario != "leftover-password" { // what is gone there cannot be put back
				r.yes("undo", "--yes")
			}
		})
	}
}

func (r *recording) readOnly(commands [][]string) {
	r.t.Helper()
	for _, args := range commands {
		out, code := r.run(args...)
		if !slices.Contains([]int{0, 1, 8}, code) || strings.Contains(out, "panic:") {
			r.t.Errorf("%q: exit status %d\n%s", args, code, out)
		}
		r.untouched(strings.Join(args, " "))
	}
	if len(r.asked) < 5*len(commands) {
		r.t.Errorf("%d commands asked %d times: they cannot have looked", len(commands), len(r.asked))
	}
}

// yes runs a command that has its yes, and is to be seen to write.
func (r *recording) yes(args ...string) {
	r.t.Helper()
	out, code := r.run(args...)
	if code == 1 {
		r.t.Errorf("%q: exit status %d\n%s", args, code, out)
	}
	if requests, disk := r.written(); len(requests) == 0 || disk == "" {
		r.t.Errorf("%q: its writes were not seen: %q, %q\n%s", args, requests, disk, out)
	}
}
