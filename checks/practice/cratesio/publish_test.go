package cratesio

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestEachStageOfPublishingHasItsOwnRefusal holds the texts of
// src/controllers/krate/publish.rs (crates.io commit 57fa000, 2026-08-21).
func TestEachStageOfPublishingHasItsOwnRefusal(t *testing.T) {
	const cargoDocs = "https://doc.rust-lang.org/cargo/reference/manifest.html"
	manifest := func(lines string) string {
		return "[package]\nname = \"new\"\nversion = \"1.0.0\"\n" + lines
	}
	many := func(n int) string {
		return `"` + strings.Join(strings.Split(strings.Repeat("k", n), ""), `","`) + `"`
	}
	for name, c := range map[string]struct {
		p      pkg
		status int
		text   string
	}{
		"name empty":   {pkg{name: "new", vers: "1.0.0", announcedName: " "}, 400, "invalid character ` ` in crate name: ` `, the first character must be an ASCII character"},
		"name digit":   {lib("1new", "1.0.0"), 400, "the name `1new` cannot be used as a crate name, the name cannot start with a digit"},
		"name letters": {lib("néw", "1.0.0"), 400, "invalid character `é` in crate name: `néw`, characters must be an ASCII alphanumeric characters, `-`, or `_`"},
		"name long":    {lib(strings.Repeat("n", 65), "1.0.0"), 400, "the crate name `" + strings.Repeat("n", 65) + "` is too long (max 64 characters)"},
		"no version":   {lib("new", "1.0"), 400, `"1.0" is an invalid semver version`},
		"version long": {lib("new", "1.0.0-"+strings.Repeat("a", 150)), 400, "the version number is too long (max 150 characters)"},
		"other name":   {pkg{name: "new", vers: "1.0.0", manifest: strings.Replace(manifest(""), "new", "old", 1)}, 400, "metadata name `new` does not match manifest name `old`"},
		"other version": {pkg{name: "new", vers: "1.0.0", manifest: strings.Replace(manifest(""), "1.0.0", "1.0.1", 1)}, 400,
			"metadata version `1.0.0` does not match manifest version `1.0.1`"},
		"no metadata": {pkg{name: "new", vers: "1.0.0", manifest: manifest("")}, 400,
			"missing or empty metadata fields: description, license. Please see " + cargoDocs + " for more information on configuring these fields"},
		"no licence": {pkg{name: "new", vers: "1.0.0", manifest: manifest("description = \"d\"")}, 400,
			"missing or empty metadata fields: license. Please see " + cargoDocs + " for more information on configuring these fields"},
		"long description": {pkg{name: "new", vers: "1.0.0", manifest: manifest("license=\"MIT\"\ndescription = \"" + strings.Repeat("d", 1001) + "\"")}, 400,
			"The `description` is too long. A maximum of 1000 characters are currently allowed."},
		"relative address": {pkg{name: "new", vers: "1.0.0", extra: "repository = \"github.com/acme/x\""}, 400,
			"URL for field `repository` must begin with http:// or https:// (url: github.com/acme/x)"},
		"keywords":     {pkg{name: "new", vers: "1.0.0", extra: "keywords = [" + many(6) + "]"}, 400, "expected at most 5 keywords per crate"},
		"keyword long": {pkg{name: "new", vers: "1.0.0", extra: "keywords = [\"" + strings.Repeat("k", 21) + "\"]"}, 400, `"kkkkkkkkkkkkkkkkkkkkk" is an invalid keyword (keywords must have less than 20 characters)`},
		"keyword bad":  {pkg{name: "new", vers: "1.0.0", extra: "keywords = [\"a b\"]"}, 400, `"a b" is an invalid keyword`},
		"categories":   {pkg{name: "new", vers: "1.0.0", extra: "categories = [" + many(6) + "]"}, 400, "expected at most 5 categories per crate"},
		"category unknown": {pkg{name: "new", vers: "1.0.0", extra: "categories = [\"cheese\", \"algorithms\"]"}, 400,
			"The following category slugs are not currently supported on crates.io: cheese\n\nSee https://crates.io/category_slugs for a list of supported slugs."},
		"rust-version":               {pkg{name: "new", vers: "1.0.0", extra: "rust-version = \"^1\""}, 400, "failed to parse `Cargo.toml` manifest file\n\ninvalid `rust-version` value"},
		"patch":                      {pkg{name: "new", vers: "1.0.0", extra: "[patch.crates-io]\na = \"1\""}, 400, "failed to parse `Cargo.toml` manifest file\n\ncrates cannot be published with `[patch]` tables"},
		"workspace":                  {pkg{name: "new", vers: "1.0.0", manifest: "[workspace]"}, 400, "failed to parse `Cargo.toml` manifest file\n\nmissing field `package`"},
		"inherited":                  {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\na = { workspace = true }"}, 400, "failed to parse `Cargo.toml` manifest file\n\nvalue from workspace hasn't been set"},
		"dep unknown":                {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\nnobody = \"1\""}, 400, "no known crate named `nobody`"},
		"dep spelling":               {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\nThere = \"1\""}, 400, "no known crate named `There`"},
		"dep any":                    {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\nthere = \"*\""}, 400, "wildcard (`*`) dependency constraints are not allowed on crates.io. Crate with this problem: `there` See https://doc.rust-lang.org/cargo/faq.html#can-libraries-use--as-a-version-for-their-dependencies for more information"},
		"dep no req":                 {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\nthere = \"one\""}, 400, `"one" is an invalid version requirement`},
		"dep elsewhere":              {pkg{name: "new", vers: "1.0.0", extra: "[dependencies]\nthere = { version = \"1\", registry-index = \"https://e\" }"}, 400, "Dependency `there` is hosted on another registry. Cross-registry dependencies are not permitted on crates.io."},
		"feature":                    {pkg{name: "new", vers: "1.0.0", extra: "[features]\n\"a b\" = []"}, 400, "invalid character ` ` in feature `a b`, characters must be Unicode XID characters, `+`, `-`, or `.` (numbers, `+`, `-`, `_`, `.`, or most letters)"},
		"reserved":                   {lib("test-crate", "1.0.0"), 400, "cannot upload a crate with a reserved name"},
		"once more":                  {lib("there", "0.1.0"), 400, "crate version `0.1.0` is already uploaded"},
		"build differs":              {lib("there", "0.1.0+b"), 400, "crate version `0.1.0` is already uploaded"},
		"clash":                      {lib("There", "0.2.0"), 400, "crate was previously named `there`"},
		"not mine":                   {lib("other_s", "0.2.0"), 403, notOwner},
		"not mine, another spelling": {lib("Other-S", "0.2.0"), 403, notOwner},
		"deleted":                    {lib("gone", "0.2.0"), 400, "A crate with the name `gone` was recently deleted. Reuse of this name will be available after 2026-11-23T12:00:00Z."},
		"deleted, another spelling":  {lib("GONE", "0.2.0"), 400, "A crate with the name `gone` was recently deleted. Reuse of this name will be available after 2026-11-23T12:00:00Z."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.crate("there")
			w.crate("gone")
			w.must(w.DeleteCrate("gone"))
			w.must(w.AddCrate(Seed{Owner: "bo", Name: "other_s", Version: "0.1.0"}))
			w.must(w.ReserveName("test_crate"))
			w.upload(w.token("ana"), c.p).refused(t, c.status, c.text)
			if len(w.Publishers("")) != 0 || w.crateNamed("new") != nil || len(w.crateNamed("there").Versions) != 1 {
				t.Error("a refused publication left something behind")
			}
		})
	}
}

