package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// building is a command or an action of a job that runs code of the project or
// of its dependencies, or may do so.
type building struct {
	step *workflow.Step
	line int
	what string
	// how says what runs; hidden is whether the file does not show it.
	how    string
	hidden bool
}

// builders are programs that run such code by one of these words; "" is any.
var builders = map[string][]string{
	"build": {""}, "pyproject-build": {""}, "cibuildwheel": {""}, "cross": {""},
	"uv": {"build", "sync"}, "poetry": {"build", "install"}, "hatch": {"build", "test"}, "flit": {"build", "install", "publish"},
	"pdm": {"build", "install", "sync"}, "rye": {"build", "sync"}, "maturin": {"build", "develop", "publish"},
	"npm": {"ci", "install", "i", "run", "test"}, "pnpm": {"install", "run", "test", "build"}, "yarn": {"install", "run", "build", "test"},
	"pytest": {""}, "py.test": {""}, "ctest": {""}, "unittest": {""},
}

// cargoBuilds are the commands of cargo that compile, and so run the build
// scripts and macros of every dependency.
var cargoBuilds = []string{
	"build", "b", "test", "t", "nextest", "run", "r", "check", "c", "clippy", "doc", "bench", "rustc", "llvm-cov", "tarpaulin", "zigbuild", "xtask",
	"package", "publish",
}

// builds lists what in a job builds or tests, in the order of its steps, those
// of composite actions that were read included.
func (c *Case) builds(f *workflow.File, j *workflow.Job) []building {
	var found []building
	for _, s := range j.Steps {
		for _, b := range c.buildsIn(f, s, 0) {
			b.step = s
			if found = append(found, b); b.line == 0 {
				found[len(found)-1].line = s.UsesLine
			}
		}
	}
	return found
}

// BuildingSteps are the steps of a job that are seen to build or test.
func (c *Case) BuildingSteps(f *workflow.File, j *workflow.Job) []*workflow.Step {
	var steps []*workflow.Step
	for _, b := range c.builds(f, j) {
		if !b.hidden && !slices.Contains(steps, b.step) {
			steps = append(steps, b.step)
		}
	}
	return steps
}

// buildsIn lists what one step builds; line is 0 inside an action, whose lines
// are those of another file.
func (c *Case) buildsIn(f *workflow.File, s *workflow.Step, depth int) []building {
	if a := c.action(s.Uses); a != nil && a.Composite() && depth < 5 {
		var found []building
		for _, inner := range a.Steps {
			for _, b := range c.buildsIn(nil, inner, depth+1) {
				b.what += " in " + s.Uses
				found = append(found, b)
			}
		}
		return found
	}
	var found []building
	text := s.Run
	if s.Uses != "" {
		if b, ok := buildingAction(s); ok {
			found = append(found, b)
		}
		text = actionCommand(s)
	}
	own := ownScript.FindAllString(s.Run, -1)
	for _, cmd := range script.Read(text, nil).Commands {
		b, ok := ownProgram(cmd, own)
		if !ok {
			b, ok = buildingCommand(cmd)
		}
		if !ok {
			continue
		}
		if f != nil && s.Run != "" {
			b.line = min(s.RunLine+cmd.Line-1, len(f.Lines))
		}
		found = append(found, b)
	}
	return found
}

// action is the description of the action that a step uses; nil when it was not
// read.
func (c *Case) action(uses string) *workflow.Action {
	ref := strings.TrimPrefix(strings.TrimPrefix(uses, "./"), "$/")
	for _, a := range c.Actions {
		if a.Ref == strings.TrimSuffix(ref, "/") && a.Problem == "" {
			return a
		}
	}
	return nil
}

// ownProgram is a command that starts a script of the repository, by its path
// or through a shell or python.
func ownProgram(cmd script.Command, paths []string) (building, bool) {
	if len(cmd.Args) == 0 {
		return building{}, false
	}
	b := building{what: strings.Join(cmd.Args[:min(len(cmd.Args), 3)], " "), how: "is a script of the repository", hidden: true}
	byPath := slices.ContainsFunc(paths, func(p string) bool { return base(strings.TrimSpace(p)) == cmd.Args[0] })
	script := first(cmd.Args[1:])
	return b, byPath || strings.HasSuffix(script, ".py") && script != "setup.py" && strings.HasPrefix(cmd.Args[0], "python") || strings.HasSuffix(script, ".sh") && strings.HasSuffix(cmd.Args[0], "sh")
}

