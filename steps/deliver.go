package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// fileEdit is a file of the repository as it is to become.
type fileEdit struct {
	// path is slash-separated, from the repository's top.
	path string
	// before is the file at the judged commit; nil when it is not there.
	before, after []byte
	// preview shows the edit with the reasons for it; nil is the plain diff.
	preview []change.DiffLine
	// about says what the file does, for a reviewer; "" says nothing.
	about string
}

// deliver gives the ways by which edits come onto the default branch, the
// recommended one first: a push from a checkout that is in step with GitHub and
// may push, else a pull request. With a workflow goes what keeps its pins new:
// both at once, since what is pushed in two steps can come to stand half.
func (l *layout) deliver(settles, message string, edits []fileEdit) []Way {
	if settles == settlesWorkflow {
		more, _ := l.updateEdits() // why not is told by the step
		edits = append(edits, more...)
	}
	pulls := l.pullWays(settles, message, edits)
	commands := Way{Kind: Commands, Settles: settles, Label: "Show me the commands", Lines: l.deliveryCommands(message, edits)}
	if pulls[len(pulls)-1].Waits != "" {
		return append(pulls, commands)
	}
	if why := l.noWrite(); why != "" {
		return append([]Way{l.proposePage(settles, why, edits)}, append(l.onlyWriteWay(settles, true, edits), commands)...)
	}
	ways := l.pushWays(settles, message, edits)
	if why := l.noPull(edits); why != "" && len(ways) > 0 {
		return append(append(ways, l.onlyWriteWay(settles, false, edits)...), commands)
	}
	at := min(1, len(ways)) // a push with more than the edits comes behind
	if ruled, _ := l.pushRule(); ruled != "" {
		at = 0
	}
	ways = slices.Insert(ways, at, pulls...)
	return append(append(ways, l.onlyWriteWay(settles, false, edits)...), commands)
}

// pushWays push to the default branch: the edits alone, and, where the checkout
// does not stand where GitHub does, with what else it has.
func (l *layout) pushWays(settles, message string, edits []fileEdit) []Way {
	if l.noPush(edits) != "" {
		return nil
	}
	help := "Commits " + what(edits) + " alone; what else is in your tree stays as it is."
	if why, _ := l.pushRule(); why != "" {
		help += " " + why + ": you may pass it by."
	}
	label := "Write it, commit it and push it to " + l.branch
	push := func(label string, alone bool) Way {
		return Way{Kind: Do, Settles: settles, Label: label, Help: help, Prepare: func(Answers) ([]change.Change, error) { return l.writeAndPush(message, edits, alone) }}
	}
	if l.inStep() {
		return []Way{push(label, false)}
	}
	return []Way{push(label, true), push(label+", with your commits that are not on GitHub yet", false)}
}

// notHere says that a way is not possible from this checkout; another may be.
type notHere struct{ error }

// Unwrap gives the reason.
func (e notHere) Unwrap() error { return e.error }

// alone holds that a push takes nothing along but a commit of an earlier try.
func (l *layout) alone(message string) error {
	along, err := l.Tools.Unpushed(context.Background(), l.World.Judged.Or(evidence.Commit{}).SHA)
	if err != nil {
		return notHere{err}
	}
	for _, commit := range along {
		if _, subject, _ := strings.Cut(commit, " "); subject != message {
			return notHere{fmt.Errorf("your checkout has commits that are not on GitHub (%s): push them first, or choose to push them along", commit)}
		}
	}
	return nil
}

func (l *layout) onlyWriteWay(settles string, offer bool, edits []fileEdit) []Way {
	if l.World.Tree.Dir == "" {
		return nil
	}
	return []Way{{Kind: Do, Settles: settles, Offer: offer, Label: "Only write " + counted(edits), Help: "Commit and push it yourself, or open a pull request. This step ends when it is on " + l.branch + ".",
		Prepare: func(Answers) ([]change.Change, error) { return l.onlyWrite(edits) }}}
}

// proposePage is for somebody who may not write: GitHub's own editor makes a
// fork and a pull request for them.
func (l *layout) proposePage(settles, why string, edits []fileEdit) Way {
	e := edits[0]
	address := l.github("edit/" + l.branch + "/" + e.path)
	if e.before == nil {
		address = l.github("new/"+l.branch+"/"+path.Dir(e.path)) + "?filename=" + url.QueryEscape(path.Base(e.path))
	}
	page := &PageLink{Title: "Propose " + e.path, URL: address, Note: why + ". On this page GitHub makes a fork and a pull request for you; `gh trustpub plan` and the commands show the text."}
	return Way{Kind: Page, Settles: settles, Label: "Propose " + what(edits) + " on GitHub's page", Help: page.Note, Open: page}
}

