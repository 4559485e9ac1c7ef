package repair

import (
	"errors"
	"regexp"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// What the linter says of words that may be misspelt.
var (
	unknownScope = regexp.MustCompile(`^unknown permission scope "([^"]*)"\. .*?("[^"]*".*)$`)
	unknownNeed  = regexp.MustCompile(`^job "([^"]*)" needs job "([^"]*)" which does not exist`)
	quoted       = regexp.MustCompile(`"([^"]*)"`)
)

// spell corrects a word where one that is known is the only one near it.
func spell(d *draft, r checks.Result) error {
	path := r.Subject
	if m := unknownScope.FindStringSubmatch(r.Because); m != nil {
		var known []string
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			known = append(known, q[1])
		}
		return d.spellScope(path, m[1], near(m[1], known))
	}
	if m := unknownNeed.FindStringSubmatch(r.Because); m != nil {
		return d.spellNeed(path, m[1], m[2])
	}
	return errors.New(byHand["workflow-lints"])
}

// near is the only one of some words that another is a misspelling of; "" where
// there is none, or more than one.
func near(word string, known []string) string {
	found := ""
	for _, k := range known {
		if !workflow.Misspelt(word, k) {
			continue
		}
		if found != "" {
			return ""
		}
		found = k
	}
	return found
}

func (d *draft) spellScope(path, scope, meant string) error {
	if meant == "" {
		return errors.New(byHand["workflow-lints"])
	}
	d.tell("write %s for %s", meant, scope)
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		blocks := []yamltext.Path{{"permissions"}}
		for _, job := range t.Keys(yamltext.Path{"jobs"}) {
			blocks = append(blocks, in(job, "permissions"))
		}
		for _, block := range blocks {
			if t.Has(block.Of(scope)) {
				return t.Rename(block, scope, meant)
			}
		}
		return nil, errors.New(byHand["workflow-lints"])
	})
}

func (d *draft) spellNeed(path, job, need string) error {
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		var others []string
		for _, id := range t.Keys(yamltext.Path{"jobs"}) {
			if id != job {
				others = append(others, id)
			}
		}
		meant, at := near(need, others), in(job, "needs")
		if meant == "" {
			return nil, errors.New(byHand["workflow-lints"])
		}
		d.tell("let the job %s need %s, and not %s", job, meant, need)
		for i := range t.Len(at) {
			if t.Value(at.Of(i)) == need {
				return t.Set(at.Of(i), yamltext.Snippet(meant), "")
			}
		}
		return t.Set(at, yamltext.Snippet(meant), "")
	})
}
