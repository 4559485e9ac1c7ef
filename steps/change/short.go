package change

import "strings"

// ShortError says that a change was made as far as the server would: what it
// does not have is missing, and the rest is done. What comes after the change can
// go on.
type ShortError struct {
	// Subject is what was changed, and Missing what is not there.
	Subject string
	Missing []string
	// Why is the reason, as far as it is known.
	Why string
}

// Error says what is missing, and why.
func (e *ShortError) Error() string {
	return e.Subject + " is as asked, but for " + strings.Join(e.Missing, ", ") + ": " + e.Why
}
