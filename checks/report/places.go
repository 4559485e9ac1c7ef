package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// places finds a file of the repository for each result, since GitHub shows
// none without one.
type places struct {
	// lines are the lines of the files whose text is known.
	lines map[string][]string
	// publishing is the workflow file that publishes, or should.
	publishing string
	// manifests are the packages' manifests by name; the first is also "".
	manifests map[string]string
}

func placesOf(r checks.Report) places {
	p := places{lines: map[string][]string{}, manifests: map[string]string{}}
	if r.World == nil {
		return p
	}
	for _, f := range r.World.Workflows.Or(nil) {
		if text, ok := f.Content.Get(); ok {
			p.lines[f.Path] = strings.Split(string(text), "\n")
		}
		if p.publishing == "" {
			p.publishing = f.Path
		}
	}
	for _, pub := range r.Publishers {
		if path := workflow.Dir + strings.TrimPrefix(pub.Workflow, workflow.Dir); p.lines[path] != nil {
			p.publishing = path
			break
		}
	}
	for _, pkg := range r.World.Tree.Packages.Or(nil) {
		for _, name := range []string{"", pkg.Name.Or("")} {
			p.manifests[name] = cmp.Or(p.manifests[name], pkg.Path)
		}
	}
	return p
}

// of is the file of a result, with its line where one is known. What belongs
// to no file is shown where it would be mended first: a package at its
// manifest, all else at the workflow that publishes.
func (p places) of(res checks.Result) (file string, region *sarif.Region) {
	if res.Where != nil {
		return res.Where.File, p.region(res.Where.File, res.Where.Line)
	}
	_, name, _ := strings.Cut(res.Subject, ":")
	first := []string{p.publishing, p.manifests[name], p.manifests[""]}
	if res.Check.Step == checks.Survey || res.Check.Step == checks.FirstRelease {
		first = []string{p.manifests[name], p.manifests[""], p.publishing}
	}
	file = cmp.Or(append(first, "README.md")...)
	return file, p.region(file, 1)
}

// region is a whole line; all four of its ends are required by GitHub. Of a
// file whose text is not known it is the line's first character.
func (p places) region(file string, n int) *sarif.Region {
	width := 1
	if lines := p.lines[file]; n >= 1 && n <= len(lines) {
		width = max(1, utf8.RuneCountInString(strings.TrimRight(lines[n-1], "\r")))
	}
	return sarif.NewRegion().WithStartLine(n).WithStartColumn(1).WithEndLine(n).WithEndColumn(width + 1)
}

// fingerprint tells GitHub which alert this is, in the form of its own: a hash
// and a count. It rests on what the result is about and on the text of its
// line, so that neither a line that moved nor another value makes a new alert.
func (p places) fingerprint(res checks.Result, file string, seen map[string]int) string {
	text := ""
	if lines := p.lines[file]; res.Where != nil && res.Where.Line <= len(lines) {
		text = strings.TrimSpace(lines[res.Where.Line-1])
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{res.Check.ID, res.Subject, file, text}, "\x00")))
	key := hex.EncodeToString(sum[:8])
	seen[key]++
	return fmt.Sprintf("%s:%d", key, seen[key])
}

// address is a path of the repository as a relative reference.
func address(file string) string {
	return (&url.URL{Path: line(file)}).String()
}
