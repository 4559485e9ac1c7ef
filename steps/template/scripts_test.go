package template

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// tools skips the test unless all programs are there; TRUSTPUB_REQUIRE_TOOLS=1
// makes their absence a failure.
func tools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is required", name)
		}
		t.Skipf("%s is not here", name)
	}
}

// script is the script of a step of a rendered plan.
func script(t *testing.T, p Plan, job, step string) string {
	t.Helper()
	for _, s := range parse(t, p).Jobs[job].Steps {
		if run, ok := s.Exec.(*actionlint.ExecRun); ok && s.Name.Value == step {
			return run.Run.Value
		}
	}
	t.Fatalf("no step %q in job %s", step, job)
	return ""
}

// bash runs a script as a runner does and returns what it printed.
func bash(t *testing.T, dir, text string, env ...string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "step.sh")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", file)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// index answers as an index's token exchange does; answer is the answer to
// mint-token.
func index(t *testing.T, answer string) *httptest.Server {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"repository":"acme/market-data","ref":"refs/heads/main","environment":"release"}`))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_/oidc/audience", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"audience":"pypi"}`) })
	mux.HandleFunc("GET /id", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "bearer request-token" || r.URL.Query().Get("audience") != "pypi" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `{"value":"head.%s.signature"}`, claims)
	})
	mux.HandleFunc("POST /_/oidc/mint-token", func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(answer, "success") {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		fmt.Fprint(w, answer)
	})
	mux.HandleFunc("GET /simple/market-data/", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func mint(t *testing.T, answer string) (string, error) {
	tools(t, "bash", "curl", "jq")
	server := index(t, answer)
	return bash(t, t.TempDir(), script(t, variants()["python"], "pypi", "Mint a PyPI token"),
		"INDEX="+server.URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN=request-token", "ACTIONS_ID_TOKEN_REQUEST_URL="+server.URL+"/id?v=1",
		"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
}

func TestMintScriptMints(t *testing.T) {
	out, err := mint(t, `{"success":true,"token":"pypi-secret","expires":1}`)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, "pypi-secret") && !strings.HasPrefix(line, "::add-mask::") {
			t.Errorf("the token is printed: %s", line)
		}
	}
	if !strings.Contains(out, "minted a token") {
		t.Error(out)
	}
}

func TestMintScriptTellsWhatWasRefused(t *testing.T) {
	out, err := mint(t, `{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"valid token, but no corresponding publisher (Publisher with matching claims was not found)"}]}`)
	if err == nil {
		t.Fatalf("a refusal passed:\n%s", out)
	}
	for _, want := range []string{"invalid-publisher: valid token", "* `repository`: `acme/market-data`", "* `environment`: `release`", "* `job_workflow_ref`: `MISSING`"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestTagGuard(t *testing.T) {
	tools(t, "bash", "git")
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", args, out)
		}
	}
	git("init", "-q", "-b", "main")
	git("commit", "-q", "--allow-empty", "-m", "one")
	git("update-ref", "refs/remotes/origin/main", "HEAD")
	guard := script(t, variants()["crate"], "build", "Check that the commit lies on the default branch")
	run := func() (string, error) { return bash(t, dir, guard, "DEFAULT_BRANCH=main", "GITHUB_REF_NAME=v1.0.0") }
	if out, err := run(); err != nil {
		t.Errorf("a tag on the branch: %v %s", err, out)
	}
	git("commit", "-q", "--allow-empty", "-m", "two")
	if out, err := run(); err == nil || !strings.Contains(out, "not on main") {
		t.Errorf("a tag off the branch: %v %s", err, out)
	}
}

func TestOnlyATagIsPublished(t *testing.T) {
	tools(t, "bash")
	guard := script(t, variants()["maturin"], "check", "Check that a tag is published")
	if out, err := bash(t, t.TempDir(), guard, "GITHUB_REF_TYPE=tag"); err != nil {
		t.Errorf("a tag: %v %s", err, out)
	}
	if out, err := bash(t, t.TempDir(), guard, "GITHUB_REF_TYPE=branch"); err == nil || !strings.Contains(out, "Only a tag") {
		t.Errorf("a branch: %v %s", err, out)
	}
}

