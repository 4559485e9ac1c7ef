package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// around is how many unchanged lines a preview shows around a change.
const around = 3

// Diff shows how one text becomes another, line by line, with the file and the
// line at the head of each part.
func Diff(path, before, after string) []DiffLine { return DiffBecause(path, before, after, nil, nil) }

// DiffBecause is Diff with the reason for each line: added and dropped say it for
// lines of the text as it becomes and as it is, counted from 1.
func DiffBecause(path, before, after string, added, dropped map[int]string) []DiffLine {
	unified, err := udiff.ToUnifiedDiff(path, path, before, udiff.Lines(before, after), around)
	if err != nil {
		return []DiffLine{{Op: ' ', Text: path}, {Op: '+', Text: after}}
	}
	var lines []DiffLine
	more := 0 // lines that the parts before added; the hunk's own count is off behind a long one (udiff 0.4.1)
	for _, hunk := range unified.Hunks {
		to := hunk.FromLine + more
		lines = append(lines, DiffLine{Op: ' ', Text: fmt.Sprintf("%s:%d", path, to)})
		part, end := because(hunk, to, added, dropped)
		lines, more = append(lines, part...), more+end
	}
	return lines
}

// because are the lines of one part, each with its reason, and how many more
// they are than before. to is where the part begins in the text as it becomes.
func because(hunk *udiff.Hunk, to int, added, dropped map[int]string) (lines []DiffLine, more int) {
	from := hunk.FromLine
	for _, l := range hunk.Lines {
		line := DiffLine{Op: op(l.Kind), Text: strings.TrimRight(l.Content, "\r\n")}
		switch line.Op {
		case '+':
			line.Origin = added[to]
			to, more = to+1, more+1
		case '-':
			line.Origin = dropped[from]
			from, more = from+1, more-1
		default:
			from, to = from+1, to+1
		}
		lines = append(lines, line)
	}
	return lines, more
}

func op(k udiff.OpKind) byte {
	switch k {
	case udiff.Insert:
		return '+'
	case udiff.Delete:
		return '-'
	}
	return ' '
}

// Patch is the change of a text as git apply reads it, line by line; nothing
// for none.
func Patch(path, before, after string) []string {
	text := udiff.Unified("a/"+path, "b/"+path, before, after)
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Briefly leaves an origin out where the line before has told it: a run of new
// lines that come from one place says so once.
func Briefly(lines []DiffLine) []DiffLine {
	told := slices.Clone(lines)
	for i := 1; i < len(lines); i++ {
		if lines[i].Op == lines[i-1].Op && lines[i].Origin == lines[i-1].Origin {
			told[i].Origin = ""
		}
	}
	return told
}
