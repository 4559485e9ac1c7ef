package github

var secretEndpoints = []endpoint{
	{pattern: "GET /repos/{owner}/{repo}/actions/secrets", need: need{Write, "secrets", "read"}, do: (*call).secrets},
	{pattern: "GET /repos/{owner}/{repo}/actions/secrets/{secret}", need: need{Write, "secrets", "read"}, do: (*call).secret},
	{pattern: "DELETE /repos/{owner}/{repo}/actions/secrets/{secret}", need: need{Write, "secrets", "write"}, do: (*call).deleteSecret},
	{pattern: "GET /repos/{owner}/{repo}/actions/organization-secrets", need: need{Write, "secrets", "read"}, do: (*call).sharedSecrets},
	{pattern: "GET /repos/{owner}/{repo}/actions/variables", need: need{Write, "actions_variables", "read"}, do: (*call).variables},
	{pattern: "GET /repos/{owner}/{repo}/dependabot/secrets", need: need{Write, "dependabot_secrets", "read"}, do: (*call).dependabotSecrets},
	{pattern: "DELETE /repos/{owner}/{repo}/dependabot/secrets/{secret}", need: need{Write, "dependabot_secrets", "write"}, do: (*call).deleteDependabotSecret},
	{pattern: "GET /repos/{owner}/{repo}/environments/{environment}/secrets", need: need{Write, "environments", "read"}, do: (*call).environmentSecrets},
	{pattern: "GET /repos/{owner}/{repo}/environments/{environment}/secrets/{secret}", need: need{Write, "environments", "read"}, do: (*call).environmentSecret},
	{pattern: "DELETE /repos/{owner}/{repo}/environments/{environment}/secrets/{secret}", need: need{Write, "environments", "write"}, do: (*call).deleteEnvironmentSecret},
}

func drawSecret(s Secret) obj {
	return obj{"name": s.Name, "created_at": stamp(s.CreatedAt), "updated_at": stamp(s.UpdatedAt)}
}

func (c *call) secrets() (answer, error) { return counted(c, "secrets", c.repo.Secrets, drawSecret) }

func (c *call) sharedSecrets() (answer, error) {
	return counted(c, "secrets", c.s.organizationSecrets(c.repo), drawSecret)
}

func (c *call) dependabotSecrets() (answer, error) {
	return counted(c, "secrets", c.repo.DependabotSecrets, drawSecret)
}

func (c *call) environmentSecrets() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	return counted(c, "secrets", e.Secrets, drawSecret)
}

func (c *call) variables() (answer, error) {
	return counted(c, "variables", c.repo.Variables, func(v Variable) obj {
		return obj{"name": v.Name, "value": v.Value, "created_at": stamp(v.CreatedAt), "updated_at": stamp(v.UpdatedAt)}
	})
}

func (c *call) secret() (answer, error) { return c.oneSecret(c.repo.Secrets) }

func (c *call) environmentSecret() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	return c.oneSecret(e.Secrets)
}

func (c *call) oneSecret(secrets []Secret) (answer, error) {
	s := findSecret(secrets, c.r.PathValue("secret"))
	if s == nil {
		return notFound()
	}
	return ok(drawSecret(*s))
}

func (c *call) deleteSecret() (answer, error) { return c.removeSecret(&c.repo.Secrets) }

func (c *call) deleteDependabotSecret() (answer, error) {
	return c.removeSecret(&c.repo.DependabotSecrets)
}

func (c *call) deleteEnvironmentSecret() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	return c.removeSecret(&e.Secrets)
}

func (c *call) removeSecret(secrets *[]Secret) (answer, error) {
	if !dropSecret(secrets, c.r.PathValue("secret")) {
		return notFound()
	}
	return c.saved(noContent())
}
