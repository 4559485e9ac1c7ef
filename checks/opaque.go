package checks

import (
	"path"
	"regexp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// opaque is a step that may publish by an exchange of its own: its job has an
// identity for no purpose that is known here, and it runs a script or a task
// whose name says publish, release or upload.
type opaque struct {
	file *workflow.File
	job  *workflow.Job
	step *workflow.Step
	name string
}

var (
	publishing  = regexp.MustCompile(`(?i)(^|[^a-z])(publish|release|upload)`)
	preparing   = regexp.MustCompile(`(?i)(^|[^a-z])(prepare|check|verify|plan|test|draft|notes?)([^a-z]|$)`)
	taskRunners = []string{"make", "just", "task", "tox", "nox", "poe", "invoke", "inv", "hatch", "mise", "pdm"}
)

// opaqueSteps lists them in the order of the files.
func (c *Case) opaqueSteps() []opaque {
	var found []opaque
	for _, f := range c.Files {
		if f.Remote != "" {
			continue
		}
		for _, j := range f.Jobs {
			known := slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool { return p.File == f && p.Job == j })
			if known || otherUse(j) != "" || workflow.Effective(f, j, c.defaultPermission()).IDToken.Level != "write" {
				continue
			}
			if s, name := c.opaqueStep(f, j); s != nil {
				found = append(found, opaque{f, j, s, name})
			}
		}
	}
	return found
}

// saysPublish reads a name: "publish.py" says so, "prepare_release.py" only what
// comes before.
func saysPublish(name string) bool {
	return publishing.MatchString(name) && !preparing.MatchString(name)
}

// opaqueStep looks into the actions of the repository too.
func (c *Case) opaqueStep(f *workflow.File, j *workflow.Job) (*workflow.Step, string) {
	for _, s := range workflow.StepsOf(workflow.Sources{Files: c.Files, Actions: c.Actions}, f, j) {
		for _, cmd := range script.Read(s.Run, nil).Commands {
			if name := publishingScript(cmd.Args); name != "" {
				return s.Own(), name
			}
		}
	}
	return nil, ""
}

// publishingScript is the argument that names a script or a task for
// publishing; "" for none.
func publishingScript(args []string) string {
	for i, a := range args {
		isScript := path.Ext(a) == ".py" || path.Ext(a) == ".sh" || i == 0
		isTask := i > 0 && slices.Contains(taskRunners, base(args[0]))
		if (isScript || isTask) && saysPublish(base(a)) {
			return a
		}
	}
	return ""
}
