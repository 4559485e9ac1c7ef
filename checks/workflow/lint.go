package workflow

import (
	"fmt"
	"io"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// Lint runs actionlint's rules over a file, without shellcheck and pyflakes,
// and returns what it found, in the order of the file. It costs more than
// [Parse], whose problems are among its own. It reads nothing but src.
func Lint(path string, src []byte) []Problem {
	f := Parse(path, src)
	if why := notLinted(f); why != "" {
		return append(f.Problems, Problem{Line: 1, Column: 1, Kind: "limit", Message: why})
	}
	if len(f.Problems) == 1 && len(f.Jobs) == 0 {
		return f.Problems // nothing was parsed
	}
	found, err := lint(src)
	if err != nil {
		return append(f.Problems, Problem{Line: 1, Column: 1, Kind: "linter", Message: err.Error()})
	}
	return found
}

// notLinted says why the linter must not see a file: its expression parser
// recurses without a bound.
func notLinted(f *File) string {
	for _, p := range expr.Parts(strings.Join(f.Lines, "\n")) {
		if p.Expression && len(p.Text) > expr.MaxLength {
			return fmt.Sprintf("an expression is longer than %d characters, so the file is not linted", expr.MaxLength)
		}
	}
	return ""
}

func lint(src []byte) (problems []Problem, err error) {
	defer func() {
		if r := recover(); r != nil {
			problems, err = nil, fmt.Errorf("the linter gave up on this file: %v", r)
		}
	}()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: "."})
	if err != nil {
		return nil, fmt.Errorf("starting the linter: %w", err)
	}
	// Under this name the linter does not look for the file, or for a project
	// around it.
	errs, err := linter.Lint("<stdin>", src, nil)
	if err != nil {
		return nil, fmt.Errorf("linting the file: %w", err)
	}
	for _, e := range errs {
		problems = append(problems, judged(e))
	}
	return withoutKnownNewer(problems, groups(src)), nil
}
