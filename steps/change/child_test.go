package change

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

func TestScrub(t *testing.T) {
	kept := []string{"PATH=/bin", "HOME=/home/ana", "CARGO_HOME=/c", "RUSTUP_HOME=/r", "HTTPS_PROXY=http://127.0.0.1:1", "CARGO_HTTP_CAINFO=ca.pem", "GH_CONFIG_DIR=/g", "=C:=C:\\x"}
	gone := []string{"CARGO_REGISTRY_TOKEN=1", "cargo_registry_token=1", "CARGO_REGISTRIES_MINE_TOKEN=1", "TWINE_PASSWORD=1", "UV_PUBLISH_TOKEN=1", "MATURIN_PYPI_TOKEN=1",
		"POETRY_PYPI_TOKEN_PYPI=1", "PYPI_API_TOKEN=1", "PYPI_TOKEN=1", "GH_TOKEN=1", "GITHUB_TOKEN=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=1"}
	if got := Scrub(slices.Concat(kept, gone)); !slices.Equal(got, kept) {
		t.Error(got)
	}
}

func TestRedactor(t *testing.T) {
	var r Redactor
	r.Add("cio-0123456789")
	r.Add("short")
	cause := errors.New("cargo says cio-0123456789 is wrong, in short")
	err := r.Error(cause)
	if err.Error() != "cargo says [secret] is wrong, in short" || !errors.Is(err, cause) {
		t.Error(err)
	}
	if r.Error(nil) != nil || (*Redactor)(nil).String("x") != "x" {
		t.Error("nothing to take out")
	}
	(*Redactor)(nil).Add("0123456789")
}

var twoCrates = []Crate{{"market-core", "0.1.0", "core/Cargo.toml"}, {"market-data", "0.1.0", "Cargo.toml"}}

const cargoToken = "cioSecretSecretSecret"

func cargoTools(t *testing.T, version string, extra ...string) (*Tools, func() []fakeCall, map[string][]string) {
	t.Helper()
	env, calls := fakeProgram(t, "cargo")
	r := newRepository(t)
	index := map[string][]string{}
	tools := r.tools()
	tools.Secrets = &Redactor{}
	tools.Env = slices.Concat([]string{"CARGO_REGISTRY_TOKEN=of-the-shell", "GH_TOKEN=of-the-shell", fakeName + "=" + version}, env, extra)
	tools.Versions = func(_ context.Context, _ identity.Registry, crate string) ([]string, error) {
		// A version appears the second time it is asked for after its upload.
		for _, c := range calls() {
			if slices.Contains(c.Args, crate) && slices.Contains(c.Args, "--no-verify") {
				index[crate] = append(index[crate], "")
				if len(index[crate]) > 1 {
					return []string{"0.1.0"}, nil
				}
			}
		}
		return nil, nil
	}
	return tools, calls, index
}

