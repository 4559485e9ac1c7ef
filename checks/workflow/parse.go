package workflow

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rhysd/actionlint"
)

// MaxSize is the largest file that is read, in bytes. GitHub's own limit is
// lower for most uses; what is larger is no workflow that a person wrote.
const MaxSize = 1 << 20

// syntaxCheck is the kind of the problems that make GitHub refuse a file.
const syntaxCheck = "syntax-check"

// Parse reads a workflow file. It always returns a file: what could not be
// understood is in its Problems.
func Parse(path string, src []byte) *File {
	f := &File{Path: path}
	if len(src) > MaxSize {
		f.refuse(fmt.Sprintf("the file has %d bytes; more than %d are not read", len(src), MaxSize))
		return f
	}
	f.Lines = lines(src)
	if why := explodes(src); why != "" {
		f.refuse(why)
		return f
	}
	tree, problems, err := parseTree(src)
	if err != nil {
		f.refuse(err.Error())
		return f
	}
	newer := groups(src)
	f.Problems = withoutKnownNewer(problems, newer)
	if tree != nil {
		f.fill(tree)
		f.ungroup(newer)
		f.readMatrices(src)
	}
	return f
}

// ParseRemote reads a workflow file of another repository; ref is how our
// files call it, "owner/repo/.github/workflows/x.yml@v1".
func ParseRemote(ref string, src []byte) *File {
	path, _, _ := strings.Cut(ref, "@")
	if i := strings.Index(path, Dir); i >= 0 {
		path = path[i:]
	}
	f := Parse(path, src)
	f.Remote = ref
	return f
}

func (f *File) refuse(why string) {
	f.Problems = append(f.Problems, Problem{Line: 1, Column: 1, Message: why, Kind: syntaxCheck, Refused: true})
}

// parseTree guards the parser: a panic in it is an error for this file alone.
func parseTree(src []byte) (w *actionlint.Workflow, problems []Problem, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up on this file: %v", r)
		}
	}()
	w, errs := actionlint.Parse(src)
	for _, e := range errs {
		problems = append(problems, judged(e))
	}
	return w, problems, nil
}

func lines(src []byte) []string {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	text := strings.ReplaceAll(string(src), "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
