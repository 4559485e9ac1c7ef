package cli

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// badge is the label of the practice world; "" outside of it.
func (s *Streams) badge() string {
	if s.Getenv(practice.EnvPractice) == "" {
		return ""
	}
	return "practice"
}

// settling is the address of the page on which the matter of a result is
// settled; "" where it is a matter of files that GitHub does not have.
func settling(r checks.Report, res checks.Result) string {
	page, ok := steps.Settles(basis(r.World, &r), res)
	if !ok {
		return ""
	}
	return page.URL
}

func browserFor(sys *Streams, flags *common) change.Browser {
	return change.Browser{Launcher: change.Launcher(sys.Getenv), None: flags.noBrowser}
}

// opener opens pages for the checklist, which gives the terminal to nobody.
func opener(sys *Streams, flags *common) func(context.Context, string) (string, error) {
	b := browserFor(sys, flags)
	return func(ctx context.Context, address string) (string, error) {
		return address, b.Open(ctx, address, change.Hands{})
	}
}