func TestALicenceMustBeAnExpressionThatSPDXKnows(t *testing.T) {
	for licence, good := range map[string]bool{
		"MIT": true, "MIT OR Apache-2.0": true, "MIT/Apache-2.0": true, "GPL-3.0+": true,
		"MIT OR (Apache-2.0 AND MIT)": true, "Apache-2.0 WITH LLVM-exception": true,
		"apache 2.0": false, "Proprietary": false, "MIT OR": false,
	} {
		p := packageTable{License: licence}
		if err := p.licensed(); (err == nil) != good {
			t.Errorf("%q: %v", licence, err)
		}
	}
	p := packageTable{LicenseFile: "LICENSE"}
	if err := p.licensed(); err != nil || p.License != "non-standard" {
		t.Errorf("a licence file alone: %q, %v", p.License, err)
	}
}

func TestWhoMayPublish(t *testing.T) {
	const scope = "this token does not have the required permissions to perform this action"
	w := newWorld(t)
	w.crate("x")
	w.must(w.SetEmail("dan", "dan@example.com", true))
	w.must(w.AddTeam("x", "github:acme:release", "dan"))
	w.must(w.SetEmail("new", "new@example.com", false))
	limited := func(t Token) string {
		plain, err := w.AddToken("ana", t)
		w.must(err)
		return plain
	}
	for name, c := range map[string]struct {
		token  string
		p      pkg
		status int
		text   string
	}{
		"nobody":          {"", lib("n", "1.0.0"), 403, "this action requires authentication"},
		"an odd token":    {"abc", lib("n", "1.0.0"), 401, oldToken},
		"unknown":         {"cio" + strings.Repeat("x", 32), lib("n", "1.0.0"), 403, "authentication failed"},
		"expired":         {limited(Token{Expires: noon}), lib("n", "1.0.0"), 403, "authentication failed"},
		"new, no scope":   {w.token("ana", PublishUpdate), lib("n", "1.0.0"), 403, scope},
		"more, no scope":  {w.token("ana", PublishNew), lib("x", "1.0.0"), 403, scope},
		"another crate":   {limited(Token{Scopes: []Scope{PublishUpdate}, Crates: []string{"y*"}}), lib("x", "1.0.0"), 403, scope},
		"no e-mail":       {w.token("new"), lib("n", "1.0.0"), 400, "A verified email address is required to publish crates to crates.io. Visit https://crates.io/settings/profile to set and verify your email address."},
		"new":             {w.token("ana", PublishNew), lib("n1", "1.0.0"), 200, ""},
		"more":            {w.token("ana", PublishUpdate), lib("x", "1.0.1"), 200, ""},
		"a pattern":       {limited(Token{Scopes: []Scope{PublishUpdate}, Crates: []string{"x*"}}), lib("x", "1.0.2"), 200, ""},
		"a team's member": {w.token("dan"), lib("x", "1.0.3"), 200, ""},
		"not yet expired": {limited(Token{Expires: noon.Add(time.Second)}), lib("n2", "1.0.0"), 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.upload(c.token, c.p)
			if c.status == 200 && a.status == 200 {
				return
			}
			a.refused(t, c.status, c.text)
		})
	}
}

