package steps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps/change"
)

func undoables(t *testing.T, w *walk) []TakeBack {
	t.Helper()
	found, err := w.Undoable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestUndoGoesBackStepByStep: two changes of one file and one that lasts, made
// by one start of the program and taken back by the next.
func TestUndoGoesBackStepByStep(t *testing.T) {
	w := begin(t, fresh(t))
	dir := t.TempDir()
	tools := &change.Tools{Dir: dir}
	made := []change.Change{
		tools.WriteFile("a.yml", nil, []byte("one\n")), tools.WriteFile("a.yml", []byte("one\n"), []byte("two\n")),
		{ID: "push:main", Title: "Push", Lasting: "a commit stays", Perform: func(context.Context, change.Hands) error { return nil }},
	}
	if err := w.Perform(t.Context(), made, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	w.again()
	w.o.Tools.Dir = dir
	for _, want := range []string{"one\n", ""} {
		found := undoables(t, w)
		if len(found) != 2 || found[0].Made.Entry.ID != "push:main" || found[0].Possible() || !found[1].Possible() {
			t.Fatalf("%+v", found)
		}
		if err := w.Undo(t.Context(), found[1], change.Hands{}); err != nil {
			t.Fatal(err)
		}
		data, _ := os.ReadFile(filepath.Join(dir, "a.yml"))
		if string(data) != want {
			t.Errorf("%q, want %q", data, want)
		}
	}
	if found := undoables(t, w); len(found) != 1 {
		t.Errorf("left: %+v", found)
	}
}

// TestUndoThatFailsStaysOpen: what was refused is offered again.
func TestUndoThatFailsStaysOpen(t *testing.T) {
	w := begin(t, fresh(t))
	w.o.Tools.Dir = t.TempDir()
	c := w.o.Tools.WriteFile("a.yml", nil, []byte("ours\n"))
	if err := w.Perform(t.Context(), []change.Change{c}, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	found := undoables(t, w)
	if err := os.WriteFile(filepath.Join(w.o.Tools.Dir, "a.yml"), []byte("theirs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Undo(t.Context(), found[0], change.Hands{}); err == nil {
		t.Error("somebody's file was removed")
	}
	moved := new(change.MovedOnError)
	if found = undoables(t, w); len(found) != 1 || !errors.As(found[0].Refused, &moved) {
		t.Errorf("%+v", found)
	}
	if err := w.Undo(t.Context(), found[0], change.Hands{}); !errors.As(err, &moved) {
		t.Errorf("%v", err)
	}
}

// TestUndoneByHand: what stands as before is noted, and not offered again.
func TestUndoneByHand(t *testing.T) {
	w := begin(t, fresh(t))
	w.o.Tools.Dir = t.TempDir()
	if err := w.Perform(t.Context(), []change.Change{w.o.Tools.WriteFile("a.yml", nil, []byte("x"))}, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.o.Tools.Dir, "a.yml")); err != nil {
		t.Fatal(err)
	}
	found := undoables(t, w)
	if len(found) != 1 || !errors.Is(found[0].Refused, change.ErrAsBefore) {
		t.Fatalf("%+v", found)
	}
	if err := w.Forget(t.Context(), found[0]); err != nil {
		t.Fatal(err)
	}
	if found = undoables(t, w); len(found) != 0 || strings.Count(w.written(), "undoes") != 2 {
		t.Errorf("%+v\n%s", found, w.written())
	}
}
