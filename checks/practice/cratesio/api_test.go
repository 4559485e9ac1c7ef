package cratesio

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

const configs = "/api/v1/trusted_publishing/github_configs"

func asked(crate string, change func(map[string]any)) map[string]any {
	fields := map[string]any{
		"crate": crate, "repository_owner": "ACME", "repository_name": "x", "workflow_filename": "publish.yml", "environment": "Release",
	}
	if change != nil {
		change(fields)
	}
	return map[string]any{"github_config": fields}
}

// TestPublishersAreRefusedAsTheServerDoes holds the texts of
// src/controllers/trustpub/github_configs/create.rs and of
// crates/crates_io_trustpub/src/github/validation.rs.
func TestPublishersAreRefusedAsTheServerDoes(t *testing.T) {
	set := func(field string, value any) func(map[string]any) {
		return func(f map[string]any) { f[field] = value }
	}
	const inEnvironment = `Environment name must not contain non-printable characters or the characters "'", """, "` + "`" + `", ",", ";", "\"`
	long := strings.Repeat("x", 256)
	for name, c := range map[string]struct {
		login  string
		change func(map[string]any)
		status int
		text   string
	}{
		"owner empty":        {"ana", set("repository_owner", ""), 400, "GitHub repository owner name may not be empty"},
		"owner long":         {"ana", set("repository_owner", long), 400, "GitHub repository owner name is too long (maximum is 255 characters)"},
		"owner odd":          {"ana", set("repository_owner", "-acme"), 400, "Invalid GitHub repository owner name"},
		"owner unknown":      {"ana", set("repository_owner", "nobody"), 400, "Unknown GitHub user or organization"},
		"repository empty":   {"ana", set("repository_name", ""), 400, "GitHub repository name may not be empty"},
		"repository odd":     {"ana", set("repository_name", "a/b"), 400, "Invalid GitHub repository name"},
		"file empty":         {"ana", set("workflow_filename", ""), 400, "Workflow filename may not be empty"},
		"file long":          {"ana", set("workflow_filename", long), 400, "Workflow filename is too long (maximum is 255 characters)"},
		"file no suffix":     {"ana", set("workflow_filename", "publish"), 400, "Workflow filename must end with `.yml` or `.yaml`"},
		"file path":          {"ana", set("workflow_filename", ".github/workflows/publish.yml"), 400, "Workflow filename must be a filename only, without directories"},
		"environment empty":  {"ana", set("environment", ""), 400, "Environment name may not be empty (use `null` to omit)"},
		"environment long":   {"ana", set("environment", long), 400, "Environment name is too long (maximum is 255 characters)"},
		"environment before": {"ana", set("environment", " e"), 400, "Environment name may not start with whitespace"},
		"environment after":  {"ana", set("environment", "e "), 400, "Environment name may not end with whitespace"},
		"environment quote":  {"ana", set("environment", "e'"), 400, inEnvironment},
		"environment tab":    {"ana", set("environment", "a\tb"), 400, inEnvironment},
		"no crate":           {"ana", set("crate", "none"), 404, "crate `none` does not exist"},
		"no owner":           {"eve", nil, 400, "You are not an owner of this crate"},
		"a team's member":    {"dan", nil, 400, "You are not an owner of this crate"},
		"unverified":         {"bo", nil, 403, "You must verify your email address to create a Trusted Publishing config"},
		"full":               {"ana", set("crate", "full"), 409, "This crate already has the maximum number of GitHub Trusted Publishing configurations (5)"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.crate("x")
			w.crate("full")
			for range maxPublishers {
				w.trust("full")
			}
			w.must(w.AddOwner("x", "bo"))
			w.must(w.SetEmail("bo", "bo@example.com", false))
			w.must(w.SetEmail("eve", "eve@example.com", true))
			w.must(w.SetEmail("dan", "dan@example.com", true))
			w.must(w.AddTeam("x", "github:acme:release", "dan"))
			w.ask("POST", configs, w.token(c.login), asked("x", c.change)).refused(t, c.status, c.text)
			if n := len(w.Publishers("x")); n != 0 {
				t.Errorf("%d publishers are there", n)
			}
		})
	}
}

