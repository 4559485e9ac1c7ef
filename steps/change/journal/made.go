package journal

import (
	"slices"
	"time"
)

// Made is a change that was begun, with what became of it.
type Made struct {
	// At is when it was begun; no two changes of one repository share it.
	At    time.Time
	Entry Entry
	// Ended is whether the journal holds its end; without it the program was
	// killed in between, and the world tells what was done.
	Ended bool
	// Error is why it failed; part of it may have been done.
	Error string
}

// MadeOf are the changes that records hold and that were not taken back, newest
// first. The taking back is not one of them, nor what stood so before.
func MadeOf(records []Record) []Made {
	var made []Made
	for _, r := range records {
		switch {
		case r.Change == nil:
		case r.Kind == Before && r.Undoes == nil:
			made = append(made, Made{At: r.At, Entry: *r.Change})
		case r.Kind == After && r.Undoes != nil:
			if r.Error == "" {
				made = slices.DeleteFunc(made, func(m Made) bool { return m.At.Equal(*r.Undoes) && m.Entry.ID == r.Change.ID })
			}
		case r.Kind == After && r.Undoes == nil:
			made = end(made, r)
		}
	}
	slices.Reverse(made)
	return made
}

// end notes the end of the last change of an id that was begun.
func end(made []Made, r Record) []Made {
	for i := len(made) - 1; i >= 0; i-- {
		if made[i].Entry.ID != r.Change.ID || made[i].Ended {
			continue
		}
		if r.Untouched {
			return slices.Delete(made, i, i+1)
		}
		made[i].Ended, made[i].Error = true, r.Error
		break
	}
	return made
}
