package cratesio

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// TestEachStageOfTheExchangeHasItsOwnRefusal holds the texts of
// src/controllers/trustpub/tokens/exchange/mod.rs (crates.io commit 57fa000,
// 2026-08-21), in the order of the stages. The last publisher of each row is
// wrong in the field that the stage looks at.
func TestEachStageOfTheExchangeHasItsOwnRefusal(t *testing.T) {
	const config = "The Trusted Publishing config for repository `acme/x` "
	for name, c := range map[string]struct {
		job    func(*oidc.Claims)
		config func(*Publisher)
		text   string
	}{
		"pull_request_target": {job: func(c *oidc.Claims) { c.EventName = "pull_request_target" },
			text: "Trusted Publishing does not support the `pull_request_target` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`."},
		"workflow_run": {job: func(c *oidc.Claims) { c.EventName = "workflow_run" },
			text: "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`."},
		"repository without owner": {job: func(c *oidc.Claims) { c.Repository = "x" }, text: "Unexpected `repository` value"},
		"workflow_ref without ref": {job: func(c *oidc.Claims) { c.WorkflowRef = "acme/x/.github/workflows/publish.yml" },
			text: "Unexpected `workflow_ref` value"},
		"owner id is no number": {job: func(c *oidc.Claims) { c.RepositoryOwnerID = "acme" }, text: "Unexpected `repository_owner_id` value"},
		"another repository": {job: func(c *oidc.Claims) { c.Repository = "acme/y" },
			text: "No Trusted Publishing config found for repository `acme/y`."},
		"owner made anew": {job: func(c *oidc.Claims) { c.RepositoryOwnerID = "66" },
			text: config + "does not match the repository owner ID (66) in the JWT. Expected owner IDs: 65. Please recreate the Trusted Publishing config to update the repository owner ID."},
		"another file": {config: func(p *Publisher) { p.WorkflowFilename = "release.yml" },
			text: config + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`"},
		"a file's case counts": {config: func(p *Publisher) { p.WorkflowFilename = "Publish.yml" },
			text: config + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `Publish.yml`"},
		"another environment": {job: func(c *oidc.Claims) { c.Environment = "staging" },
			text: config + "does not match the environment `staging` in the JWT. Expected environments: `release`"},
		"no environment": {job: func(c *oidc.Claims) { c.Environment = "" },
			text: config + "requires an environment, but the JWT does not specify one. Expected environments: `release`"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.crate("x")
			p, job := w.trust("x"), run()
			if c.config != nil {
				c.config(&p)
				w.must(w.SetPublisher(p))
			}
			if c.job != nil {
				c.job(&job)
			}
			w.exchangeFor(job).refused(t, http.StatusBadRequest, c.text)
		})
	}
}

func TestOnlyWhatGitHubSignedForCratesIOIsRead(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	w.trust("x")
	other, err := oidc.NewIssuer(&box.MemoryState{})
	w.must(err)
	forged, err := other.Sign(run(), noon)
	w.must(err)
	old, err := w.issuer.Sign(run(), noon.Add(-oidc.Life-JWTLeeway-time.Second))
	w.must(err)
	forPyPI := run()
	forPyPI.Audience = jwt.ClaimStrings{"pypi"}
	forBoth := run()
	forBoth.Audience = jwt.ClaimStrings{Audience, "pypi"}
	noRun := run()
	noRun.RunID = ""
	unsigned := func(claims jwt.MapClaims, header map[string]any) string {
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
		for name, value := range header {
			token.Header[name] = value
		}
		signed, err := token.SignedString([]byte("secret"))
		w.must(err)
		return signed
	}
	for name, c := range map[string]struct{ jwt, text string }{
		"nothing":          {"", "Failed to decode JWT"},
		"no token":         {"a.b.c", "Failed to decode JWT"},
		"no issuer":        {unsigned(jwt.MapClaims{}, nil), "Failed to decode JWT"},
		"another issuer":   {unsigned(jwt.MapClaims{"iss": "https://evil.example"}, nil), "Unsupported JWT issuer: https://evil.example"},
		"no key named":     {unsigned(jwt.MapClaims{"iss": oidc.IssuerURL}, nil), "Missing JWT key ID"},
		"unknown key":      {forged, "Invalid JWT key ID"},
		"too old":          {old, "Failed to decode JWT"},
		"another audience": {w.sign(forPyPI), "Failed to decode JWT"},
		"two audiences":    {w.sign(forBoth), "Failed to decode JWT"},
	} {
		t.Run(name, func(t *testing.T) {
			w.ask("POST", "/api/v1/trusted_publishing/tokens", "", map[string]string{"jwt": c.jwt}).
				refused(t, http.StatusBadRequest, c.text)
		})
	}
	delete(w.net, oidc.Host)
	w.reopen()
	w.exchangeFor(run()).refused(t, http.StatusInternalServerError, "Failed to load OIDC key set")
}

func TestATokenIsExchangedOnce(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	p, job := w.trust("x"), run()
	job.ID = "once"
	wrong := p
	wrong.WorkflowFilename = "other.yml"
	w.must(w.SetPublisher(wrong))
	if a := w.exchangeFor(job); !strings.Contains(a.detail(), "workflow filename") {
		t.Fatalf("answered %s", a.body)
	}
	w.must(w.SetPublisher(p))
	w.minted(job) // what was refused has not been used
	w.exchangeFor(job).refused(t, http.StatusBadRequest, "JWT has already been used")
	w.reopen()
	w.exchangeFor(job).refused(t, http.StatusBadRequest, "JWT has already been used")
}

func TestATemporaryTokenIsKeptHashedAndEndsAfterHalfAnHour(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	w.trust("x")
	token := w.minted(run())
	if _, ok := parseMinted(token); !ok || !strings.HasPrefix(token, "cio_tp_") || len(token) != len("cio_tp_")+32 {
		t.Errorf("token %q does not look like crates.io's", token)
	}
	var kept any
	if _, err := w.state.Load(stateName, &kept); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.db.Minted {
		if strings.Contains(token, m.Hash) || m.Hash == "" {
			t.Error("the token is kept as it is")
		}
	}
	w.now = noon.Add(30*time.Minute - time.Second)
	if a := w.upload(token, lib("x", "0.2.0")); a.status != 200 {
		t.Errorf("refused within its life: %s", a.body)
	}
	w.now = noon.Add(30 * time.Minute)
	w.upload(token, lib("x", "0.3.0")).refused(t, http.StatusForbidden, "Invalid authentication token")
}

func TestARevokedTokenIsOfNoUse(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	w.trust("x")
	token := w.minted(run())
	const path = "/api/v1/trusted_publishing/tokens"
	w.ask("DELETE", path, "", nil).refused(t, 401, "Missing `Authorization` header")
	w.ask("DELETE", path, "Bearer cio_tp_x", nil).refused(t, 401, "Invalid `Authorization` header: Failed to parse token")
	w.ask("DELETE", path, "Basic x", nil).refused(t, 401, "Invalid `Authorization` header: Found unexpected authentication scheme `Basic`")
	for range 2 {
		if a := w.ask("DELETE", path, "Bearer "+token, nil); a.status != 204 {
			t.Errorf("answered %d", a.status)
		}
	}
	w.upload(token, lib("x", "0.2.0")).refused(t, 403, "Invalid authentication token")
}

// TestWhatIsComparedHowProperty changes the case of each field and says which
// changes the registry overlooks.
func TestWhatIsComparedHowProperty(t *testing.T) {
	shout := func(t *rapid.T, s, label string) string {
		letters := []byte(s)
		for i := range letters {
			if rapid.Bool().Draw(t, label) {
				letters[i] = strings.ToUpper(string(letters[i]))[0]
			}
		}
		return string(letters)
	}
	rapid.Check(t, func(t *rapid.T) {
		env := shout(t, "release", "environment")
		file := shout(t, "publish", "file") + ".yml"
		p := Publisher{Crate: "x", RepositoryOwnerID: 65, WorkflowFilename: file, Environment: &env}
		claimed := shout(t, "release", "claimed environment")
		_, err := narrow([]Publisher{p}, claims{Repository: "acme/x", Environment: &claimed}, 65, "publish.yml")
		if (err == nil) != (file == "publish.yml") {
			t.Errorf("file %q, environment %q for %q: %v", file, env, claimed, err)
		}
	})
}

func TestAPublisherWithoutEnvironmentTakesAnyJob(t *testing.T) {
	for _, env := range []string{"", "release", "anything"} {
		w := newWorld(t)
		w.crate("x")
		p := w.trust("x")
		p.Environment = nil
		w.must(w.SetPublisher(p))
		job := run()
		job.Environment = env
		w.minted(job)
	}
}

func TestTokensHaveACheckCharacter(t *testing.T) {
	// The example of crates_io_trustpub/src/access_token.rs.
	if got := checkCharacter("gGK6jurSwKyl9V3Az19z7YEFQI9aoOO"); got != 'd' {
		t.Errorf("check character %c", got)
	}
	for _, bad := range []string{"", "cio", "cio_tp_", "cio_tp_00000000000000000000000000000000", "cio_tp_000000@0000000000000000000000000"} {
		if _, ok := parseMinted(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, ok := parseMinted("cio_tp_0000000000000000000000000000000w"); !ok {
		t.Error("a good token is refused")
	}
}
