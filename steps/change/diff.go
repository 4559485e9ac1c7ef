package change

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// around is how many unchanged lines a preview shows around a change.
const around = 3

// Diff shows how one text becomes another, line by line, with the file and the
// line at the head of each part.
func Diff(path, before, after string) []DiffLine {
	unified, err := udiff.ToUnifiedDiff(path, path, before, udiff.Lines(before, after), around)
	if err != nil {
		return []DiffLine{{Op: ' ', Text: path}, {Op: '+', Text: after}}
	}
	var lines []DiffLine
	for _, hunk := range unified.Hunks {
		lines = append(lines, DiffLine{Op: ' ', Text: fmt.Sprintf("%s:%d", path, hunk.ToLine)})
		for _, l := range hunk.Lines {
			lines = append(lines, DiffLine{Op: op(l.Kind), Text: strings.TrimRight(l.Content, "\r\n")})
		}
	}
	return lines
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
