package refusal

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// cargo is how cargo 1.95 shows what the registry said.
func cargo(status, said string) string {
	return "\x1b[1m\x1b[92m    Uploading\x1b[0m market-data v0.1.0 (/w/market-data)\nerror: failed to publish market-data v0.1.0 to registry at https://crates.io\n\nCaused by:\n" +
		"  the remote server responded with an error (status " + status + "): " + said + "\n"
}

// twine is how twine 4.0.2 shows it, broken at the width of a terminal.
func twine(index, status, said string) string {
	return "Uploading distributions to https://" + index + "/legacy/\nUploading market_data-0.1.0.tar.gz\n25l\n100% ━━━━ 4.2/4.2 kB • 00:00 • ?\n25hWARNING  Error during upload. Retry with the --verbose option for more details.\n" +
		"ERROR    HTTPError: " + status + " from https://" + index + "/legacy/\n         " + strings.ReplaceAll(said, ". ", ".\n         ") + "\n"
}

// uv is how uv shows it.
func uv(status, said string) string {
	return "Publishing 2 files https://upload.pypi.org/legacy/\nUploading market_data-0.1.0.tar.gz (4.1KiB)\nerror: Failed to publish `dist/market_data-0.1.0.tar.gz` to https://upload.pypi.org/legacy/\n" +
		"  Caused by: Upload failed with status code " + status + ". Server says: " + status + " " + said + "\n"
}

