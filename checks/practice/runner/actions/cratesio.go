package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
)

const permissionsHelp = "https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect#adding-permissions-settings"

// cratesIOAuth is rust-lang/crates-io-auth-action: identity token, exchange,
// masked output. Its messages are those of src/main.ts and src/utils.ts
// (commits 05f529d and 805b8f3).
func cratesIOAuth(ctx context.Context, s *Step) error {
	if url := s.Input("url", "https://crates.io"); strings.TrimSuffix(url, "/") != "https://crates.io" {
		return fmt.Errorf("Error: practice runner: the registry %s is not in practice", url) //nolint:staticcheck // shown as it is
	}
	if s.Endpoint.URL == "" {
		return fmt.Errorf("Error: Please ensure the 'id-token' permission is set to 'write' in your workflow. For more information, see: %s", permissionsHelp) //nolint:staticcheck // the action's own text
	}
	for name := range s.Inputs {
		if name != "url" {
			s.Say("::warning::Unexpected input(s) '%s', valid inputs are ['url']", name)
		}
	}
	s.Say("Retrieving GitHub Actions JWT token with audience: crates.io")
	jwt, err := s.Endpoint.IDToken(ctx, s.Client, "crates.io")
	if err != nil {
		return fmt.Errorf("Error: %w", err) //nolint:staticcheck // the action's own form
	}
	s.Say("::add-mask::%s", jwt)
	s.Say("Retrieved JWT token successfully")
	s.Say("Requesting token from: %s", exchange.CratesTokens)
	token, err := exchange.CratesIO(ctx, s.Client, jwt)
	var refused *exchange.Refusal
	if errors.As(err, &refused) {
		message := fmt.Sprintf("Error: Failed to retrieve token from Cargo registry. Status: %d.", refused.Status)
		for _, r := range refused.Reasons {
			message += " Error: " + r.Text
		}
		return errors.New(message)
	}
	if err != nil {
		return fmt.Errorf("Error: %w", err) //nolint:staticcheck // the action's own form
	}
	s.Say("::add-mask::%s", token)
	s.Say("Retrieved token successfully")
	s.State["token"] = token
	s.SetOutput("token", token)
	return nil
}

// cratesIORevoke gives the token back when the job ends.
func cratesIORevoke(ctx context.Context, s *Step) error {
	if s.State["token"] == "" {
		s.Say("No token to revoke")
		return nil
	}
	s.Say("Revoking trusted publishing token")
	s.Say("Revoking token at: %s", exchange.CratesTokens)
	if err := exchange.RevokeCratesIO(ctx, s.Client, s.State["token"]); err != nil {
		return fmt.Errorf("Error: Failed to revoke token: %w", err) //nolint:staticcheck // the action's own text
	}
	s.Say("Token revoked successfully")
	return nil
}
