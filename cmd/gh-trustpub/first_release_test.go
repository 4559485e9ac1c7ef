//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// firstTime is a maintainer who publishes for the first time, in a world that is
// watched.
type firstTime struct {
	*person
	r *recording
}

func firstTimeIn(t *testing.T, scenario string) *firstTime {
	return &firstTime{person: &person{t: t}, r: record(t, scenario)}
}

// sit starts the wizard and goes to the first release.
func (f *firstTime) sit() {
	f.t.Helper()
	f.terminal = start(f.t, f.program("--no-browser"), 100, 40)
	f.until("Yes, go on", "First release  to do")
	if strings.Contains(f.screen(), "Yes, go on") {
		f.take("Yes, go on")
		f.agree("2  First release")
	}
	f.until("2  First release")
	f.until("❯ 1")
}

// program is ours, with the toolchain that rustup keeps in the real home.
func (f *firstTime) program(args ...string) *exec.Cmd {
	cmd := f.r.command(args...)
	if home, err := os.UserHomeDir(); err == nil && os.Getenv("RUSTUP_HOME") == "" {
		cmd.Env = append(cmd.Env, "RUSTUP_HOME="+filepath.Join(home, ".rustup"))
	}
	return cmd
}

// publish takes a way with a token, up to the question whether what would be
// published is right.
func (f *firstTime) publish(way, token string) {
	f.t.Helper()
	f.take(way)
	f.until("A token of")
	f.press(token, "enter")
	f.yes()
	f.until("Go on with this?")
}

// commit puts what a test added to the checkout into its history.
func (f *firstTime) commit(file, text string) {
	f.t.Helper()
	path := filepath.Join(f.r.Setting().Checkout, filepath.FromSlash(file))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.command("git", "add", file)
	f.command("git", "commit", "--quiet", "-m", "Look around")
}

// command runs a program of the machine inside the world.
func (f *firstTime) command(name string, args ...string) string {
	f.t.Helper()
	cmd := f.program()
	found, err := exec.LookPath(name)
	if err != nil {
		f.t.Fatal(err)
	}
	cmd.Path, cmd.Args = found, append([]string{name}, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// get asks one of the world's servers.
func (f *firstTime) get(url string, into any) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "gh-trustpub tests")
	req.Header.Set("Accept", "application/json")
	res, err := f.r.Stage().Client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode != http.StatusOK {
		f.t.Errorf("%s: %s, %v", url, res.Status, err)
	}
}

// TestSixCratesAtTheRegistrysPace publishes a workspace with the real cargo: in
// order, waiting as long as crates.io says, left in the middle and taken up
// again; and the token is seen by the uploads alone.
func TestSixCratesAtTheRegistrysPace(t *testing.T) {
	need(t, "cargo")
	t.Parallel()
	f := firstTimeIn(t, "crates")
	seen := filepath.Join(f.r.temp(), "seen-by-build-script")
	f.commit("crates/lattice-01/build.rs", fmt.Sprintf("fn main() {\n    let seen = format!(\"{:?}\", std::env::vars().collect::<Vec<_>>());\n    std::fs::write(%q, seen).unwrap();\n}\n", seen))
	token, err := f.r.Crates.AddToken("ana", cratesio.Token{Name: "first", Scopes: []cratesio.Scope{cratesio.PublishNew}})
	if err != nil {
		t.Fatal(err)
	}
	watch := watchToken(t, token)
	f.sit()
	f.publish("Publish the first version", token)
	f.until("lattice-01-0.1.0.crate")
	f.press("y")
	f.until("crates.io takes lattice-04 at ")
	f.press("ctrl+c")
	f.until("Stopped:")
	f.until("lattice-03 0.1.0; taking this")
	f.press("enter")
	f.until("enter choose")
	f.press("q")
	if code := f.ended(); code != 2 {
		t.Errorf("exit status %d, want 2", code)
	}
	output := f.wrote()

	f.sit()
	if s := f.screen(); strings.Contains(s, "lattice-03 0.1.0") {
		t.Errorf("what is published is to be published again:\n%s", s)
	}
	f.publish("Publish the first version", token)
	f.press("y")
	f.gone("Publish the first version for me")
	watch.ended("--no-verify", "cargo")
	watch.inNoFile(f.r.Dir())
	if output += f.wrote(); strings.Contains(output, token) {
		t.Error("the token was shown")
	}
	if env, err := os.ReadFile(seen); err != nil || strings.Contains(string(env), token) || !strings.Contains(string(env), "CARGO_PKG_NAME") {
		t.Errorf("the build script saw the token, or did not run: %v", err)
	}
	f.owned()
}

// owned holds that all six are there, in the order of their needs, and ana's.
func (f *firstTime) owned() {
	f.t.Helper()
	last := ""
	for i := 1; i <= 6; i++ {
		name := fmt.Sprintf("lattice-%02d", i)
		var about struct {
			Crate struct {
				Created string `json:"created_at"`
				Max     string `json:"max_version"`
			} `json:"crate"`
		}
		f.get("https://crates.io/api/v1/crates/"+name, &about)
		var owners struct {
			Users []struct {
				Login string `json:"login"`
			} `json:"users"`
		}
		f.get("https://crates.io/api/v1/crates/"+name+"/owners", &owners)
		if about.Crate.Max != "0.1.0" || about.Crate.Created < last || len(owners.Users) != 1 || owners.Users[0].Login != "ana" {
			f.t.Errorf("%s: %+v, owners %+v, after %s", name, about, owners, last)
		}
		last = about.Crate.Created
	}
}
