package cratesio

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// categorySlugs are the slugs that crates.io knows, one a line
// (src/boot/categories.toml).
//
//go:embed categories.txt
var categorySlugs string

var categories = sync.OnceValue(func() []string { return strings.Fields(categorySlugs) })

// knownCategories refuses slugs that crates.io does not have.
func knownCategories(slugs []string) error {
	var unknown []string
	for _, slug := range slugs {
		if !slices.Contains(categories(), strings.ToLower(slug)) {
			unknown = append(unknown, slug)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return badRequest("The following category slugs are not currently supported on crates.io: %s\n\n"+
		"See https://crates.io/category_slugs for a list of supported slugs.", strings.Join(unknown, ", "))
}
