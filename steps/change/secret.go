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
	path := fmt.Sprintf("repos/%s/%s/actions/secrets/%s", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name), url.PathEscape(name))
	where := "the repository"
	if environment != "" {
		path = t.environmentPath(environment) + "/secrets/" + url.PathEscape(name)
		where = "the environment " + environment
	}
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
