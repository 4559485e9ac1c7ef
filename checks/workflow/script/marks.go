package script

import (
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// marked is a script whose ${{ }} are replaced by words that a shell parser
// takes for names; restore puts them back.
type marked struct {
	text     string
	restored *strings.Replacer
}

// hide replaces each ${{ }} by a name that the text does not hold.
func hide(text string) marked {
	prefix := "GHX"
	for strings.Contains(text, prefix) {
		prefix += "X"
	}
	var out strings.Builder
	var pairs []string
	for i, p := range expr.Parts(text) {
		if !p.Expression {
			out.WriteString(p.Text)
			continue
		}
		name := prefix + "_" + strconv.Itoa(i) + "_"
		pairs = append(pairs, name, "${{ "+p.Text+" }}")
		out.WriteString(name)
	}
	return marked{out.String(), strings.NewReplacer(pairs...)}
}

func (m marked) restore(s string) string { return m.restored.Replace(s) }
