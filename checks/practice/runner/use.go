package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/actions"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// maxComposite is how deep actions may call actions.
const maxComposite = 10

// use runs a `uses:` step.
func (l *level) use(ctx context.Context, step *expr.Object, scope expr.Scope, env *variables, files commandFiles, outputs *variables) error {
	uses := expr.String(step.Get("uses"))
	inputs, err := l.with(step, scope)
	if err != nil {
		return err
	}
	l.m.log.print("##[group]Run %s", uses)
	if inputs.Len() > 0 {
		l.m.log.print("with:")
		for _, k := range inputs.Keys() {
			l.m.log.print("  %s: %s", k, expr.String(inputs.Get(k)))
		}
	}
	l.m.showEnv(env)
	l.m.log.print("##[endgroup]")
	if local(uses) {
		return l.composite(ctx, uses, inputs, env, outputs)
	}
	action, ok := actions.Find(uses)
	if !ok {
		return fmt.Errorf("practice runner: the action %s is not in practice: this step does something that the practice world cannot do", uses)
	}
	return l.act(ctx, step, uses, action, inputs, env, files, outputs)
}

func (l *level) with(step *expr.Object, scope expr.Scope) (*expr.Object, error) {
	block, _ := step.Get("with").(*expr.Object)
	rendered, err := scope.RenderAll(block)
	if err != nil {
		return nil, fmt.Errorf("with: %w", err)
	}
	return rendered.(*expr.Object), nil
}

// act runs one of the known actions and keeps its post step.
func (l *level) act(ctx context.Context, step *expr.Object, uses string, action actions.Action, inputs *expr.Object, env *variables, files commandFiles, outputs *variables) error {
	m := l.m
	out := &stepLog{log: m.log, output: outputs.set}
	given := map[string]string{}
	for _, k := range inputs.Keys() {
		given[strings.ToLower(k)] = expr.String(inputs.Get(k))
	}
	s := &actions.Step{Uses: uses, Inputs: given, Log: out, Client: m.in.frame.flow.r.client, Endpoint: m.endpoint(), Place: m.place, Workspace: m.workspace,
		Repository: m.repository(), Artifacts: m.in.frame.flow.artifacts, SetOutput: outputs.set, SetEnv: l.setEnv, State: map[string]string{},
		Tool: func(ctx context.Context, dir string, args ...string) (int, error) {
			return m.shell.Run(ctx, shell.Script{Text: `"$@"`, Name: uses, Args: args, Dir: dir, Env: m.environment(env, files), Stdout: out, Stderr: out})
		}}
	if action.Post != nil {
		m.posts = append(m.posts, post{"Post " + m.stepName(step), func(ctx context.Context) error {
			defer out.flush()
			return action.Post(ctx, s)
		}})
	}
	defer out.flush()
	return action.Main(ctx, s)
}

// composite runs a local action: its steps, with its own inputs.
func (l *level) composite(ctx context.Context, uses string, inputs *expr.Object, env *variables, outputs *variables) error {
	if l.depth >= maxComposite {
		return fmt.Errorf("practice runner: %s: actions call each other more than %d levels deep", uses, maxComposite)
	}
	dir, err := l.m.actionFolder(ctx, uses)
	if err != nil {
		return err
	}
	action, err := readAction(dir, l.m.place.Shown(dir), uses)
	if err != nil {
		return err
	}
	inner := &level{m: l.m, inputs: expr.NewObject(), steps: expr.NewObject(), env: env.copy(), dir: dir, depth: l.depth + 1}
	declared, _ := action.Get("inputs").(*expr.Object)
	for _, name := range declared.Keys() {
		spec, _ := declared.Get(name).(*expr.Object)
		value, ok := inputs.Lookup(name)
		if !ok {
			if value, err = l.m.scope.RenderAll(spec.Get("default")); err != nil {
				return fmt.Errorf("%s: input %s: %w", uses, name, err)
			}
		}
		inner.inputs.Set(name, expr.String(value))
	}
	if err := inner.all(ctx, action); err != nil {
		return err
	}
	return inner.give(ctx, action, outputs)
}

// all runs the steps of a composite action; what fails inside fails the step.
func (l *level) all(ctx context.Context, action *expr.Object) error {
	runs, _ := action.Get("runs").(*expr.Object)
	steps, _ := runs.Get("steps").([]any)
	for i, s := range steps {
		step, ok := s.(*expr.Object)
		if !ok {
			return fmt.Errorf("step %d of the action is not a mapping", i+1)
		}
		if step.Get("run") != nil && step.Get("shell") == nil {
			return fmt.Errorf("Required property is missing: shell (step %d of the action)", i+1) //nolint:staticcheck // GitHub's own text
		}
		l.run(ctx, step, func() {})
	}
	if l.failed {
		return errors.New("a step of the action failed")
	}
	return ctx.Err()
}

func (l *level) give(ctx context.Context, action *expr.Object, outputs *variables) error {
	declared, _ := action.Get("outputs").(*expr.Object)
	scope, _, err := l.scopeOf(ctx, expr.NewObject())
	if err != nil {
		return err
	}
	for _, name := range declared.Keys() {
		spec, _ := declared.Get(name).(*expr.Object)
		text, err := scope.Text(expr.String(spec.Get("value")))
		if err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
		outputs.set(name, text)
	}
	return nil
}

// actionFolder is where a local action's files are: in the workspace for `./`,
// and for `$/` in a copy of the workflow file's own repository and commit
// (GitHub changelog, 2026-07-30).
func (m *machine) actionFolder(ctx context.Context, uses string) (string, error) {
	if rest, ok := strings.CutPrefix(uses, "./"); ok {
		return m.place.Path(m.workspace, rest)
	}
	at := m.in.frame.at
	copied := filepath.Join(m.place.Work(), "_actions", at.owner, at.name, at.sha)
	if _, err := os.Stat(copied); err != nil {
		bare, err := m.in.frame.flow.r.host.GitDir(at.owner, at.name)
		if err != nil {
			return "", err
		}
		if _, err := gitrun.Output(ctx, m.place.Work(), "clone", "--quiet", "--no-checkout", gitrun.FileURL(bare), copied); err != nil {
			return "", err
		}
		if _, err := gitrun.Output(ctx, copied, "checkout", "--quiet", "--detach", at.sha); err != nil {
			return "", err
		}
	}
	return m.place.Path(copied, strings.TrimPrefix(uses, "$/"))
}

func readAction(dir, shown, uses string) (*expr.Object, error) {
	for _, name := range []string{"action.yml", "action.yaml"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		v, err := workflow.Values(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", uses, err)
		}
		action, _ := v.(*expr.Object)
		runs, _ := action.Get("runs").(*expr.Object)
		if using := expr.String(runs.Get("using")); using != "composite" {
			return nil, fmt.Errorf("practice runner: %s is an action that runs with %q; only composite actions are in practice", uses, using)
		}
		return action, nil
	}
	return nil, fmt.Errorf("Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '%s'. Did you forget to run actions/checkout before running your local action?", shown) //nolint:staticcheck // GitHub's own text
}
