package workflow

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds a file with its aliases expanded. A real workflow of 1 MiB
// has less than a tenth of it.
const maxNodes = 500_000

// alias finds what may be a YAML alias.
var alias = regexp.MustCompile(`(?m)(^|[\s,:\[{-])\*[^\s,\]}]`)

// explodes says why a file must not be parsed: aliases of aliases can make a
// few lines stand for billions of nodes. "" means that it is harmless.
func explodes(src []byte) string {
	if !alias.Match(src) {
		return ""
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return fmt.Sprintf("could not parse as YAML: %v", err)
	}
	c := counter{size: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
	if c.count(&root) > maxNodes {
		return fmt.Sprintf("its aliases stand for more than %d values", maxNodes)
	}
	return ""
}

// counter sums up nodes with aliases expanded, each anchor once.
type counter struct {
	size map[*yaml.Node]int
	open map[*yaml.Node]bool
}

func (c counter) count(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || c.open[n] { // an alias inside its own anchor: the parser reports it
		return 1
	}
	if size, done := c.size[n]; done {
		return size
	}
	c.open[n] = true
	total := 1
	for _, child := range n.Content {
		total = min(total+c.count(child), maxNodes+1)
	}
	c.open[n] = false
	c.size[n] = total
	return total
}