func TestFirstRelease(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0 (f2d3ce0bd 2026-03-21)")
	c := tools.PublishCrates(twoCrates, cargoToken)
	var p person
	if err := c.Perform(t.Context(), p.hands()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, call := range calls() {
		got = append(got, call.String())
		upload := slices.Contains(call.Args, "--no-verify")
		if upload != (call.Token == cargoToken) || !upload && call.Token != "" || call.GitHub != "" {
			t.Errorf("%s saw the tokens %q and %q", call, call.Token, call.GitHub)
		}
		if strings.Contains(call.String(), cargoToken) {
			t.Errorf("the token is an argument: %s", call)
		}
	}
	want := []string{"publish --dry-run -p market-core -p market-data", "publish --no-verify --manifest-path core/Cargo.toml -p market-core", "publish --no-verify -p market-data"}
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], `\`, "/")
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if strings.Contains(p.heard(), cargoToken) || tools.Secrets.String(cargoToken) != hidden {
		t.Error("the token is told")
	}
}

func TestFirstReleaseWithOldCargo(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.75.0")
	if err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), (&person{}).hands()); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, c := range calls() {
		kinds = append(kinds, c.Args[1]+" "+c.Args[len(c.Args)-1])
	}
	if want := []string{"--dry-run market-core", "--no-verify market-core", "--dry-run market-data", "--no-verify market-data"}; !slices.Equal(kinds, want) {
		t.Errorf("%q", kinds)
	}
}

func TestFirstReleaseStopsAndGoesOn(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--no-verify -p market-data")
	err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), (&person{}).hands())
	if err == nil || !strings.Contains(err.Error(), "market-core 0.1.0") || strings.Contains(err.Error(), cargoToken) {
		t.Fatal(err)
	}
	before := len(calls())
	tools.Env = slices.DeleteFunc(tools.Env, func(e string) bool { return strings.HasPrefix(e, fakeFail) })
	var p person
	if err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), p.hands()); err != nil {
		t.Fatal(err)
	}
	for _, c := range calls()[before:] {
		if slices.Contains(c.Args, "--no-verify") && slices.Contains(c.Args, "market-core") {
			t.Errorf("published twice: %s", c)
		}
	}
	if !strings.Contains(p.heard(), "market-core 0.1.0 is on crates.io already") {
		t.Error(p.heard())
	}
}

func TestVerificationComesFirst(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--dry-run")
	err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), (&person{}).hands())
	if err == nil || len(calls()) != 1 {
		t.Errorf("%v after %v", err, calls())
	}
}

func TestBrowser(t *testing.T) {
	env, calls := fakeProgram(t, "lynx")
	name, log, _ := strings.Cut(env[0], "=")
	t.Setenv(name, log)
	var p person
	if err := (Browser{Launcher: "lynx --once 'a b'"}).Open(t.Context(), "https://pypi.org/x?a=1&b=2", p.hands()); err != nil {
		t.Fatal(err)
	}
	if got := calls(); len(got) != 1 || !slices.Equal(got[0].Args, []string{"--once", "a b", "https://pypi.org/x?a=1&b=2"}) || len(p.ran) != 1 {
		t.Errorf("%v, on the terminal %v", got, p.ran)
	}
	opened := ""
	system := func(a string) error { opened = a; return nil }
	for _, bad := range []string{"http://pypi.org/", "file:///etc/passwd", "javascript:alert(1)", "https://", "-x"} {
		if err := (Browser{System: system}).Open(t.Context(), bad, Hands{}); err == nil || opened != "" {
			t.Errorf("%s opened", bad)
		}
	}
	if err := (Browser{None: true, System: system}).Open(t.Context(), "https://pypi.org/", Hands{}); err != nil || opened != "" {
		t.Errorf("%v, opened %q", err, opened)
	}
	if err := (Browser{Launcher: "no-such-browser"}).Open(t.Context(), "https://pypi.org/", Hands{}); err == nil || !strings.Contains(err.Error(), "GH_BROWSER") {
		t.Error(err)
	}
}

func TestLauncher(t *testing.T) {
	t.Setenv("GH_CONFIG_DIR", t.TempDir())
	getenv := func(set map[string]string) func(string) string { return func(n string) string { return set[n] } }
	if got := Launcher(getenv(map[string]string{"GH_BROWSER": "a", "BROWSER": "b"})); got != "a" {
		t.Error(got)
	}
	if got := Launcher(getenv(map[string]string{"BROWSER": "b"})); got != "b" {
		t.Error(got)
	}
}

// clockOf makes time pass by sleeping alone.
func clockOf(tools *Tools) func() time.Time {
	now := time.Date(2025, 7, 18, 19, 50, 30, 0, time.UTC)
	tools.Now = func() time.Time { return now }
	tools.Sleep = func(ctx context.Context, d time.Duration) error { now = now.Add(d); return ctx.Err() }
	return tools.Now
}

const tooMany = "error: failed to publish to registry at https://crates.io\n\nCaused by:\n  the remote server responded with an error (status 429 Too Many Requests): " +
	"You have published too many new crates in a short period of time. Please try again after Fri, 18 Jul 2025 20:00:34 GMT and see https://crates.io/docs/rate-limits for more details."

// TestTheRegistrySetsThePace: the wait is read from the answer, and told.
func TestTheRegistrySetsThePace(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--no-verify -p market-data", fakeTimes+"=2", fakeSays+"="+tooMany)
	now := clockOf(tools)
	var p person
	if err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), p.hands()); err != nil {
		t.Fatal(err)
	}
	if len(calls()) != 1+1+3 {
		t.Errorf("%v", calls())
	}
	if until := time.Date(2025, 7, 18, 20, 0, 34, 0, time.UTC); now().Before(until) || now().After(until.Add(time.Minute)) {
		t.Errorf("waited until %v", now())
	}
	for _, part := range []string{"crates.io takes market-data at ", "in 10m1s", "in 9m0s", "in 1s"} {
		if !strings.Contains(p.heard(), part) {
			t.Errorf("not told: %s\n%s", part, p.heard())
		}
	}
}

// TestStoppedBetweenCrates: what is out stays, and a wait can be left.
func TestStoppedBetweenCrates(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--no-verify -p market-data", fakeSays+"="+tooMany)
	clockOf(tools)
	var p person
	hands := p.hands()
	hands.Stopping = func() bool { return strings.Contains(p.heard(), "in 8m") }
	err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), hands)
	if !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "Published already: market-core 0.1.0") || len(calls()) != 3 {
		t.Errorf("%v after %v", err, calls())
	}
}

// TestWhatCargoSaysIsAnswered: a known text comes with the next thing to do, an
// unknown one is repeated.
func TestWhatCargoSaysIsAnswered(t *testing.T) {
	for said, want := range map[string]string{
		"(status 400 Bad Request): A verified email address is required to publish crates to crates.io. Visit https://crates.io/settings/profile": "follow the link in the mail, then go on: https://crates.io/settings/profile",
		"error: something nobody knows": "It printed last:\nerror: something nobody knows",
	} {
		tools, _, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--no-verify", fakeSays+"="+said)
		err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), (&person{}).hands())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Nothing was published") {
			t.Errorf("%q came to %v", said, err)
		}
	}
}

// TestAlreadyUploadedIsNoFailure: an upload whose answer was lost is out.
func TestAlreadyUploadedIsNoFailure(t *testing.T) {
	tools, _, _ := cargoTools(t, "cargo 1.95.0", fakeFail+"=--no-verify", fakeSays+"=(status 400 Bad Request): crate version `0.1.0` is already uploaded")
	var p person
	if err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), p.hands()); err != nil || !strings.Contains(p.heard(), "is on crates.io already") {
		t.Errorf("%v; %s", err, p.heard())
	}
}

// TestTailTellsLines and keeps no more than its size.
func TestTailTellsLines(t *testing.T) {
	var told []string
	out := tail{told: func(line string) { told = append(told, line) }}
	for _, part := range []string{"a\x1b[1mb", "c\n\nd\r", "e"} {
		_, _ = out.Write([]byte(part))
	}
	_, _ = out.Write(make([]byte, 2*tailSize))
	if !slices.Equal(told, []string{"abc", "d"}) || len(out.String()) != tailSize {
		t.Errorf("%q, kept %d", told, len(out.String()))
	}
}
