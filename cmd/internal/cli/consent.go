package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// consent is how a command that changes things comes by its yes.
type consent struct{ yes bool }

// ask puts a question that only a clear yes answers.
func (c consent) ask(sys *Streams, question string) (bool, error) {
	if c.yes {
		return true, nil
	}
	fmt.Fprint(sys.Out, question+" [y/N] ")
	line, err := readLine(sys.In)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("read the answer to %q: %w", question, err)
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return err == nil && (answer == "y" || answer == "yes"), nil
}

// readLine reads no byte beyond the line: what follows may be for another
// question, or for a program that gets the terminal.
func readLine(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := in.Read(one)
		if n > 0 {
			line = append(line, one[0])
		}
		if err != nil || n > 0 && one[0] == '\n' {
			return string(line), err
		}
	}
}

// agree asks about changes that were shown: once for all that can be taken back,
// and once for each that cannot. Without any yes the command ends as cancelled.
func (c consent) agree(sys *Streams, changes []change.Change, question string) ([]change.Change, error) {
	ask := change.Ask(changes)
	for about := ask.Next(); about != nil; about = ask.Next() {
		text := question + " " + count(len(about), "change") + "?"
		if last := about[0]; last.Lasting != "" {
			text = fmt.Sprintf("%s? It cannot be taken back: %s.", evidence.CleanLine(last.Title), evidence.CleanLine(last.Lasting))
		} else if len(ask.Later()) > 0 {
			text = question + " " + count(len(about), "change") + " that undo can take back? The others are asked about one by one."
		}
		yes, err := c.ask(sys, text)
		if err != nil {
			return nil, err
		}
		ask.Answer(yes)
	}
	if len(ask.Agreed()) == 0 {
		fmt.Fprintln(sys.Out, "Nothing was changed.")
		return nil, status(exitCancelled)
	}
	for _, left := range ask.LeftOut() {
		fmt.Fprintf(sys.Out, "Not done, as you said: %s\n", evidence.CleanLine(left.Title))
	}
	return ask.Agreed(), nil
}
