package checks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// The texts are those of the registries' servers and of the actions that print
// them, as users met them.
func TestReadRefusal(t *testing.T) {
	const stamp = "2026-11-22T20:59:59.1234567Z "
	for _, row := range []struct {
		name     string
		registry identity.Registry
		log      string
		want     Refusal
	}{
		{"failure 6: no config", identity.CratesIO,
			stamp + "##[error]Failed to retrieve token from Cargo registry. Status: 400. Response: {\"errors\":[{\"detail\":\"No Trusted Publishing config found for repository `acme/data`.\"}]}",
			Refusal{Text: "No Trusted Publishing config found for repository `acme/data`.", Field: identity.FieldRepository, Presented: "acme/data"}},
		{"failure 6: the earlier text", identity.CratesIO, "No matching Trusted Publishing config found",
			Refusal{Text: "No matching Trusted Publishing config found"}},
		{"failure 7: workflow", identity.CratesIO,
			"{\"errors\":[{\"detail\":\"The Trusted Publishing config for repository `acme/data` does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`, `cd.yml`\"}]}",
			Refusal{Text: "The Trusted Publishing config for repository `acme/data` does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`, `cd.yml`",
				Field: identity.FieldWorkflow, Presented: "publish.yml", Expected: []string{"release.yml", "cd.yml"}}},
		{"failure 12: another environment", identity.CratesIO,
			"The Trusted Publishing config for repository `acme/data` does not match the environment `prod` in the JWT. Expected environments: `release`",
			Refusal{Text: "The Trusted Publishing config for repository `acme/data` does not match the environment `prod` in the JWT. Expected environments: `release`",
				Field: identity.FieldEnvironment, Presented: "prod", Expected: []string{"release"}}},
		{"failure 12: no environment", identity.CratesIO,
			"The Trusted Publishing config for repository `acme/data` requires an environment, but the JWT does not specify one. Expected environments: `release`",
			Refusal{Text: "The Trusted Publishing config for repository `acme/data` requires an environment, but the JWT does not specify one. Expected environments: `release`",
				Field: identity.FieldEnvironment, Expected: []string{"release"}}},
		{"failure 20: owner id", identity.CratesIO,
			"The Trusted Publishing config for repository `acme/data` does not match the repository owner ID (42) in the JWT. Expected owner IDs: 7. Please recreate the Trusted Publishing config to update the repository owner ID.",
			Refusal{Text: "The Trusted Publishing config for repository `acme/data` does not match the repository owner ID (42) in the JWT. Expected owner IDs: 7",
				Field: identity.FieldOwnerID, Presented: "42", Expected: []string{"7"}}},
		{"failure 8: token not valid for a member", identity.CratesIO,
			"error: failed to publish to registry: the remote server responded with an error (status 403 Forbidden): The provided access token is not valid for crate `data-core`",
			Refusal{Text: "The provided access token is not valid for crate `data-core`", Package: "data-core"}},
		{"failure 5: a new crate", identity.CratesIO, "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first",
			Refusal{Text: "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first"}},
		{"failure 11: event", identity.CratesIO, "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns",
			Refusal{Text: "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns"}},
		{"the last one counts", identity.CratesIO, "No Trusted Publishing config found for repository `a/b`.\nJWT has already been used\n",
			Refusal{Text: "JWT has already been used"}},
		{"failures 1 and 3: rendered by the action, environment missing", identity.PyPI,
			stamp + "* `invalid-publisher`: valid token, but no corresponding publisher (Publisher with matching claims was not found)\n" +
				stamp + "* `repository`: `acme/data`\n" + stamp + "* `repository_owner_id`: `42`\n" + stamp + "* `environment`: `MISSING`\n",
			Refusal{Code: "invalid-publisher", Text: "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
				Claims: map[string]string{"repository": "acme/data", "repository_owner_id": "42"}}},
		{"as our own workflow prints it", identity.TestPyPI,
			stamp + "##[error]https://test.pypi.org refused: Token request failed; invalid-publisher: valid token, but no corresponding publisher (Publisher with matching claims was not found)\n" +
				stamp + "The claims that were presented:\n" + stamp + "* `repository`: `acme/data`\n" + stamp + "* `environment`: `MISSING`\n",
			Refusal{Code: "invalid-publisher", Text: "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
				Claims: map[string]string{"repository": "acme/data"}}},
		{"failure 4: reusable workflow", identity.PyPI,
			"* `invalid-publisher`: valid token, but no corresponding publisher (The job_workflow_ref claim does not match, expecting one of ['acme/data/.github/workflows/publish.yml@refs/tags/v1'], got 'acme/shared/.github/workflows/p.yml@refs/tags/v1')",
			Refusal{Code: "invalid-publisher",
				Text:      "valid token, but no corresponding publisher (The job_workflow_ref claim does not match, expecting one of ['acme/data/.github/workflows/publish.yml@refs/tags/v1'], got 'acme/shared/.github/workflows/p.yml@refs/tags/v1')",
				Field:     identity.FieldWorkflow,
				Presented: "acme/shared/.github/workflows/p.yml@refs/tags/v1",
				Expected:  []string{"acme/data/.github/workflows/publish.yml@refs/tags/v1"}}},
		{"failure 14: stale pending publisher, as JSON", identity.TestPyPI,
			`{"message":"Token request failed","errors":[{"code":"invalid-pending-publisher","description":"valid token, but project already exists"}]}`,
			Refusal{Code: "invalid-pending-publisher", Text: "valid token, but project already exists"}},
		{"failure 16: another project", identity.PyPI, "403 OIDC scoped token is not valid for project 'data'.",
			Refusal{Text: "OIDC scoped token is not valid for project 'data'."}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.want.Registry = row.registry
			got, ok := ReadRefusal(row.registry, "noise\n"+row.log+"\nnoise after")
			if diff := cmp.Diff(row.want, got); !ok || diff != "" {
				t.Errorf("found %v (-want +got)\n%s", ok, diff)
			}
		})
	}
}

func TestReadRefusalFindsNoneInAGoodLog(t *testing.T) {
	log := "Uploading data-0.3.0.tar.gz\n200 OK\n`publish` done: fine\n* `environment`: `release`\n"
	for _, r := range identity.Registries() {
		if got, ok := ReadRefusal(r, log); ok {
			t.Errorf("%s: read %+v out of a good log", r, got)
		}
	}
}

func TestRefusalTextIsSafeToPrint(t *testing.T) {
	got, ok := ReadRefusal(identity.PyPI, "* `invalid-publisher`: bad \x1b[31mred\u202e\n")
	if !ok || strings.ContainsAny(got.Text, "\x1b\u202e") {
		t.Errorf("%q, %v", got.Text, ok)
	}
}

func FuzzReadRefusal(f *testing.F) {
	f.Add("* `invalid-publisher`: no\n* `environment`: `MISSING`")
	f.Add("{\"code\":\"invalid-publisher\"")
	f.Add("The Trusted Publishing config for repository `a/b` does not match the environment `x` in the JWT. Expected environments: `y`")
	f.Fuzz(func(t *testing.T, log string) {
		for _, r := range identity.Registries() {
			if got, ok := ReadRefusal(r, log); ok && got.Text == "" && got.Code == "" {
				t.Fatalf("%s: a refusal that says nothing, from %q", r, log)
			}
		}
	})
}
