package repair

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// bench is the world with the repairs so far.
type bench struct {
	basis   Basis
	c       *checks.Case
	results []checks.Result
	files   map[string]*work
}

// work is one file with its repairs so far.
type work struct {
	original []byte
	text     *yamltext.Text
	// unread says why the file cannot be edited.
	unread error
	lines  blame
	mended []Mended
}

func newBench(in Basis) *bench {
	b := &bench{basis: in, files: map[string]*work{}}
	b.c, b.results = judged(in.World)
	for _, f := range in.World.Workflows.Or(nil) {
		src, ok := f.Content.Get()
		if !ok {
			continue
		}
		w := &work{original: src, lines: newBlame(src)}
		w.text, w.unread = yamltext.Parse(src)
		b.files[f.Path] = w
	}
	return b
}

// judged runs the checks that judge workflow files.
func judged(w *evidence.World) (*checks.Case, []checks.Result) {
	list := slices.DeleteFunc(checks.All(), func(c checks.Check) bool { return c.Step != checks.Workflow })
	c := checks.NewCase(w)
	return c, checks.Judge(c, list, nil).Results
}

func (b *bench) paths() []string { return slices.Sorted(maps.Keys(b.files)) }

// world is what was seen, with other contents of some files.
func world(w *evidence.World, texts map[string]*yamltext.Text) *evidence.World {
	next := *w
	files := slices.Clone(w.Workflows.Or(nil))
	for i, f := range files {
		if t := texts[f.Path]; t != nil {
			files[i].Content = evidence.Seen(t.Bytes(), f.Content.Source())
		}
	}
	next.Workflows = evidence.Seen(files, w.Workflows.Source())
	return &next
}

// draft is one repair under way: files as it leaves them.
type draft struct {
	*bench
	texts map[string]*yamltext.Text
	said  Mended
}

func (b *bench) draft() *draft {
	d := &draft{bench: b, texts: map[string]*yamltext.Text{}}
	for path, w := range b.files {
		if w.unread == nil {
			d.texts[path] = w.text
		}
	}
	return d
}

// tell says what the repair does.
func (d *draft) tell(format string, args ...any) {
	if d.said.Done != "" {
		d.said.Done += "; "
	}
	d.said.Done += fmt.Sprintf(format, args...)
}

func (d *draft) note(text string) {
	if !slices.Contains(d.said.Notes, text) {
		d.said.Notes = append(d.said.Notes, text)
	}
}

// edit applies an edit to a file of the draft.
func (d *draft) edit(path string, how func(*yamltext.Text) (*yamltext.Text, error)) error {
	t := d.texts[path]
	if t == nil {
		return d.closed(path)
	}
	next, err := how(t)
	if err == nil {
		d.texts[path] = next
	}
	return err
}

// closed says why a file is not edited.
func (b *bench) closed(path string) error {
	if w := b.files[path]; w != nil && w.unread != nil {
		return fmt.Errorf("%s cannot be edited: %w", path, w.unread)
	}
	return fmt.Errorf("%s is no file of this repository", path)
}

// take judges a draft, and makes it the state of the bench if it leads where it
// should.
func (b *bench) take(d *draft, r checks.Result) error {
	c, results := judged(world(b.basis.World, d.texts))
	if err := better(b.results, results, r); err != nil {
		return err
	}
	d.said.Check, d.said.Subject = r.Check.ID, r.Subject
	changed := false
	for path, t := range d.texts {
		w := b.files[path]
		if bytes.Equal(w.text.Bytes(), t.Bytes()) {
			continue
		}
		changed = true
		w.lines.follow(string(w.text.Bytes()), string(t.Bytes()), r.Check.ID)
		w.text, w.mended = t, append(w.mended, d.said)
	}
	if !changed {
		return errors.New("no edit of the file repairs it")
	}
	b.c, b.results = c, results
	return nil
}

// line names a line of a file by its number before the repairs.
func (b *bench) line(path string, n int) string {
	if w := b.files[path]; w != nil && n > 0 && n <= len(w.lines.from) && w.lines.from[n-1] > 0 {
		return fmt.Sprintf("line %d", w.lines.from[n-1])
	}
	return "a line that is new"
}

func (w *work) done(path string) File {
	return File{Path: path, Before: w.original, After: w.text.Bytes(), Mended: w.mended, Added: w.lines.added(), Dropped: w.lines.dropped}
}

// place splits a finding's subject: the file, and the job in it.
func place(subject string) (path, job string) {
	path, job, _ = strings.Cut(subject, "#")
	job, _, _ = strings.Cut(job, " ")
	return path, job
}

// places are the places of a job that publish or exchange.
func (b *bench) places(path, job string) []workflow.Publishing {
	var found []workflow.Publishing
	for _, p := range b.c.Publishing {
		if p.File.Path == path && p.File.Remote == "" && p.Job.ID == job {
			found = append(found, p)
		}
	}
	return found
}

// job is a job as the checks read it; nil where there is none.
func (b *bench) job(path, id string) (*workflow.File, *workflow.Job) {
	for _, f := range b.c.Files {
		if f.Path == path && f.Remote == "" {
			return f, f.Job(id)
		}
	}
	return nil, nil
}

// in is the path of a job in its file.
func in(job string, more ...any) yamltext.Path {
	return yamltext.Path{"jobs", job}.Of(more...)
}
