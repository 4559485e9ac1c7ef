package cratesio

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cargo is the real cargo in a project, pointed at the registry.
type cargo struct {
	t   *testing.T
	dir string
	env []string
}

func newCargo(t *testing.T, s *Service, files map[string]string) cargo {
	t.Helper()
	if err := exec.Command("cargo", "--version").Run(); err != nil {
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatalf("cargo is required: %v", err)
		}
		t.Skipf("no cargo here: %v", err)
	}
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	proxy, authority := loopback(t, s)
	var env []string
	for _, v := range os.Environ() { // HOME and RUSTUP_HOME stay: cargo may be rustup's
		if !strings.HasPrefix(v, "CARGO_") && !strings.Contains(strings.ToLower(v), "_proxy=") {
			env = append(env, v)
		}
	}
	return cargo{t: t, dir: dir, env: append(env,
		"CARGO_HOME="+t.TempDir(), "CARGO_HTTP_PROXY="+proxy, "CARGO_HTTP_CAINFO="+authority,
		"CARGO_HTTP_CHECK_REVOKE=false", "CARGO_TERM_COLOR=never", "CARGO_NET_RETRY=0")}
}

func (c cargo) publish(token string, args ...string) (string, error) {
	c.t.Helper()
	run := exec.Command("cargo", append([]string{"publish", "--no-verify", "--allow-dirty"}, args...)...)
	run.Dir, run.Env = c.dir, append(c.env, "CARGO_REGISTRY_TOKEN="+token)
	out, err := run.CombinedOutput()
	return string(out), err
}

func member(name, version, more string) string {
	return "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\nedition = \"2021\"\ndescription = \"d\"\nlicense = \"MIT\"\n" + more
}

// TestRealCargoPublishes lets cargo publish a workspace whose members depend on
// each other, waits as it waits, and shows it the refusals.
func TestRealCargoPublishes(t *testing.T) {
	w := newWorld(t)
	live, err := New(Options{State: w.state, Now: time.Now})
	w.must(err)
	files := map[string]string{
		"Cargo.toml":      "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n",
		"a/Cargo.toml":    member("acrate", "0.1.0", ""),
		"a/src/lib.rs":    "pub fn a() {}\n",
		"b/Cargo.toml":    member("bcrate", "0.1.0", "[dependencies]\nacrate = { path = \"../a\", version = \"0.1.0\" }\n"),
		"b/src/lib.rs":    "pub fn b() { acrate::a() }\n",
		"c/Cargo.toml":    member("acrate", "0.2.0", "[workspace]\n"),
		"c/src/lib.rs":    "",
		"none/Cargo.toml": "[package]\nname = \"nothing-said\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n",
		"none/src/lib.rs": "",
	}
	c := newCargo(t, live, files)
	token, err := live.AddToken("ana", Token{Scopes: []Scope{PublishNew, PublishUpdate}})
	w.must(err)
	if out, err := c.publish(token, "--workspace"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	crate := func(name string) *crate {
		live.mu.Lock()
		defer live.mu.Unlock()
		return live.crateNamed(name)
	}
	published := crate("bcrate")
	if published == nil || published.Versions[0].Deps[0].Crate != "acrate" || published.Versions[0].Deps[0].Req != "^0.1.0" {
		t.Fatalf("bcrate is %+v", published)
	}
	c.dir = filepath.Join(c.dir, "none")
	if out, err := c.publish(token); err == nil || !strings.Contains(out, "missing or empty metadata fields: description, license.") {
		t.Errorf("%v\n%s", err, out)
	}
	c.dir = filepath.Join(filepath.Dir(c.dir), "c")
	mint := func(id int) string {
		plain, hash := newMinted()
		live.mu.Lock()
		defer live.mu.Unlock()
		live.db.Minted = append(live.db.Minted, minted{Hash: hash, Crates: []int{id}, Expires: time.Now().Add(mintedLife), Run: TrustedRun{Provider: "github"}})
		return plain
	}
	if out, err := c.publish(mint(published.ID)); err == nil || !strings.Contains(out, "The provided access token is not valid for crate `acrate`") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := c.publish(mint(crate("acrate").ID)); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if v := crate("acrate").version("0.2.0"); v == nil || v.Trusted == nil || v.PublishedBy != 0 {
		t.Errorf("the trusted version is %+v", v)
	}
}
