package github

import (
	"context"
	"encoding/base64"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	workflowDir = ".github/workflows"
	maxFiles    = 100
)

// branch is what GET branches/{default} told.
type branch struct {
	Name      string
	Commit    struct{ SHA string }
	Protected *bool
	src       evidence.Source
	err       error
}

func (l *look) readBranch(ctx context.Context) branch {
	p := l.base + "/branches/" + rest.Path(l.repo.DefaultBranch)
	b := branch{src: l.Source(p)}
	answer, err := l.Get(ctx, p, &b)
	if err != nil {
		b.err = err
		return b
	}
	b.src = answer.Source()
	if b.Commit.SHA == "" {
		b.err = answer.Shape("no commit in it")
	}
	return b
}

// judged is the commit whose files are read: the head of the default branch, or
// of the ref that was asked for. Absent: the repository is empty.
func (l *look) judged(ctx context.Context, b branch) evidence.Fact[evidence.Commit] {
	if l.request.Ref != "" {
		return l.commit(ctx, l.request.Ref)
	}
	switch {
	case transport.Is(b.err, transport.KindNotFound):
		return evidence.Absent[evidence.Commit](b.src)
	case b.err != nil:
		return transport.Unknown[evidence.Commit](b.src, b.err)
	}
	return evidence.Seen(evidence.Commit{Ref: "refs/heads/" + l.repo.DefaultBranch, SHA: b.Commit.SHA}, b.src)
}

func (l *look) commit(ctx context.Context, ref string) evidence.Fact[evidence.Commit] {
	p := l.base + "/commits/" + rest.Path(strings.TrimPrefix(ref, "refs/"))
	var c struct{ SHA string }
	answer, err := l.Get(ctx, p, &c)
	switch {
	case transport.Is(err, transport.KindNotFound, transport.KindInvalid):
		return evidence.Absent[evidence.Commit](l.Source(p))
	case err == nil && c.SHA == "":
		err = answer.Shape("no commit in it")
	}
	if err != nil {
		return transport.Unknown[evidence.Commit](l.Source(p), err)
	}
	return evidence.Seen(evidence.Commit{Ref: ref, SHA: c.SHA}, answer.Source())
}

type content struct {
	Name, Path, Type, Encoding, Content string
	Size                                int64
}

func (l *look) readFiles(ctx context.Context, at evidence.Fact[evidence.Commit]) evidence.Fact[[]evidence.WorkflowFile] {
	commit, ok := at.Get()
	if !ok {
		return evidence.Carry[[]evidence.WorkflowFile](at)
	}
	p := l.base + "/contents/" + workflowDir
	var entries []content
	answer, err := l.Get(ctx, p+"?ref="+commit.SHA, &entries)
	switch {
	case transport.Is(err, transport.KindNotFound):
		return evidence.Absent[[]evidence.WorkflowFile](at.Source())
	case err != nil:
		return transport.Unknown[[]evidence.WorkflowFile](l.Source(p), err)
	}
	entries = slices.DeleteFunc(entries, func(e content) bool { return !isWorkflow(e) })
	slices.SortFunc(entries, func(a, b content) int { return strings.Compare(a.Path, b.Path) })
	files := make([]evidence.WorkflowFile, len(entries))
	each(len(entries), func(i int) { files[i] = l.readFile(ctx, entries[i].Path, commit.SHA, i) })
	return evidence.Seen(files, answer.Source())
}

func isWorkflow(e content) bool {
	ext := path.Ext(e.Name)
	return (e.Type == "file" || e.Type == "symlink") && (ext == ".yml" || ext == ".yaml") && path.Dir(e.Path) == workflowDir
}

func (l *look) readFile(ctx context.Context, name, sha string, index int) evidence.WorkflowFile {
	p := l.base + "/contents/" + rest.Path(strings.Split(name, "/")...)
	if index >= maxFiles {
		return evidence.WorkflowFile{Path: name, Content: evidence.Unknown[[]byte](l.Source(p), "there are more than %d workflow files", maxFiles)}
	}
	return evidence.WorkflowFile{Path: name, Content: readContent(ctx, l.Reader, p, sha)}
}

func readContent(ctx context.Context, r *rest.Reader, p, ref string) evidence.Fact[[]byte] {
	fact, err := tryContent(ctx, r, p, ref)
	if err != nil {
		return transport.Unknown[[]byte](r.Source(p), err)
	}
	return fact
}

// tryContent is readContent; the error is that of the request.
func tryContent(ctx context.Context, r *rest.Reader, p, ref string) (evidence.Fact[[]byte], error) {
	var c content
	answer, err := r.Get(ctx, p+"?ref="+rest.Path(ref), &c)
	if err != nil {
		return evidence.Fact[[]byte]{}, err
	}
	return decoded(answer, c), nil
}

func decoded(answer *transport.Answer, c content) evidence.Fact[[]byte] {
	if c.Encoding != "base64" {
		return evidence.Unknown[[]byte](answer.Source(), "GitHub sends no content with it (type %q, encoding %q, %d bytes)", c.Type, c.Encoding, c.Size)
	}
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(c.Content, "\n", ""))
	if err != nil {
		return transport.Unknown[[]byte](answer.Source(), answer.Shape("its content is not base64: %w", err))
	}
	return evidence.Seen(data, answer.Source())
}

// Called reads workflow files of other repositories, by references as they are
// written: "owner/repo/.github/workflows/x.yml@ref".
func Called(ctx context.Context, r *rest.Reader, references []string) map[string]evidence.Fact[[]byte] {
	facts := make([]evidence.Fact[[]byte], len(references))
	each(len(references), func(i int) { facts[i] = readCalled(ctx, r, references[i]) })
	out := make(map[string]evidence.Fact[[]byte], len(references))
	for i, reference := range references {
		out[reference] = facts[i]
	}
	return out
}

func readCalled(ctx context.Context, r *rest.Reader, reference string) evidence.Fact[[]byte] {
	repo, file, ref, ok := split(reference)
	if !ok || file == "" {
		return malformed[[]byte](reference)
	}
	p := "repos/" + rest.Path(strings.Split(repo, "/")...) + "/contents/" + rest.Path(strings.Split(file, "/")...)
	return readContent(ctx, r, p, ref)
}
