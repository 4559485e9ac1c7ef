package change

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// TokenState is what the GITHUB_TOKEN of a job may do that names no permissions:
// "read" or "write".
type TokenState struct {
	Permission string `json:"default_workflow_permissions"`
}

var defaultToken = setting{"the default permission of GITHUB_TOKEN", "/actions/permissions/workflow"}

const permissionField = "default_workflow_permissions"

// DefaultToken makes a change of what jobs get that name no permissions. origin
// says why that harms none. Whether workflows may approve pull requests, which
// GitHub keeps in the same place, stays as it is.
func (t *Tools) DefaultToken(from, to, origin string) Change {
	title := "Let GITHUB_TOKEN only read by default"
	if to != "read" {
		title = "Let GITHUB_TOKEN " + to + " by default"
	}
	return Change{
		ID: "default-token", Title: title, Before: TokenState{from}, After: TokenState{to},
		Preview: []DiffLine{{Op: '-', Text: "jobs that name no permissions: " + from}, {Op: '+', Text: "jobs that name no permissions: " + to, Origin: origin}},
		Perform: func(ctx context.Context, h Hands) error {
			return t.writeSetting(ctx, h, defaultToken, func(f fields) error {
				if now := permissionOf(f); now != from && now != to {
					return fmt.Errorf("it is %q and was %q when it was shown: look again", now, from)
				}
				f[permissionField] = json.RawMessage(`"` + to + `"`)
				return nil
			})
		},
	}
}

func permissionOf(f fields) string {
	var level string
	_ = json.Unmarshal(f[permissionField], &level) // what is no text is no level
	return level
}

// inverseDefaultToken sets it back, as long as it is what the change made.
func (t *Tools) inverseDefaultToken(ctx context.Context, e journal.Entry) (Change, error) {
	before, err := decoded[TokenState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	after, err := decoded[TokenState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	f, err := t.readSetting(ctx, defaultToken)
	switch now := permissionOf(f); {
	case err != nil:
		return Change{}, err
	case now == before.Permission:
		return Change{}, ErrAsBefore
	case now != after.Permission:
		return Change{}, &MovedOnError{What: defaultToken.what, Diff: []DiffLine{{Op: '-', Text: after.Permission}, {Op: '+', Text: now}}}
	}
	return t.DefaultToken(after.Permission, before.Permission, "as before"), nil
}

// DefaultTokenCommands are the calls of gh that make the default token read-only.
func (t *Tools) DefaultTokenCommands() []string {
	return []string{"gh api" + hostFlag(t.Repo) + " --method PUT repos/" + t.Repo.String() + defaultToken.path + " --field " + permissionField + "=read"}
}
