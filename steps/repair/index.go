package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// testFirst moves the upload to TestPyPI into a job of its own, which the other
// one waits for. Both keep the environment: the publishers name it.
func testFirst(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	_, j := d.job(path, job)
	places := d.places(path, job)
	var test []*workflow.Step
	for _, p := range places {
		switch {
		case p.Means != workflow.MeansPyPIAction || p.Inner != nil:
			return errOther
		case p.Registry == identity.TestPyPI && !slices.Contains(test, p.Step):
			test = append(test, p.Step)
		}
	}
	uploads := taking(places)
	if len(test) != 1 || len(uploads) != 2 {
		return errors.New("which of the uploads belong together the file does not show")
	}
	first := min(uploads[0].Index, uploads[1].Index)
	if test[0].Index != first {
		return errors.New("the upload to TestPyPI comes last: move it before the other one")
	}
	if err := onlyFetches(j, uploads, first); err != nil {
		return err
	}
	s, err := d.splits(path, j, "testpypi")
	if err != nil {
		return err
	}
	return s.separate(first)
}

// onlyFetches says why the steps beside the uploads cannot be done twice.
func onlyFetches(j *workflow.Job, uploads []*workflow.Step, first int) error {
	for _, s := range j.Steps {
		uses := strings.ToLower(s.Uses)
		switch {
		case slices.Contains(uploads, s):
		case s.Index < first && (strings.HasPrefix(uses, "actions/checkout@") || strings.HasPrefix(uses, "actions/download-artifact@")):
		default:
			return fmt.Errorf("line %d does more than to fetch what is uploaded: build in a job of its own first", s.Line)
		}
	}
	return nil
}

func (s *splitting) separate(first int) error {
	text, err := s.texts[s.path].Excerpt(in(s.job.ID, "steps"), 0, first+1)
	if err != nil {
		return err
	}
	head, err := s.head(nil, "needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "env", "defaults")
	if err != nil {
		return err
	}
	if err := s.remove([]int{first}); err != nil {
		return err
	}
	if err := s.need(); err != nil {
		return err
	}
	s.tell("upload to TestPyPI in a job %s, which %s waits for", s.id, s.job.ID)
	return s.write(head, []yamltext.Snippet{text})
}
