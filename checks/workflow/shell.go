package workflow

import (
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

// readScript reads a step's script with the variables that the step sees.
func readScript(s scope) script.Script {
	if s.step.Run == "" || !isShell(shellOf(s)) {
		return script.Script{}
	}
	return script.Read(s.step.Run, func(name string) (string, bool) {
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
	line := s.step.RunLine + n - 1
	if s.step.RunLine == 0 || line > len(s.file.Lines) {
		return s.step.Line
	}
	return line
}
