package walk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// Table tells what became of each of several changes that stand apart, after a
// line that counts; nothing where there were not several.
func Table(outcomes []change.Outcome) []string {
	outcomes = slices.DeleteFunc(slices.Clone(outcomes), func(o change.Outcome) bool { return !o.Apart })
	if len(outcomes) < 2 {
		return nil
	}
	width, counts, order := 0, map[string]int{}, []string{}
	for _, o := range outcomes {
		if counts[o.Became]++; counts[o.Became] == 1 {
			order = append(order, o.Became)
		}
		width = max(width, len([]rune(o.Became)))
	}
	var parts []string
	for _, became := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[became], became))
	}
	lines := []string{"Outcome: " + strings.Join(parts, ", ")}
	for _, o := range outcomes {
		line := fmt.Sprintf("  %-*s  %s", width, o.Became, evidence.CleanLine(o.ID[strings.LastIndexByte(o.ID, ':')+1:]))
		if o.Err != nil {
			line += ": " + evidence.CleanLine(o.Err.Error())
		}
		lines = append(lines, line)
	}
	return lines
}
