// Package change holds the changes that the wizard makes to the world, and
// what performs them: GitHub settings, files, child processes, the browser.
//
// A change is previewed, consented to, journalled before it happens, made,
// and read back.
package change

import (
	"context"
	"errors"
	"os/exec"
)

// Change is one alteration of the world, ready to be shown and made.
type Change struct {
	// ID names the change in the journal and in --only: "environment:release".
	ID string
	// Title is an imperative sentence: "Create the environment release".
	Title string
	// Preview is what would change, line by line.
	Preview []DiffLine
	// Lasting names what cannot be taken back; "" when undo can take all back.
	Lasting string
	// Needs are the IDs of changes made before it, without which it is not made.
	Needs []string
	// Before is the state that is replaced and After the state that is asked
	// for, as journalled; both must marshal to JSON and hold no secret.
	Before, After any
	// Own marks what changes only our own memory: it is not journalled as a
	// change.
	Own bool
	// Apart marks one of several changes that stand by themselves, as the crates
	// of a workspace do: when it fails, the others are made all the same, unless
	// they would fail as well (an *AllError).
	Apart bool
	// Perform makes the change and reads it back. It reports progress through
	// the hands, and is safe to call again after a crash at any point.
	Perform func(ctx context.Context, h Hands) error
}

// DiffLine is one line of a preview.
type DiffLine struct {
	// Op is '+', '-' or ' '.
	Op byte
	// Text is the line, without Op.
	Text string
	// Origin says where a new value came from; "" for plain file content.
	Origin string
}

// Hands is what a change may use of the person's side: the terminal and a
// place for progress. Clients that a change needs are bound when it is made.
type Hands struct {
	// Terminal runs a child that owns the terminal until it ends. It blocks. What
	// the child has as its Stderr gets a copy of what it prints there.
	Terminal func(*exec.Cmd) error
	// Progress shows one sentence about what is being done right now.
	Progress func(string)
	// Detail shows what is of interest for a moment: the last line of a program,
	// the seconds left. Nil shows none.
	Detail func(string)
	// Confirm shows what came to light on the way and waits for a yes; anything
	// else is an error. Nil is nobody to ask.
	Confirm func(ctx context.Context, title string, lines []DiffLine) error
	// Stopping says whether the person asked to stop at the next place where
	// nothing is half done; nil is never.
	Stopping func() bool
	// Nth and Of say the how-manieth of how many changes that stand apart this is;
	// the session sets them.
	Nth, Of int
	// Became is told what a change came to where it is not plainly done; the
	// session sets it.
	Became func(string)
	// Untouched is told by a change that found everything as asked for: there is
	// nothing to take back then. The session sets it.
	Untouched func()
	// Outcome is told what became of each change, as it ends.
	Outcome func(Outcome)
}

// ErrStopped is why a change ended early that the person asked to stop; what is
// done stays, and making the change again goes on from there.
var ErrStopped = errors.New("stopped, as you asked")

// ErrDeclined is why a change ended at a question that was answered with no.
var ErrDeclined = errors.New("not done, as you said")

// confirm asks, and takes nobody's silence for a yes.
func (h Hands) confirm(ctx context.Context, title string, lines []DiffLine) error {
	if h.Confirm == nil {
		return errors.New("somebody has to look at what would be uploaded and say yes: run gh trustpub in a terminal")
	}
	return h.Confirm(ctx, title, lines)
}

// stopping is ErrStopped when the person asked for it.
func (h Hands) stopping() error {
	if h.Stopping != nil && h.Stopping() {
		return ErrStopped
	}
	return nil
}