var known = []struct {
	output string
	kind   Kind
	next   string
	page   string
}{
	{cargo("429 Too Many Requests", "You have published too many new crates in a short period of time. Please try again after Fri, 18 Jul 2025 20:00:34 GMT and see https://crates.io/docs/rate-limits for more details."), RateLimited, "Wait until crates.io takes more", ""},
	{cargo("429 Too Many Requests", "You have published too many updates to existing crates in a short period of time. Please try again after Fri, 18 Jul 2025 20:00:34\n GMT and see https://crates.io/docs/rate-limits for more details."), RateLimited, "goes on from there", ""},
	{cargo("400 Bad Request", "A verified email address is required to publish crates to crates.io. Visit https://crates.io/settings/profile to set and verify your email address."), EmailUnverified, "follow the link in the mail", "https://crates.io/settings/profile"},
	{cargo("403 Forbidden", "New versions of this crate can only be published using Trusted Publishing (see https://crates.io/docs/trusted-publishing)."), TrustedOnly, "by the workflow", ""},
	{cargo("403 Forbidden", "this crate exists but you don't seem to be an owner. If you believe this is a mistake, perhaps you need to accept an invitation to be an owner before publishing."), NameTaken, "Choose another name", ""},
	{cargo("400 Bad Request", "cannot upload a crate with a reserved name"), NameRefused, "another name", ""},
	{cargo("400 Bad Request", "A crate with the name `market-data` was recently deleted. Reuse of this name will be available after 2026-12-01T10:00:00Z."), NameRefused, "2026-12-01T10:00:00Z", ""},
	{cargo("400 Bad Request", "crate was previously named `market_data`"), NameRefused, "market_data", ""},
	{cargo("400 Bad Request", "crate version `0.1.0` is already uploaded"), AlreadyThere, "0.1.0", ""},
	{"error: crate market-data@0.1.0 already exists on crates.io index\n", AlreadyThere, "market-data@0.1.0", ""},
	{cargo("400 Bad Request", "missing or empty metadata fields: description, license. Please see https://doc.rust-lang.org/cargo/reference/manifest.html for more information on configuring these fields"), Metadata, "description, license", "manifest.html"},
	{cargo("400 Bad Request", "unknown or invalid license expression; see http://opensource.org/licenses for options, and http://spdx.org/licenses/ for their identifiers"), Metadata, "SPDX", "spdx.org"},
	{cargo("400 Bad Request", "expected at most 5 keywords per crate"), Metadata, "five keywords", ""},
	{cargo("400 Bad Request", "\"a b\" is an invalid keyword"), Metadata, "a b", ""},
	{cargo("400 Bad Request", "The following category slugs are not currently supported on crates.io: quant"), Metadata, "quant", "category_slugs"},
	{cargo("400 Bad Request", "The `description` is too long. A maximum of 1000 characters are currently allowed."), Metadata, "Shorten", ""},
	{cargo("400 Bad Request", "URL for field `homepage` must begin with http:// or https:// (url: ftp://x)"), Metadata, "homepage", ""},
	{cargo("400 Bad Request", "wildcard (`*`) dependency constraints are not allowed on crates.io. Crate with this problem: `serde` See https://doc.rust-lang.org/cargo/faq.html"), Metadata, "a version", ""},
	{"error: all dependencies must have a version requirement specified when publishing.\ndependency `market-core` does not specify a version\nNote: The published dependency will use the version from crates.io,\n", Metadata, "market-core", ""},
	{cargo("400 Bad Request", "no known crate named `market-core`"), DependencyMissing, "market-core", ""},
	{"error: failed to prepare local package for uploading\n\nCaused by:\n  no matching package named `market-core` found\n  location searched: crates.io index\n", DependencyMissing, "market-core", ""},
	{"error: failed to prepare local package for uploading\n\nCaused by:\n  failed to select a version for the requirement `market-core = \"^0.2\"`\n", DependencyMissing, "^0.2", ""},
	{cargo("413 Payload Too Large", "max upload size is: 10485760"), TooLarge, "10485760 bytes", ""},
	{cargo("403 Forbidden", "this token does not have the required permissions to perform this action"), TokenRefused, "publish-new", "tokens/new"},
	{cargo("401 Unauthorized", "The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 were generated with an insecure random number generator, and have been revoked."), TokenRefused, "whole token", "tokens/new"},
	{cargo("403 Forbidden", "authentication failed"), TokenRefused, "revoked or expired", "tokens/new"},
	{"error: no token found, please run `cargo login`\nor use environment variable CARGO_REGISTRY_TOKEN\n", TokenRefused, "Give the token", "tokens/new"},
	{"error: 2 files in the working directory contain changes that were not yet committed into git:\n\nCargo.toml\nsrc/lib.rs\n\nto proceed despite this and include the uncommitted changes, pass the `--allow-dirty` flag\n", Uncommitted, "2 changed files", ""},

	{twine("upload.pypi.org", "403 Forbidden", "User 'ana', associated with the API token used, does not have a verified primary email address. Please add a verified primary email before attempting to upload to PyPI."), EmailUnverified, "Verify", "https://pypi.org/manage/account/"},
	{twine("upload.pypi.org", "403 Forbidden", "User 'ana', associated with the API token used, does not have two-factor authentication enabled."), NoTwoFactor, "two-factor", "https://pypi.org/manage/account/"},
	{twine("upload.pypi.org", "400 Bad Request", "File already exists ('market_data-0.1.0.tar.gz', with blake2_256 hash 'ab12'). See https://pypi.org/help/#file-name-reuse for more information."), AlreadyThere, "new version", ""},
	{twine("upload.pypi.org", "400 Bad Request", "This filename was previously used by a file that has since been deleted. Use a different version."), AlreadyThere, "never used twice", ""},
	{twine("upload.pypi.org", "400 Bad Request", "The name 'market-dato' is too similar to an existing project. See https://pypi.org/help/#project-name for more information."), NameRefused, "market-dato", ""},
	{twine("upload.pypi.org", "400 Bad Request", "The name 'json' isn't allowed (conflict with Python Standard Library module name)."), NameRefused, "json", ""},
	{twine("upload.pypi.org", "409 Conflict", "The name 'market-data' conflicts with an existing project."), NameTaken, "market-data", ""},
	{twine("upload.pypi.org", "403 Forbidden", "The user 'ana' isn't allowed to upload to project 'market-data'. See https://pypi.org/help/#project-name for more information."), NameTaken, "add ana", ""},
	{twine("upload.pypi.org", "400 Bad Request", "Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly"), NameRefused, "pending publisher", "publishing"},
	{twine("upload.pypi.org", "403 Forbidden", "Invalid API Token: project-scoped token is not valid for project: 'market-data'"), TokenRefused, "whole account", "https://pypi.org/manage/account/token/"},
	{twine("upload.pypi.org", "403 Forbidden", "Invalid API Token: token is expired"), TokenRefused, "new token", "token"},
	{twine("upload.pypi.org", "403 Forbidden", "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead."), TokenRefused, "__token__", "token"},
	{twine("test.pypi.org", "403 Forbidden", "Invalid or non-existent authentication information. See https://test.pypi.org/help/#invalid-auth for more information."), TokenRefused, "tokens of their own", "https://test.pypi.org/manage/account/token/"},
	{uv("403 Forbidden", "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information."), TokenRefused, "whole token", "https://pypi.org/manage/account/token/"},
	{uv("429 Too Many Requests", "Too many new projects created"), RateLimited, "Wait", ""},
	{twine("upload.pypi.org", "400 Bad Request", "The description failed to render for 'text/markdown'. See https://pypi.org/help/#description-content-type for more information."), Metadata, "twine check", ""},
	{"Checking dist/market_data-0.1.0.tar.gz: FAILED\nERROR    `long_description` has syntax errors in markup and would not be rendered on PyPI.\n", Metadata, "twine check", ""},
	{twine("upload.pypi.org", "400 Bad Request", "'Topic :: Quant' is not a valid classifier. See https://packaging.python.org/specifications/core-metadata for more information."), Metadata, "Topic :: Quant", "classifiers"},
	{twine("upload.pypi.org", "400 Bad Request", "The use of local versions in '0.1.0+g1' is not allowed. See https://packaging.python.org/ for more information."), Metadata, "after +", ""},
	{twine("upload.pypi.org", "400 Bad Request", "File too large. Limit for project 'market-data' is 100 MB. See https://docs.pypi.org/"), TooLarge, "100 MB", ""},
	{uv("413 Payload Too Large", ""), TooLarge, "Leave files out", ""},
	{twine("upload.pypi.org", "400 Bad Request", "Uploading new files to releases older than 14 days is not allowed."), Metadata, "new version", ""},
	{"ERROR    InvalidDistribution: Metadata is missing required fields: Name, Version.\n         Make sure the distribution includes the files where those fields are specified", Metadata, "current build and twine", ""},
	{uv("400 Bad Request", "Attestations are only supported when using Trusted Publishing"), TokenRefused, "attestations off", ""},

	{uv("429 Too Many Requests", ""), RateLimited, "Wait a while", ""},
	{"error: failed to get successful HTTP response\n\nCaused by:\n  [6] Could not resolve hostname (Could not resolve host: index.crates.io)\n", Network, "connection", ""},
	{"error: failed to publish\n\nCaused by:\n  [7] Could not connect to server (Failed to connect to crates.io port 443 after 2 ms: Couldn't connect to server)\n", Network, "proxy", ""},
	{"ConnectionError: HTTPSConnectionPool(host='upload.pypi.org', port=443): Max retries exceeded with url: /legacy/ (Caused by NewConnectionError('<urllib3>: Failed to establish a new connection: [Errno 111] Connection refused'))", Network, "connection", ""},
	{"error: Failed to publish\n  Caused by: error sending request\n  Caused by: dns error: failed to lookup address information: Name or service not known\n", Network, "connection", ""},
	{"SSLError: HTTPSConnectionPool(host='upload.pypi.org', port=443): [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain (_ssl.c:997)", Network, "REQUESTS_CA_BUNDLE", ""},
	{"Caused by:\n  [60] SSL peer certificate or SSH remote key was not OK (SSL certificate problem: unable to get local issuer certificate)\n", Network, "CARGO_HTTP_CAINFO", ""},
	{"warning: spurious network error (3 tries remaining): [28] Timeout was reached (Connection timed out after 30000 milliseconds)\n", Network, "Try again", ""},
	{cargo("503 Service Unavailable", "down"), Network, "try again later", "status"},
	{"HTTPError: 502 Bad Gateway from https://upload.pypi.org/legacy/\n502 Server Error: Bad Gateway", Network, "try again later", "status"},
	{"/usr/bin/python3: No module named build\n", ToolBroken, "pip install build", ""},
	{"error: rustup could not choose a version of cargo to run, because one wasn't specified explicitly, and no default is configured.\n", ToolBroken, "rustup default stable", ""},
}