func TestTrustedPublishing(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"x", "y", "z"} {
		w.crate(name)
	}
	w.trust("x")
	w.trust("z")
	token := w.minted(run())
	w.upload(token, lib("new", "0.1.0")).refused(t, 403,
		"Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first")
	w.upload(token, lib("y", "0.2.0")).refused(t, 403, "The provided access token is not valid for crate `y`")
	w.upload("cio_tp_x", lib("x", "0.2.0")).refused(t, 401, "Invalid `Authorization` header: Failed to parse token")
	for _, name := range []string{"x", "z"} { // one token is for all crates whose publisher matched
		if a := w.upload("Bearer "+token, lib(name, "0.2.0")); a.status != 200 {
			t.Fatalf("%s: %s", name, a.body)
		}
	}
	w.must(w.SetTrustpubOnly("x", true))
	w.upload(w.token("ana"), lib("x", "0.3.0")).refused(t, 403,
		"New versions of this crate can only be published using Trusted Publishing (see https://crates.io/docs/trusted-publishing).")
	if a := w.upload(token, lib("x", "0.3.0")); a.status != 200 {
		t.Errorf("a trusted publisher was refused: %s", a.body)
	}
	var shown struct {
		Crate    struct{ Trustpub_only bool }
		Versions []struct {
			Num           string
			Published_by  *struct{ Login string }
			Trustpub_data *TrustedRun
		}
	}
	if err := json.Unmarshal(w.ask("GET", "/api/v1/crates/x", "", nil).body, &shown); err != nil {
		t.Fatal(err)
	}
	newest, first := shown.Versions[0], shown.Versions[2]
	if !shown.Crate.Trustpub_only || newest.Published_by != nil || *newest.Trustpub_data != (TrustedRun{"github", "acme/x", "7", "abc"}) {
		t.Errorf("the proof of a trusted publication is not shown: %+v", shown)
	}
	if first.Trustpub_data != nil || first.Published_by.Login != "ana" {
		t.Errorf("a publication by hand is shown as %+v", first)
	}
}

