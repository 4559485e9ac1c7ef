package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// buildApart moves all that comes before the upload into a job of its own, which
// hands the distributions over.
func buildApart(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	_, j := d.job(path, job)
	places := d.places(path, job)
	uploads := slices.DeleteFunc(slices.Clone(places), func(p workflow.Publishing) bool { return p.Means == workflow.MeansExchange })
	if len(uploads) == 0 || slices.ContainsFunc(uploads, func(p workflow.Publishing) bool { return p.Means != workflow.MeansPyPIAction || p.Inner != nil }) {
		return errOther
	}
	taking := taking(places)
	first := slices.MinFunc(taking, func(a, b *workflow.Step) int { return a.Index - b.Index }).Index
	if err := nothingElse(j, taking, first); err != nil {
		return err
	}
	dir := folderOf(uploads[0].Step)
	if slices.ContainsFunc(uploads, func(p workflow.Publishing) bool { return folderOf(p.Step) != dir }) || strings.ContainsAny(dir, "$*'\"") {
		return errors.New("the uploads take their files from several folders")
	}
	s, err := d.splits(path, j, "build")
	if err != nil {
		return err
	}
	return s.build(first, dir)
}

// nothingElse says why the steps before the first that exchanges or uploads
// cannot hand over files alone.
func nothingElse(j *workflow.Job, taking []*workflow.Step, first int) error {
	before := j.Steps[:first]
	if !checksOut(before) {
		return errNothingToCopy
	}
	if err := movable(before); err != nil {
		return err
	}
	for _, step := range j.Steps[first:] {
		if !slices.Contains(taking, step) {
			return fmt.Errorf("line %d does more after the upload, and what it needs of the build the file does not show", step.Line)
		}
		if mentions(step, "steps.") || mentions(step, "env.") {
			return fmt.Errorf("the upload at line %d reads what an earlier step says", step.Line)
		}
	}
	return nil
}

// folderOf is where the action finds the files that it uploads.
func folderOf(s *workflow.Step) string {
	dir := s.With["packages-dir"]
	if dir == "" {
		dir = s.With["packages_dir"]
	}
	if dir == "" {
		return "dist/"
	}
	return dir
}

func (s *splitting) build(first int, dir string) error {
	upload, err := s.step("actions/upload-artifact")
	if err != nil {
		return err
	}
	download, err := s.step("actions/download-artifact")
	if err != nil {
		return err
	}
	text, err := s.texts[s.path].Excerpt(in(s.job.ID, "steps"), 0, first)
	if err != nil {
		return err
	}
	head, err := s.head(s.permissions(s.job.Steps[:first]), "needs", "if", "runs-on", "timeout-minutes", "env", "defaults")
	if err != nil {
		return err
	}
	if err := s.replaceSteps(first, "- "+download+"\n  with:\n  \tname: dist\n  \tpath: "+dir); err != nil {
		return err
	}
	if err := s.need(); err != nil {
		return err
	}
	s.tell("build in a job %s without id-token, and hand the distributions over", s.id)
	return s.write(head, []yamltext.Snippet{text, yamltext.Snippet("- " + upload + "\n  with:\n  \tname: dist\n  \tpath: " + dir + "\n  \tif-no-files-found: error")})
}

// replaceSteps puts one step in the place of the first ones.
func (s *splitting) replaceSteps(first int, step string) error {
	var all []int
	for i := range first {
		all = append(all, i)
	}
	if err := s.remove(all); err != nil {
		return err
	}
	return s.edit(s.path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Insert(in(s.job.ID, "steps"), 0, yamltext.Snippet(step))
	})
}
