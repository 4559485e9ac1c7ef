package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// level is where steps stand: in the job, or in a composite action.
type level struct {
	m      *machine
	inputs *expr.Object
	steps  *expr.Object // the `steps` context at this level
	env    *variables
	// dir is the folder of a composite action, "" in the job.
	dir   string
	depth int
	// failed is this level's own, for success() inside a composite action.
	failed bool
}

// stepResult is how a step ended: the conclusion counts continue-on-error.
type stepResult struct{ outcome, conclusion github.Conclusion }

// run decides whether a step runs, and runs it. begun is called when it starts.
func (l *level) run(ctx context.Context, step *expr.Object, begun func()) stepResult {
	scope, env, err := l.scopeOf(ctx, step)
	var wanted bool
	if err == nil {
		wanted, err = withoutSecrets(scope).Condition(expr.String(step.Get("if")))
	}
	if err == nil && !wanted {
		return l.keep(step, stepResult{github.Skipped, github.Skipped}, nil)
	}
	begun()
	outputs := newVariables()
	if err == nil {
		err = l.perform(ctx, step, scope, env, outputs)
	}
	outcome := conclusionOf(ctx, err)
	if outcome == github.Failure {
		l.m.log.note("error", err.Error())
	}
	r := stepResult{outcome, outcome}
	tolerated, renderErr := scope.RenderAll(step.Get("continue-on-error"))
	if renderErr == nil && expr.Truthy(tolerated) && outcome == github.Failure {
		r.conclusion = github.Success
	}
	l.failed = l.failed || r.conclusion == github.Failure
	return l.keep(step, r, outputs)
}

// withoutSecrets is a scope for `if:`, which may not read secrets
// (docs.github.com, "Contexts reference", context availability).
func withoutSecrets(s expr.Scope) expr.Scope {
	contexts := maps.Clone(s.Contexts)
	delete(contexts, "secrets")
	return expr.Scope{Contexts: contexts, Functions: s.Functions}
}

// keep puts a step's result into the `steps` context.
func (l *level) keep(step *expr.Object, r stepResult, outputs *variables) stepResult {
	if id := expr.String(step.Get("id")); id != "" {
		o := expr.NewObject()
		if outputs != nil {
			o = outputs.object()
		}
		l.steps.Set(id, expr.NewObject("outputs", o, "outcome", string(r.outcome), "conclusion", string(r.conclusion)))
	}
	return r
}

// scopeOf is what a step's expressions see, its own env included.
func (l *level) scopeOf(ctx context.Context, step *expr.Object) (expr.Scope, *variables, error) {
	m := l.m
	failed, cancelled := m.failed || l.failed, wasCancelled(ctx)
	scope := m.scope.With("steps", l.steps).With("inputs", l.inputs).With("env", l.env.object())
	scope.Functions = statusFunctions(!failed && !cancelled, failed && !cancelled, cancelled)
	scope.Functions["hashfiles"] = m.hashFiles
	if l.dir != "" {
		gh := scope.Contexts["github"].(*expr.Object).Copy()
		gh.Set("action_path", l.dir)
		scope = scope.With("github", gh)
	}
	env := l.env.copy()
	block, _ := step.Get("env").(*expr.Object)
	err := env.render(scope, block)
	return scope.With("env", env.object()), env, err
}

// perform does what the step says, within its own time.
func (l *level) perform(ctx context.Context, step *expr.Object, scope expr.Scope, env *variables, outputs *variables) error {
	if v := step.Get("timeout-minutes"); v != nil {
		limit := l.m.in.timeout(v, scope, 360)
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, limit)
		defer stop()
	}
	files, err := l.m.commandFiles()
	if err != nil {
		return err
	}
	if uses := expr.String(step.Get("uses")); uses != "" {
		err = l.use(ctx, step, scope, env, files, outputs)
	} else {
		err = l.script(ctx, step, scope, env, files, outputs)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("The action '%s' has timed out after %s minutes.", l.m.stepName(step), expr.String(step.Get("timeout-minutes"))) //nolint:staticcheck // GitHub's own text
	}
	return errors.Join(err, l.collect(files, outputs))
}

// commandFiles are the files that a step writes its outputs and the like to.
type commandFiles struct{ output, env, path, summary, state string }

func (m *machine) commandFiles() (commandFiles, error) {
	dir := filepath.Join(m.place.Temp(), "_runner_file_commands")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return commandFiles{}, fmt.Errorf("the step's files: %w", err)
	}
	m.number++
	name := func(kind string) string { return filepath.Join(dir, kind+"_"+strconv.Itoa(m.number)) }
	f := commandFiles{name("set_output"), name("set_env"), name("add_path"), name("step_summary"), name("save_state")}
	for _, p := range []string{f.output, f.env, f.path, f.summary, f.state} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			return f, fmt.Errorf("the step's files: %w", err)
		}
	}
	return f, nil
}

// collect reads what the step wrote to its files.
func (l *level) collect(f commandFiles, outputs *variables) error {
	if err := readPairs(f.output, "output", outputs.set); err != nil {
		return err
	}
	return readPairs(f.env, "environment", l.setEnv)
}

// setEnv sets a variable for the steps that follow, in every level.
func (l *level) setEnv(name, value string) {
	if strings.EqualFold(name, "NODE_OPTIONS") {
		l.m.log.note("error", "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
		return
	}
	l.m.env.set(name, value)
	l.env.set(name, value)
}

// readPairs reads NAME=VALUE and NAME<<DELIMITER blocks.
func readPairs(file, kind string, set func(name, value string)) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the step's %s file: %w", kind, err)
	}
	lines := strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if line == "" {
			continue
		}
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		if heredoc > 0 && (equals < 0 || heredoc < equals) {
			delimiter := line[heredoc+2:]
			end := indexFrom(lines, i+1, delimiter)
			if end < 0 || delimiter == "" {
				return fmt.Errorf("Unable to process file command '%s' successfully.\nInvalid value. Matching delimiter not found '%s'", kind, delimiter) //nolint:staticcheck // GitHub's own text
			}
			set(line[:heredoc], strings.Join(lines[i+1:end], "\n"))
			i = end
			continue
		}
		if equals <= 0 {
			return fmt.Errorf("Unable to process file command '%s' successfully.\nInvalid format '%s'", kind, line) //nolint:staticcheck // GitHub's own text
		}
		set(line[:equals], line[equals+1:])
	}
	return nil
}

func indexFrom(lines []string, from int, wanted string) int {
	for i := from; i < len(lines); i++ {
		if lines[i] == wanted {
			return i
		}
	}
	return -1
}
