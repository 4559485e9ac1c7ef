package workflow

import (
	"slices"
	"strings"
)

// maxLevels is how deep workflows may call each other, the triggered file
// included (docs.github.com, "Reusing workflow configurations", read August
// 2026).
const maxLevels = 10

// route is a way by which an event reaches the jobs of a file.
type route struct {
	// triggered is nil for a file that nothing reaches.
	triggered *File
	callers   []Caller
	// files are all that the engine was given.
	files []*File
}

// Lacking lists the called workflows that are not among the files, each once.
func Lacking(files []*File) []Reference {
	var lacking []Reference
	for _, r := range Read(Sources{Files: files}).Lacking {
		if r.Kind == KindWorkflow {
			lacking = append(lacking, r)
		}
	}
	return lacking
}

// target is what a uses: means for a file: a path in our repository, or a full
// reference into another. "./" and "$/" are the repository of the file itself.
func target(f *File, uses string) (ref string, remote bool) {
	local, isLocal := strings.CutPrefix(uses, "./")
	if !isLocal {
		local, isLocal = strings.CutPrefix(uses, "$/")
	}
	switch {
	case !isLocal:
		return uses, true
	case f.Remote == "":
		return local, false
	}
	path, version, _ := strings.Cut(f.Remote, "@")
	parts := strings.SplitN(path, "/", 3)
	if len(parts) < 3 {
		return uses, true
	}
	return parts[0] + "/" + parts[1] + "/" + local + "@" + version, true
}

// Called is the file that a job calls; nil when the job calls none, or when it
// is not among the files.
func Called(files []*File, f *File, j *Job) *File {
	if j.Uses == "" {
		return nil
	}
	return called(files, f, j)
}

// called finds the file that a job calls; nil if it is not there.
func called(files []*File, f *File, j *Job) *File {
	ref, remote := target(f, j.Uses)
	for _, candidate := range files {
		if remote && candidate.Remote == ref || !remote && candidate.Remote == "" && candidate.Path == ref {
			return candidate
		}
	}
	return nil
}

// maxRoutes bounds the ways by which events reach files. GitHub lets one run
// have 50 reusable workflows (docs.github.com, "Reusing workflow configurations",
// read August 2026).
const maxRoutes = 2000

// routes finds every way to every file. A file that only calls could start, and
// that none does, has one route without a trigger.
func (e *engine) routes() map[*File][]route {
	w := walk{files: e.sources.Files, found: map[*File][]route{}}
	for _, f := range w.files {
		if f.Remote == "" && !f.OnlyCalled() {
			w.follow(f, route{triggered: f, files: w.files})
		}
	}
	for _, f := range w.files {
		if f.Remote == "" && len(w.found[f]) == 0 {
			w.follow(f, route{files: w.files})
		}
	}
	return w.found
}

type walk struct {
	files []*File
	found map[*File][]route
	count int
}

func (w *walk) follow(f *File, r route) {
	if w.count++; w.count > maxRoutes {
		return
	}
	w.found[f] = append(w.found[f], r)
	if len(r.callers)+1 >= maxLevels {
		return
	}
	for _, j := range f.Jobs {
		if j.Uses == "" {
			continue
		}
		callee := called(w.files, f, j)
		inside := slices.ContainsFunc(r.callers, func(c Caller) bool { return c.File == callee })
		if callee == nil || callee == f || inside {
			continue
		}
		w.follow(callee, route{triggered: r.triggered, callers: append(slices.Clone(r.callers), Caller{f, j}), files: w.files})
	}
}
