package evidence

import (
	"fmt"
	"time"
)

// Source is a place that was looked at, and when.
type Source struct {
	// Name is a path in the repository ("Cargo.toml"), a git source ("git
	// remote origin") or an address without its scheme
	// ("api.github.com/repos/o/r").
	Name string
	// Line is the 1-based line in a file; 0 where there is none.
	Line int
	// At is when the source was read.
	At time.Time
}

// String is the source as screens show it: "Cargo.toml:3".
func (s Source) String() string {
	if s.Line > 0 {
		return fmt.Sprintf("%s:%d", s.Name, s.Line)
	}
	return s.Name
}

// AtLine is the same source at another line.
func (s Source) AtLine(line int) Source {
	s.Line = line
	return s
}