func TestAPublisherIsKeptAsTypedWithGitHubsOwner(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	token := w.token("ana")
	a := w.ask("POST", configs, token, asked("X", func(f map[string]any) { f["repository_name"] = "MiXed" }))
	if a.status != 200 {
		t.Fatalf("refused: %s", a.body)
	}
	p := w.Publishers("x")[0]
	if p.Crate != "x" || p.RepositoryOwner != "Acme" || p.RepositoryOwnerID != 65 || p.RepositoryName != "MiXed" || *p.Environment != "Release" {
		t.Errorf("kept as %+v", p)
	}
	w.reopen()
	var list struct {
		Github_configs []Publisher
		Meta           struct{ Total int }
	}
	if err := json.Unmarshal(w.ask("GET", configs+"?crate=x", token, nil).body, &list); err != nil || list.Meta.Total != 1 || list.Github_configs[0].ID != p.ID {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestWhoMayListAndRemovePublishers(t *testing.T) {
	const scope = "this token does not have the required permissions to perform this action"
	const legacy = "This endpoint cannot be used with legacy API tokens. Use a scoped API token instead."
	w := newWorld(t)
	w.crate("x")
	w.crate("y")
	p := w.trust("x")
	w.trust("y")
	old, scoped, wrong := w.token("ana"), w.token("ana", TrustedPublishing), w.token("ana", PublishNew)
	onlyY, err := w.AddToken("ana", Token{Scopes: []Scope{TrustedPublishing}, Crates: []string{"y"}})
	w.must(err)
	me := "?user_id=" + itoa(w.userByLogin("ana").ID)
	for name, c := range map[string]struct {
		query, token string
		status       int
		text         string
	}{
		"neither":         {"", old, 400, "Must specify either `crate` or `user_id` query parameter"},
		"both":            {me + "&crate=x", old, 400, "Cannot specify both `crate` and `user_id` query parameters"},
		"nobody":          {"?crate=x", "", 403, "this action requires authentication"},
		"no scope":        {"?crate=x", wrong, 403, scope},
		"another crate":   {"?crate=x", onlyY, 403, scope},
		"no crate":        {"?crate=n", old, 404, "crate `n` does not exist"},
		"not the owner":   {"?crate=x", w.token("eve"), 400, "You are not an owner of this crate"},
		"old, by user":    {me, old, 403, legacy},
		"another user":    {"?user_id=999", scoped, 403, "this action requires authentication as the specified user"},
		"numbered pages":  {"?crate=x&page=2", old, 400, "?page= is not supported for this request"},
		"too many a page": {"?crate=x&per_page=101", old, 400, "cannot request more than 100 items"},
		"a bad seek":      {"?crate=x&seek=%21", old, 400, "invalid seek parameter"},
	} {
		t.Run(name, func(t *testing.T) { w.ask("GET", configs+c.query, c.token, nil).refused(t, c.status, c.text) })
	}
	total := func(query, token string) (n int) {
		var list struct{ Github_configs []Publisher }
		if err := json.Unmarshal(w.ask("GET", configs+query, token, nil).body, &list); err != nil {
			t.Error(err)
		}
		return len(list.Github_configs)
	}
	if total(me, scoped) != 2 || total(me, onlyY) != 1 || total("?crate=x", old) != 1 {
		t.Error("the lists are not those of the user's crates in the token's scope")
	}
	w.ask("DELETE", configs+"/999", old, nil).refused(t, 404, "Not Found")
	w.ask("DELETE", configs+"/"+itoa(p.ID), w.token("eve"), nil).refused(t, 400, "You are not an owner of this crate")
	if a := w.ask("DELETE", configs+"/"+itoa(p.ID), old, nil); a.status != 204 || len(w.Publishers("x")) != 0 {
		t.Errorf("not removed: %d %s", a.status, a.body)
	}
}

func TestListsComeInPages(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	for range 5 {
		w.trust("x")
	}
	query, token, seen := "?crate=x&per_page=2", w.token("ana"), 0
	for pages := 0; query != "" && pages < 9; pages++ {
		var list struct {
			Github_configs []Publisher
			Meta           struct {
				Total     int
				Next_page string
			}
		}
		w.must(json.Unmarshal(w.ask("GET", configs+query, token, nil).body, &list))
		seen, query = seen+len(list.Github_configs), list.Meta.Next_page
	}
	if seen != 5 {
		t.Errorf("%d of 5 rows", seen)
	}
}

func TestTrustpubOnly(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	body := map[string]any{"crate": map[string]any{"trustpub_only": true}}
	w.ask("PATCH", "/api/v1/crates/n", w.token("ana", TrustedPublishing), body).refused(t, 404, "crate `n` does not exist")
	w.ask("PATCH", "/api/v1/crates/x", w.token("ana"), body).refused(t, 403,
		"This endpoint cannot be used with legacy API tokens. Use a scoped API token instead.")
	w.ask("PATCH", "/api/v1/crates/x", w.token("eve", TrustedPublishing), body).refused(t, 403,
		"only owners have permission to modify crate settings")
	// Nothing checks that there is a publisher: this locks everybody out.
	if a := w.ask("PATCH", "/api/v1/crates/x", w.token("ana", TrustedPublishing), body); a.status != 200 || !w.crateNamed("x").TrustpubOnly {
		t.Errorf("answered %d %s", a.status, a.body)
	}
}

func TestReading(t *testing.T) {
	w := newWorld(t)
	w.crate("x-y")
	w.must(w.AddCrate(Seed{Owner: "ana", Name: "x-y", Version: "0.2.0-rc.1"}))
	w.must(w.AddTeam("x-y", "github:acme:release"))
	w.ask("GET", "/api/v1/crates/none", "", nil).refused(t, 404, "crate `none` does not exist")
	w.ask("GET", "/api/v1/crates/x-y/9.9.9", "", nil).refused(t, 404, "crate `x-y` does not have a version `9.9.9`")
	w.ask("GET", "/api/v1/crates/x-y?include=nonsense", "", nil).refused(t, 400, badInclude)
	w.ask("GET", "/api/v1/users/none", "", nil).refused(t, 404, "Not Found")
	for _, path := range []string{
		"crates/x_y", "crates/X-Y?include=", "crates/x-y?include=default_version", "crates/x-y/0.1.0", "crates/x-y/versions",
		"crates/x-y/versions?per_page=1&sort=date", "crates/x-y/owners", "crates/x-y/owner_user", "crates/x-y/owner_team", "users/ANA",
	} {
		if a := w.ask("GET", "/api/v1/"+path, "", nil); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	c := w.crateView(w.crateNamed("x-y"), crateParts{})
	if *c.DefaultVersion != "0.1.0" || c.MaxVersion != "0.2.0-rc.1" || *c.MaxStableVersion != "0.1.0" {
		t.Errorf("versions: %+v", c)
	}
}

func TestYankingShowsInTheIndex(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	w.ask("DELETE", "/api/v1/crates/x/0.1.0/yank", w.token("eve"), nil).refused(t, 403, "must already be an owner to yank or unyank")
	for _, c := range []struct{ method, verb, want string }{{"DELETE", "yank", `"yanked":true`}, {"PUT", "unyank", `"yanked":false`}} {
		if a := w.ask(c.method, "/api/v1/crates/x/0.1.0/"+c.verb, w.token("ana", Yank), nil); a.status != 200 {
			t.Fatalf("%s: %s", c.verb, a.body)
		}
		if line := string(w.indexFile("/1/x")); !strings.Contains(line, c.want) {
			t.Errorf("after %s the index says %s", c.verb, line)
		}
	}
}

func TestClientsMustNameThemselves(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	plain := &http.Client{Transport: w.net}
	for path, status := range map[string]int{"/api/v1/crates/x": 403, "/api/v1/crates/x/0.1.0/download": 302} {
		r, err := http.NewRequest("GET", "https://"+Host+path, nil)
		w.must(err)
		if a := w.do(plain, r); a.status != status || status == 403 && !strings.HasPrefix(string(a.body), "We require that all requests include a `User-Agent` header.") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	plain := &http.Client{Transport: w.net}
	for body, want := range map[string]int{`{`: 400, `[]`: 422, `{}`: 422, `{"github_config":{"crate":"x"}}`: 422, `{"github_config":{"crate":1}}`: 422, `null`: 422, `<html>`: 400} {
		r, err := http.NewRequest("POST", "https://"+Host+configs, strings.NewReader(body))
		w.must(err)
		r.Header.Set("User-Agent", "test")
		r.Header.Set("Content-Type", "application/json")
		if a := w.do(plain, r); a.status != want {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
		r.Header.Set("Content-Type", "text/plain")
		r.Body = http.NoBody
		if a := w.do(plain, r); a.status != 415 {
			t.Errorf("%s as text: %d", body, a.status)
		}
	}
}

func TestTheSparseIndex(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "Ab", "abc", "Long-Name"} {
		w.crate(name)
	}
	get := func(path, tag string) answer {
		r, err := http.NewRequest("GET", "https://"+IndexHost+path, nil)
		w.must(err)
		r.Header.Set("If-None-Match", tag)
		return w.do(&http.Client{Transport: w.net}, r)
	}
	for path, name := range map[string]string{"/1/a": "a", "/2/ab": "Ab", "/3/a/abc": "abc", "/lo/ng/long-name": "Long-Name"} {
		a := get(path, "")
		var line indexLine
		if err := json.Unmarshal(a.body, &line); err != nil || line.Name != name || line.Vers != "0.1.0" || line.Checksum == "" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
		if again := get(path, a.header.Get("ETag")); again.status != 304 || len(again.body) != 0 {
			t.Errorf("%s: an unchanged file is sent again: %d", path, again.status)
		}
	}
	for _, path := range []string{"/2/zz", "/lo/ng/long_name", "/ab/Ab", "/"} {
		if a := get(path, ""); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := get("/config.json", ""); !strings.Contains(string(a.body), `"api": "https://crates.io"`) {
		t.Errorf("config: %s", a.body)
	}
}

func TestFeaturesThatOnlyNewerCargosKnowStandApart(t *testing.T) {
	w := newWorld(t)
	w.crate("there")
	p := lib("x", "1.0.0")
	p.extra = "[dependencies]\nlocal = { version = \"0.1\", package = \"there\", optional = true }\n" +
		"[features]\nplain = []\nnew = [\"dep:local\"]\nweak = [\"local?/f\"]\n"
	if a := w.upload(w.token("ana"), p); a.status != 200 {
		t.Fatalf("refused: %s", a.body)
	}
	var line indexLine
	w.must(json.Unmarshal(w.indexFile("/1/x"), &line))
	if line.Format != 2 || len(line.Features) != 1 || len(line.Features2) != 2 {
		t.Errorf("features: %+v", line)
	}
	if d := line.Deps[0]; d.Name != "local" || *d.Package != "there" || d.Req != "^0.1" || !d.Optional {
		t.Errorf("dependency: %+v", d)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// TestOwnersAreToldByMail: each individual owner with a verified address, of every
// change, and of nothing that changes nothing.
func TestOwnersAreToldByMail(t *testing.T) {
	w := newWorld(t)
	w.crate("x")
	for _, login := range []string{"bo", "cy"} {
		w.must(w.AddOwner("x", login))
		w.must(w.SetEmail(login, login+"@example.com", login == "bo"))
	}
	w.must(w.AddTeam("x", "github:acme:release", "dan"))
	token := w.token("ana", TrustedPublishing)
	w.ask("POST", configs, token, asked("x", nil))
	only := func(on bool) map[string]any { return map[string]any{"crate": map[string]any{"trustpub_only": on}} }
	w.ask("PATCH", "/api/v1/crates/x", token, only(true))
	w.ask("PATCH", "/api/v1/crates/x", token, only(true))
	w.ask("DELETE", configs+"/"+itoa(w.Publishers("x")[0].ID), token, nil)
	w.ask("DELETE", configs+"/999", token, nil)
	want := "Trusted Publishing configuration added to x; Trusted publishing only of x set to true; Trusted Publishing configuration removed from x"
	for login, mails := range map[string]string{"ana": want, "bo": want, "cy": "", "dan": ""} {
		if got := strings.Join(w.Mails(login), "; "); got != mails {
			t.Errorf("%s was told %q", login, got)
		}
	}
}
