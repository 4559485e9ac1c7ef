package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TableSource says where the commit ids of the table come from.
const TableSource = "our table: what public workflows pin, August 2026"

// others are pinned in the same way and are in no template: workflows that are
// there use them. The commit of maturin's action is what its own tag says.
var others = []Pin{
	{"PyO3/maturin-action", "e83996d129638aa358a18fbd1dfb82f0b0fb5d3b", "v1.51.0"},
	{"Swatinem/rust-cache", "6323deb102c322ba6fcbdcafc7e3dddab59af2b6", "v2.9.2"},
}

// Known is an action of the table, by OWNER/NAME; its case does not count.
func Known(action string) (Pin, bool) {
	for _, p := range append(slices.Collect(maps.Values(pins)), others...) {
		if strings.EqualFold(p.Action, action) {
			return p, true
		}
	}
	return Pin{}, false
}

// Actions are those that a template can use, "OWNER/NAME@VERSION" each, with the
// version of the table.
func Actions() []string {
	var all []string
	for _, p := range pins {
		all = append(all, p.Action+"@"+p.Version)
	}
	slices.Sort(all)
	return all
}

// pin is the "uses:" of an action of the templates; an unknown name fails the
// rendering.
func (p Plan) pin(name string) (string, error) {
	known, ok := pins[name]
	if !ok {
		return "", fmt.Errorf("no pin for %q", name)
	}
	own, ok := p.Pins[known.Action]
	switch {
	case !ok:
		return known.Uses(), nil
	case own.Action != known.Action || !pinForm.MatchString(own.Commit) || !versionForm.MatchString(own.Version):
		return "", fmt.Errorf("cannot write %s@%s (%s) into a workflow", own.Action, own.Commit, own.Version)
	}
	return own.Uses(), nil
}
