package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// testFirst moves the upload to TestPyPI into a job of its own, which the other
// one waits for. Both keep the environment: the publishers name it.
func testFirst(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	_, j := d.job(path, job)
	places := slices.DeleteFunc(d.places(path, job), func(p workflow.Publishing) bool { return p.Means == workflow.MeansExchange })
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
	if test[0].Index != min(uploads[0].Index, uploads[1].Index) {
		return errors.New("the upload to TestPyPI comes last: move it before the other one")
	}
	fetches, err := d.fetched(path, j, test[0])
	if err != nil {
		return err
	}
	s, err := d.splits(path, j, "testpypi")
	if err != nil {
		return err
	}
	return s.separate(append(fetches, test[0]))
}

// fetched are the steps that fetch what a step uploads; an error where others
// make it.
func (d *draft) fetched(path string, j *workflow.Job, upload *workflow.Step) ([]*workflow.Step, error) {
	f, _ := d.job(path, j.ID)
	builds := d.c.BuildingSteps(f, j)
	var fetches []*workflow.Step
	for _, s := range j.Steps[:upload.Index] {
		uses := strings.ToLower(s.Uses)
		switch {
		case strings.HasPrefix(uses, "actions/checkout@"), strings.HasPrefix(uses, "actions/download-artifact@"):
			fetches = append(fetches, s)
		case slices.Contains(builds, s), s.Uses != "", mentions(s, strings.Trim(folderOf(upload), "/")):
			return nil, fmt.Errorf("line %d does more than to fetch what is uploaded: build in a job of its own first", s.Line)
		}
	}
	if mentions(upload, "steps.") || mentions(upload, "env.") {
		return nil, fmt.Errorf("the upload at line %d reads what an earlier step says", upload.Line)
	}
	return fetches, nil
}

func (s *splitting) separate(steps []*workflow.Step) error {
	texts, err := s.excerpts(steps)
	if err != nil {
		return err
	}
	head, err := s.head(nil, "needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "env", "defaults")
	if err != nil {
		return err
	}
	if err := s.remove(indexes(steps[len(steps)-1:])); err != nil {
		return err
	}
	if err := s.need(); err != nil {
		return err
	}
	s.tell("upload to TestPyPI in a job %s, which %s waits for", s.id, s.job.ID)
	return s.write(head, texts)
}
