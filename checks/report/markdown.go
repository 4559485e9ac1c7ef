package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	// mostComment is the length of a comment that GitHub takes. It counts
	// characters; counting bytes stays below it.
	mostComment = 65536
	// closingRoom is kept free for what ends the comment.
	closingRoom = 400
	// mostCell is how many characters of a reason or a fix are shown.
	mostCell = 1200
)

// Markdown writes the report for a comment on an issue or a pull request: the
// verdict, what is to be fixed first, what is open, and the rest folded. No text
// from outside becomes markup, a mention or a link in it.
func Markdown(w io.Writer, r checks.Report) error {
	p := &comment{}
	p.add("**%s**\n\n%s\n\n%s\n", Conclusion(r), Summary(r), p.judged(r))
	p.table("To fix", "fix", chosen(r, checks.Wrong))
	p.table("Not proven yet", "next", chosen(r, checks.Waiting, checks.Said, checks.Unknown))
	p.folded(chosen(r, checks.OK))
	if p.hidden > 0 {
		p.out.WriteString(fmt.Sprintf("\n%d more results have no room in a comment; `gh trustpub verify --json` lists all.\n", p.hidden))
	}
	if _, err := io.WriteString(w, p.out.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// comment grows until it is full; hidden counts what had no room any more.
type comment struct {
	out    strings.Builder
	hidden int
}

// add writes a piece if there is room for it.
func (p *comment) add(format string, args ...any) bool {
	piece := fmt.Sprintf(format, args...)
	if p.out.Len()+len(piece) > mostComment-closingRoom {
		return false
	}
	p.out.WriteString(piece)
	return true
}

func (p *comment) judged(r checks.Report) string {
	if r.World == nil {
		return "Nothing was looked at."
	}
	text := "Judged"
	if repo := repositoryOf(r.World); repo != nil {
		text += " " + code(repo.Owner+"/"+repo.Name)
	}
	if c, ok := r.World.Judged.Get(); ok {
		for _, part := range []struct{ before, value string }{{" at ", c.Ref}, {", commit ", c.SHA}} {
			if part.value != "" {
				text += part.before + code(part.value)
			}
		}
	} else {
		text += "; at which commit is not known"
	}
	if r.Mode == evidence.Offline {
		return text + ". Offline: the working tree alone was read."
	}
	return text + "."
}

// table lists results with what to do about each.
func (p *comment) table(title, last string, list []checks.Result) {
	if len(list) == 0 {
		return
	}
	if !p.add("\n### %s\n\n| check | about | because | %s |\n|---|---|---|---|\n", title, last) {
		p.hidden += len(list)
		return
	}
	for i, res := range list {
		if !p.add("| %s | %s | %s | %s |\n", p.check(res), about(res), cell(res.Because), cell(res.Fix)) {
			p.hidden += len(list) - i
			return
		}
	}
}

// check is the linked name, with what its failure costs or how far it is.
func (p *comment) check(res checks.Result) string {
	what := string(res.Level)
	switch {
	case res.Verdict == checks.Wrong:
	case res.Level == checks.Advice:
		what += ", " + string(res.Verdict)
	default:
		what = string(res.Verdict)
	}
	return fmt.Sprintf("[%s](%s) (%s)", res.Check.ID, docsPage(res.Check.ID), what)
}

func about(res checks.Result) string {
	var parts []string
	if res.Subject != "" {
		parts = append(parts, code(res.Subject))
	}
	if res.Where != nil {
		parts = append(parts, "at "+code(fmt.Sprintf("%s:%d", res.Where.File, res.Where.Line)))
	}
	if len(parts) == 0 {
		return "the repository"
	}
	return strings.Join(parts, " ")
}

func cell(s string) string { return prose(upTo(mostCell, line(s))) }

// folded lists what is ok behind a summary.
func (p *comment) folded(list []checks.Result) {
	if len(list) == 0 {
		return
	}
	if !p.add("\n<details><summary>%d ok</summary>\n\n| check | about | because |\n|---|---|---|\n", len(list)) {
		p.hidden += len(list)
		return
	}
	for i, res := range list {
		if !p.add("| %s | %s | %s |\n", res.Check.ID, about(res), cell(res.Because)+cell(sources(res))) {
			p.hidden += len(list) - i
			break
		}
	}
	p.out.WriteString("\n</details>\n")
}
