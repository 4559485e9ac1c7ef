package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// ErrAsBefore says that there is nothing to take back: the world stands as it
// did before the change.
var ErrAsBefore = errors.New("it stands as before already")

// LastingError says that a change cannot be taken back, and what to do by hand
// instead.
type LastingError struct{ Why, ByHand string }

// Error says both.
func (e *LastingError) Error() string { return e.Why + ". By hand: " + e.ByHand }

// MovedOnError says that what a change made has become something else since;
// Diff leads from what the change made to what is there now.
type MovedOnError struct {
	What string
	Diff []DiffLine
}

// Error names the subject.
func (e *MovedOnError) Error() string {
	return e.What + " has changed since: it is left as it is now"
}

// Inverse looks at the subject of a journalled change and makes the change that
// takes it back. It reads and changes nothing. The error is ErrAsBefore, a
// *LastingError, a *MovedOnError, or why the subject could not be read.
func (t *Tools) Inverse(ctx context.Context, e journal.Entry) (Change, error) {
	kind, name, _ := strings.Cut(e.ID, ":")
	switch kind {
	case "environment":
		return t.inverseEnvironment(ctx, e, name)
	case "ruleset":
		return t.inverseRuleset(ctx, e, name)
	case "publisher":
		return t.inversePublisher(ctx, e)
	case "publisher-removal":
		return t.inverseRemoval(ctx, e)
	case "trusted-publishing-only":
		return t.inverseOnly(ctx, e)
	case "file":
		return t.inverseFile(e, name)
	case "pull-request":
		return t.inversePull(ctx, e, name)
	case "default-token":
		return t.inverseDefaultToken(ctx, e)
	case "immutable-releases":
		return t.inverseImmutable(ctx, e)
	case "allowed-actions":
		return t.inverseAllowed(ctx, e)
	}
	return Change{}, &LastingError{Why: lastingOf(e), ByHand: t.byHand(kind, name)}
}

func lastingOf(e journal.Entry) string {
	if e.Lasting != "" {
		return e.Lasting
	}
	return "this cannot be taken back"
}

// byHand is the nearest that a person can do.
func (t *Tools) byHand(kind, name string) string {
	switch kind {
	case "secret":
		environment, secret, _ := strings.Cut(name, "/")
		command := "make a new token at the registry, and put it in with `gh secret set " + secret + " --repo " + t.Repo.String()
		if environment != "" {
			command += " --env '" + environment + "'"
		}
		return command + "`"
	case "organization-secret":
		return "make a new token at the registry, and put it in with `gh secret set " + name + " --org " + t.Repo.Owner + "`"
	case "dependabot-secret":
		return "make a new token at the registry, and put it in with `gh secret set " + name + " --app dependabot --repo " + t.Repo.String() + "`"
	case "push":
		return "what it changed in files is taken back in the working tree; commit and push that"
	case "first-release", "follow":
		return "a published version stays: `cargo yank` it, or yank the release on the project's page at PyPI"
	case "rehearsal":
		return "delete the run on the Actions page, if it is in the way"
	}
	return "see https://" + t.Repo.Host + "/" + t.Repo.String() + "/settings"
}

// decoded reads a journalled state.
func decoded[T any](e journal.Entry, state json.RawMessage) (T, error) {
	var v T
	if err := json.Unmarshal(state, &v); err != nil {
		return v, fmt.Errorf("take back %s: its state in the journal cannot be read: %w", e.ID, err)
	}
	return v, nil
}

// inverseFile puts the old content back, or takes the file away.
func (t *Tools) inverseFile(e journal.Entry, name string) (Change, error) {
	before, err := decoded[fileState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	after, err := decoded[fileState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	now, err := t.ReadFile(name)
	switch {
	case err != nil:
		return Change{}, err
	case (now != nil) == before.Exists && string(now) == before.Content:
		return Change{}, ErrAsBefore
	case now == nil || string(now) != after.Content:
		return Change{}, &MovedOnError{What: name, Diff: Diff(name, after.Content, string(now))}
	}
	if before.Exists {
		return t.WriteFile(name, now, []byte(before.Content)), nil
	}
	return t.RemoveFile(name, now), nil
}
