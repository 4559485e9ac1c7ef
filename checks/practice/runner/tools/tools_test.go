package tools

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/internal/wire"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// bench is a place with the programs, and small doubles of the hosts.
type bench struct {
	t      *testing.T
	place  shell.Place
	sh     *shell.Shell
	crates *wire.CratesIO
	pypi   *wire.PyPI
	hosts  *wire.Hosts
	env    []string
}

func newBench(t *testing.T, files map[string]string) *bench {
	t.Helper()
	b := &bench{t: t, crates: &wire.CratesIO{}, pypi: &wire.PyPI{Audience: "pypi"}}
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/missing":
			http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		case "/idtoken":
			fmt.Fprintf(w, `{"value":"jwt-for-%s-by-%s"}`, r.URL.Query().Get("audience"), strings.TrimPrefix(r.Header.Get("Authorization"), "bearer "))
		default:
			fmt.Fprintf(w, `{"method":%q,"path":%q,"body":%q,"type":%q,"auth":%q,"n":[1,2]}`, r.Method, r.URL.Path, body, r.Header.Get("Content-Type"), r.Header.Get("Authorization"))
		}
	})
	b.hosts = wire.New(map[string]http.Handler{"crates.io": b.crates, "index.crates.io": b.crates, "pypi.org": b.pypi, "upload.pypi.org": b.pypi, "api.github.com": echo, "actions.example": echo})
	var err error
	if b.place, err = shell.NewPlace(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if b.sh, err = shell.New(b.place, Commands(Kit{Client: b.hosts.Client(), Poll: time.Millisecond})); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		full := filepath.Join(b.place.Work(), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bench) run(text string) (code int, out, problems string) {
	b.t.Helper()
	var o, e bytes.Buffer
	code, err := b.sh.Run(context.Background(), shell.Script{Text: text, Name: "step", Dir: b.place.Work(), Env: b.env, Stdout: &o, Stderr: &e})
	if err != nil {
		b.t.Fatal(err)
	}
	return code, o.String(), e.String()
}

var crateTree = map[string]string{
	"Cargo.toml":          "[workspace]\nmembers=['crates/*']\n[workspace.package]\nversion='0.3.0'\n",
	"crates/a/Cargo.toml": "[package]\nname='aaa'\nversion.workspace=true\n[dependencies]\nbbb={path='../b',version='0.3'}\n", "crates/a/src/lib.rs": "",
	"crates/b/Cargo.toml": "[package]\nname='bbb'\nversion.workspace=true\n", "crates/b/src/lib.rs": "",
	"crates/x/Cargo.toml": "[package]\nname='xtask'\npublish=false\n", "crates/x/src/main.rs": "",
	"pyproject.toml": "[build-system]\nbuild-backend='maturin'\n[project]\nname='aaa'\ndynamic=['version']\n[tool.maturin]\nmanifest-path='crates/a/Cargo.toml'\n",
}

func TestCargo(t *testing.T) {
	for text, want := range map[string]struct {
		code    int
		out     string
		uploads string
	}{
		"cargo publish --workspace --locked --no-verify":    {0, "Published aaa v0.3.0", "bbb aaa"},
		"cargo +stable publish -p bbb --allow-dirty":        {0, "Published bbb v0.3.0", "bbb"},
		"cd crates/b && cargo publish":                      {0, "Published bbb v0.3.0", "bbb"},
		"cargo publish --manifest-path crates/b/Cargo.toml": {0, "Published bbb v0.3.0", "bbb"},
		"cargo publish --workspace --exclude aaa":           {0, "Published bbb", "bbb"},
		"cargo publish --workspace --dry-run":               {0, "aborting upload due to dry run", ""},
		"cargo publish -p aaa":                              {101, "no matching package named `bbb` found", ""},
		"cargo publish -p nope":                             {101, "package ID specification `nope` did not match any packages", ""},
		"cargo publish -p xtask":                            {101, "`xtask` cannot be published", ""},
		"CARGO_REGISTRY_TOKEN= cargo publish -p bbb":        {101, "no token found, please run `cargo login`", ""},
		"cargo publish --registry mine -p bbb":              {101, "only crates-io is", ""},
		"cargo publish --nonsense":                          {101, "is not in practice", ""},
		"cargo release":                                     {101, "`cargo release` is not in practice", ""},
		"cargo package -p bbb && ls target/package":         {0, "bbb-0.3.0.crate", ""},
		"cargo package -p bbb --list":                       {0, "Cargo.toml.orig", ""},
		"cargo test --workspace -- --nocapture":             {0, "compiles and runs nothing here", ""},
		"cargo metadata --no-deps --format-version 1 | jq -r '.packages[] | select(.publish == null) | .name + \"@\" + .version'": {0, "aaa@0.3.0\nbbb@0.3.0", ""},
		"cd crates/a && cargo pkgid | cut -d '#' -f 2":        {0, "aaa@0.3.0", ""},
		"cd /tmp && cargo build":                              {101, "could not find `Cargo.toml`", ""},
		"cargo --version && rustc --version && rustup update": {0, "not needed here", ""},
	} {
		b := newBench(t, crateTree)
		b.env = []string{"CARGO_REGISTRY_TOKEN=cio_secret"}
		code, out, problems := b.run(text)
		var uploads []string
		for _, u := range b.crates.Uploads {
			uploads = append(uploads, u["name"].(string))
		}
		if code != want.code || !strings.Contains(out+problems, want.out) || strings.Join(uploads, " ") != want.uploads {
			t.Errorf("%s = %d, uploads %v\n%s%s\nwant %d %q, %s", text, code, uploads, out, problems, want.code, want.out, want.uploads)
		}
		if strings.Contains(out+problems, "cio_secret") || strings.Contains(out+problems, b.place.Home()) && !strings.Contains(text, "metadata") {
			t.Errorf("%s shows the token or the machine's own folder:\n%s%s", text, out, problems)
		}
	}
}

var pureTree = map[string]string{"pyproject.toml": "[build-system]\nbuild-backend='hatchling.build'\n[project]\nname='pure'\nversion='1.0'\n", "pure/__init__.py": ""}

func TestPythonTools(t *testing.T) {
	for text, want := range map[string]struct {
		code    int
		out     string
		uploads int
	}{
		"python -m build && twine check dist/*":       {0, "Checking pure-1.0.tar.gz: PASSED", 0},
		"python3 -m build --wheel -o out . && ls out": {0, "pure-1.0-py3-none-any.whl", 0},
		"uv build && ls dist":                         {0, "pure-1.0.tar.gz", 0},
		"uv build --sdist -o x && ls x":               {0, "pure-1.0.tar.gz", 0},
		"python -m build && TWINE_USERNAME=__token__ TWINE_PASSWORD=good python -m twine upload dist/*": {0, "Uploading pure-1.0-py3-none-any.whl", 2},
		"uv build && UV_PUBLISH_TOKEN=good uv publish":                                                  {0, "", 2},
		"uv build && uv publish --token bad":                                                            {2, "HTTPError: 403", 0},
		"uv build && twine upload -u __token__ -p bad dist/*":                                           {1, "ERROR    HTTPError: 403 Forbidden from https://upload.pypi.org/legacy/", 0},
		"uv build && uv publish":                                                                        {2, "is the `id-token: write` permission missing?", 0},
		"uv build && uv publish --trusted-publishing never":                                             {2, "Missing credentials", 0},
		"uv build && twine upload dist/*":                                                               {1, "TrustedPublishingFailure", 0},
		"uv build && maturin upload dist/*":                                                             {1, "no credentials", 0},
		"uv build && MATURIN_PYPI_TOKEN=good maturin upload dist/*":                                     {0, "Packages uploaded successfully", 2},
		"uv build && twine upload -r elsewhere dist/*":                                                  {1, "missing 'elsewhere' section", 0},
		"uv build && twine upload -p good -u u --repository-url https://example.org/ dist/*":            {1, "no such host", 0},
		"twine upload -p good -u u 'dist/*'":                                                            {1, "Cannot find file", 0},
		"twine check nothing.whl":                                                                       {1, "Cannot find file", 0},
		"python setup.py sdist":                                                                         {2, "running Python code is not in practice", 0},
		"python -c 'print(1)'":                                                                          {2, "not in practice", 0},
		"pip install -U build twine":                                                                    {0, "not needed here", 0},
		"uv run pytest":                                                                                 {2, "not in practice", 0},
		"python --version; uv --version; twine --version":                                               {0, "practice runner", 0},
	} {
		b := newBench(t, pureTree)
		b.pypi.Refuse = func(password, _ string) (int, string) {
			if password != "good" {
				return 403, "Invalid or non-existent authentication information."
			}
			return 0, ""
		}
		code, out, problems := b.run(text)
		if code != want.code || !strings.Contains(out+problems, want.out) || len(b.pypi.Uploads) != want.uploads {
			t.Errorf("%s = %d, %d uploads\n%s%s\nwant %d %q, %d", text, code, len(b.pypi.Uploads), out, problems, want.code, want.out, want.uploads)
		}
	}
}

func TestToolsMintWithTheJobsEndpoint(t *testing.T) {
	b := newBench(t, pureTree)
	b.env = []string{"ACTIONS_ID_TOKEN_REQUEST_URL=https://actions.example/idtoken?v=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=request"}
	b.pypi.Mint = func(jwt string) (token, code, text string) {
		if jwt != "jwt-for-pypi-by-request" {
			return "", "invalid-publisher", "got " + jwt
		}
		return "good", "", ""
	}
	if code, out, problems := b.run("uv build && uv publish && twine upload --skip-existing dist/*"); code != 0 || !strings.Contains(out, "::add-mask::good") || len(b.pypi.Uploads) != 4 {
		t.Errorf("%d\n%s%s", code, out, problems)
	}
	b.pypi.Mint = func(string) (token, code, text string) { return "", "invalid-publisher", "valid token, but no" }
	if code, _, problems := b.run("uv publish"); code == 0 || !strings.Contains(problems, "invalid-publisher: valid token, but no") {
		t.Errorf("%d %s", code, problems)
	}
}

func TestMaturinTargets(t *testing.T) {
	for args, want := range map[string]string{
		"":                                   "manylinux_2_17_x86_64.manylinux2014_x86_64",
		"--target aarch64-unknown-linux-gnu": "manylinux_2_17_aarch64.manylinux2014_aarch64",
		"--target x86_64-unknown-linux-musl": "musllinux_1_2_x86_64",
		"--target aarch64 --manylinux musllinux_1_1": "musllinux_1_1_aarch64",
		"--target aarch64-apple-darwin":              "macosx_11_0_arm64",
		"--target x86_64-pc-windows-msvc":            "win_amd64",
	} {
		b := newBench(t, crateTree)
		code, out, problems := b.run("maturin build --release --out dist " + args + " && ls dist")
		if code != 0 || out != "aaa-0.3.0-cp312-cp312-"+want+".whl\n" || !strings.Contains(problems, "was not compiled") {
			t.Errorf("maturin build %s = %d %s %s", args, code, out, problems)
		}
	}
	b := newBench(t, crateTree)
	if code, out, problems := b.run("maturin sdist -o dist && maturin build --sdist -i python3.12 --out dist && ls dist | wc -l"); code != 0 || out != "2\n" {
		t.Errorf("%d %s %s", code, out, problems)
	}
	if code, _, problems := b.run("maturin develop"); code == 0 || !strings.Contains(problems, "not in practice") {
		t.Errorf("%d %s", code, problems)
	}
}

func TestCurlJQAndGh(t *testing.T) {
	const api = "https://api.github.com/"
	for text, want := range map[string]struct {
		code int
		out  string
	}{
		"curl -sS " + api + "x | jq -r .method":                                                                        {0, "GET\n"},
		"curl -s -X PUT -d a=1 -d b=2 " + api + "x | jq -c '[.method,.body,.type]'":                                    {0, `["PUT","a=1&b=2","application/x-www-form-urlencoded"]` + "\n"},
		"echo '{\"a\":1}' > f; curl -s --data-binary @f -H 'Content-Type: text/x' " + api + " | jq -r '.type + .body'": {0, "text/x{\"a\":1}\n\n"},
		"curl -s --json '{}' " + api + " | jq -r '.method + .type'":                                                    {0, "POSTapplication/json\n"},
		"curl -s -u me:pw " + api + " | jq -r .auth":                                                                   {0, "Basic bWU6cHc=\n"},
		"curl -s -o /dev/null -w '%{http_code}\\n' " + api + "missing":                                                 {0, "404\n"},
		"curl -fsS " + api + "missing":                                                                                 {22, ""},
		"curl -sS --fail-with-body " + api + "missing":                                                                 {22, "{\"message\":\"Not Found\"}\n"},
		"curl -s -o /dev/null -w '%{http_code}' " + api + "moved":                                                      {0, "302"},
		"curl -sL " + api + "moved | jq -r .path":                                                                      {0, "/there\n"},
		"curl -s https://example.org/":                                                                                 {7, ""},
		"curl -s -o out.json " + api + "x && jq .n out.json":                                                           {0, "[\n  1,\n  2\n]\n"},
		"curl --proxy x " + api:                                                                                        {2, ""},
		"jq -n --arg a 1 --argjson b '[2]' '{$a,$b}' -c":                                                               {0, "{\"a\":\"1\",\"b\":[2]}\n"},
		"echo '1 2' | jq -s add":                                                                                       {0, "3\n"},
		"printf 'a\\nb\\n' | jq -R . | jq -sc .":                                                                       {0, "[\"a\",\"b\"]\n"},
		"echo null | jq -e .":                                                                                          {1, "null\n"},
		"echo '{' | jq .":                                                                                              {2, ""},
		"jq -n '.['":                                                                                                   {3, ""},
		"jq -n 'error(\"x\")'":                                                                                         {5, ""},
		"jq -n '$ENV.WHO, env.WHO' -r":                                                                                 {0, "ana\nana\n"},
		"GH_TOKEN=t gh api repos/{owner}/{repo} --jq .path":                                                            {0, "/repos/acme/x\n"},
		"GH_TOKEN=t gh api -X POST x -f a=1 -F n=2 --jq '.auth + .body'":                                               {0, "token t{\"a\":\"1\",\"n\":2}\n"},
		"GH_TOKEN=t gh api missing":                                                                                    {1, "{\"message\":\"Not Found\"}\n"},
		"gh api x":                                                                                                     {4, ""},
		"GH_TOKEN=t gh workflow run publish.yml --ref v1 -f dry=true":                                                  {0, "✓ Created workflow_dispatch event for publish.yml at v1\n"},
		"GH_TOKEN=t gh release create v1":                                                                              {2, ""},
	} {
		b := newBench(t, nil)
		b.env = []string{"WHO=ana", "GITHUB_REPOSITORY=acme/x"}
		code, out, problems := b.run("set -o pipefail; " + text)
		if code != want.code || out != want.out {
			t.Errorf("%s = %d %q (%s), want %d %q", text, code, out, problems, want.code, want.out)
		}
		if code != 0 && problems == "" && !strings.Contains(text, "curl -s ") && !strings.Contains(text, "jq -e") {
			t.Errorf("%s fails without a word", text)
		}
	}
}
