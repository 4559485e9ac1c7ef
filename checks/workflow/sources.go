package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// Sources are the files that the engine is given. It never fetches: what it
// lacks it says in its [Answer], and is asked again when that was got.
type Sources struct {
	// Files are the repository's workflow files, and those of other repositories
	// that they call ([ParseRemote]).
	Files []*File
	// Actions are the descriptions of actions that were read.
	Actions []*Action
	// Gone says for references that were looked for in vain why they could not be
	// read, by [Reference.Ref].
	Gone map[string]string
}

// Answer is what the engine makes of its sources.
type Answer struct {
	// Publishing is every place that publishes to one of the registries, or
	// exchanges a token for that purpose, in the order of files, jobs and lines. A
	// job of a reusable workflow is there once for each way in which an event
	// reaches it.
	Publishing []Publishing
	// Lacking are the references that were neither among the sources nor gone,
	// each once.
	Lacking []Reference
	// Blind are the places where a job goes on in a file that is not among the
	// sources: what it publishes there is not known.
	Blind []Blind
}

// Kind is what a reference names.
type Kind string

// The kinds of reference.
const (
	// KindWorkflow is a reusable workflow that a job calls.
	KindWorkflow Kind = "workflow"
	// KindAction is an action that a step uses.
	KindAction Kind = "action"
)

// Reference is a file that a job goes on in.
type Reference struct {
	Kind Kind
	// Ref is "owner/repo/path@ref" for another repository; in ours it is the path
	// of a workflow file, or the folder of an action, "" for the top.
	Ref    string
	Remote bool
	// File and Job are where it is used; Line is the line there.
	File *File
	Job  *Job
	Line int
}

// Blind is a place where a job goes on in a file that was not read.
type Blind struct {
	Reference
	// Triggered is the file that an event starts, and Callers are the calls on the
	// way to the job; Step is the job's step that uses the action, nil for a
	// called workflow.
	Triggered *File
	Callers   []Caller
	Step      *Step
	// Why says why it was not read.
	Why string
}

// Grant is what the token of the job may do that goes on there.
func (b Blind) Grant(defaultPermission string) Grant {
	return effective(b.File, b.Job, b.Callers, defaultPermission)
}

// MayMint reports whether the job may ask for an identity, or it is not known
// that it may not.
func (b Blind) MayMint(defaultPermission string) bool {
	return b.Grant(defaultPermission).IDToken.Level != "none"
}

// Read finds every place that publishes, and tells what was lacking for it.
func Read(s Sources) Answer {
	e := &engine{sources: s, budget: maxDetections}
	ways := e.routes()
	for _, f := range s.Files {
		for _, r := range ways[f] {
			for _, j := range f.Jobs {
				e.job(f, j, r)
			}
		}
	}
	return e.answer
}

// Publishes is Read for workflow files alone, where nobody can ask again.
func Publishes(files []*File) []Publishing { return Read(Sources{Files: files}).Publishing }

// engine answers one question.
type engine struct {
	sources Sources
	answer  Answer
	// budget is how many steps may still be looked at in single combinations of
	// matrices.
	budget int
}

// maxDetections bounds the work for matrices. Where it is used up, what depends
// on a matrix is not known.
const maxDetections = 20_000

func (e *engine) job(f *File, j *Job, r route) {
	if j.Uses != "" {
		e.call(f, j, r)
		return
	}
	x := expansion{engine: e, file: f, job: j, route: r}
	steps := x.steps()
	e.answer.Publishing = append(e.answer.Publishing, e.detect(newScope(r, f, j, Run{}), steps)...)
}

// call looks at a job that calls a reusable workflow, whose own jobs are reached
// by a route of their own.
func (e *engine) call(f *File, j *Job, r route) {
	why := ""
	if len(r.callers)+1 >= maxLevels {
		why = fmt.Sprintf("workflows call each other more than %d levels deep, which GitHub refuses", maxLevels)
	} else if called(e.sources.Files, f, j) != nil {
		return
	}
	ref, remote := target(f, j.Uses)
	e.blind(Blind{Reference: Reference{KindWorkflow, ref, remote, f, j, j.UsesLine}, Triggered: r.triggered, Callers: r.callers, Why: why})
}

// blind notes a place that goes on elsewhere, and what is lacking for it.
func (e *engine) blind(b Blind) {
	why, gone := e.sources.Gone[b.Ref]
	if b.Why == "" {
		b.Why = why
	}
	if b.Why == "" {
		b.Why = "it was not read"
		if !gone {
			e.lacks(b.Reference)
		}
	}
	e.answer.Blind = append(e.answer.Blind, b)
}

func (e *engine) lacks(r Reference) {
	if !slices.ContainsFunc(e.answer.Lacking, func(l Reference) bool { return l.Kind == r.Kind && l.Ref == r.Ref }) {
		e.answer.Lacking = append(e.answer.Lacking, r)
	}
}

func (s Sources) action(ref string) *Action {
	for _, a := range s.Actions {
		if strings.EqualFold(a.Ref, ref) {
			return a
		}
	}
	return nil
}
