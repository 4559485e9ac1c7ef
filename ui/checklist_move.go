package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks"
)

// move takes the cursor along the rows.
func (c *checklist) move(msg tea.KeyPressMsg) {
	last, page := len(c.report.Results)-1, max(1, c.height-8)
	switch {
	case key.Matches(msg, c.keys.up):
		c.row--
	case key.Matches(msg, c.keys.down):
		c.row++
	case msg.String() == "pgup":
		c.row -= page
	case key.Matches(msg, c.keys.scroll):
		c.row += page
	case msg.String() == "home":
		c.row = 0
	case msg.String() == "end":
		c.row = last
	}
	c.row = max(0, min(last, c.row))
}

// unsettled says whether a result wants somebody's attention.
func unsettled(r checks.Result) bool {
	return r.Verdict != checks.OK && r.Verdict != checks.NotApplicable
}

// firstOpen is the row to begin at: what is to be fixed before all else, and
// what only advises last.
func firstOpen(results []checks.Result) int {
	for _, wanted := range []func(checks.Result) bool{
		func(r checks.Result) bool { return r.Verdict == checks.Wrong && r.Level != checks.Advice },
		func(r checks.Result) bool { return unsettled(r) && r.Level != checks.Advice },
		unsettled,
	} {
		for i, r := range results {
			if wanted(r) {
				return i
			}
		}
	}
	return 0
}

// nextOpen is the next row that wants attention, or the one before; the same
// one where there is no other. It goes round.
func nextOpen(results []checks.Result, from int, forward bool) int {
	step := 1
	if !forward {
		step = len(results) - 1
	}
	for i := range results {
		if at := (from + step*(i+1)) % len(results); unsettled(results[at]) {
			return at
		}
	}
	return from
}
