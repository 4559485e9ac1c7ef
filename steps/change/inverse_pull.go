package change

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// inversePull closes the pull request and deletes its branch, as long as both
// are what the change made. The closed pull request stays, and is named.
func (t *Tools) inversePull(ctx context.Context, e journal.Entry, branch string) (Change, error) {
	after, err := decoded[proposal](e, e.After)
	if err != nil {
		return Change{}, err
	}
	now, err := t.proposedNow(ctx, after)
	if err != nil {
		return Change{}, err
	}
	c := Change{ID: "pull-request:" + branch, Title: "Delete the branch " + branch,
		Before: map[string]any{"branch": branch, "commit": now.head, "pull_request": now.pull.Number}, After: map[string]any{},
		Perform: func(ctx context.Context, h Hands) error { return t.withdraw(ctx, h, after) }}
	if now.pull.State == "open" {
		c.Title = fmt.Sprintf("Close the pull request #%d and delete the branch %s", now.pull.Number, branch)
		c.Lasting = fmt.Sprintf("the closed pull request #%d stays (%s), and so do the mails about it", now.pull.Number, now.pull.URL)
		c.Preview = append(c.Preview, DiffLine{Op: '-', Text: fmt.Sprintf("pull request #%d", now.pull.Number)}, DiffLine{Op: ' ', Text: c.Lasting})
	}
	c.Preview = append(c.Preview, DiffLine{Op: '-', Text: fmt.Sprintf("branch %s at %.7s", branch, now.head)})
	return c, nil
}

// proposed is what became of a proposal: the branch, "" when it is gone, and its
// newest pull request.
type proposed struct {
	head string
	pull pull
}

// proposedNow reads what became of a proposal, and holds that it is still ours
// to take back.
func (t *Tools) proposedNow(ctx context.Context, made proposal) (proposed, error) {
	api, err := t.api()
	if err != nil {
		return proposed{}, err
	}
	var now proposed
	if now.head, err = t.branchHead(ctx, api, made.Branch); err != nil {
		return now, err
	}
	pulls, err := t.pullsFrom(ctx, api, made.Branch, "all")
	if err != nil {
		return now, err
	}
	switch now.pull = first(pulls); {
	case now.pull.Merged != "":
		return now, &LastingError{Why: fmt.Sprintf("the pull request #%d is merged: what it brought stays in the history of %s", now.pull.Number, made.Base), ByHand: "use Revert on its page, " + now.pull.URL}
	case now.head == "":
		return now, ErrAsBefore // closed with its branch, or never made
	}
	return now, t.asProposed(ctx, api, made, now.head)
}

// asProposed holds that the branch ends in our commit, with our files.
func (t *Tools) asProposed(ctx context.Context, api API, made proposal, head string) error {
	c, err := t.commitAt(ctx, api, head)
	if err != nil {
		return err
	}
	moved := &MovedOnError{What: "the branch " + made.Branch}
	if !IsProposed(c.Message) {
		moved.Diff = append(moved.Diff, DiffLine{Op: '+', Text: fmt.Sprintf("commit %.7s %s", head, subject(c.Message))})
		return moved
	}
	reader := t.trees(api)
	for _, path := range slices.Sorted(maps.Keys(made.Files)) {
		now, err := reader.file(ctx, c.Tree.SHA, path)
		if err != nil {
			return err
		}
		if now.SHA != made.Files[path] {
			moved.Diff = append(moved.Diff, DiffLine{Op: '-', Text: path + " as it was proposed"}, DiffLine{Op: '+', Text: path + " as something else"})
		}
	}
	if moved.Diff != nil {
		return moved
	}
	return nil
}

// withdraw closes first: a branch that is deleted closes its pull request too,
// and would leave no word about it.
func (t *Tools) withdraw(ctx context.Context, h Hands, made proposal) error {
	h.progress("Reading the branch %s", made.Branch)
	now, err := t.proposedNow(ctx, made)
	if err != nil {
		return err
	}
	api, err := t.api()
	if err != nil {
		return err
	}
	if now.pull.State == "open" {
		h.progress("Closing the pull request #%d", now.pull.Number)
		if _, err := api.Do(ctx, http.MethodPatch, fmt.Sprintf("%s/%d", t.pulls(), now.pull.Number), map[string]any{"state": "closed"}, nil); err != nil {
			return fmt.Errorf("close the pull request #%d: %w%s", now.pull.Number, err, pullHint(err))
		}
	}
	h.progress("Deleting the branch %s", made.Branch)
	if _, err := api.Do(ctx, http.MethodDelete, t.gitPath("refs", branchPath(made.Branch)), nil, nil); err != nil {
		return fmt.Errorf("delete the branch %s: %w%s", made.Branch, err, t.writeHint(err))
	}
	return nil
}
