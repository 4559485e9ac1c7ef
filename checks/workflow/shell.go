package workflow

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// shellOf is the shell that runs a step's script; "" is the runner's default.
func shellOf(s scope) string {
	if s.step.Shell != "" {
		return s.step.Shell
	}
	return s.job.Shell
}

// isShell reports whether a shell: value names a command shell, and no other
// language.
func isShell(shell string) bool {
	return !isInterpreter(strings.ToLower(strings.TrimSpace(shell)))
}

// retriers are actions that run the script in their "command" input again until
// it succeeds.
var retriers = []string{"nick-fields/retry", "nick-invision/retry", "wandalen/wretry.action"}

// scriptOf is the script that a step runs, by itself or through a retrier.
func scriptOf(s *Step) string {
	if s.Run == "" && slices.Contains(retriers, actionName(s.Uses)) {
		return s.With["command"]
	}
	return s.Run
}

// readScript reads a step's script with the variables that the step sees.
func readScript(s scope) script.Script {
	if !isShell(shellOf(s)) {
		return script.Script{}
	}
	return script.Read(scriptOf(s.step), func(name string) (string, bool) {
		for _, level := range s.levels() {
			if value, ok := level[name]; ok {
				return value, true
			}
		}
		return "", false
	})
}

// scriptLine turns a line of a step's script into one of the file.
func scriptLine(s scope, n int) int {
	if own := s.step.Own(); own != s.step && len(s.step.via) > 0 {
		return max(own.UsesLine, own.Line)
	}
	line := s.step.RunLine + n - 1
	if s.step.RunLine == 0 || line > len(s.file.Lines) {
		return s.step.Line
	}
	return line
}
