package checks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

func testsRunInCI() Check {
	return Check{
		ID: "tests-run-in-ci", Step: Survey, Level: Advice,
		Claim: "A workflow runs the tests on pushes or pull requests.",
		Why:   "A release that nobody has to hold back by hand should have been tested by a machine.",
		Judge: judgeTests,
	}
}

func judgeTests(c *Case) []Finding {
	files := c.World.Workflows
	if files.Unknown() {
		return []Finding{c.blind("", "which workflow files there are", files)}
	}
	var hidden []Finding
	for _, f := range c.Files {
		if !runsOnChanges(c.Files, f) {
			continue
		}
		for _, j := range f.Jobs {
			for _, s := range j.Steps {
				if what := testCommand(s); what != "" {
					return []Finding{finding(OK, "", "%s#%s runs %s", pathOf(f), j.ID, what).seen(c.fileSource(pathOf(f))).at(pathOf(f), s.Line)}
				}
				if what := hiddenCommand(s); what != "" {
					hidden = append(hidden, finding(Unknown, "", "no test command was found; what `%s` runs, %s does not show", what, f.Base()).advise("if it runs no tests, run %s in a workflow with `on: [push, pull_request]`", c.testAdvice()).
						seen(c.fileSource(pathOf(f))).at(pathOf(f), s.Line))
				}
			}
		}
	}
	if len(hidden) > 0 {
		return hidden[:1]
	}
	if lacking := workflow.Lacking(c.Files); len(lacking) > 0 {
		return []Finding{finding(Unknown, "", "no test command was found, and %s was not read", lacking[0].Ref).seen(files.Source())}
	}
	if unread := c.unreadFiles(); len(unread) > 0 {
		return []Finding{finding(Unknown, "", "no test command was found; not read: %s", strings.Join(unread, ", ")).seen(files.Source())}
	}
	return []Finding{finding(Wrong, "", "no workflow that pushes or pull requests start runs a test command that is known here").seen(files.Source()).
		advise("run %s in a workflow with `on: [push, pull_request]`", c.testAdvice())}
}

// runsOnChanges says whether a push or pull request starts the file, directly
// or by a call from a file that they start.
func runsOnChanges(files []*workflow.File, f *workflow.File) bool {
	if f.Trigger("push") != nil || f.Trigger("pull_request") != nil {
		return true
	}
	return f.Trigger("workflow_call") != nil && slices.ContainsFunc(files, func(g *workflow.File) bool {
		return g != f && (g.Trigger("push") != nil || g.Trigger("pull_request") != nil) &&
			slices.ContainsFunc(g.Jobs, func(j *workflow.Job) bool { return j.Uses != "" && strings.Contains(j.Uses, f.Path) })
	})
}

// testers are programs that run tests by themselves; testTasks those that do
// with one of the listed words.
var (
	testers   = []string{"pytest", "py.test", "tox", "nox", "ctest"}
	testTasks = map[string][]string{
		"cargo":  {"test", "t", "nextest", "llvm-cov", "tarpaulin", "hack"},
		"cross":  {"test"},
		"python": {"pytest", "unittest", "tox", "nox"}, "python3": {"pytest", "unittest", "tox", "nox"},
		"uv": {"pytest", "tox", "nox"}, "uvx": {"pytest", "tox", "nox"}, "poetry": {"pytest", "tox", "nox"}, "pdm": {"pytest", "test"}, "pipx": {"tox", "nox"},
		"hatch": {"test", "cov"}, "make": {"test", "tests", "check"}, "just": {"test", "tests", "ci", "check"}, "coverage": {"pytest", "unittest"},
	}
)

// testCommand is the test command that a step runs; "" for none.
func testCommand(s *workflow.Step) string {
	text := s.Run
	if s.With["command"] == "test" {
		text = "cargo test" // the actions that run cargo or cross
	}
	for _, cmd := range script.Read(text, nil).Commands {
		if len(cmd.Args) == 0 {
			continue
		}
		program := base(cmd.Args[0])
		variable := strings.Contains(cmd.Args[0], "$") && anyOf(cmd.Args[1:], []string{"test", "nextest", "pytest"})
		if otherTask.MatchString(strings.Join(cmd.Args[1:], " ")) && (program == "tox" || program == "nox" || slices.Contains(taskRunners, program)) {
			continue
		}
		if variable || slices.Contains(testers, program) || anyOf(cmd.Args[1:], testTasks[program]) {
			return strings.Join(cmd.Args, " ")
		}
	}
	return ""
}

// hiddenCommand is a task, or a script of the repository, that may run the
// tests; "" for none.
func hiddenCommand(s *workflow.Step) string {
	for _, cmd := range script.Read(s.Run, nil).Commands {
		task := len(cmd.Args) > 1 && (slices.Contains(taskRunners, cmd.Args[0]) || cmd.Args[0] == "cargo" && cmd.Args[1] == "xtask")
		shell := len(cmd.Args) > 1 && slices.Contains([]string{"bash", "sh", "zsh"}, cmd.Args[0]) && strings.HasSuffix(cmd.Args[1], ".sh")
		if task || shell {
			return strings.Join(cmd.Args, " ")
		}
	}
	return strings.TrimSpace(ownScript.FindString(s.Run))
}

// otherTask is a chosen environment of tox or nox, or a task, whose name says
// that it does something else than test.
var otherTask = regexp.MustCompile(`(?i)\b(docs?|docset|docbuild|lint|mypy|types|typing|type-?check|format|style|pre-commit|build|package|release|publish|changelog)\b`)

// ownScript is a line that starts with a path below the repository; the reader
// of scripts gives programs without their folders.
var ownScript = regexp.MustCompile(`(?m)^\s*(?:\./[\w./-]+|[\w-]+/[\w./-]+)`)

func anyOf(args, words []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return a == w || strings.HasPrefix(a, w+":") })
	})
}

func (c *Case) testAdvice() string {
	var commands []string
	for _, p := range c.World.Tree.Packages.Or(nil) {
		command := "`pytest`"
		if p.Ecosystem == evidence.Cargo {
			command = "`cargo test`"
		}
		if !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if len(commands) == 0 {
		return "the tests"
	}
	return strings.Join(commands, " and ")
}
