package workflow

import (
	"regexp"
	"strings"
)

// Use is an action or a reusable workflow of another repository, as a file
// names it.
type Use struct {
	// Text is the reference as written, "owner/name/path@ref"; Repository and
	// Ref are parts of it.
	Text, Repository, Ref string
	// Version is what the comment behind a commit id says, "v4.3.0"; "" without
	// one, and for every other ref.
	Version string
	// Line is where it stands.
	Line int
}

// Pinned is whether the ref is a full commit id.
func (u Use) Pinned() bool { return commitID.MatchString(u.Ref) }

// Claimed is the full version that the comment behind a commit id claims it to
// be, "v4.3.0"; "" for none, and for a comment such as "v4": what that names
// moves on, and a commit that it named once is no lie.
func (u Use) Claimed() string {
	if fullVersion.MatchString(u.Version) {
		return u.Version
	}
	return ""
}

var fullVersion = regexp.MustCompile(`^v?\d+\.\d+\.\d+`)

// versionBehind is the version with which a comment begins.
var versionBehind = regexp.MustCompile(`^\s*#\s*(?:tag=)?(v?\d[\w.+-]*)`)

// Uses are the actions and workflows of other repositories that the file names,
// in the order of its jobs.
func (f *File) Uses() []Use {
	var all []Use
	for _, j := range f.Jobs {
		if u, ok := f.use(j.Uses, j.UsesLine); ok {
			all = append(all, u)
		}
		for _, s := range j.Steps {
			if u, ok := f.use(s.Uses, s.UsesLine); ok {
				all = append(all, u)
			}
		}
	}
	return all
}

// use reads one reference of the file; false for what is no other repository's,
// and for what an expression hides.
func (f *File) use(text string, line int) (Use, bool) {
	name, ref, ok := strings.Cut(text, "@")
	parts := strings.SplitN(name, "/", 3)
	if !ok || ref == "" || len(parts) < 2 || parts[0] == "." || parts[0] == "$" || strings.Contains(name, ":") || strings.Contains(text, "${{") {
		return Use{}, false
	}
	u := Use{Text: text, Repository: parts[0] + "/" + parts[1], Ref: ref, Line: line}
	if u.Pinned() && line > 0 && line <= len(f.Lines) {
		u.Version = behind(f.Lines[line-1], text)
	}
	return u, true
}

// behind is the version in the comment that follows a reference on its line.
func behind(line, reference string) string {
	_, rest, _ := strings.Cut(line, reference)
	if m := versionBehind.FindStringSubmatch(strings.TrimLeft(rest, `"'`)); m != nil {
		return m[1]
	}
	return ""
}
