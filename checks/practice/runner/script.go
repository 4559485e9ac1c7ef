package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// shells are those that the practice runner has, with how GitHub calls them.
var shells = map[string]struct {
	shown   string
	options []string
}{
	"":     {"/usr/bin/bash -e {0}", []string{"-e"}},
	"bash": {"/usr/bin/bash --noprofile --norc -e -o pipefail {0}", []string{"-e", "-o", "pipefail"}},
	"sh":   {"/usr/bin/sh -e {0}", []string{"-e"}},
}

// script runs a `run:` step.
func (l *level) script(ctx context.Context, step *expr.Object, scope expr.Scope, env *variables, files commandFiles, outputs *variables) error {
	m := l.m
	text, err := scope.Text(expr.String(step.Get("run")))
	if err != nil {
		return err
	}
	name, dir, err := l.where(step, scope)
	if err != nil {
		return err
	}
	kind, ok := shells[name]
	if !ok {
		return fmt.Errorf("practice runner: the shell %s is not installed on this runner; only bash and sh are", name)
	}
	m.header(text, kind.shown, env)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("An error occurred trying to start process '/usr/bin/bash' with working directory '%s'. No such file or directory", m.place.Shown(dir)) //nolint:staticcheck // GitHub's own text
	}
	out := &stepLog{log: m.log, output: outputs.set}
	code, err := m.shell.Run(ctx, shell.Script{Text: text, Name: filepath.Join(m.place.Temp(), "script.sh"), Options: kind.options, Dir: dir,
		Env: m.environment(env, files), Stdout: out, Stderr: out})
	out.flush()
	if err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("Process completed with exit code %d.", code) //nolint:staticcheck // GitHub's own text
	}
	return nil
}

// where is the shell and the folder of a step: its own, the job's default, the
// file's default.
func (l *level) where(step *expr.Object, scope expr.Scope) (kind, dir string, err error) {
	defaults := []*expr.Object{step}
	if l.dir == "" {
		for _, d := range []*expr.Object{l.m.in.job.Mapping("defaults"), l.m.in.frame.file.Defaults} {
			run, _ := d.Get("run").(*expr.Object)
			defaults = append(defaults, run)
		}
	}
	find := func(key string) (string, error) {
		for _, d := range defaults {
			if text, err := scope.Text(expr.String(d.Get(key))); err != nil || text != "" {
				return text, err
			}
		}
		return "", nil
	}
	if kind, err = find("shell"); err != nil {
		return "", "", err
	}
	if kind == "" && system(l.m.in.labels) == "Windows" {
		kind = "pwsh"
	}
	folder, err := find("working-directory")
	if err != nil {
		return "", "", err
	}
	dir, err = l.m.place.Path(l.m.workspace, folder)
	return kind, dir, err
}

// header is how a step's log begins.
func (m *machine) header(text, shell string, env *variables) {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	m.log.print("##[group]Run %s", first)
	m.log.print("%s", strings.TrimRight(text, "\n"))
	m.log.print("shell: %s", shell)
	m.showEnv(env)
	m.log.print("##[endgroup]")
}

func (m *machine) showEnv(env *variables) {
	if len(env.names) == 0 {
		return
	}
	m.log.print("env:")
	for _, n := range env.names {
		m.log.print("  %s: %s", n, env.values[n])
	}
}

// environment is all that a step's programs see.
func (m *machine) environment(env *variables, files commandFiles) []string {
	all := newVariables()
	for _, n := range sortedObject(m.base).Keys() {
		all.set(n, m.base[n])
	}
	for n, v := range map[string]string{"GITHUB_OUTPUT": files.output, "GITHUB_ENV": files.env, "GITHUB_PATH": files.path,
		"GITHUB_STEP_SUMMARY": files.summary, "GITHUB_STATE": files.state} {
		all.set(n, v)
	}
	for _, n := range env.names {
		all.set(n, env.values[n])
	}
	var out []string
	for _, n := range all.names {
		out = append(out, n+"="+all.values[n])
	}
	return out
}

// hashFiles hashes the files of the workspace that the patterns name, "" for
// none: the hash of the files' hashes.
func (m *machine) hashFiles(args []any) (any, error) {
	found := map[string]bool{}
	for _, a := range args {
		for _, pattern := range strings.Split(expr.String(a), "\n") {
			pattern, negated := strings.CutPrefix(strings.TrimSpace(pattern), "!")
			matches, err := doublestar.Glob(os.DirFS(m.workspace), filepath.ToSlash(filepath.Clean(pattern)), doublestar.WithFilesOnly())
			if err != nil {
				return nil, fmt.Errorf("hashFiles('%s'): %w", pattern, err)
			}
			for _, f := range matches {
				found[f] = !negated
			}
		}
	}
	var files []string
	for f, in := range found {
		if in {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return "", nil
	}
	slices.Sort(files)
	whole := sha256.New()
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(m.workspace, filepath.FromSlash(f)))
		if err != nil {
			return nil, fmt.Errorf("hashFiles: %w", err)
		}
		one := sha256.Sum256(data)
		whole.Write(one[:])
	}
	return hex.EncodeToString(whole.Sum(nil)), nil
}
