package pypi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

func noPublisher(why string) string {
	return "valid token, but no corresponding publisher (" + why + ")"
}

const notFound = "Publisher with matching claims was not found"

// TestEachStageOfMintingHasItsOwnRefusal holds the texts of
// warehouse/oidc/models/github.py and _core.py (warehouse commit 6b62157,
// 2026-08-21).
func TestEachStageOfMintingHasItsOwnRefusal(t *testing.T) {
	jobRef := func(expected, got string) string {
		return "The job_workflow_ref claim does not match, expecting one of [" + expected + "], got '" + got + "'"
	}
	const own = "'Acme/x/.github/workflows/publish.yml@abc', 'Acme/x/.github/workflows/publish.yml@refs/tags/v1'"
	for name, c := range map[string]struct {
		job    func(*oidc.Claims)
		config func(*Publisher)
		why    string
	}{
		"another repository":       {job: func(c *oidc.Claims) { c.Repository = "Acme/y" }, why: notFound},
		"repository's case counts": {config: func(p *Publisher) { p.Repository = "X" }, why: notFound},
		"owner's case counts":      {config: func(p *Publisher) { p.Owner = "acme" }, why: notFound},
		"owner made anew":          {job: func(c *oidc.Claims) { c.RepositoryOwnerID = "66" }, why: notFound},
		"another file":             {config: func(p *Publisher) { p.Workflow = "release.yml" }, why: notFound},
		"another environment":      {job: func(c *oidc.Claims) { c.Environment = "staging" }, why: notFound},
		"no environment":           {job: func(c *oidc.Claims) { c.Environment = "" }, why: notFound},
		"no file in the ref":       {job: func(c *oidc.Claims) { c.JobWorkflowRef = "Acme/x/publish" }, why: "Could not job extract workflow filename from OIDC claims"},
		"a reusable workflow elsewhere": {job: func(c *oidc.Claims) { c.JobWorkflowRef = "Acme/shared/.github/workflows/publish.yml@refs/tags/v1" },
			why: jobRef(own, "Acme/shared/.github/workflows/publish.yml@refs/tags/v1")},
		"another ref": {job: func(c *oidc.Claims) { c.JobWorkflowRef = "Acme/x/.github/workflows/publish.yml@refs/heads/main" },
			why: jobRef(own, "Acme/x/.github/workflows/publish.yml@refs/heads/main")},
		"one ref expected": {job: func(c *oidc.Claims) {
			c.SHA = ""
			c.JobWorkflowRef = "Acme/y/.github/workflows/publish.yml@refs/tags/v1"
		},
			why: jobRef("'Acme/x/.github/workflows/publish.yml@refs/tags/v1'", "Acme/y/.github/workflows/publish.yml@refs/tags/v1")},
		"no ref at all":       {job: func(c *oidc.Claims) { c.SHA, c.Ref = "", "" }, why: "The ref and sha claims are empty"},
		"another owner claim": {job: func(c *oidc.Claims) { c.RepositoryOwner = "acme" }, why: "Check failed for required claim 'repository_owner'"},
		"pull_request_target": {job: func(c *oidc.Claims) { c.EventName = "pull_request_target" },
			why: "Publishing from a workflow invoked via 'pull_request_target' is not supported."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, PyPI)
			w.must(w.AddProject("proj", "ana"))
			p, err := w.AddPublisher("proj", trusted)
			w.must(err)
			job := w.run()
			if c.config != nil {
				c.config(&p)
				w.must(w.SetPublisher(p))
			}
			if c.job != nil {
				c.job(&job)
			}
			w.mintFor(job).refused(t, "invalid-publisher", noPublisher(c.why))
		})
	}
}

