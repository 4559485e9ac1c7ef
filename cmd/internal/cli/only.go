package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks"
)

// known refuses ids that no check has, and names the nearest that one has.
func known(only []string) error {
	ids := map[string]bool{}
	for _, c := range checks.All() {
		ids[c.ID] = true
	}
	for _, id := range only {
		switch near := nearest(id); {
		case ids[id]:
		case strings.ContainsAny(id, "*?["):
			return usage("--only %q: ids of checks are meant, separated by commas, without wildcards; docs/checks.md lists them", id)
		case near != "":
			return usage("--only %q: there is no such check; %s is meant? docs/checks.md lists all", id, near)
		default:
			return usage("--only %q: there is no such check; docs/checks.md lists them", id)
		}
	}
	return nil
}

// nearest measures as the command line does for commands that are not there.
func nearest(id string) string {
	list := &cobra.Command{SuggestionsMinimumDistance: 4}
	for _, c := range checks.All() {
		list.AddCommand(&cobra.Command{Use: c.ID, Run: func(*cobra.Command, []string) {}})
	}
	if found := list.SuggestionsFor(id); len(found) > 0 {
		return found[0]
	}
	return ""
}
