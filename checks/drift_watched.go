package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

func driftWatched() Check {
	return Check{
		ID: "drift-watched", Step: Lock, Level: Advice,
		Claim: "A workflow on a schedule runs `gh trustpub verify`.",
		Why:   "Settings change without a commit: a renamed file, a reviewer who left, or a new secret shows at the next release, or never.",
		Judge: func(c *Case) []Finding { return []Finding{c.judgeWatch()} },
	}
}

func (c *Case) judgeWatch() Finding {
	files := c.World.Workflows
	if files.Unknown() {
		return c.blind("", "which workflow files there are", files)
	}
	for _, f := range c.Files {
		t := f.Trigger("schedule")
		if t == nil || f.Remote != "" {
			continue
		}
		if s := watchingStep(f); s != nil {
			return c.judgeWatching(f, s)
		}
	}
	if unread := c.unreadFiles(); len(unread) > 0 {
		return finding(Unknown, "", "no scheduled workflow that could be read runs it; not read: %s", strings.Join(unread, ", ")).seen(files.Source())
	}
	return finding(Wrong, "", "no workflow with `on: schedule` runs it").seen(files.Source()).
		advise("run `gh trustpub verify --plain` in a workflow with `on: schedule`, once a week")
}

// watchingStep is the first step that runs our checklist.
func watchingStep(f *workflow.File) *workflow.Step {
	for _, j := range f.Jobs {
		for _, s := range j.Steps {
			for _, cmd := range script.Read(s.Run, nil).Commands {
				words := strings.Join(cmd.Args, " ")
				if strings.HasPrefix(words, "gh trustpub ") || strings.HasPrefix(words, "gh-trustpub ") {
					if slices.Contains(cmd.Args, "verify") || slices.Contains(cmd.Args, "audit") {
						return s
					}
				}
			}
		}
	}
	return nil
}

// judgeWatching: GitHub stops schedules of a repository in which nothing
// happened for 60 days (docs.github.com, "Disabling and enabling a workflow",
// read August 2026).
func (c *Case) judgeWatching(f *workflow.File, s *workflow.Step) Finding {
	states := c.World.GitHub.WorkflowStates
	list, ok := states.Get()
	if !ok {
		return c.blind("", f.Base()+" runs it on a schedule; whether GitHub still starts that", states).at(f.Path, s.Line)
	}
	i := slices.IndexFunc(list, func(w evidence.WorkflowState) bool { return w.Path == f.Path })
	switch {
	case i < 0:
		return finding(Waiting, "", "%s runs it on a schedule, and GitHub does not list the workflow yet", f.Base()).seen(c.fileSource(f.Path), states.Source()).at(f.Path, s.Line)
	case list[i].State != "active":
		return finding(Wrong, "", "%s runs it on a schedule, and GitHub has stopped that: %s", f.Base(), list[i].State).seen(states.Source()).at(f.Path, s.Line).
			advise("`gh workflow enable %s`", f.Base())
	}
	return finding(OK, "", "%s runs it on a schedule", f.Base()).seen(c.fileSource(f.Path), states.Source()).at(f.Path, s.Line)
}
