package steps

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// pinned is an action as it is to be written, with where its commit comes from.
type pinned struct {
	template.Pin
	origin string
	// warning says what is odd about it, "" for nothing, and seen where that was
	// seen.
	warning string
	seen    evidence.Source
}

// pinOf settles at which commit an action is written. ref is what a workflow
// says now; "" asks for what is written anew. What the action's own repository
// tells comes first, then the table; without either ok is false, and the tag has
// to stand as it is.
//
// A version that is another commit there than in the table has had its tag moved:
// the table's commit is kept, and nothing else of that repository is taken. What
// is written anew stays within the major version for which the template was made.
func pinOf(w *evidence.World, action, ref string) (pinned, bool) {
	table, known := template.Known(repositoryOf(action))
	live := w.Pin(action, ref)
	seen, ok := live.Get()
	own := ref == "" || stands(ref, table.Version)
	switch {
	case !known && !ok, known && !ok && !own:
		return pinned{}, false
	case !known:
		return pinned{Pin: template.Pin{Action: action, Commit: seen.Commit, Version: seen.Version}, origin: seenAt(w, live)}, true
	}
	p := fromTable(w, action, table)
	if p.warning != "" {
		return p, own
	}
	if ok && (ref != "" || newer(seen.Version, table.Version)) {
		p.Pin, p.origin = template.Pin{Action: action, Commit: seen.Commit, Version: seen.Version}, seenAt(w, live)
	}
	return p, true
}

// repositoryOf is the repository of an action, which may lie in a folder of it.
func repositoryOf(action string) string {
	parts := strings.Split(action, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// fromTable is the pin of the table, with what the action's repository tells of
// the same version: that it is this commit, or, as a warning, that it is another.
func fromTable(w *evidence.World, action string, table template.Pin) pinned {
	p := pinned{Pin: template.Pin{Action: action, Commit: table.Commit, Version: table.Version}, origin: template.TableSource}
	for _, ref := range refsSeen(w, action) {
		live := w.Pin(action, ref)
		switch seen, ok := live.Get(); {
		case !ok || seen.Version != table.Version:
		case seen.Commit == table.Commit:
			p.origin = seenAt(w, live)
		default:
			p.warning = fmt.Sprintf("%s of %s is commit %.7s now and was %.7s in August 2026: its tag was moved, so the older commit is kept; look into it before taking a newer one", table.Version, action, seen.Commit, table.Commit)
			p.seen = live.Source()
			p.origin = template.TableSource + "; GitHub shows another commit now, as if the tag was moved"
			return p
		}
	}
	return p
}

// refsSeen are the refs at which an action was looked up, "" for its latest
// release.
func refsSeen(w *evidence.World, action string) []string {
	var refs []string
	for key := range w.Pins {
		if repository, ref, _ := strings.Cut(key, "@"); repository == evidence.PinKey(action, "") {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs
}

// newer is whether a version comes after another one of the same major version.
func newer(version, than string) bool {
	a, err := semver.NewVersion(version)
	b, otherErr := semver.NewVersion(than)
	return err == nil && otherErr == nil && a.Major() == b.Major() && a.GreaterThan(b)
}

// stands is whether a ref names a version or the line that it belongs to: v7 and
// v7.0 for v7.0.1.
func stands(ref, version string) bool {
	return ref == version || strings.HasPrefix(version, ref+".")
}

// seenAt says where a version was seen, and when, unless it was in this look.
func seenAt(w *evidence.World, live evidence.Fact[evidence.Pin]) string {
	src := live.Source()
	if src.At.Before(w.At) {
		return src.Name + ", seen " + src.At.UTC().Format("15:04 UTC")
	}
	return src.Name + ", seen now"
}

// pins are the actions of a new workflow, by their names.
func (l *layout) pins() map[string]template.Pin {
	all := map[string]template.Pin{}
	for _, action := range template.Actions() {
		name, _, _ := strings.Cut(action, "@")
		if p, ok := pinOf(l.World, name, ""); ok {
			all[name] = p.Pin
		}
	}
	return all
}

// pinWarnings are what is odd about the actions of a new workflow.
func (l *layout) pinWarnings() []Line {
	var lines []Line
	for _, action := range template.Actions() {
		name, _, _ := strings.Cut(action, "@")
		if p, _ := pinOf(l.World, name, ""); p.warning != "" {
			lines = append(lines, Line{Mark: checks.Wrong, Text: p.warning, Source: p.seen})
		}
	}
	return lines
}

// pin is pinOf for those who repair a workflow; ok is false where nothing tells
// the commit.
func (l *layout) pin(action, ref string) (commit, version string, ok bool) {
	p, ok := pinOf(l.World, action, ref)
	return p.Commit, p.Version, ok
}

// pinnedUse is a reference by a full commit id.
var pinnedUse = regexp.MustCompile(`([\w.-]+/[\w.-]+)((?:/[\w./-]+)?)@([0-9a-f]{40})\b`)

// withOrigins says at each new line of a diff that pins an action where its
// commit comes from.
func (l *layout) withOrigins(lines []change.DiffLine) []change.DiffLine {
	lines = slices.Clone(lines)
	for i := range lines {
		if m := pinnedUse.FindStringSubmatch(lines[i].Text); m != nil && lines[i].Op == '+' && lines[i].Origin == "" {
			lines[i].Origin = l.pinOrigin(m[1], m[3])
		}
	}
	return lines
}

// pinOrigin is where the commit of an action comes from; "" where it was not
// looked up, as for a pin that the workflow had before.
func (l *layout) pinOrigin(action, commit string) string {
	for _, ref := range append(refsSeen(l.World, action), "") {
		if p, ok := pinOf(l.World, action, ref); ok && p.Commit == commit {
			return p.origin
		}
	}
	return ""
}
