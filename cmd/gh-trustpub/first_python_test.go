//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// needBuild skips where Python's build is not there.
func needBuild(t *testing.T) {
	t.Helper()
	need(t, "pyproject-build")
	need(t, "twine")
}

// TestAPythonProjectByHand builds with the real build and uploads with the real
// twine, to TestPyPI and then to PyPI, by the wizard. The build backend does not
// see the token; a file that somebody uploads meanwhile is answered well.
func TestAPythonProjectByHand(t *testing.T) {
	needBuild(t)
	t.Parallel()
	f := firstTimeIn(t, "python")
	seen := filepath.Join(f.r.temp(), "seen-by-backend")
	f.watchBackend(seen)
	test, main := f.token(f.r.TestPyPI), f.token(f.r.PyPI)
	watches := []*tokenWatch{watchToken(t, test), watchToken(t, main)}

	f.sit()
	f.take("Choose how each project gets there")
	for _, index := range []string{"TestPyPI", "PyPI"} {
		f.until("How does sundial get to " + index + " first?")
		f.press("down", "enter")
	}
	f.publish("TestPyPI: publish the first version", test)
	f.until("sundial-0.1.0.tar.gz")
	f.press("y")
	f.gone("TestPyPI: publish the first version")

	f.publish("PyPI: publish the first version", main)
	f.uploadAnother(main)
	f.press("y")
	f.until("a change needs a new version")
	f.until("what is there stays")
	f.press("enter")
	f.gone("PyPI: publish the first version")
	f.press("q")
	if code := f.ended(); code != 2 {
		t.Errorf("exit status %d, want 2", code)
	}

	for _, w := range watches {
		w.ended("twine")
		w.inNoFile(f.r.Dir())
		if strings.Contains(f.wrote(), w.token) {
			t.Error("the token was shown")
		}
	}
	if env, err := os.ReadFile(seen); err != nil || strings.Contains(string(env), "pypi-") || !strings.Contains(string(env), "PATH") {
		t.Errorf("the backend saw a token, or did not run: %v", err)
	}
	f.released("https://test.pypi.org", 2)
	f.released("https://pypi.org", 2) // twine sends the wheel first, and that went out
}

func (f *firstTime) token(index *pypi.Service) string {
	f.t.Helper()
	token, err := index.AddToken("ana", "first release", "")
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

// watchBackend has the build backend write down what it sees.
func (f *firstTime) watchBackend(seen string) {
	f.t.Helper()
	const file = "backend/sundial_build.py"
	text, err := os.ReadFile(filepath.Join(f.r.Setting().Checkout, filepath.FromSlash(file)))
	if err != nil {
		f.t.Fatal(err)
	}
	f.commit(file, string(text)+fmt.Sprintf("\n\nimport os\n\nwith open(%q, \"a\") as seen:\n    seen.write(repr(dict(os.environ)))\n", seen))
}

// uploadAnother has somebody upload another sdist of the same name.
func (f *firstTime) uploadAnother(token string) {
	f.t.Helper()
	dir := f.t.TempDir()
	f.command("cp", "-R", filepath.Join(f.r.Setting().Checkout, "."), dir+"/copy")
	if err := os.WriteFile(filepath.Join(dir, "copy", "README.md"), []byte("another\n"), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.command("pyproject-build", "--sdist", "--outdir", filepath.Join(dir, "dist"), filepath.Join(dir, "copy"))
	config := filepath.Join(dir, "pypirc")
	if err := os.WriteFile(config, []byte("[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = "+token+"\n"), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.command("twine", "upload", "--non-interactive", "--disable-progress-bar", "--config-file", config, filepath.Join(dir, "dist", "sundial-0.1.0.tar.gz"))
}

// released holds that an index has so many files of the project.
func (f *firstTime) released(index string, files int) {
	f.t.Helper()
	var page struct {
		URLs []struct {
			Name string `json:"filename"`
		} `json:"urls"`
	}
	f.get(index+"/pypi/sundial/json", &page)
	if len(page.URLs) != files {
		f.t.Errorf("%s has %+v, want %d files", index, page.URLs, files)
	}
}
