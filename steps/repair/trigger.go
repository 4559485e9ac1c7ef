package repair

import (
	"errors"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// ownName is a guard that compares the repository's name.
var ownName = regexp.MustCompile(`github\.repository\s*==\s*'([^']+)'`)

// renameGuard writes the repository's present name into a guard that has another
// one. In a fork the guard is right as it is.
func renameGuard(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	_, j := d.job(path, job)
	repo := d.c.World.GitHub.Repository.Or(evidence.Repository{Fork: true})
	m := []string(nil)
	if j != nil {
		m = ownName.FindStringSubmatch(j.If)
	}
	switch name := d.repository(); {
	case m == nil || strings.EqualFold(m[1], name):
		return errors.New(byHand["trigger-fires"])
	case repo.Fork:
		return errors.New("the repository is a fork, or was not seen: the guard keeps it from publishing, as it should")
	default:
		d.tell("let the guard of the job %s name %s", job, name)
		d.note("From then on the job runs: until now its guard has kept every run from it.")
		return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return t.Replace(in(job, "if"), "'"+m[1]+"'", "'"+name+"'")
		})
	}
}
