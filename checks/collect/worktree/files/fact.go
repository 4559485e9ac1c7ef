package files

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Text makes a fact of a manifest's string value: absent when the key is not
// there or empty, unknown when it is no string. key is how messages call it.
func (t Tree) Text(name, key string, v *tomlpos.Value) evidence.Fact[string] {
	src := t.Source(name, v.At())
	if v == nil {
		return evidence.Absent[string](src)
	}
	text, ok := v.Text()
	if !ok {
		return evidence.Unknown[string](src, "%s is %s, not a string", key, v.Kind)
	}
	if text = strings.TrimSpace(evidence.CleanLine(text)); text == "" {
		return evidence.Absent[string](src)
	}
	return evidence.Seen(text, src)
}
