package change

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// TestTheKit: what the project is made for comes first, then what is there.
func TestTheKit(t *testing.T) {
	for _, c := range []struct {
		name          string
		d             Distribution
		here          string
		build, upload string
	}{
		{"plain", Distribution{}, "uv maturin pyproject-build twine", "pyproject-build", "twine"},
		{"only modules", Distribution{}, "python3 -m build,python3 -m twine", "python3 -m build", "python3 -m twine"},
		{"only uv", Distribution{}, "uv", "uv", "uv"},
		{"build and uv", Distribution{}, "python3 -m build,uv", "python3 -m build", "uv"},
		{"uv project", Distribution{UV: true}, "uv pyproject-build twine", "uv", "uv"},
		{"uv project without uv", Distribution{UV: true}, "pyproject-build twine", "pyproject-build", "twine"},
		{"maturin", Distribution{Maturin: true}, "maturin twine uv", "maturin", "twine"},
		{"maturin alone", Distribution{Maturin: true}, "maturin", "maturin", "maturin"},
		{"maturin project without it", Distribution{Maturin: true}, "python3 -m build,twine", "python3 -m build", "twine"},
		{"nothing", Distribution{}, "", "", ""},
		{"no uploader", Distribution{}, "pyproject-build", "", ""},
	} {
		here := strings.FieldsFunc(c.here, func(r rune) bool { return r == ',' })
		if !strings.Contains(c.here, "-m") {
			here = strings.Fields(c.here)
		}
		k, err := kitOf(c.d, func(p program) bool { return slices.Contains(here, p.String()) })
		if c.build == "" {
			if err == nil || !strings.Contains(err.Error(), "pip install build twine") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || k.build.String() != c.build || k.upload.String() != c.upload {
			t.Errorf("%s: %v and %v, %v", c.name, k.build, k.upload, err)
		}
	}
}

// TestNoTokenIsAnArgument: it goes by the environment, to whatever uploads.
func TestNoTokenIsAnArgument(t *testing.T) {
	for _, upload := range []program{{"twine"}, {"python3", "-m", "twine"}, {"uv"}, {"maturin"}} {
		k := kit{build: program{"uv"}, upload: upload}
		for registry, url := range map[identity.Registry]string{identity.PyPI: "https://upload.pypi.org/legacy/", identity.TestPyPI: "https://test.pypi.org/legacy/"} {
			args := k.uploadArgs(registry, []string{"a.whl"})
			if !slices.Contains(args, url) || args[len(args)-1] != "a.whl" || strings.Contains(strings.Join(args, " "), "oken") {
				t.Errorf("%s: %q", upload, args)
			}
		}
		if env := strings.Join(k.uploadEnv("pypi-secret"), " "); !strings.Contains(env, "=pypi-secret") {
			t.Errorf("%s gets no token: %s", upload, env)
		}
	}
}

// standIns puts programs of these names on the PATH, which note how they are
// called; a builder leaves what is in made.
func standIns(t *testing.T, names ...string) (*Tools, func() []fakeCall, *map[string][]string) {
	t.Helper()
	r := newRepository(t)
	tools := r.tools()
	tools.Secrets = &Redactor{}
	t.Setenv("PATH", t.TempDir()) // what is installed here is no matter
	var env []string
	var all []func() []fakeCall
	for _, name := range names {
		e, calls := fakeProgram(t, name)
		env, all = append(env, e...), append(all, calls)
	}
	log := env[len(env)-1]
	tools.Env = []string{"TWINE_PASSWORD=of-the-shell", "UV_PUBLISH_TOKEN=of-the-shell", "GH_TOKEN=of-the-shell", log, fakeName + "=1.2.3"}
	shown := map[string][]string{}
	tools.Versions = func(_ context.Context, registry identity.Registry, name string) ([]string, error) {
		return shown[string(registry)+":"+name], nil
	}
	return tools, all[len(all)-1], &shown
}

const pypiToken = "pypi-AgEIcHlwaS5vcmcSECRET"

var market0 = Distribution{Registry: identity.TestPyPI, Name: "market-data", Version: "0.1.0", Dir: "."}

func TestAProjectIsBuiltThenUploaded(t *testing.T) {
	for _, kit := range [][]string{{"uv"}, {"maturin"}, {"pyproject-build", "twine"}} {
		t.Run(strings.Join(kit, "+"), func(t *testing.T) { builtThenUploaded(t, kit) })
	}
}

func builtThenUploaded(t *testing.T, kit []string) {
	tools, calls, shown := standIns(t, kit...)
	d := market0
	d.UV, d.Maturin = kit[0] == "uv", kit[0] == "maturin"
	tools.Env = append(tools.Env, fakeMakes+"="+"market_data-0.1.0.tar.gz")
	tools.Sleep = func(ctx context.Context, _ time.Duration) error {
		(*shown)["testpypi:market-data"] = []string{"0.1"}
		return ctx.Err()
	}
	var p person
	if err := tools.PublishDistribution(d, pypiToken).Perform(t.Context(), p.hands()); err != nil {
		t.Fatal(err)
	}
	uploads := 0
	for _, c := range calls() {
		upload := slices.ContainsFunc(c.Args, func(a string) bool { return a == "upload" || a == "publish" })
		if upload {
			uploads++
		}
		if upload != (c.Token == pypiToken) || !upload && c.Token != "" || c.GitHub != "" || strings.Contains(c.String(), pypiToken) {
			t.Errorf("%s saw %q and %q", c, c.Token, c.GitHub)
		}
	}
	if uploads != 1 || strings.Contains(p.heard(), pypiToken) || len(p.asked) == 0 {
		t.Errorf("%v; asked %v", calls(), p.asked)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "trustpub-dist-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestASecondUploadIsAnswered: what is there stays, and the person is told what
// that means.
func TestASecondUploadIsAnswered(t *testing.T) {
	tools, _, _ := standIns(t, "pyproject-build", "twine")
	tools.Env = append(tools.Env, fakeMakes+"=market_data-0.1.0.tar.gz", fakeFail+"=upload", fakeSays+"=ERROR    HTTPError: 400 Bad Request from https://test.pypi.org/legacy/\n         File already exists ('market_data-0.1.0.tar.gz', with blake2_256 hash 'ab'). See https://test.pypi.org/help/#file-name-reuse")
	err := tools.PublishDistribution(market0, pypiToken).Perform(t.Context(), (&person{}).hands())
	if err == nil || !strings.Contains(err.Error(), "a change needs a new version") || !strings.Contains(err.Error(), "what is there stays") {
		t.Error(err)
	}
}

// TestWhatIsThereIsNotBuiltAgain: the index is looked at first.
func TestWhatIsThereIsNotBuiltAgain(t *testing.T) {
	tools, calls, shown := standIns(t, "uv")
	(*shown)["testpypi:market-data"] = []string{"0.1.0"}
	var p person
	if err := tools.PublishDistribution(market0, pypiToken).Perform(t.Context(), p.hands()); err != nil || len(calls()) != 0 || !strings.Contains(p.heard(), "on TestPyPI already") {
		t.Errorf("%v, %v, %s", err, calls(), p.heard())
	}
}

// TestADeclinedUploadLeavesNothing and so does a build without files.
func TestADeclinedUploadLeavesNothing(t *testing.T) {
	tools, calls, _ := standIns(t, "uv")
	p := person{declines: true}
	d := market0
	d.UV = true
	if err := tools.PublishDistribution(d, pypiToken).Perform(t.Context(), p.hands()); err == nil || !strings.Contains(err.Error(), "neither sdist nor wheel") {
		t.Error(err)
	}
	tools.Env = append(tools.Env, fakeMakes+"=market_data-0.1.0.tar.gz")
	if err := tools.PublishDistribution(d, pypiToken).Perform(t.Context(), p.hands()); !errors.Is(err, ErrDeclined) || len(calls()) != 2 {
		t.Errorf("%v, %v", err, calls())
	}
}

func TestVersionOf(t *testing.T) {
	for file, want := range map[string]string{"/x/market_data-0.1.0.tar.gz": "0.1.0", "/x/market_data-0.1.0rc1-py3-none-any.whl": "0.1.0rc1", "/x/odd.whl": ""} {
		if got := versionOf([]string{file}); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
}
