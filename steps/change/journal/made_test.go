package journal

import (
	"strings"
	"testing"
	"time"
)

func TestMadeOf(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2026, 11, 22, 21, n, 0, 0, time.UTC) }
	begun := func(n int, id string) Record { return Record{At: at(n), Kind: Before, Change: &Entry{ID: id}} }
	ended := func(n int, id, failed string) Record {
		return Record{At: at(n), Kind: After, Change: &Entry{ID: id}, Error: failed}
	}
	undone := func(r Record, of int) Record { then := at(of); r.Undoes = &then; return r }
	records := []Record{
		begun(1, "file:x"), ended(2, "file:x", ""),
		{Kind: Skip, Step: "lock"},
		begun(3, "file:x"), ended(4, "file:x", ""),
		begun(5, "environment:release"), ended(6, "environment:release", "GitHub is down"),
		begun(7, "push:main"), // killed here
		undone(begun(8, "file:x"), 3), undone(ended(9, "file:x", ""), 3),
		undone(begun(10, "environment:release"), 5), undone(ended(11, "environment:release", "no"), 5),
	}
	var got []string
	for _, m := range MadeOf(records) {
		text := m.Entry.ID + m.At.Format(" 04")
		if !m.Ended {
			text += " torn"
		}
		if m.Error != "" {
			text += " failed"
		}
		got = append(got, text)
	}
	if text := strings.Join(got, ", "); text != "push:main 07 torn, environment:release 05 failed, file:x 01" {
		t.Error(text)
	}
}

// TestWhatStoodSoBefore: a change that found everything as asked for is nothing to
// take back, and one before it that was broken off is.
func TestWhatStoodSoBefore(t *testing.T) {
	entry := func(id string) *Entry { return &Entry{ID: id} }
	made := MadeOf([]Record{
		{Kind: Before, Change: entry("a")}, {Kind: Before, Change: entry("a")}, {Kind: After, Change: entry("a"), Untouched: true},
		{Kind: Before, Change: entry("b")}, {Kind: After, Change: entry("b"), Untouched: true},
	})
	if len(made) != 1 || made[0].Entry.ID != "a" || made[0].Ended {
		t.Errorf("%+v", made)
	}
}