func TestOnlyWhatGitHubSignedForThisIndexIsRead(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	_, err := w.AddPublisher("proj", trusted)
	w.must(err)
	others, err := oidc.NewIssuer(&box.MemoryState{})
	w.must(err)
	forged, err := others.Sign(w.run(), noon)
	w.must(err)
	old, err := w.issuer.Sign(w.run(), noon.Add(-oidc.Life-JWTLeeway-time.Second))
	w.must(err)
	forTest, forBoth := w.run(), w.run()
	forTest.Audience = jwt.ClaimStrings{"testpypi"}
	forBoth.Audience = jwt.ClaimStrings{"pypi", "testpypi"}
	other, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "https://evil.example"}).SignedString([]byte("s"))
	w.must(err)
	for name, c := range map[string]struct{ token, code, text string }{
		"no token":         {"x", "invalid-payload", "malformed JWT"},
		"another issuer":   {other, "invalid-payload", "unknown trusted publishing issuer"},
		"unknown key":      {forged, "invalid-token", "malformed or invalid token"},
		"too old":          {old, "invalid-token", "malformed or invalid token"},
		"another audience": {w.sign(forTest), "invalid-token", "malformed or invalid token"},
		"two audiences":    {w.sign(forBoth), "invalid-token", "malformed or invalid token"},
	} {
		t.Run(name, func(t *testing.T) { w.mintWith(`{"token":"`+c.token+`"}`).refused(t, c.code, c.text) })
	}
	for _, body := range []string{``, `{`, `[]`, `{}`, `{"token":1}`, `<html>`} {
		if a := w.mintWith(body); a.status != 422 || !strings.Contains(a.body, `"invalid-payload"`) {
			t.Errorf("%q: %d %s", body, a.status, a.body)
		}
	}
	if a := w.get("https://pypi.org/_/oidc/audience"); a.body != "{\"audience\":\"pypi\"}\n" {
		t.Errorf("audience: %s", a.body)
	}
}

func TestAMissingClaimIsNamed(t *testing.T) {
	for _, name := range required {
		c := claims{}
		for _, other := range required {
			if other != name {
				c[other] = "x"
			}
		}
		if err := c.missing(); err == nil || err.Error() != "Missing claim '"+name+"'" {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestAnIdentityTokenIsUsedOnce(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	p, err := w.AddPublisher("proj", trusted)
	w.must(err)
	job := w.run()
	job.ID = "once"
	wrong := p
	wrong.Workflow = "other.yml"
	w.must(w.SetPublisher(wrong))
	w.mintFor(job).refused(t, "invalid-publisher", noPublisher(notFound))
	w.must(w.SetPublisher(p))
	w.minted(job) // what was refused has not been used
	w.reopen()
	w.mintFor(job).refused(t, "invalid-reuse-token", "invalid token: already used")
}

func TestThePublisherThatNamesTheEnvironmentWins(t *testing.T) {
	w := newWorld(t, PyPI)
	anyEnvironment := trusted
	anyEnvironment.Environment = ""
	w.must(w.AddProject("wide", "ana"))
	w.must(w.AddProject("narrow", "ana"))
	for project, i := range map[string]Identity{"wide": anyEnvironment, "narrow": trusted} {
		_, err := w.AddPublisher(project, i)
		w.must(err)
	}
	for environment, project := range map[string]string{"release": "narrow", "RELEASE": "narrow", "other": "wide", "": "wide"} {
		job := w.run()
		job.Environment = environment
		token := w.minted(job)
		if a := w.send(token, sdist(project, fmt.Sprintf("1.%d", len(w.db.Minted)))); a.status != 200 {
			t.Errorf("environment %q was not for %s: %s", environment, project, a.said())
		}
	}
}

// TestLookupComparesExactlyProperty: whatever differs, in case alone too, is not
// found, except the case of the environment that a job names.
func TestLookupComparesExactlyProperty(t *testing.T) {
	letters := rapid.StringMatching(`[aA]{1,2}`)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) string { return letters.Draw(t, label) }
		i := Identity{Owner: draw("owner"), OwnerID: "65", Repository: draw("repository"), Workflow: draw("file") + ".yml",
			Environment: strings.ToLower(draw("environment"))}
		c := claims{
			"repository": draw("claimed owner") + "/" + draw("claimed repository"), "repository_owner_id": "65", "ref": "r",
			"environment": draw("claimed environment"),
		}
		file := draw("claimed file") + ".yml"
		c["job_workflow_ref"] = c.text("repository") + "/.github/workflows/" + file + "@r"
		_, err := lookup([]Identity{i}, func(i Identity) Identity { return i }, c)
		want := c.text("repository") == i.repository() && file == i.Workflow && strings.EqualFold(c.text("environment"), i.Environment)
		if (err == nil) != want {
			t.Errorf("%+v for %v: %v", i, c, err)
		}
	})
}