// what names the files of some edits, counted the file or the files.
func what(edits []fileEdit) string { return strings.Join(paths(edits), ", ") }

func counted(edits []fileEdit) string {
	if len(edits) == 1 {
		return "the file"
	}
	return fmt.Sprintf("the %d files", len(edits))
}

func paths(edits []fileEdit) []string {
	var all []string
	for _, e := range edits {
		all = append(all, e.path)
	}
	return all
}

// deliveryCommands write new files whole and change others by a patch.
func (l *layout) deliveryCommands(message string, edits []fileEdit) []string {
	var lines []string
	for _, e := range edits {
		if e.before != nil {
			lines = append(append(append(lines, "git apply <<'END_OF_PATCH'"), change.Patch(e.path, string(e.before), string(e.after))...), "END_OF_PATCH")
			continue
		}
		lines = append(lines, "mkdir -p "+path.Dir(e.path), "cat > "+e.path+" <<'END_OF_FILE'")
		lines = append(lines, strings.Split(strings.TrimSuffix(string(e.after), "\n"), "\n")...)
		lines = append(lines, "END_OF_FILE")
	}
	files := strings.Join(paths(edits), " ")
	return append(lines, "git add "+files, fmt.Sprintf("git commit -m %q -- %s", message, files), "git push "+l.remote()+" HEAD:"+l.branch)
}

// write makes the changes of the files in the tree; none where it has them.
func (l *layout) write(edits []fileEdit) ([]change.Change, error) {
	var changes []change.Change
	for _, e := range edits {
		now, err := l.Tools.ReadFile(e.path)
		switch {
		case err != nil:
			return nil, err
		case now != nil && bytes.Equal(now, e.after):
			continue
		case now != nil && !l.mayReplace(e, now):
			return nil, e.inTheWay()
		}
		c := l.Tools.WriteFile(e.path, now, e.after)
		if c.Preview = l.withOrigins(c.Preview); e.preview != nil && e.before != nil {
			c.Preview = e.preview // mayReplace holds that now is before
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// mayReplace says whether what stands in the tree may be replaced: the file as
// the judged commit has it, or, where that has none, a draft of ours that was
// not pushed, after its diff was seen.
func (l *layout) mayReplace(e fileEdit, now []byte) bool {
	if e.before != nil {
		return bytes.Equal(now, e.before)
	}
	pushed := slices.ContainsFunc(l.World.Workflows.Or(nil), func(f evidence.WorkflowFile) bool { return f.Path == e.path })
	return strings.HasPrefix(e.path, workflow.Dir) && !pushed && template.IsOurs(string(now))
}

func (e fileEdit) inTheWay() error {
	switch {
	case e.before != nil:
	case !strings.HasPrefix(e.path, workflow.Dir):
		return fmt.Errorf("%s stands in your tree and is not on the default branch: commit and push it, or put it aside, then come back", e.path)
	default:
		return fmt.Errorf("%s is there already and does something else: choose another file name in the survey", e.path)
	}
	return fmt.Errorf("%s in your tree differs from the one on the default branch: commit and push your changes, or put them aside with git stash, then come back", e.path)
}

func (l *layout) onlyWrite(edits []fileEdit) ([]change.Change, error) {
	changes, err := l.write(edits)
	if err == nil && len(changes) == 0 {
		err = fmt.Errorf("%s stands in your tree as it should: commit and push it", what(edits))
	}
	return changes, err
}

// writeAndPush commits and pushes the edits; alone refuses to push anything
// along.
func (l *layout) writeAndPush(message string, edits []fileEdit, alone bool) ([]change.Change, error) {
	if alone {
		if err := l.alone(message); err != nil {
			return nil, err
		}
	}
	changes, err := l.write(edits)
	if err != nil {
		return nil, err
	}
	if why := l.checkout(); why != "" {
		return nil, errors.New(why)
	}
	push, err := l.Tools.Push(context.Background(), l.push(message, paths(edits)...))
	return append(changes, push), err
}
