//go:build unix

package main

import (
	"fmt"
	"testing"
)

// some is how many of the places CI tries: every fifth; TRUSTPUB_LONG=1 tries
// them all, and takes each back at once as well.
const some = 5

// TestKilledAtEveryWrite kills apply before and after every single write of a
// run, to the servers, to git, to the journal and to the working tree; starts it
// again, and wants what the undisturbed run came to; and takes that back.
//
// Scenario tokens is tried in both its parts: up to the proof, and what is taken
// away after it.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	l := newLane(t, "tokens")
	l.part("before the proof")
	if !long() {
		return
	}
	l.again()
	l.whole(8, "apply", "--yes")
	l.persons()
	l.prove(goalLine{now: "0.2.1", next: "0.2.2", publishes: "release.yml"})
	l.part("after the proof")
}

// undisturbed is what a part comes to when nobody is killed.
type undisturbed struct {
	code        int
	done, taken ending
	cuts        []cut
}

func (l *lane) part(name string) {
	l.t.Helper()
	l.save()
	u := l.undisturbed()
	l.t.Logf("%s: %d places", name, len(u.cuts))
	for i, c := range u.cuts {
		if !long() && i%some != 0 {
			continue
		}
		l.t.Run(fmt.Sprintf("%s, %s", name, c), func(t *testing.T) { l.on(t).goesOn(u, c) })
		if long() {
			l.t.Run(fmt.Sprintf("%s, %s, taken back", name, c), func(t *testing.T) { l.on(t).takenBack(u, c) })
		}
	}
}

// on is the lane for a test below.
func (l *lane) on(t *testing.T) *lane {
	own := *l
	own.trial = &trial{t: t, World: l.World, secrets: l.secrets}
	t.Cleanup(func() { l.World = own.World })
	return &own
}

// undisturbed runs apply and undo, and lists where apply can be killed.
func (l *lane) undisturbed() undisturbed {
	l.t.Helper()
	var u undisturbed
	known := len(l.journalled())
	_, state := l.program(nil, "apply", "--yes")
	u.code = state.ExitCode()
	for i, name := range l.gate.writes {
		l.t.Logf("write %d: %s", i+1, name)
		u.cuts = append(u.cuts, cut{write: i + 1}, cut{write: i + 1, after: true})
	}
	for i, record := range l.journalled() {
		if i < known {
			continue
		}
		u.cuts = append(u.cuts, cut{records: i + 1, torn: true}, cut{records: i + 1})
		if fileOf(record) != "" {
			u.cuts = append(u.cuts, cut{records: i + 1, draft: "half"}, cut{records: i + 1, draft: "whole"}, cut{records: i + 1, draft: "moved"})
		}
	}
	u.done = l.ending()
	l.whole(8, "undo", "--yes")
	u.taken = l.ending()
	return u
}

// goesOn kills apply, runs it again, and takes all back.
func (l *lane) goesOn(u undisturbed, c cut) {
	l.t.Helper()
	l.again()
	l.die(c, "apply", "--yes")
	l.whole(u.code, "apply", "--yes")
	l.same("after going on", u.done, l.ending())
	l.whole(8, "undo", "--yes")
	l.same("after taking back", u.taken, l.ending())
}

// takenBack kills apply, and takes back at once what it has done. What it had not
// pushed stays as it was; what it had stands as the undisturbed undo leaves it.
func (l *lane) takenBack(u undisturbed, c cut) {
	l.t.Helper()
	l.again()
	before := l.ending()
	l.die(c, "apply", "--yes")
	l.program(nil, "undo", "--yes")
	after := l.ending()
	for path, value := range after.Settings {
		if value != before.Settings[path] && value != u.taken.Settings[path] {
			l.t.Errorf("not taken back: %s: %q, then %q", path, before.Settings[path], value)
		}
	}
	for path, value := range before.Settings {
		if _, there := after.Settings[path]; !there && u.taken.Settings[path] == value {
			l.t.Errorf("gone: %s: %q", path, value)
		}
	}
}
