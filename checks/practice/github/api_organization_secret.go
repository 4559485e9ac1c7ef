package github

import (
	"net/http"
	"slices"
	"strings"
)

var organizationSecretEndpoints = []endpoint{
	{pattern: "GET /orgs/{org}/actions/secrets/{secret}", do: (*call).sharedSecret},
	{pattern: "DELETE /orgs/{org}/actions/secrets/{secret}", do: (*call).deleteSharedSecret},
	{pattern: "GET /orgs/{org}/actions/secrets/{secret}/repositories", do: (*call).sharedWith},
}

// ownedSecret finds the secret of the path for an owner of the organisation whose
// token has admin:org, or the permission.
func (c *call) ownedSecret() (*Account, *OrganizationSecret, error) {
	org := c.org()
	if org == nil || c.token == nil || org.Members[c.login] == "" {
		return nil, nil, &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	if org.Members[c.login] != "admin" || !slices.Contains(c.token.Scopes, "admin:org") && c.token.Permissions["organization_secrets"] == "" {
		return nil, nil, &Refusal{Status: http.StatusForbidden, Message: "You must be an org admin or have the actions secrets fine-grained permission."}
	}
	for i := range org.Secrets {
		if strings.EqualFold(org.Secrets[i].Name, c.r.PathValue("secret")) {
			return org, &org.Secrets[i], nil
		}
	}
	return nil, nil, &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
}

func (c *call) sharedSecret() (answer, error) {
	org, secret, err := c.ownedSecret()
	if err != nil {
		return answer{}, err
	}
	o := drawSecret(secret.Secret)
	o["visibility"] = secret.Visibility
	if secret.Visibility == "selected" {
		o["selected_repositories_url"] = apiURL + "/orgs/" + org.Login + "/actions/secrets/" + secret.Name + "/repositories"
	}
	return ok(o)
}

func (c *call) sharedWith() (answer, error) {
	_, secret, err := c.ownedSecret()
	if err != nil {
		return answer{}, err
	}
	if secret.Visibility != "selected" {
		return answer{}, &Refusal{Status: http.StatusConflict, Message: "Visibility is not set to selected"}
	}
	return counted(c, "repositories", c.visible(func(r *Repository) bool { return slices.Contains(secret.Repositories, r.ID) }), c.drawListed)
}

func (c *call) deleteSharedSecret() (answer, error) {
	org, secret, err := c.ownedSecret()
	if err != nil {
		return answer{}, err
	}
	name := secret.Name
	org.Secrets = slices.DeleteFunc(org.Secrets, func(s OrganizationSecret) bool { return s.Name == name })
	return c.saved(noContent())
}
