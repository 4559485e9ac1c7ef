package change

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// ReleasesState is whether published releases are fixed.
type ReleasesState struct {
	Immutable bool `json:"immutable"`
	// Enforced is whether the owner of the repository has set it.
	Enforced bool `json:"enforced,omitempty"`
}

const immutableReleases = "immutable releases"

// ImmutableReleases makes a change that fixes the tags and files of releases once
// they are published, or lets go of that for releases to come.
func (t *Tools) ImmutableReleases(on bool, origin string) Change {
	c := Change{ID: "immutable-releases", Title: "Turn immutable releases on", Before: ReleasesState{Immutable: !on}, After: ReleasesState{Immutable: on},
		Preview: []DiffLine{{Op: '+', Text: "the tag and the files of a release cannot be changed once it is published", Origin: origin}},
		Perform: func(ctx context.Context, h Hands) error { return t.setImmutable(ctx, h, on) }}
	if !on {
		c.Title, c.Preview[0].Op = "Turn immutable releases off", '-'
	}
	return c
}

func (t *Tools) setImmutable(ctx context.Context, h Hands, on bool) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Reading whether releases are immutable")
	now, err := t.readImmutable(ctx)
	if err != nil || now.Immutable == on {
		return err
	}
	method := http.MethodPut
	if !on {
		method = http.MethodDelete
	}
	h.progress("Writing whether releases are immutable")
	if _, err := api.Do(ctx, method, t.settingPath("/immutable-releases"), nil, nil); err != nil {
		return fmt.Errorf("write %s: %w%s", immutableReleases, err, t.settingHint(err))
	}
	h.progress("Reading back what GitHub stored")
	switch now, err = t.readImmutable(ctx); {
	case err != nil:
		return fmt.Errorf("read back: %w", err)
	case now.Immutable != on:
		return errors.New("GitHub took the setting for immutable releases and did not store it")
	}
	return nil
}

// readImmutable reads the setting: 404 is off (GitHub's description of its REST
// API, "repos/check-immutable-releases", read 2026-11).
func (t *Tools) readImmutable(ctx context.Context) (ReleasesState, error) {
	api, err := t.api()
	if err != nil {
		return ReleasesState{}, err
	}
	var answer struct {
		Enabled  bool
		Enforced bool `json:"enforced_by_owner"`
	}
	_, err = api.Do(ctx, http.MethodGet, t.settingPath("/immutable-releases"), nil, &answer)
	switch {
	case transport.Is(err, transport.KindNotFound):
		return ReleasesState{}, nil
	case err != nil:
		return ReleasesState{}, fmt.Errorf("read %s: %w%s", immutableReleases, err, t.settingHint(err))
	}
	return ReleasesState{Immutable: answer.Enabled, Enforced: answer.Enforced}, nil
}

// inverseImmutable turns it off again, unless the owner has turned it on since.
func (t *Tools) inverseImmutable(ctx context.Context, e journal.Entry) (Change, error) {
	before, err := decoded[ReleasesState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	now, err := t.readImmutable(ctx)
	switch {
	case err != nil:
		return Change{}, err
	case now.Immutable == before.Immutable:
		return Change{}, ErrAsBefore
	case now.Enforced:
		return Change{}, &MovedOnError{What: immutableReleases, Diff: []DiffLine{{Op: '+', Text: t.Repo.Owner + " enforces it for its repositories"}}}
	}
	return t.ImmutableReleases(before.Immutable, "as before"), nil
}

// ImmutableReleasesCommands are the calls of gh that turn it on.
func (t *Tools) ImmutableReleasesCommands() []string {
	return []string{"gh api" + hostFlag(t.Repo) + " --method PUT repos/" + t.Repo.String() + "/immutable-releases"}
}
