package github

import "testing"

// organizationSecretOperations lets an owner with admin:org see who shares a
// secret, and delete it; nobody else is let near.
func (p *practice) organizationSecretOperations(t *testing.T) {
	const all, some = "/orgs/acme/actions/secrets/PYPI_TOKEN", "/orgs/acme/actions/secrets/SHARED"
	p.token("owner", Token{Login: "ana", Scopes: []string{"repo", "admin:org"}})
	repo := p.s.w.Repositories[0]
	p.must(p.s.EditAccount("acme", func(a *Account) error {
		a.Secrets = append(a.Secrets, OrganizationSecret{Secret: Secret{Name: "SHARED", Value: "s"}, Visibility: "selected", Repositories: []int64{repo.ID}})
		return nil
	}))
	if got := p.expect(200, "owner", "GET", all, ""); got.get("visibility") != "all" {
		t.Errorf("%s", got.body)
	}
	if got := p.expect(200, "owner", "GET", some+"/repositories", ""); got.get("total_count") != 1.0 || got.get("repositories.0.full_name") != repo.FullName() {
		t.Errorf("%s", got.body)
	}
	p.expect(409, "owner", "GET", all+"/repositories", "")
	p.expect(403, "ana", "DELETE", some, "")  // her token lacks admin:org
	p.expect(404, "mallory", "GET", some, "") // no member
	p.expect(204, "owner", "DELETE", some, "")
	p.expect(404, "owner", "GET", some, "")
	if got := p.expect(200, "ana", "GET", "R/actions/organization-secrets", ""); got.get("total_count") != 1.0 {
		t.Errorf("%s", got.body)
	}
}
