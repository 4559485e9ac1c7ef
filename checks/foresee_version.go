package checks

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// filesJudged says in a sentence which workflow files the forecast rests on.
func (c *Case) filesJudged(p Push) string {
	commit, known := c.World.Judged.Get()
	at := short(commit.SHA)
	exists, seen := p.Exists.Get()
	switch {
	case c.World.Mode == evidence.Offline:
		return "judged with the workflow files of the working tree (offline)"
	case !known:
		return "at which commit the workflow files stand is not known: " + c.World.Judged.Reason()
	case commit.Ref == p.Ref:
		return "judged with the workflow files at " + p.Ref + ", commit " + at
	case seen && !exists:
		return p.Ref + " does not exist yet: judged with the workflow files of " + workflow.ShortRef(commit.Ref) + ", commit " + at
	}
	return "judged with the workflow files of " + workflow.ShortRef(commit.Ref) + ", commit " + at
}

// differing lists the workflow files that are not the same on the default
// branch.
func (c *Case) differing(p Push) []string {
	others, ok := p.Default.Get()
	if !ok {
		return nil
	}
	var differ []string
	note := func(path string) {
		if !slices.Contains(differ, path) {
			differ = append(differ, path)
		}
	}
	own := c.World.Workflows.Or(nil)
	for _, pair := range [][2][]evidence.WorkflowFile{{own, others}, {others, own}} {
		for _, f := range pair[0] {
			i := slices.IndexFunc(pair[1], func(g evidence.WorkflowFile) bool { return g.Path == f.Path })
			if i < 0 || f.Content.Seen() && pair[1][i].Content.Seen() && !bytes.Equal(f.Content.Or(nil), pair[1][i].Content.Or(nil)) {
				note(f.Path)
			}
		}
	}
	slices.Sort(differ)
	return differ
}

// remarks are about the ref: whether it exists, and whether its version is that
// of the packages. version gives what a package would be published as.
func (c *Case) remarks(p Push) (version func(evidence.Package) string, remarks []Remark) {
	version = func(pkg evidence.Package) string { return pkg.Version.Or("") }
	exists, seen := p.Exists.Get()
	if seen && exists && workflow.RefType(p.Ref) == "tag" {
		remarks = append(remarks, Remark{OK, "the tag " + workflow.ShortRef(p.Ref) + " exists already: it starts nothing again unless it is deleted and pushed anew", ""})
	}
	if workflow.RefType(p.Ref) == "tag" {
		for _, f := range c.judgeMakers() {
			if f.Verdict == Wrong {
				remarks = append(remarks, Remark{Wrong, f.Because, f.Fix})
			}
		}
	}
	if p.Release.Raised {
		version = func(pkg evidence.Package) string {
			if !pkg.Version.Seen() {
				return ""
			}
			return p.Release.Version
		}
		return version, append(remarks, Remark{OK, "supposed is that the version is raised to " + p.Release.Version + " first", ""})
	}
	if tag, is := strings.CutPrefix(p.Ref, "refs/tags/"); is && p.Release.Ref == "" {
		remarks = append(remarks, c.tagVersion(tag)...)
	}
	return version, remarks
}

// taggedVersion takes a tag apart: what comes before the version, and the
// version.
var taggedVersion = regexp.MustCompile(`^(|.*?[^0-9.])(\d+(?:\.\d+)*(?:[-+.]?[0-9A-Za-z][0-9A-Za-z.+-]*)?)$`)

// tagVersion compares a tag with the versions that the manifests name. With
// several packages only those count that the tag names.
func (c *Case) tagVersion(tag string) []Remark {
	m := taggedVersion.FindStringSubmatch(tag)
	if m == nil {
		return []Remark{{Unknown, "no version can be read out of the tag " + tag, ""}}
	}
	var differ []string
	same := 0
	packages := c.tagged(m[1])
	for _, pkg := range packages {
		v, ok := pkg.Version.Get()
		switch {
		case !ok:
		case sameVersion(v, m[2]):
			same++
		default:
			if text := fmt.Sprintf("%s says %s", manifest(pkg.Version.Source(), pkg.Path), v); !slices.Contains(differ, text) {
				differ = append(differ, text)
			}
		}
	}
	switch {
	case len(differ) == 0:
		return nil
	case same > 0:
		return []Remark{{Unknown, "the tag is for version " + m[2] + ", and " + strings.Join(differ, ", "), ""}}
	}
	return []Remark{{Wrong, "the tag is for version " + m[2] + ", and " + strings.Join(differ, ", ") + ": another version would be published than the tag says, or the workflow stops at it",
		"raise the version to " + m[2] + " before the tag is pushed, or push the tag of the version that stands"}}
}

// tagged are the packages that a tag with this prefix is for: the one that it
// names, else all that are to be published.
func (c *Case) tagged(prefix string) []evidence.Package {
	all := slices.DeleteFunc(slices.Clone(c.World.Tree.Packages.Or(nil)), func(p evidence.Package) bool { return !p.Publish.Or(true) || !p.Name.Seen() })
	name := identity.NormalizeProject(strings.TrimRight(strings.TrimSuffix(prefix, "v"), "-_@/"))
	for _, p := range all {
		if name != "" && identity.NormalizeProject(p.Name.Or("")) == name {
			return []evidence.Package{p}
		}
	}
	return all
}