func TestDevelopmentVersions(t *testing.T) {
	tools(t, "bash")
	const before, after = "# A project.\n\n[tool.x]\nversion = \"7\"\n\n", "\nname = \"x\"\n\n[dependencies]\nversion = \"9\" # of something else\n"
	cases := []struct{ manifest, table, line, want string }{
		{"pyproject.toml", "[project]", `version = "0.1.0"`, `version = "0.1.0.dev42"`},
		{"pyproject.toml", "[project]  # ours", `version='1.0.0rc1'  # next`, `version='1.0.0rc1.dev42'  # next`},
		{"pyproject.toml", "[tool.poetry]", `version = "2.0.dev0"`, `version = "2.0.dev42"`},
		{"pyproject.toml", "[project]", `version = { attr = "x" }`, ""},
		{"pyproject.toml", "[project]", `dynamic = ["version"]`, ""},
		{"Cargo.toml", "[package]", `version = "0.1.0"`, `version = "0.1.0-dev.42"`},
		{"Cargo.toml", "[package]", `version = "1.0.0-rc.1"`, `version = "1.0.0-rc.1.dev.42"`},
		{"Cargo.toml", "[package]", `version = "0.2.0-dev"`, `version = "0.2.0-dev.42"`},
		{"Cargo.toml", "[package]", `version.workspace = true`, ""},
	}
	for _, c := range cases {
		dir := t.TempDir()
		plan := with(func(p *Plan) {
			p.Projects, p.Upload = []Project{{Name: "x", Dir: ".", Builder: Maturin, Version: c.manifest}}, true
		})
		text := script(t, plan, "wheels", "Make the version in "+c.manifest+" one of development")
		file := filepath.Join(dir, c.manifest)
		if err := os.WriteFile(file, []byte(before+c.table+"\n"+c.line+after), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := bash(t, dir, text, "MANIFEST="+c.manifest, "GITHUB_RUN_ID=42")
		got, readErr := os.ReadFile(file)
		if readErr != nil {
			t.Fatal(readErr)
		}
		switch {
		case c.want == "" && (err == nil || !strings.Contains(out, "no version")):
			t.Errorf("%s: %v %s", c.line, err, out)
		case c.want != "" && (err != nil || string(got) != before+c.table+"\n"+c.want+after):
			t.Errorf("%s: %v %s\n%s", c.line, err, out, got)
		}
	}
}

func TestVersionGuardOfDistributions(t *testing.T) {
	tools(t, "bash")
	guard := script(t, variants()["maturin"], "build", "Check that the tag names the distributions' version")
	cases := []struct {
		tag, file string
		ok        bool
	}{
		{"v0.1.0", "market_data-0.1.0.tar.gz", true},
		{"v0.1.0", "market_data-0.1.0-cp312-abi3-manylinux_2_17_x86_64.whl", true},
		{"v1.0.0-rc.2", "market_data-1.0.0rc2.tar.gz", true},
		{"v0.1.0", "market_data-0.1.1.tar.gz", false},
		{"v0.1.0", "market_data-0.1.0.post1.tar.gz", false},
		{"v0.1.0", "market_data-0.1.0.zip", false},
	}
	for _, c := range cases {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "dist"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "dist", c.file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := bash(t, dir, guard, "PREFIX=v", "GITHUB_REF_NAME="+c.tag)
		if (err == nil) != c.ok {
			t.Errorf("%s of %s: %v %s", c.tag, c.file, err, out)
		}
	}
}

// TestTheProjectDoesNotConfigureCargo: with the real cargo, a configuration and
// a toolchain of the checkout have no say outside of it. Packaging stands for
// publishing, which asks a registry.
func TestTheProjectDoesNotConfigureCargo(t *testing.T) {
	tools(t, "bash", "cargo", "git")
	checkout, outside := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"Cargo.toml":          "[package]\nname = \"market-data\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"d\"\nlicense = \"MIT\"\n",
		"src/lib.rs":          "pub fn quote() {}\n",
		".cargo/config.toml":  "[net\n",
		"rust-toolchain.toml": "[toolchain]\npath = \"./evil\"\n",
	} {
		file := filepath.Join(checkout, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := script(t, variants()["crate"], "crates-io", "Rehearse with market-data")
	text = strings.NewReplacer("cargo publish", "cargo package --offline --allow-dirty", " --dry-run", "").Replace(text)
	if out, err := bash(t, checkout, text, "GITHUB_WORKSPACE="+checkout); err == nil {
		t.Errorf("in the checkout nothing is configured, and the test proves nothing: %s", out)
	}
	if out, err := bash(t, outside, text, "GITHUB_WORKSPACE="+checkout); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(outside, "target/package/market-data-0.1.0.crate")); err != nil {
		t.Error(err)
	}
}
