package python

import (
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// link is one of a project's addresses.
type link struct {
	label, url string
	src        evidence.Source
}

// sourceLabels are the labels of a source repository, best first (PyPA
// specification "Well-known Project URLs", 2026-11), and what people use
// beside them.
var sourceLabels = []string{"repository", "source", "sourcecode", "github", "code", "sources", "homepage", "home"}

var (
	notLetters = regexp.MustCompile(`[^a-z0-9]+`)
	onGitHub   = regexp.MustCompile(`(?i)^(?:https?://)?(?:www\.)?github\.com/[^/\s]+/[^/\s]+`)
)

// linksIn are the addresses of a TOML table.
func (p *project) linksIn(table *tomlpos.Value) []link {
	var found []link
	for _, label := range table.Keys() {
		v := table.Get(label)
		if text, ok := v.Text(); ok {
			found = append(found, link{label, evidence.CleanLine(text), p.tree.Source(p.file(Pyproject), v.At())})
		}
	}
	return found
}

// repositoryOf is the address that says where the source lies: first a GitHub
// one under a label for it, then a GitHub one under any label, then a labelled
// one elsewhere.
func (p *project) repositoryOf(meta fields) evidence.Fact[string] {
	links := meta.urls()
	for _, wanted := range []func(link) bool{func(l link) bool { return onGitHub.MatchString(l.url) }, anywhere} {
		if l, ok := labelled(links, wanted); ok {
			return evidence.Seen(l.url, l.src)
		}
	}
	return meta.hiddenURLs()
}

func anywhere(l link) bool { return !isHome(l.label) }

func isHome(label string) bool { return strings.HasPrefix(plainLabel(label), "home") }

func labelled(links []link, wanted func(link) bool) (link, bool) {
	for _, label := range sourceLabels {
		for _, l := range links {
			if plainLabel(l.label) == label && wanted(l) {
				return l, true
			}
		}
	}
	for _, l := range links {
		if onGitHub.MatchString(l.url) && wanted(l) {
			return l, true
		}
	}
	return link{}, false
}

func plainLabel(label string) string { return notLetters.ReplaceAllString(strings.ToLower(label), "") }
