package change

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// DeleteSecret makes a change that deletes an Actions secret, of the repository
// or, if one is named, of an environment.
func (t *Tools) DeleteSecret(environment, name string) Change {
	if environment != "" {
		return t.deleteSecret(environment, name, "the environment "+environment, t.environmentPath(environment)+"/secrets/"+url.PathEscape(name))
	}
	return t.deleteSecret("", name, "the repository", t.secretPath("actions", name))
}

// DeleteDependabotSecret makes a change that deletes a secret for runs that
// Dependabot starts.
func (t *Tools) DeleteDependabotSecret(name string) Change {
	c := t.deleteSecret("", name, "the repository, for Dependabot", t.secretPath("dependabot", name))
	c.ID = "dependabot-secret:" + name
	return c
}

func (t *Tools) secretPath(app, name string) string {
	return fmt.Sprintf("repos/%s/%s/%s/secrets/%s", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name), app, url.PathEscape(name))
}

func (t *Tools) deleteSecret(environment, name, where, path string) Change {
	return Change{
		ID:      "secret:" + environment + "/" + name,
		Title:   fmt.Sprintf("Delete the secret %s of %s", name, where),
		Preview: []DiffLine{{Op: '-', Text: fmt.Sprintf("secret %s of %s", name, where)}},
		Lasting: "GitHub shows no secret's value, so that it cannot be put back; and the token stays valid until it is revoked at its registry",
		Before:  map[string]any{"environment": environment, "name": name, "exists": true},
		After:   map[string]any{"environment": environment, "name": name, "exists": false},
		Perform: func(ctx context.Context, h Hands) error {
			api, err := t.api()
			if err != nil {
				return err
			}
			h.progress("Deleting the secret %s", name)
			_, err = api.Do(ctx, http.MethodDelete, path, nil, nil)
			if err != nil && !transport.Is(err, transport.KindNotFound) {
				return fmt.Errorf("delete the secret %s of %s: %w", name, where, err)
			}
			return nil
		},
	}
}
