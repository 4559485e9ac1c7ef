package repair

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// blame remembers for which check a line of a file was written, and for which
// one a line of the original went.
type blame struct {
	// from is for each line its number in the original, 0 for one that was added
	// for the check of the same index.
	from    []int
	checks  []string
	dropped map[int]string
}

func newBlame(src []byte) blame {
	b := blame{dropped: map[int]string{}}
	for i := range strings.Count(string(src), "\n") + 1 {
		b.from, b.checks = append(b.from, i+1), append(b.checks, "")
	}
	return b
}

// follow takes over how a text became another one for a check.
func (b *blame) follow(before, after, check string) {
	unified, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), len(before))
	if err != nil || len(unified.Hunks) == 0 {
		return
	}
	var from []int
	var names []string
	at := 0
	for _, l := range unified.Hunks[0].Lines {
		switch l.Kind {
		case udiff.Insert:
			from, names = append(from, 0), append(names, check)
		case udiff.Delete:
			b.drop(at, check)
			at++
		default:
			from, names = append(from, b.from[at]), append(names, b.checks[at])
			at++
		}
	}
	b.from, b.checks = append(from, b.from[at:]...), append(names, b.checks[at:]...)
}

func (b *blame) drop(at int, check string) {
	if line := b.from[at]; line > 0 {
		b.dropped[line] = check
	}
}

// added names the checks of the lines that were added, by their number.
func (b *blame) added() map[int]string {
	names := map[int]string{}
	for i, name := range b.checks {
		if name != "" {
			names[i+1] = name
		}
	}
	return names
}
