package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// The exit statuses, as gh's: part of the command line's contract.
const (
	exitReady     = 0
	exitProblem   = 1
	exitCancelled = 2
	exitSignIn    = 4
	exitUnproven  = 8
)

// exitError carries an exit status; one without a message says nothing.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// status ends the command with an exit status and no further word.
func status(code int) error {
	if code == exitReady {
		return nil
	}
	return &exitError{status: code}
}

// usage is an error of the command line's words.
func usage(format string, args ...any) error {
	return &exitError{status: exitProblem, err: fmt.Errorf(format, args...)}
}

// finish turns an error into an exit status and prints it where it says
// something.
func finish(sys *Streams, err error) int {
	if err == nil {
		return exitReady
	}
	code := exitProblem
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.status
	} else if errors.Is(err, context.Canceled) {
		code = exitCancelled
	}
	if text := err.Error(); text != "" && code != exitCancelled {
		fmt.Fprintln(sys.Err, "gh trustpub: "+evidence.Clean(text))
	}
	return code
}
