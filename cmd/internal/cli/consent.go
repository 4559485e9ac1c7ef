package cli

import (
	"bufio"
	"fmt"
	"strings"
)

// consent is how a command that changes things comes by its yes.
type consent struct{ yes bool }

// ask puts a question that only a clear yes answers; the error ends the command
// as cancelled.
func (c consent) ask(sys *Streams, question string) error {
	if c.yes {
		return nil
	}
	fmt.Fprint(sys.Out, question+" [y/N] ")
	line, err := bufio.NewReader(sys.In).ReadString('\n')
	if answer := strings.ToLower(strings.TrimSpace(line)); err == nil && (answer == "y" || answer == "yes") {
		return nil
	}
	fmt.Fprintln(sys.Out, "Nothing was changed.")
	return status(exitCancelled)
}
