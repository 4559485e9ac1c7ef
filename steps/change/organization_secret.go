package change

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// organizationSecret is a secret as its organisation shows it to owners
// (operation actions/get-org-secret).
type organizationSecret struct {
	// Visibility is "all", "private" or "selected".
	Visibility string `json:"visibility"`
}

// DeleteOrganizationSecret makes a change that deletes an Actions secret of the
// organisation that owns the repository. Other repositories may use it: which see
// it is shown, and asked about, before it goes.
func (t *Tools) DeleteOrganizationSecret(name string) Change {
	c := t.deleteSecret("", name, "the organisation "+t.Repo.Owner, t.organizationSecretPath(name))
	c.ID = "organization-secret:" + name
	c.Lasting = "other repositories may use it; " + c.Lasting
	remove := c.Perform
	c.Perform = func(ctx context.Context, h Hands) error {
		lines, err := t.sharedWith(ctx, name)
		if err != nil { // GitHub may answer 404 to those who may not see it
			return fmt.Errorf("see who else uses the secret %s of %s: %w; an owner of the organisation may, after gh auth refresh --scopes admin:org", name, t.Repo.Owner, err)
		}
		if err := h.confirm(ctx, fmt.Sprintf("Who else sees %s", name), lines); err != nil {
			return err
		}
		return remove(ctx, h)
	}
	return c
}

func (t *Tools) organizationSecretPath(name string) string {
	return fmt.Sprintf("orgs/%s/actions/secrets/%s", url.PathEscape(t.Repo.Owner), url.PathEscape(name))
}

// sharedWith are the repositories that see a secret of the organisation, in the
// words of the question.
func (t *Tools) sharedWith(ctx context.Context, name string) ([]DiffLine, error) {
	api, err := t.api()
	if err != nil {
		return nil, err
	}
	var secret organizationSecret
	if _, err := api.Do(ctx, http.MethodGet, t.organizationSecretPath(name), nil, &secret); err != nil {
		return nil, err
	}
	if secret.Visibility != "selected" {
		which := map[string]string{"private": "every private repository"}[secret.Visibility]
		if which == "" {
			which = "every repository"
		}
		return []DiffLine{{Op: '-', Text: which + " of " + t.Repo.Owner + " sees it, and may use it"}}, nil
	}
	var page struct {
		Total        int `json:"total_count"`
		Repositories []struct {
			FullName string `json:"full_name"`
		} `json:"repositories"`
	}
	if _, err := api.Do(ctx, http.MethodGet, t.organizationSecretPath(name)+"/repositories?per_page=100", nil, &page); err != nil {
		return nil, err
	}
	lines := []DiffLine{}
	for _, r := range page.Repositories {
		if !strings.EqualFold(r.FullName, t.Repo.String()) {
			lines = append(lines, DiffLine{Op: '-', Text: r.FullName + " sees it, and may use it"})
		}
	}
	if more := page.Total - len(page.Repositories); more > 0 {
		lines = append(lines, DiffLine{Op: '-', Text: fmt.Sprintf("and %d more repositories see it", more)})
	}
	if len(lines) == 0 {
		lines = append(lines, DiffLine{Op: ' ', Text: "no other repository sees it"})
	}
	return lines, nil
}
