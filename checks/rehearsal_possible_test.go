package checks

import (
	"fmt"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestRehearsalPossible(t *testing.T) {
	const id = "rehearsal-possible"
	crates, pypi := publishYML+" crates.io", publishYML+" pypi"
	runRows(t, []row{
		{"by hand, without the upload", id, nothing, crates, OK, "exchange a token with crates.io and publish nothing"},
		{"by hand, with a step of its own", id, nothing, pypi, OK, "exchange a token with PyPI"},
		{"nothing starts it by hand", id, edited("  workflow_dispatch:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n", ""), crates, Wrong, "nothing starts publish.yml by hand"},
		{"by hand it publishes", id, edited("        if: github.event_name == 'push'\n", ""), crates, Wrong, "a start by hand publishes: cargo publish at line 35"},
		{"an input decides", id, edited("        if: github.event_name == 'push'\n", "        if: github.event_name == 'push' || !inputs.rehearse\n"), crates, OK, "publish nothing"},
		{"only the upload exchanges", id, edited("        if: github.event_name == 'workflow_dispatch'\n", "        if: false\n"), pypi, Wrong, "comes to no exchange with PyPI that leaves the upload out"},
	})
}

func TestTokenOutlivesPublish(t *testing.T) {
	const id = "token-outlives-publish"
	after := func(step string) row {
		return row{change: edited("      - name: Publish\n", "      - "+step+"\n      - name: Publish\n")}
	}
	runRows(t, []row{
		{"minted last", id, nothing, cratesJob + " crates.io", OK, "nothing that takes long"},
		{"by the uploading action", id, nothing, pypiJob + " pypi", OK, "exchanges its token when it uploads"},
		{"failure 21: builds behind the exchange", id, after("run: cargo build --release").change, cratesJob + " crates.io", Wrong, "`cargo build --release` at line 34 runs while the token of 30 minutes ages"},
		{"and what to do", id, after("run: cargo build --release").change, cratesJob + " crates.io", Wrong, "mint last"},
		{"a short wait", id, after("run: sleep 60").change, cratesJob + " crates.io", OK, "nothing that takes long"},
		{"long waits", id, after("run: |\n          sleep 8m\n          sleep 600").change, cratesJob + " crates.io", Wrong, "waits for 18m0s while the token"},
		{"one crate that is compiled", id, edited(" --no-verify", ""), cratesJob + " crates.io", OK, "nothing that takes long"},
		{"many crates that are compiled", id, then(edited(" --no-verify", " --workspace"), manyCrate(9)), cratesJob + " crates.io", Wrong, "`cargo publish --workspace` compiles 9 crates"},
		{"many crates that are not", id, manyCrate(9), cratesJob + " crates.io", OK, "nothing that takes long"},
	})
}

// manyCrate is a workspace of n crates.
func manyCrate(n int) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		list := []evidence.Package{project("data"), crate("data")}
		for i := range n - 1 {
			c := crate(fmt.Sprintf("data-%d", i))
			c.Path = fmt.Sprintf("crates/%d/Cargo.toml", i)
			list = append(list, c)
		}
		setPackages(w, list...)
	}
}

func TestSleep(t *testing.T) {
	for arg, want := range map[string]time.Duration{"30": 30 * time.Second, "2m": 2 * time.Minute, "0.5h": 30 * time.Minute, "10s": 10 * time.Second, "$DELAY": 0, "-3": 0, "": 0, "1e99": 0} {
		if got := sleep(arg); got != want {
			t.Errorf("sleep %s: %s, want %s", arg, got, want)
		}
	}
}
