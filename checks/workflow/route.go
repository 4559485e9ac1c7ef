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
}

// Reference is a reusable workflow that a job calls and that was not among the
// files.
type Reference struct {
	// Ref is "owner/repo/.github/workflows/x.yml@v1" for another repository, or
	// the path of a file that should be in this one.
	Ref    string
	Remote bool
	// File and Job are where it is called; Line is the line there.
	File *File
	Job  *Job
	Line int
}

// Lacking lists the called workflows that are not among the files, each once.
// Read those of other repositories with [ParseRemote], add them to the files,
// and ask again until the list stays the same.
func Lacking(files []*File) []Reference {
	var lacking []Reference
	for _, f := range files {
		for _, j := range f.Jobs {
			if j.Uses == "" || called(files, f, j) != nil {
				continue
			}
			ref, remote := target(f, j.Uses)
			if !slices.ContainsFunc(lacking, func(r Reference) bool { return r.Ref == ref }) {
				lacking = append(lacking, Reference{Ref: ref, Remote: remote, File: f, Job: j, Line: j.UsesLine})
			}
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

// routes finds every way to every file. A file that only calls could start, and
// that none does, has one route without a trigger.
func routes(files []*File) map[*File][]route {
	found := map[*File][]route{}
	for _, f := range files {
		if f.Remote == "" && !f.OnlyCalled() {
			follow(files, f, route{triggered: f}, found)
		}
	}
	for _, f := range files {
		if f.Remote == "" && len(found[f]) == 0 {
			follow(files, f, route{}, found)
		}
	}
	return found
}

func follow(files []*File, f *File, r route, found map[*File][]route) {
	found[f] = append(found[f], r)
	if len(r.callers)+1 >= maxLevels {
		return
	}
	for _, j := range f.Jobs {
		if j.Uses == "" {
			continue
		}
		callee := called(files, f, j)
		inside := slices.ContainsFunc(r.callers, func(c Caller) bool { return c.File == callee })
		if callee == nil || callee == f || inside {
			continue
		}
		next := route{triggered: r.triggered, callers: append(slices.Clone(r.callers), Caller{f, j})}
		follow(files, callee, next, found)
	}
}
