package journal

import (
	"maps"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Memory is what the records come to.
type Memory struct {
	// Choices is nil until choices were made.
	Choices *Choices
	// Said holds the newest statement about each package at each registry.
	Said []evidence.Said
	// Skips are the steps passed by, with the reason.
	Skips map[string]string
	// Missing is what the server did not store of a change when it was made last,
	// by the change's id.
	Missing map[string][]string
}

// Recall folds records, oldest first.
func Recall(records []Record) Memory {
	m := Memory{Skips: map[string]string{}}
	for _, r := range records {
		m = m.With(r)
	}
	return m
}

// With is the memory after one more record; the receiver stays as it is.
func (m Memory) With(r Record) Memory {
	switch r.Kind {
	case Choice:
		m.Choices = r.Choices
	case Said:
		if r.Said != nil {
			m.Said = replace(m.Said, r.Said.Evidence(r.At))
		}
	case Skip:
		m.Skips = maps.Clone(m.Skips)
		if m.Skips == nil {
			m.Skips = map[string]string{}
		}
		m.Skips[r.Step] = r.Reason
	case Unskip:
		m.Skips = maps.Clone(m.Skips)
		delete(m.Skips, r.Step)
	case After:
		if r.Change != nil && r.Undoes == nil {
			m.Missing = maps.Clone(m.Missing)
			if m.Missing == nil {
				m.Missing = map[string][]string{}
			}
			m.Missing[r.Change.ID] = r.Missing
		}
	}
	return m
}

// replace puts a statement in the place of the former one on the same subject.
func replace(all []evidence.Said, s evidence.Said) []evidence.Said {
	kept := make([]evidence.Said, 0, len(all)+1)
	for _, old := range all {
		same := old.What == s.What && old.Publisher.Registry == s.Publisher.Registry &&
			s.Publisher.Registry.SamePackage(old.Publisher.Package, s.Publisher.Package)
		if !same {
			kept = append(kept, old)
		}
	}
	return append(kept, s)
}
