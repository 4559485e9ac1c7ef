package steps

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/rhysd/actionlint"
)

// everyShape runs TestGenerated over all combinations, as CI does; without it
// they are a part in which every value meets most others.
var everyShape = flag.Bool("every-shape", false, "hold all workflows that can be generated, not a part of them")

// sample is each seventh: no list of values has seven.
func sample(all []shape) []shape {
	var part []shape
	for i := 0; i < len(all); i += 7 {
		part = append(part, all[i])
	}
	return part
}

// TestGenerated holds every workflow that can be written to the linter with
// shellcheck, to all checks of workflows, to the claims engine, to what a
// security linter asks for, and to the environment that the program would make
// for it.
func TestGenerated(t *testing.T) {
	all := shapes()
	if len(all) < 400 {
		t.Fatalf("only %d shapes", len(all))
	}
	if !*everyShape && os.Getenv("TRUSTPUB_REQUIRE_TOOLS") != "1" {
		all = sample(all)
	}
	lint := newLinter(t)
	distinct := sync.Map{}
	t.Run("each", func(t *testing.T) {
		for i := range 8 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				for j := i; j < len(all); j += 8 {
					st := all[j].stage(t).write()
					text := string(st.world.Workflows.Or(nil)[0].Content.Or(nil))
					distinct.Store(text, true)
					fail := func(format string, args ...any) {
						t.Errorf("%s:\n%s", all[j], fmt.Sprintf(format, args...))
					}
					lint.hold(text, fail)
					holdSecurity(text, fail)
					in := st.protect().basis()
					holdChecks(in.Report, fail)
					holdAdmission(in.Case, all[j], fail)
				}
			})
		}
	})
	n := 0
	distinct.Range(func(any, any) bool { n++; return true })
	t.Logf("%d shapes, %d different workflows, %d scripts through shellcheck", len(all), n, lint.scripts())
}

// linter lints workflows. Of the scripts each is given to shellcheck once: what
// shellcheck says depends on nothing but the script and its shell.
type linter struct {
	shellcheck string
	mu         sync.Mutex
	seen       map[string]bool
}

// newLinter finds shellcheck; TRUSTPUB_REQUIRE_TOOLS=1 makes its absence a
// failure.
func newLinter(t *testing.T) *linter {
	l := &linter{seen: map[string]bool{}}
	var err error
	if l.shellcheck, err = exec.LookPath("shellcheck"); err != nil {
		l.shellcheck = ""
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatal("shellcheck is required")
		}
		t.Log("shellcheck is not here: the scripts are parsed by actionlint alone")
	}
	return l
}

func (l *linter) scripts() int {
	if l.shellcheck == "" {
		return 0
	}
	return len(l.seen)
}

func (l *linter) hold(text string, fail func(string, ...any)) {
	options := &actionlint.LinterOptions{}
	if l.isNew(text) {
		options.Shellcheck = l.shellcheck
	}
	linter, err := actionlint.NewLinter(io.Discard, options)
	if err != nil {
		fail("%v", err)
		return
	}
	found, err := linter.Lint("publish.yml", []byte(text), nil)
	if err != nil {
		fail("%v", err)
	}
	for _, f := range found {
		fail("%s", f)
	}
}

// isNew says whether a workflow holds a script that no other had.
func (l *linter) isNew(text string) bool {
	w, _ := actionlint.Parse([]byte(text))
	l.mu.Lock()
	defer l.mu.Unlock()
	isNew := false
	for _, job := range w.Jobs {
		shell := ""
		if job.Defaults != nil && job.Defaults.Run != nil && job.Defaults.Run.Shell != nil {
			shell = job.Defaults.Run.Shell.Value
		}
		for _, step := range job.Steps {
			if run, ok := step.Exec.(*actionlint.ExecRun); ok && !l.seen[shell+"\x00"+run.Run.Value] {
				l.seen[shell+"\x00"+run.Run.Value], isNew = true, true
			}
		}
	}
	return isNew
}