// actionCommand is the command that an action runs for its inputs.
func actionCommand(s *workflow.Step) string {
	name, _, _ := strings.Cut(strings.ToLower(s.Uses), "@")
	words := s.With["command"] + " " + strings.ReplaceAll(s.With["args"], "\n", " ")
	switch name {
	case "actions-rs/cargo", "clechasseur/rs-cargo", "houseabsolute/actions-rust-cross":
		return "cargo " + words
	case "pyo3/maturin-action", "messense/maturin-action":
		if s.With["command"] == "" {
			words = "build"
		}
		return "maturin " + words
	}
	return ""
}

// buildingActions are actions that build by themselves (their descriptions,
// August 2026).
var buildingActions = map[string]string{
	"hynek/build-and-inspect-python-package": "runs the build backend", "pypa/cibuildwheel": "runs the build backend and the tests",
	"jrubics/poetry-publish": "runs the build backend", "etils-actions/pypi-auto-publish": "runs the build backend",
}

func buildingAction(s *workflow.Step) (building, bool) {
	name, _, _ := strings.Cut(strings.ToLower(s.Uses), "@")
	b := building{what: s.Uses}
	switch {
	case strings.HasPrefix(s.Uses, "./"), strings.HasPrefix(s.Uses, "$/"):
		b.how, b.hidden = "is an action of the repository", true
	case buildingActions[name] != "":
		b.how = buildingActions[name]
	case name == "katyo/publish-crates" && !strings.Contains(s.With["args"], "--no-verify"):
		b.how = compiles
	case name == "release-plz/action", name == "marcoieni/release-plz-action":
		b.how, b.hidden = "compiles what it publishes, unless release-plz.toml says publish_no_verify", true
		return b, s.With["command"] != "release-pr"
	default:
		return b, false
	}
	return b, true
}

const compiles = "compiles, which runs the build scripts and macros of every dependency"

func buildingCommand(cmd script.Command) (building, bool) {
	if len(cmd.Args) == 0 {
		return building{}, false
	}
	program, args := cmd.Args[0], cmd.Args[1:]
	b := building{what: strings.Join(cmd.Args[:min(len(cmd.Args), 3)], " ")}
	switch {
	case program == "cargo":
		b.how = compiles
		return b, cargoBuild(args)
	case program == "release-plz":
		b.how, b.hidden = "compiles what it publishes, unless release-plz.toml says publish_no_verify", true
		return b, slices.Contains(args, "release")
	case program == "pip" || program == "pip3" || program == "uv" && first(args) == "pip":
		return pipInstall(b, args)
	case program == "poetry" && slices.Contains(args, "--build"), program == "pdm" && first(args) == "publish" && !slices.Contains(args, "--no-build"):
		b.how = "runs the build backend"
		return b, true
	case strings.HasPrefix(program, "python") && first(args) == "setup.py":
		b.how = "runs the project's own code"
		return b, true
	case slices.Contains(taskRunners, program) && builders[program] == nil, program == "hatch" && first(args) == "run", program == "invoke":
		b.how, b.hidden = "is a task of the repository", true
		return b, true
	}
	if program == "uv" && slices.ContainsFunc(args, func(a string) bool { return a == "--only-group" || a == "--only-dev" || a == "--no-install-project" }) {
		return b, false // it installs programs, as pip does, and not the project
	}
	b.how = "runs code of the project and of what it depends on"
	words := builders[program]
	return b, slices.Contains(words, "") || slices.Contains(words, first(args))
}

// cargoBuild says whether a call of cargo compiles the project. One that
// installs a program from the registry does not.
func cargoBuild(args []string) bool {
	words := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") || strings.HasPrefix(a, "+") })
	switch word := first(words); {
	case word == "install":
		return slices.Contains(args, "--path")
	case word == "release" || word == "workspaces" || word == "ws" || word == "publish" || word == "package":
		planned := word == "release" && !slices.Contains(args, "--execute") && !slices.Contains(args, "-x")
		return !slices.Contains(args, "--no-verify") && !slices.Contains(args, "--no-publish") && !planned
	default:
		return slices.Contains(cargoBuilds, word)
	}
}

// pipInstall judges what pip installs: the project itself is built; what a file
// of requirements brings is not shown; named tools are the usual way to have
// them.
func pipInstall(b building, args []string) (building, bool) {
	if !slices.Contains(args, "install") {
		return b, false
	}
	for _, a := range args {
		switch {
		case a == "." || strings.HasPrefix(a, "./") || strings.HasPrefix(a, ".[") || a == "-e" || a == "--editable":
			b.how = "runs the build backend"
			return b, true
		case a == "-r" || strings.HasPrefix(a, "--requirement"):
			b.how, b.hidden = "installs what a list names", true
		}
	}
	return b, b.hidden
}

// first is the first of the words that is no flag; "" for none.
func first(words []string) string {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") {
			return w
		}
	}
	return ""
}
