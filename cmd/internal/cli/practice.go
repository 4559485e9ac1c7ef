package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/browser"
	"github.com/trustpub/gh-trustpub/checks/practice/player"
	"github.com/trustpub/gh-trustpub/checks/practice/scenario"
)

type practiceFlags struct {
	auto  bool
	world string
}

func newPractice(sys *Streams, flags *common) *cobra.Command {
	own := &practiceFlags{}
	cmd := &cobra.Command{
		Use:   "practice [SCENARIO] [-- COMMAND...]",
		Short: "The practice world: the whole route, with nothing real at stake",
		Long: "practice opens a small internet in a box on this machine: GitHub, crates.io, PyPI and TestPyPI\n" +
			"under their real names, and a repository to take to trusted publishing in it. The program in it\n" +
			"is the same one. None of your tokens gets in, and nothing gets out.\n\n" +
			"Scenarios:\n" + catalogue() + "\n" +
			"-- COMMAND runs one of our commands, or any program, inside it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, inside, err := own.split(cmd, args)
			if err != nil {
				return err
			}
			return practise(cmd.Context(), sys, flags, own, name, inside)
		},
	}
	cmd.Flags().BoolVar(&own.auto, "auto", false, "play it through, on a terminal or not")
	cmd.Flags().StringVar(&own.world, "world", "", "keep the world in `DIR` and take it up again")
	return cmd
}

// split tells the scenario from the command behind --.
func (p *practiceFlags) split(cmd *cobra.Command, args []string) (name string, inside []string, err error) {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		args, inside = args[:dash], args[dash:]
	}
	if len(args) > 1 {
		return "", nil, usage("practice takes one scenario, not %q; a command to run inside goes behind --", args)
	}
	if len(args) == 1 {
		name = args[0]
		if !slices.Contains(scenario.Names(), name) {
			return "", nil, usage("there is no scenario %q; there are:\n%s", name, catalogue())
		}
	}
	return name, inside, nil
}

// catalogue lists the scenarios, a line each.
func catalogue() string {
	var b strings.Builder
	for _, name := range scenario.Names() {
		fmt.Fprintf(&b, "  %-28s  %s\n", name, scenario.About(name))
	}
	return b.String()
}

// inside is a world with what a program in it needs.
type insideWorld struct {
	*practice.World
	self string
	env  []string
}

func practise(ctx context.Context, sys *Streams, flags *common, own *practiceFlags, name string, command []string) (err error) {
	w, err := enter(ctx, name, own.world)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	switch {
	case len(command) > 0:
		return w.run(ctx, sys, w.words(sys, command)...)
	case own.auto || !sys.Terminal:
		return w.play(ctx, sys)
	}
	return w.walk(ctx, sys, flags, own)
}

func enter(ctx context.Context, name, dir string) (*insideWorld, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program's own file: %w", err)
	}
	record, err := recorder(os.Getenv(recordName))
	if err != nil {
		return nil, err
	}
	world, err := practice.Open(ctx, practice.Options{Scenario: name, Dir: dir, Record: record})
	if err != nil {
		return nil, err
	}
	w := &insideWorld{World: world, self: self}
	if err := extend(self, world.Dir()); err != nil {
		return nil, errors.Join(err, world.Close())
	}
	w.env, err = addStandIns(world.Env(os.Environ(), self, browseName), self, world.Dir())
	if err != nil {
		return nil, errors.Join(err, world.Close())
	}
	return w, nil
}

// extend makes this program gh's extension inside the world too, so that
// `gh trustpub` is the same program there. Where links cannot be made, it is
// run by its own name.
func extend(self, dir string) error {
	home := filepath.Join(dir, "home", "data", "gh", "extensions", "gh-trustpub")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return fmt.Errorf("making the practice world's gh extensions: %w", err)
	}
	link := filepath.Join(home, "gh-trustpub")
	_ = os.Remove(link) // of an earlier run, whose program may be gone
	if err := os.Symlink(self, link); err != nil && runtime.GOOS != "windows" {
		return fmt.Errorf("making gh trustpub known inside the practice world: %w", err)
	}
	return nil
}

// words puts this program before one of its own commands.
func (w *insideWorld) words(sys *Streams, command []string) []string {
	ours := slices.ContainsFunc(newRoot(sys).Commands(), func(c *cobra.Command) bool { return !c.Hidden && c.Name() == command[0] })
	if ours || command[0] == "help" || strings.HasPrefix(command[0], "-") {
		return append([]string{w.self}, command...)
	}
	return command
}

func (w *insideWorld) command(ctx context.Context, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.env
	return cmd
}

// run hands the terminal to a program inside the world; its exit status is
// ours.
func (w *insideWorld) run(ctx context.Context, sys *Streams, words ...string) error {
	cmd := w.command(ctx, words...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = sys.In, sys.Out, sys.Err
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return status(exit.ExitCode())
	}
	if err != nil {
		return fmt.Errorf("running %s in the practice world: %w", words[0], err)
	}
	return nil
}

// walk is the wizard by hand.
func (w *insideWorld) walk(ctx context.Context, sys *Streams, flags *common, own *practiceFlags) error {
	words := []string{w.self}
	for flag, on := range map[string]bool{"--plain": flags.plain, "--no-browser": flags.noBrowser, "--no-color": flags.noColor} {
		if on {
			words = append(words, flag)
		}
	}
	fmt.Fprintf(sys.Out, "The practice world: %s/%s, where you are %s. Nothing in it is real, and nothing gets out.\n",
		w.Setting().Owner, w.Setting().Name, w.Setting().Login)
	err := w.run(ctx, sys, words...)
	if own.world != "" {
		fmt.Fprintf(sys.Out, "The world stays in %s; `gh trustpub practice --world %s` takes it up again.\n", w.Dir(), own.world)
	}
	return err
}

// play walks the route by itself, and ends in the checklist.
func (w *insideWorld) play(ctx context.Context, sys *Streams) error {
	p := player.Options{
		Wizard: w.command(ctx, w.self, "--plain", "--no-browser"), Browser: browser.New(w.Pages()),
		Reviewers: w.Setting().Reviewers(), Out: sys.Out,
	}
	if err := player.Play(ctx, p); err != nil {
		return err
	}
	fmt.Fprintln(sys.Out, "\nThe checklist, live from the practice world:")
	return w.run(ctx, sys, w.self, "verify", "--format", "text")
}
