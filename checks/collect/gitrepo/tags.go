package gitrepo

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// tags are all tags, newest first; absent when there is none.
func (r reader) tags() evidence.Fact[[]string] {
	src := r.source("git tags")
	list := func(order ...string) (string, error) {
		return r.git.run(append([]string{"for-each-ref", "--format=%(refname:strip=2)"}, append(order, "refs/tags")...)...)
	}
	out, err := list("--sort=-version:refname", "--sort=-creatordate")
	if err != nil { // a partial clone has not every tagged object
		out, err = list("--sort=-version:refname")
	}
	if err != nil {
		return evidence.Unknown[[]string](src, "%v", err)
	}
	tags := strings.Fields(evidence.CleanLine(out)) // a ref's name has no blanks
	if len(tags) > 0 {
		return evidence.Seen(tags, src)
	}
	if shallow, err := r.git.run("rev-parse", "--is-shallow-repository"); err != nil || strings.TrimSpace(shallow) != "false" {
		return evidence.Unknown[[]string](src, "the clone is shallow and has no tags; git fetch --tags would bring them")
	}
	return evidence.Absent[[]string](src)
}

// recent is how many of the newest release tags decide on the pattern: habits
// change.
const recent = 100

// releaseTag is a tag that ends in a version: what comes before it, and the
// version.
var releaseTag = regexp.MustCompile(`^(|.*?[^0-9.])(\d+(?:\.\d+){1,3}(?:[-+.]?[0-9A-Za-z][0-9A-Za-z.+-]*)?)$`)

// tagPattern is the pattern that the newest release tags follow, in the form
// that workflows and environments take. Its source says how many do.
func tagPattern(tags evidence.Fact[[]string]) evidence.Fact[string] {
	names, ok := tags.Get()
	if !ok {
		return evidence.Carry[string](tags)
	}
	var prefixes []string
	for _, name := range names {
		if m := releaseTag.FindStringSubmatch(name); m != nil && len(prefixes) < recent {
			prefixes = append(prefixes, m[1])
		}
	}
	src := tags.Source()
	if len(prefixes) == 0 {
		return evidence.Absent[string](src)
	}
	pattern, follow := commonPattern(prefixes)
	src.Name = fmt.Sprintf("git tags, %d of the newest %d", follow, len(prefixes))
	return evidence.Seen(pattern, src)
}

// commonPattern is the pattern of the most frequent prefix, or of a family of
// prefixes that end alike ("a-v", "b-v") when no prefix by itself has half.
func commonPattern(prefixes []string) (pattern string, follow int) {
	prefix, count := mostFrequent(prefixes)
	if 2*count >= len(prefixes) {
		return prefixPattern(prefix), count
	}
	endings := make([]string, 0, len(prefixes))
	for _, p := range prefixes {
		if ending := namedEnding.FindString(p); ending != "" {
			endings = append(endings, ending)
		}
	}
	if ending, family := mostFrequent(endings); family > count {
		return "*" + ending + "*", family
	}
	return prefixPattern(prefix), count
}

// namedEnding is how the name of a package is set off from its version.
var namedEnding = regexp.MustCompile(`[-@_]v?$`)

func prefixPattern(prefix string) string {
	if prefix == "" {
		return "[0-9]*"
	}
	return prefix + "*"
}

// mostFrequent is the value that occurs most often; among equals the first in
// the list.
func mostFrequent(values []string) (value string, count int) {
	counts := map[string]int{}
	var distinct []string
	for _, v := range values {
		if counts[v]++; counts[v] == 1 {
			distinct = append(distinct, v)
		}
	}
	sort.SliceStable(distinct, func(i, j int) bool { return counts[distinct[i]] > counts[distinct[j]] })
	if len(distinct) == 0 {
		return "", 0
	}
	return distinct[0], counts[distinct[0]]
}
