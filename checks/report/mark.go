package report

import (
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks"
)

// mark is how a verdict is shown: sign and word say it, colour only helps.
type mark struct {
	sign, word string
	style      ansi.Style
}

var marks = map[checks.Verdict]mark{
	checks.OK:            {"✓", "ok", ansi.NewStyle().ForegroundColor(ansi.Green)},
	checks.Wrong:         {"✗", "problem", ansi.NewStyle().ForegroundColor(ansi.Red)},
	checks.Waiting:       {"…", "waiting", ansi.NewStyle().ForegroundColor(ansi.Yellow)},
	checks.Said:          {"»", "said", ansi.NewStyle().ForegroundColor(ansi.Cyan)},
	checks.Unknown:       {"?", "unknown", ansi.NewStyle().ForegroundColor(ansi.Magenta)},
	checks.NotApplicable: {"-", "n/a", ansi.NewStyle().Faint()},
}
