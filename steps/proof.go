package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// proof is the first release whose record names this repository.
func (l *layout) proof(s *Scene) string {
	state, reason := stand(s.Results)
	run, live := l.liveRun("push")
	switch {
	case live:
		s.State = Waiting
		s.Now = append(s.Now, runLines(run)...)
		s.Ways = []Way{runPage(run)}
		return fmt.Sprintf("run %d is %s", run.Number, spaced(run.Status))
	case state == Waiting && l.awaitsRecord(run):
		s.State = Waiting
		s.Now = append(s.Now, Line{Mark: checks.Waiting, Text: fmt.Sprintf("run %d published %s; the registries have not shown it yet", run.Number, run.Ref), Source: evidence.Source{Name: run.URL}})
		s.Ways = []Way{runPage(run)}
		return reason
	case state == Waiting:
		s.State = Todo
	default:
		s.State = state
	}
	s.Wanted = []Line{wanted("the record of each registry names", l.repo.String(), "")}
	next := l.nextVersion()
	if run.URL != "" && run.Conclusion != "" && run.Conclusion != "success" && s.State != Done {
		s.Now = append([]Line{{Mark: checks.Wrong, Text: fmt.Sprintf("the release run %d of %s ended with %s", run.Number, run.Ref, spaced(run.Conclusion)), Source: evidence.Source{Name: run.URL}}}, s.Now...)
		s.Ways = append(s.Ways, runPage(run))
	}
	if s.State == Done {
		return reason
	}
	if why := l.checkout(); why == "" {
		s.Ways = append([]Way{l.release(next)}, s.Ways...)
	} else {
		s.Now = append(s.Now, Line{Text: "A release is not made from here: " + why})
	}
	s.Preview = l.releasePreview(next)
	s.Ways = append(s.Ways, Way{Kind: Commands, Label: "Show me the commands", Lines: l.releaseCommands(next)})
	return reason
}

// awaitsRecord says whether a trusted release ended well of which a registry
// does not show the version yet.
func (l *layout) awaitsRecord(run evidence.Run) bool {
	if run.Conclusion != "success" {
		return false
	}
	version := strings.TrimPrefix(run.Ref, literalPrefix(l.tag))
	return slices.ContainsFunc(l.released(), func(p identity.Publisher) bool { return !has(l.project(p), version) })
}

// released are the publishers of registries that a release goes to.
func (l *layout) released() []identity.Publisher {
	return slices.DeleteFunc(slices.Clone(l.Report.Publishers), func(p identity.Publisher) bool { return p.Registry == identity.TestPyPI })
}

func has(project evidence.Fact[evidence.Project], version string) bool {
	return slices.ContainsFunc(project.Or(evidence.Project{}).Versions, func(v evidence.Version) bool { return v.Number == version })
}

// literals are the places that hold the version of what is released; computed
// versions have none.
func (l *layout) literals() []change.Literal {
	var all []change.Literal
	for _, r := range []identity.Registry{identity.CratesIO, identity.PyPI} {
		for _, pkg := range l.packages(r) {
			version, ok := pkg.Version.Get()
			src := pkg.Version.Source()
			literal := change.Literal{Path: src.Name, Line: src.Line, Version: version}
			if ok && src.Line > 0 && !slices.Contains(all, literal) {
				all = append(all, literal)
			}
		}
	}
	return all
}

// nextVersion is the version that the manifests name if it is not published
// yet, else the next patch; "" when it cannot be told.
func (l *layout) nextVersion() string {
	literals := l.literals()
	if len(literals) == 0 {
		return ""
	}
	now := literals[0].Version
	if !slices.ContainsFunc(l.released(), func(p identity.Publisher) bool { return has(l.project(p), now) }) {
		return now
	}
	v, err := semver.NewVersion(now)
	if err != nil {
		return ""
	}
	return v.IncPatch().String()
}

// checkVersion says why a version cannot be released.
func (l *layout) checkVersion(version string) error {
	if len(l.of(identity.CratesIO)) > 0 {
		if _, err := semver.StrictNewVersion(version); err != nil {
			return fmt.Errorf("cargo wants a version of three numbers, as 1.2.3: %w", err)
		}
	} else if _, err := pep440.Parse(version); err != nil {
		return fmt.Errorf("not a version as Python has them: %w", err)
	}
	for _, p := range l.released() {
		if has(l.project(p), version) {
			return fmt.Errorf("%s has %s %s already, and takes no version twice", p.Registry.Title(), p.Package, version)
		}
	}
	return nil
}

func (l *layout) tagOf(version string) string { return literalPrefix(l.tag) + version }

func (l *layout) release(next string) Way {
	return Way{Kind: Do, Label: "Release it for me", Help: "Sets the version, commits, tags and pushes; the pushed tag starts the release. A published version can never be taken back.",
		Questions: []Question{{ID: "version", Kind: Input, Title: "Version to release", Default: next, Check: l.checkVersion, Origin: l.versionOrigin(next),
			Help: "Anything new; if other packages of this repository ask for an exact version, change those first."}},
		Prepare: func(a Answers) ([]change.Change, error) { return l.releaseChanges(a["version"]) }}
}

func (l *layout) versionOrigin(next string) string {
	literals := l.literals()
	switch {
	case len(literals) == 0:
		return ""
	case literals[0].Version == next:
		return where(literals[0].Path, literals[0].Line) + ", not published yet"
	}
	return "the next patch after " + where(literals[0].Path, literals[0].Line)
}

func (l *layout) releaseChanges(version string) ([]change.Change, error) {
	if err := l.checkVersion(version); err != nil {
		return nil, err
	}
	if why := l.checkout(); why != "" {
		return nil, errors.New(why)
	}
	name, _ := l.workflowName()
	r := change.Release{Workflow: name, Next: version, Literals: l.literals(), Push: l.push("Release " + version)}
	for _, pkg := range l.packages(identity.CratesIO) {
		r.Members = append(r.Members, pkg.Name.Or(""))
	}
	r.Push.Tag = l.tagOf(version)
	return l.Tools.Release(context.Background(), r)
}

func (l *layout) releasePreview(next string) []change.DiffLine {
	var lines []change.DiffLine
	for _, v := range l.literals() {
		if v.Version != next && next != "" {
			lines = append(lines, change.DiffLine{Op: '-', Text: v.Version, Origin: where(v.Path, v.Line)}, change.DiffLine{Op: '+', Text: next, Origin: where(v.Path, v.Line)})
		}
	}
	if next != "" {
		lines = append(lines, change.DiffLine{Op: '+', Text: "tag " + l.tagOf(next), Origin: l.tagOrigin})
	}
	return lines
}

func (l *layout) releaseCommands(next string) []string {
	version := next
	if version == "" {
		version = "VERSION"
	}
	var lines, files []string
	for _, v := range l.literals() {
		if v.Version != version {
			lines = append(lines, fmt.Sprintf("# set the version to %s in %s", version, where(v.Path, v.Line)))
			files = append(files, v.Path)
		}
	}
	if len(files) > 0 {
		lines = append(lines, fmt.Sprintf("git commit -m %q -- %s", "Release "+version, strings.Join(slices.Compact(files), " ")))
	}
	tag := l.tagOf(version)
	return append(lines, "git tag "+tag, "git push --atomic "+l.remote()+" HEAD:refs/heads/"+l.branch+" refs/tags/"+tag)
}
