package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// NextRelease is what a maintainer would push next.
type NextRelease struct {
	// Ref is the tag; Origin says how it came about.
	Ref, Origin string
	// Version is the version that the release would carry, "" where no manifest
	// tells; Raised is whether the manifests have to be raised to it first.
	Version string
	Raised  bool
}

// NextRelease is the tag for the present version, after a pattern ("" finds the
// one in use). Where that tag or that version is out already, it is the tag for
// the version after it.
func (c *Case) NextRelease(pattern string) NextRelease {
	version, from := c.presentVersion()
	next := NextRelease{Version: version}
	tag, how := c.tagFor(pattern, version)
	next.Ref, next.Origin = "refs/tags/"+tag, "the tag for "+version+" ("+from+"), "+how
	if version == "" {
		tag, how = c.tagFor(pattern, "1.0.0")
		next.Ref, next.Origin = "refs/tags/"+tag, "an example: "+from+"; "+how
		return next
	}
	for range 1000 {
		out := c.out(tag, next.Version)
		if out == "" {
			break
		}
		next.Version, next.Raised = after(next.Version), true
		tag, how = c.tagFor(pattern, next.Version)
		next.Ref, next.Origin = "refs/tags/"+tag, "the tag after "+version+" ("+from+"), of which "+out+"; "+how
	}
	return next
}

// out says that a release is out already: its tag stands, or every registry
// that tells has the version; "" when it is not.
func (c *Case) out(tag, version string) string {
	if slices.Contains(c.World.Tree.Git.Or(evidence.Git{}).Tags.Or(nil), tag) {
		return "the tag " + tag + " stands"
	}
	for _, p := range c.Publishers {
		if p.Registry != identity.TestPyPI && has(c.project(p).Or(evidence.Project{}), version) {
			return p.Registry.Title() + " has " + version
		}
	}
	return ""
}

// KnowsTag says whether the local repository has a tag, which is all that can
// be told without asking GitHub.
func (c *Case) KnowsTag(ref string) evidence.Fact[bool] {
	tags := c.World.Tree.Git.Or(evidence.Git{}).Tags
	tag, is := strings.CutPrefix(ref, "refs/tags/")
	switch {
	case !is:
		return evidence.Unknown[bool](tags.Source(), "offline: only local tags are known")
	case tags.Seen() || tags.Absent():
		return evidence.Seen(slices.Contains(tags.Or(nil), tag), tags.Source())
	}
	return evidence.Carry[bool](tags)
}

func has(p evidence.Project, version string) bool {
	return slices.ContainsFunc(p.Versions, func(v evidence.Version) bool { return sameVersion(v.Number, version) })
}

// presentVersion is the version of the first package to publish that tells one.
func (c *Case) presentVersion() (version, from string) {
	from = "no manifest tells a version"
	for _, p := range c.World.Tree.Packages.Or(nil) {
		if !p.Publish.Or(true) {
			continue
		}
		if v, ok := p.Version.Get(); ok {
			return v, manifest(p.Version.Source(), p.Path).String()
		}
	}
	return "", from
}

var numbers = regexp.MustCompile(`^(\d+(?:\.\d+)*)(.*)$`)

// after is a version that may follow: of a pre-release the release, else the
// last number raised by one.
func after(version string) string {
	m := numbers.FindStringSubmatch(version)
	if m == nil {
		return version + ".1"
	}
	if m[2] != "" {
		return m[1]
	}
	parts := strings.Split(m[1], ".")
	last, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil {
		return version + ".1"
	}
	parts[len(parts)-1] = strconv.Itoa(last + 1)
	return strings.Join(parts, ".")
}

// tagFor names the tag of a version: by the pattern that is given, else by what
// the publishing workflows wait for, else by what the tags look like.
func (c *Case) tagFor(pattern, version string) (tag, how string) {
	if pattern != "" {
		return spell(pattern, version), "by the pattern " + pattern
	}
	git := c.World.Tree.Git.Or(evidence.Git{})
	seen, known := git.TagPattern.Get()
	if known {
		tag = spell(seen, version)
	}
	for _, p := range placesThat(c.Publishing, publishes) {
		if p.Triggered == nil {
			continue
		}
		t := p.Triggered.Trigger("push")
		if t == nil || len(t.Tags) == 0 {
			continue
		}
		if fires, _ := workflow.TriggerFires(p.Triggered, "push", "refs/tags/"+tag); known && fires {
			break // the habit will do
		}
		if name, ok := t.ExampleTag(version); ok {
			return name, fmt.Sprintf("by the pattern that %s:%d waits for", p.Triggered.Base(), t.Line)
		}
	}
	if known {
		return tag, "by the pattern " + seen + " of the " + git.TagPattern.Source().String()
	}
	return "v" + version, "by the usual pattern v*"
}

// spell puts a version into a pattern of release tags.
func spell(pattern, version string) string {
	t := workflow.Trigger{Event: "push", Tags: []string{pattern}}
	if tag, ok := t.ExampleTag(version); ok {
		return tag
	}
	return "v" + version
}