func TestEveryKnownText(t *testing.T) {
	used := map[*regexp.Regexp]bool{}
	for _, k := range known {
		r, ok := Read(k.output)
		if !ok || r.Kind != k.kind || !strings.Contains(r.Next, k.next) || !strings.Contains(r.Page, k.page) || r.Said == "" {
			t.Errorf("%s\ncame to %+v", k.output, r)
		}
		if strings.ContainsAny(r.String(), "\x1b\n") {
			t.Errorf("not one clean line: %q", r.String())
		}
		for _, c := range causes {
			if c.text.MatchString(r.Said) {
				used[c.text] = true
				break
			}
		}
	}
	for _, c := range causes {
		if !used[c.text] {
			t.Errorf("no example of %s", c.text)
		}
	}
}

// TestTheTimeIsRead: a wait goes by what the registry says.
func TestTheTimeIsRead(t *testing.T) {
	for _, k := range known[:2] {
		r, _ := Read(k.output)
		if want := time.Date(2025, 7, 18, 20, 0, 34, 0, time.UTC); !r.Until.Equal(want) {
			t.Errorf("until %v", r.Until)
		}
	}
	if r, _ := Read(cargo("429 Too Many Requests", "You have published too many new crates in a short period of time. Please try again after 99 Foo and so on.")); !r.Until.IsZero() {
		t.Errorf("a time out of %q", r.Said)
	}
}

// TestWhatIsNotKnownIsNotGuessed: builds print much, and most of it is no cause.
func TestWhatIsNotKnownIsNotGuessed(t *testing.T) {
	for _, output := range []string{"", "\n", "error[E0425]: cannot find value `x` in this scope\n --> src/lib.rs:3:5\n", "   Compiling timeout v0.1.0\n    Finished `dev` profile\n", "error: process didn't exit successfully (exit status: 101)"} {
		if r, ok := Read(output); ok {
			t.Errorf("%q came to %+v", output, r)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, k := range known {
		f.Add(k.output)
	}
	f.Fuzz(func(t *testing.T, output string) {
		if r, ok := Read(output); ok && (r.Kind == "" || r.Next == "" || strings.ContainsAny(r.String(), "\x1b\n\r")) {
			t.Errorf("%q came to %+v", output, r)
		}
	})
}
