package cli

import (
	"fmt"

	"github.com/atotto/clipboard"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks/practice"
)

// machineClipboard copies to this machine's clipboard; nil where nobody sits in
// front of it: without a terminal, over a remote connection, in the practice
// world, where a program may play.
func machineClipboard(sys *Streams) func(string) error {
	if !sys.Terminal || clipboard.Unsupported || sys.Getenv("SSH_CONNECTION") != "" || sys.Getenv(practice.EnvPractice) != "" {
		return nil
	}
	return clipboard.WriteAll
}

// lineClipboard copies for the interfaces that print lines: to the terminal's
// clipboard (OSC 52), and to the machine's. Nil is none.
func lineClipboard(sys *Streams) func(string) error {
	machine, dumb := machineClipboard(sys), sys.Getenv("TERM") == "dumb"
	if !sys.Terminal || dumb && machine == nil {
		return nil
	}
	return func(text string) error {
		var failed error
		if machine != nil {
			failed = machine(text)
		}
		if dumb {
			return failed
		}
		// A machine without a display has a clipboard program, and no clipboard: the
		// terminal's stands.
		_, err := fmt.Fprint(sys.Out, ansi.SetSystemClipboard(text))
		return err
	}
}