func TestAPendingPublisherMakesTheProjectWhenMinting(t *testing.T) {
	w := newWorld(t, PyPI)
	_, err := w.AddPending(Pending{Project: "New.Project", AddedBy: "ana", Identity: trusted})
	w.must(err)
	token := w.minted(w.run())
	if got := w.Projects(); len(got) != 1 || got[0] != "New.Project" {
		t.Fatalf("projects: %q", got)
	}
	if len(w.PendingPublishers()) != 0 || len(w.Publishers("new-project")) != 1 || w.project("new_project").roleOf("ana") != Owner {
		t.Error("the pending publisher did not become the project's own, with its owner")
	}
	if a := w.get("https://pypi.org/simple/new-project/"); a.status != 200 {
		t.Errorf("the empty project is not in the simple index: %d", a.status)
	}
	if a := w.get("https://pypi.org/pypi/new-project/json"); a.status != 404 || a.body != "{\"message\":\"Not Found\"}\n" {
		t.Errorf("an empty project in JSON: %d %s", a.status, a.body)
	}
	w.send(token, sdist("other", "1.0")).turnedDown(t, 400, "Non-user identities cannot create new projects. "+
		"This was probably caused by successfully using a pending publisher but specifying the project name incorrectly "+
		"(either in the publisher or in your project's metadata). Please ensure that both match. "+
		"See: https://docs.pypi.org/trusted-publishers/troubleshooting/")
	if a := w.send(token, sdist("new-project", "1.0")); a.status != 200 {
		t.Errorf("first release: %s", a.said())
	}
}

func TestAPendingPublisherOfAProjectThatExistsIsRemoved(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	_, err := w.AddPending(Pending{Project: "proj", AddedBy: "ana", Identity: trusted})
	w.must(err)
	job := w.run()
	job.ID = "again"
	w.mintFor(job).refused(t, "invalid-pending-publisher", "valid token, but project already exists")
	if len(w.PendingPublishers()) != 0 {
		t.Error("it is still there")
	}
	w.mintFor(job).refused(t, "invalid-publisher", noPublisher(notFound))
	_, err = w.AddPublisher("proj", trusted)
	w.must(err)
	w.minted(job) // the very same run can go on
}

func TestAPendingPublisherLapsesAfterThirtyDays(t *testing.T) {
	for after, lives := range map[time.Duration]bool{30 * 24 * time.Hour: true, 30*24*time.Hour + time.Second: false} {
		w := newWorld(t, PyPI)
		_, err := w.AddPending(Pending{Project: "proj", AddedBy: "ana", Identity: trusted})
		w.must(err)
		w.now = noon.Add(after)
		if a := w.mintFor(w.run()); (a.status == 200) != lives || (len(w.Projects()) == 1) != lives {
			t.Errorf("after %s: %d %s", after, a.status, a.body)
		}
	}
}

func TestAPendingPublisherReservesNothing(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddUser(User{Username: "eve", Email: "e@example.com", Verified: true}))
	_, err := w.AddPending(Pending{Project: "pro-ject", AddedBy: "ana", Identity: trusted})
	w.must(err)
	token, err := w.AddToken("eve", "t", "")
	w.must(err)
	if a := w.send(token, sdist("project", "1.0")); a.status != 200 {
		t.Fatalf("the name was kept: %s", a.said())
	}
	if len(w.PendingPublishers()) != 0 {
		t.Error("the pending publisher of a name too similar to a new project stays")
	}
}

func TestANameThatCannotBeHadIsRefusedWhenMinting(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("1ibrary", "eve"))
	_, err := w.AddPending(Pending{Project: "library", AddedBy: "ana", Identity: trusted})
	w.must(err)
	w.mintFor(w.run()).refused(t, "invalid-payload",
		"The name 'library' is too similar to an existing project. See https://pypi.org/help/#project-name for more information.")
}

func TestTheTwoIndexesShareNothing(t *testing.T) {
	test := newWorld(t, TestPyPI)
	test.must(test.AddProject("proj", "ana"))
	_, err := test.AddPublisher("proj", trusted)
	test.must(err)
	token := test.minted(test.run())
	if !strings.HasPrefix(token, "pypi-AgENdGVzdC5weXBpLm9yZw") {
		t.Errorf("a token of TestPyPI begins %q", token[:30])
	}
	real, err := New(Options{State: test.state, Now: func() time.Time { return noon }})
	test.must(err)
	if len(real.Projects()) != 0 || real.Host != "pypi.org" {
		t.Errorf("PyPI has %q", real.Projects())
	}
	job := test.run()
	job.Audience = jwt.ClaimStrings{"pypi"}
	test.mintFor(job).refused(t, "invalid-token", "malformed or invalid token")
	if a := test.send(token, sdist("proj", "1.0")); a.status != 200 {
		t.Errorf("test.pypi.org/legacy/: %s", a.said())
	}
}
