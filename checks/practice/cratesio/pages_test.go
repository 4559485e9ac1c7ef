package cratesio

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// browse asks for a page as a person's browser does.
func (w *world) browse(person, path string, form url.Values) (int, string) {
	w.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host = Host
	if person != "" {
		r = r.WithContext(box.WithPerson(r.Context(), person))
	}
	out := httptest.NewRecorder()
	w.ServeHTTP(out, r)
	return out.Code, out.Body.String()
}

func (w *world) mustSee(person, path string, form url.Values, want ...string) string {
	w.t.Helper()
	_, body := w.browse(person, path, form)
	for _, text := range want {
		if !strings.Contains(body, text) {
			w.t.Errorf("%s as %q does not show %q:\n%s", path, person, text, body[strings.Index(body, "<main>"):])
		}
	}
	return body
}

func TestThePublisherFormPrefillsAndRegisters(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	const form = "/crates/x/settings/new-trusted-publisher"
	w.mustSee("ana", form, nil, `name="repository_owner" value="acme"`, `name="repository_name" value="x"`)
	w.mustSee("ana", form+"?repository_name=y", nil, `name="repository_name" value="x"`)
	w.mustSee("ana", form, url.Values{}, "Please enter a repository owner.", "Please enter a repository name.", "Please enter a workflow filename.")
	fill := url.Values{"publisher": {"GitHub"}, "repository_owner": {"acme"}, "repository_name": {"X"}, "workflow_filename": {"publish.yml"}, "environment": {""}}
	w.mustSee("ana", form, url.Values{"repository_owner": {"acme"}, "repository_name": {"x"}, "workflow_filename": {"publish"}},
		"An error has occurred while adding the Trusted Publishing configuration: Workflow filename must end with `.yml` or `.yaml`", `value="publish"`)
	w.mustSee("eve", form, fill, "You are not an owner of this crate")
	w.mustSee("ana", form, fill, "Trusted Publishing configuration added successfully", "Acme/X", "65")
	list := w.Publishers("x")
	if len(list) != 1 || list[0].RepositoryName != "X" || list[0].Environment != nil {
		t.Fatalf("registered %+v", list)
	}
	w.mustSee("ana", "/crates/x/settings", url.Values{"remove": {itoa(list[0].ID)}}, "Trusted Publishing configuration removed successfully")
	if len(w.Publishers("x")) != 0 {
		t.Error("it is still there")
	}
}

func TestSettingsAreTheOwners(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	for person, status := range map[string]int{"": 403, "eve": 403, "ana": 200} {
		if got, _ := w.browse(person, "/crates/x/settings", nil); got != status {
			t.Errorf("%q: %d", person, got)
		}
	}
	w.mustSee("ana", "/crates/x/settings", url.Values{"trustpub_only_shown": {"yes"}, "trustpub_only": {"true"}},
		"Saved", "Publishing to this crate is currently blocked.", " checked")
	w.mustSee("eve", "/crates/x/settings", url.Values{"trustpub_only_shown": {"yes"}}, "only accessible by crate owners")
	if !w.crateNamed("x").TrustpubOnly {
		t.Error("a stranger changed the setting")
	}
}

func TestTheTokenIsShownOnceAndWorks(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	const form = "/settings/tokens/new"
	w.mustSee("ana", form, url.Values{"expiry": {"90"}}, "Please enter a name for this token.", "Please select at least one token scope.")
	w.mustSee("ana", form, url.Values{"name": {"t"}, "expiry": {"90"}, "scope-publish-update": {"yes"}, "crate_scopes": {"a*b"}}, "Invalid crate name pattern")
	body := w.mustSee("ana", form, url.Values{"name": {"ci"}, "expiry": {"7"}, "scope-publish-update": {"yes"}, "crate_scopes": {"x*"}}, "publish-update", "x*", "2026-11-29")
	shown := regexp.MustCompile(`<section id="token">\s*<pre[^>]*>(cio\w{32})</pre>`).FindStringSubmatch(body)
	if shown == nil {
		t.Fatal("no token is shown")
	}
	if _, again := w.browse("ana", "/settings/tokens", nil); strings.Contains(again, shown[1]) {
		t.Error("it is shown a second time")
	}
	if a := w.upload(shown[1], lib("x", "0.2.0")); a.status != 200 {
		t.Errorf("it is of no use: %s", a.body)
	}
	w.mustSee("ana", "/settings/tokens", url.Values{"revoke": {itoa(w.db.Tokens[0].ID)}}, "Revoked")
	w.upload(shown[1], lib("x", "0.3.0")).refused(t, 403, "authentication failed")
}

func TestAnAddressIsVerifiedInTwoSteps(t *testing.T) {
	w := newWorld(t)
	w.mustSee("new", "/settings/profile", nil, "Please add your email address.")
	w.mustSee("new", "/settings/profile", url.Values{"email": {"nonsense"}}, "invalid email address")
	w.mustSee("new", "/settings/profile", url.Values{"email": {"new@example.com"}}, "Unverified email address")
	if w.userByLogin("new").Verified {
		t.Error("an address is verified before its mail was read")
	}
	w.mustSee("new", "/settings/profile", url.Values{"confirm": {"yes"}}, "verified")
	if !w.userByLogin("new").Verified {
		t.Error("not verified")
	}
}

func TestTheBrowserIsSignedInWithoutAToken(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	w.trust("x")
	if status, body := w.browse("ana", configs+"?crate=x", nil); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if status, body := w.browse("ana", "/api/v1/me", nil); status != 200 || !strings.Contains(body, `"email_verified":true`) {
		t.Errorf("%d %s", status, body)
	}
	r := httptest.NewRequest("GET", "/api/v1/me", nil)
	r.Host = Host
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Authorization", w.token("ana"))
	out := httptest.NewRecorder()
	w.ServeHTTP(out, r)
	if !strings.Contains(out.Body.String(), "this action can only be performed on the crates.io website") {
		t.Errorf("a token reads the account: %s", out.Body)
	}
	w.mustSee("", "/crates/x", nil, "ana", "0.1.0")
	w.mustSee("", "/", nil, "/crates/x")
}
