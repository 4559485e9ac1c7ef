// Package player plays the practice world through by itself, with a person's
// means alone: it reads the plain wizard on a terminal and types answers, fills
// in the forms of the browser pages, and approves a run as a second person.
//
// It never touches the world's state: it imports nothing of the practice world
// but the browser.
package player

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/charmbracelet/x/xpty"

	"github.com/trustpub/gh-trustpub/checks/practice/browser"
)

// Options is what a player needs.
type Options struct {
	// Wizard is the program in plain mode, ready to be started on a terminal.
	Wizard *exec.Cmd
	// Browser opens the practice world's pages.
	Browser *browser.Browser
	// Reviewers are the people to sign in as, in turn, when a run waits for a
	// review.
	Reviewers []string
	// Out gets the whole transcript.
	Out io.Writer
	// Patience is how long the program may be silent; 0 means two minutes.
	Patience time.Duration
}

// Play starts the wizard and walks it to its end. An error says where it came
// to a stop.
func Play(ctx context.Context, opts Options) error {
	if opts.Patience == 0 {
		opts.Patience = 2 * time.Minute
	}
	terminal, err := xpty.NewPty(100, 40)
	if err != nil {
		return fmt.Errorf("making a terminal for the player: %w", err)
	}
	defer terminal.Close()
	if err := terminal.Start(opts.Wizard); err != nil {
		return fmt.Errorf("starting the wizard on the player's terminal: %w", err)
	}
	p := &player{Options: opts, terminal: terminal, heard: listen(terminal, opts.Out), taken: map[string]int{}}
	// The terminal stays open on our side when the wizard ends, so its end is
	// to be waited for beside what it says.
	ended := make(chan error, 1)
	go func() {
		ended <- xpty.WaitProcess(context.WithoutCancel(ctx), opts.Wizard)
		close(p.heard.ended)
	}()
	if err := p.play(ctx); err != nil {
		_ = opts.Wizard.Process.Kill()
		<-ended
		return err
	}
	if err := <-ended; err != nil {
		return fmt.Errorf("the wizard ended badly: %w", err)
	}
	return nil
}

type player struct {
	Options
	terminal io.Writer
	heard    *ear
	// taken counts the ways taken, by step and label.
	taken map[string]int
	// token is the token that a page showed last.
	token string
	// step is the heading of the step that the program shows.
	step string
}

// play answers prompt after prompt until the program ends.
func (p *player) play(ctx context.Context) error {
	for {
		said, ended, err := p.heard.until(ctx, p.Patience)
		if err != nil {
			return fmt.Errorf("at %s: %w", p.where(), err)
		}
		if ended {
			return nil
		}
		if err := p.answer(ctx, read(said)); err != nil {
			return fmt.Errorf("at %s: %w", p.where(), err)
		}
	}
}

func (p *player) where() string {
	if p.step == "" {
		return "the start"
	}
	return p.step
}

func (p *player) type_(line string) error {
	if _, err := io.WriteString(p.terminal, line+"\r"); err != nil {
		return fmt.Errorf("typing into the wizard: %w", err)
	}
	return nil
}

// tell adds a line about what was done beside the terminal.
func (p *player) tell(format string, args ...any) {
	fmt.Fprintf(p.Out, "\n[player] "+format+"\n", args...)
}