func TestUserTokensAreLimitedAndTrustedOnesAreNot(t *testing.T) {
	w := newWorld(t)
	token := w.token("ana")
	published := 0
	for {
		a := w.upload(token, lib(fmt.Sprintf("n%d", published), "1.0.0"))
		if a.status == 429 {
			const after = "Sun, 22 Nov 2026 12:10:00 GMT"
			a.refused(t, 429, "You have published too many new crates in a short period of time. Please try again after "+after+
				" and see https://crates.io/docs/rate-limits for more details.")
			if got := a.header.Get("Retry-After"); got != after {
				t.Errorf("Retry-After: %q", got)
			}
			break
		}
		if published++; published > 10 {
			t.Fatal("no limit")
		}
	}
	if published != 5 {
		t.Errorf("%d new crates at once, not 5", published)
	}
	w.now = noon.Add(10 * time.Minute)
	if a := w.upload(token, lib("later", "1.0.0")); a.status != 200 {
		t.Errorf("refused after the period: %s", a.body)
	}
	w.trust("n0")
	trusted := w.minted(run())
	for i := range 40 {
		if a := w.upload(trusted, lib("n0", fmt.Sprintf("1.0.%d", i+1))); a.status != 200 {
			t.Fatalf("a trusted publisher was refused its version %d: %s", i, a.body)
		}
	}
	for i := range 30 {
		if a := w.upload(token, lib("n1", fmt.Sprintf("1.0.%d", i+1))); a.status != 200 {
			t.Fatalf("version %d: %s", i+1, a.body)
		}
	}
	w.upload(token, lib("n1", "2.0.0")).refused(t, 429,
		"You have published too many updates to existing crates in a short period of time. Please try again after Sun, 22 Nov 2026 12:11:00 GMT and see https://crates.io/docs/rate-limits for more details.")
}

