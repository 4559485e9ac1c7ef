package workflow

import (
	"fmt"
	"path"
	"strings"

	"github.com/rhysd/actionlint"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// File is one workflow file as it stands at one commit.
type File struct {
	// Path is the path in the repository, .github/workflows/x.yml.
	Path string
	// Name is the `name:` of the file, or its path without one.
	Name string
	// RunName is the template of `run-name:`, "" without one.
	RunName string
	// Permissions is the block at the top of the file, nil without one.
	Permissions *Permissions
	// Env and Defaults are the top-level mappings, nil without them.
	Env, Defaults *expr.Object
	// Concurrency is the group that runs of the file enter, nil without one.
	Concurrency any
	// Jobs are in the order of the file.
	Jobs []*Job

	on map[string]*expr.Object
}

// Job is one entry under `jobs:`; its templates are not rendered yet.
type Job struct {
	// ID is the key under `jobs:`.
	ID string
	// Needs are the ids of the jobs that must end first.
	Needs []string
	// If is the condition, "" without one.
	If string
	// Permissions is the job's own block, nil without one.
	Permissions *Permissions
	// Uses is the reusable workflow that the job calls, "" for a job of steps.
	Uses string
	// Steps are the mappings under `steps:`.
	Steps []*expr.Object

	fields *expr.Object
}

// Field is a key of the job that is read when the job starts: name, runs-on,
// environment, env, outputs, strategy, with, secrets and the like.
func (j *Job) Field(key string) any { return j.fields.Get(key) }

// Mapping is Field where only a mapping will do; nil for anything else.
func (j *Job) Mapping(key string) *expr.Object {
	o, _ := j.fields.Get(key).(*expr.Object)
	return o
}

// Read reads a workflow file. The error is what GitHub would refuse the file
// for, before any job starts.
func Read(filePath string, text []byte) (*File, error) {
	root, err := Values(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filePath, err)
	}
	top, ok := root.(*expr.Object)
	if !ok {
		return nil, fmt.Errorf("%s: the file is not a mapping", filePath)
	}
	if _, problems := actionlint.Parse(text); len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("%s (Line: %d, Col: %d): %s", filePath, p.Line, p.Column, p.Message)
	}
	f, err := fill(filePath, top)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filePath, err)
	}
	return f, nil
}

func fill(filePath string, top *expr.Object) (*File, error) {
	f := &File{Path: filePath, Name: expr.String(top.Get("name")), RunName: expr.String(top.Get("run-name"))}
	if f.Name == "" {
		f.Name = filePath
	}
	f.Env, _ = top.Get("env").(*expr.Object)
	f.Defaults, _ = top.Get("defaults").(*expr.Object)
	f.Concurrency = top.Get("concurrency")
	var err error
	if f.on, err = readTriggers(top.Get("on")); err != nil {
		return nil, err
	}
	if f.Permissions, err = readPermissions(top); err != nil {
		return nil, err
	}
	jobs, _ := top.Get("jobs").(*expr.Object)
	for _, id := range jobs.Keys() {
		fields, ok := jobs.Get(id).(*expr.Object)
		if !ok {
			return nil, fmt.Errorf("job '%s' is not a mapping", id)
		}
		j, err := readJob(id, fields)
		if err != nil {
			return nil, fmt.Errorf("job '%s': %w", id, err)
		}
		f.Jobs = append(f.Jobs, j)
	}
	if len(f.Jobs) == 0 {
		return nil, fmt.Errorf("no jobs are defined")
	}
	return f, checkNeeds(f.Jobs)
}

func readJob(id string, fields *expr.Object) (*Job, error) {
	j := &Job{ID: id, fields: fields, Needs: Strings(fields.Get("needs")),
		If: expr.String(fields.Get("if")), Uses: expr.String(fields.Get("uses"))}
	var err error
	if j.Permissions, err = readPermissions(fields); err != nil {
		return nil, err
	}
	steps, _ := fields.Get("steps").([]any)
	for i, s := range steps {
		step, ok := s.(*expr.Object)
		if !ok {
			return nil, fmt.Errorf("step %d is not a mapping", i+1)
		}
		j.Steps = append(j.Steps, step)
	}
	if j.Uses == "" && fields.Get("runs-on") == nil {
		return nil, fmt.Errorf("required property is missing: runs-on")
	}
	return j, checkExpressions(fields)
}

// checkExpressions refuses a job with an expression that does not parse.
func checkExpressions(v any) error {
	switch v := v.(type) {
	case string:
		return expr.CheckText(v)
	case []any:
		for _, item := range v {
			if err := checkExpressions(item); err != nil {
				return err
			}
		}
	case *expr.Object:
		for _, k := range v.Keys() {
			if err := checkExpressions(v.Get(k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNeeds refuses needs that name no job, and circles.
func checkNeeds(jobs []*Job) error {
	done := map[string]bool{}
	known := map[string]bool{}
	for _, j := range jobs {
		known[strings.ToLower(j.ID)] = true
	}
	for _, j := range jobs {
		for _, n := range j.Needs {
			if !known[strings.ToLower(n)] {
				return fmt.Errorf("job '%s' depends on unknown job '%s'", j.ID, n)
			}
		}
	}
	for progress := true; progress; {
		progress = false
		for _, j := range jobs {
			if id := strings.ToLower(j.ID); !done[id] && allDone(j.Needs, done) {
				done[id], progress = true, true
			}
		}
	}
	for _, j := range jobs {
		if !done[strings.ToLower(j.ID)] {
			return fmt.Errorf("the workflow must contain at least one job with no dependencies: '%s' waits for itself", j.ID)
		}
	}
	return nil
}

func allDone(needs []string, done map[string]bool) bool {
	for _, n := range needs {
		if !done[strings.ToLower(n)] {
			return false
		}
	}
	return true
}

// Strings reads what may be one string or a list of them.
func Strings(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, expr.String(item))
		}
		return out
	}
	return []string{expr.String(v)}
}

// IsWorkflowPath reports whether GitHub looks for workflows at this path:
// directly in .github/workflows, ending in .yml or .yaml.
func IsWorkflowPath(p string) bool {
	ext := path.Ext(p)
	return path.Dir(p) == ".github/workflows" && (ext == ".yml" || ext == ".yaml")
}