func TestTheFrameOfAnUpload(t *testing.T) {
	good := lib("x", "1.0.0").body(t)
	w := newWorld(t)
	token := w.token("ana")
	for name, c := range map[string]struct {
		body   []byte
		status int
		text   string
	}{
		"empty":            {nil, 400, "invalid metadata length"},
		"huge metadata":    {binary.LittleEndian.AppendUint32(nil, 1<<20+1), 413, "JSON metadata blob too large"},
		"short metadata":   {[]byte{9, 0, 0, 0, '{', '}'}, 400, "invalid metadata length for remaining payload: 9"},
		"no name":          {frame(t, map[string]string{"vers": "1.0.0"}, nil), 400, "invalid upload request: missing field `name`"},
		"no file":          {good[:len(frame(t, announced{"x", "1.0.0"}, nil))-4], 400, "invalid tarball length"},
		"huge file":        {append(bytes.Clone(good[:len(frame(t, announced{"x", "1.0.0"}, nil))-4]), 0xff, 0xff, 0xff, 0xff), 413, "max upload size is: 10485760"},
		"short file":       {good[:len(good)-1], 400, fmt.Sprintf("invalid tarball length for remaining payload: %d", binary.LittleEndian.Uint32(good[len(frame(t, announced{"x", "1.0.0"}, nil))-4:]))},
		"no gzip":          {frame(t, announced{"x", "1.0.0"}, []byte("x")), 400, malformed},
		"outside":          {frame(t, announced{"x", "1.0.0"}, tarball(t, map[string]string{"y-1.0.0/Cargo.toml": ""})), 400, "invalid path found: y-1.0.0/Cargo.toml"},
		"upwards":          {frame(t, announced{"x", "1.0.0"}, tarball(t, map[string]string{"x-1.0.0/../Cargo.toml": ""})), 400, "invalid path found: x-1.0.0/../Cargo.toml"},
		"no manifest":      {frame(t, announced{"x", "1.0.0"}, tarball(t, map[string]string{"x-1.0.0/src/lib.rs": ""})), 400, "uploaded tarball is missing a `Cargo.toml` manifest file"},
		"manifest's case":  {frame(t, announced{"x", "1.0.0"}, tarball(t, map[string]string{"x-1.0.0/CARGO.toml": "[package]\nversion='1.0.0'"})), 400, "uploaded tarball is missing a `Cargo.toml` manifest file; `CARGO.toml` was found, but must be named `Cargo.toml` with that exact casing"},
		"broken manifest?": {frame(t, announced{"x", "1.0.0"}, tarball(t, map[string]string{"x-1.0.0/Cargo.toml": "[package"})), 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.ask("PUT", "/api/v1/crates/new", token, c.body)
			if c.text == "" && a.status == c.status && strings.HasPrefix(a.detail(), "failed to parse `Cargo.toml` manifest file\n\n") {
				return
			}
			a.refused(t, c.status, c.text)
		})
		w.now = w.now.Add(time.Hour)
	}
}

func FuzzUpload(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 0, 0, 0, '{', '}', 0, 0, 0, 0})
	f.Add([]byte("\x1b\x00\x00\x00{\"name\":\"x\",\"vers\":\"1.0.0\"}\x01\x00\x00\x00x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		body := bytes.NewReader(data)
		a, err := readAnnounced(body)
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		file, err := readCrate(body)
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		m, err := readTarball(a.Name+"-"+a.Vers, file)
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		_, _ = m.checked()
	})
}

func FuzzManifest(f *testing.F) {
	f.Add("[package]\nname='x'\nversion='1.0.0'\n[dependencies]\na={version='1',features=['b']}\n[target.'cfg(unix)'.dependencies]\nc='*'")
	f.Add("[package]\nversion=1")
	f.Add("[dependencies]\na=1")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := readManifest(strings.NewReader(text))
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		if err := m.check(); err != nil {
			mustBeRefusal(t, err)
		}
		if _, err := m.checked(); err != nil {
			mustBeRefusal(t, err)
		}
	})
}

func mustBeRefusal(t *testing.T, err error) {
	t.Helper()
	if r, ok := err.(*refusal); !ok || r.status < 400 || r.status >= 500 {
		t.Errorf("bad input is a fault of the server: %v", err)
	}
}

func TestRequirementsAreWrittenAsTheIndexHasThem(t *testing.T) {
	for req, want := range map[string]string{
		"1": "^1", "1.2.3": "^1.2.3", "=1.2.3": "=1.2.3", ">= 1, < 2": ">=1, <2", "~1.2": "~1.2", "1.*": "1.*",
		"*": "*", "^0.1.0-alpha.1": "^0.1.0-alpha.1", "": "", "one": "", "1.2.3.4": "",
	} {
		if got, _ := normalRequirement(req); got != want {
			t.Errorf("%q became %q, want %q", req, got, want)
		}
	}
}
