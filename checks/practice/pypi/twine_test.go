package pypi

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// twine is the real twine, pointed at the index.
type twine struct {
	t   *testing.T
	dir string
	url string
}

func newTwine(t *testing.T, s *Service) twine {
	t.Helper()
	if err := exec.Command("twine", "--version").Run(); err != nil {
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatalf("twine is required: %v", err)
		}
		t.Skipf("no twine here: %v", err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = s.Upload
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return twine{t: t, dir: t.TempDir(), url: server.URL + "/legacy/"}
}

func (c twine) upload(token string, args ...string) (string, error) {
	c.t.Helper()
	run := exec.Command("twine", append([]string{"upload", "--non-interactive", "--disable-progress-bar", "--repository-url", c.url}, args...)...)
	run.Dir = c.dir
	run.Env = append(os.Environ(), "TWINE_USERNAME=__token__", "TWINE_PASSWORD="+token, "NO_PROXY=127.0.0.1", "HOME="+c.dir,
		"PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring", "COLUMNS=400", "TERM=dumb")
	out, err := run.CombinedOutput()
	return strings.Join(strings.Fields(string(out)), " "), err // twine breaks its lines
}

// build writes an sdist and a wheel of a project.
func (c twine) build(name, version string) []string {
	c.t.Helper()
	stem := strings.ReplaceAll(normalized(name), "-", "_") + "-" + version
	metadata := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nSummary: s\nProject-URL: Source, https://github.com/acme/x\n\nlong\n"
	var source bytes.Buffer
	zipped := gzip.NewWriter(&source)
	archive := tar.NewWriter(zipped)
	_ = archive.WriteHeader(&tar.Header{Name: stem + "/PKG-INFO", Mode: 0o644, Size: int64(len(metadata)), Typeflag: tar.TypeReg})
	_, _ = io.WriteString(archive, metadata)
	_ = archive.Close()
	_ = zipped.Close()
	var binary bytes.Buffer
	whl := zip.NewWriter(&binary)
	for file, text := range map[string]string{"METADATA": metadata, "WHEEL": "Wheel-Version: 1.0\n", "RECORD": ""} {
		f, _ := whl.Create(stem + ".dist-info/" + file)
		_, _ = io.WriteString(f, text)
	}
	_ = whl.Close()
	files := []string{filepath.Join(c.dir, stem+".tar.gz"), filepath.Join(c.dir, stem+"-py3-none-any.whl")}
	for i, content := range [][]byte{source.Bytes(), binary.Bytes()} {
		if err := os.WriteFile(files[i], content, 0o600); err != nil {
			c.t.Fatal(err)
		}
	}
	return files
}

// TestRealTwineUploads lets twine upload a first release and a trusted one, and
// shows it the refusals, which it takes from the status line.
func TestRealTwineUploads(t *testing.T) {
	w := newWorld(t, PyPI)
	c := newTwine(t, w.Service)
	w.now = time.Now()
	token := w.tokenOf("ana", "t", "")
	first := c.build("My-Project", "1.0")
	if out, err := c.upload(token, first...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if p := w.project("my-project"); p == nil || len(p.Releases[0].Files) != 2 || p.Releases[0].Fields["description"][0] == "" {
		t.Fatalf("the project is %+v", p)
	}
	if err := os.WriteFile(first[0], append(w.content(first[0]), 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := c.upload(token, first[0]); err == nil || !strings.Contains(out, "400 Bad Request") || !strings.Contains(out, "File already exists ('my_project-1.0.tar.gz', with blake2_256 hash '") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := c.upload(token, "--skip-existing", first[0]); err != nil || !strings.Contains(out, "Skipping") {
		t.Errorf("%v\n%s", err, out)
	}
	_, err := w.AddPublisher("my-project", trusted)
	w.must(err)
	if out, err := c.upload(w.minted(w.run()), c.build("My-Project", "1.1")...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := c.upload(w.minted(w.run()), c.build("other", "1.0")[0]); err == nil || !strings.Contains(out, "Non-user identities cannot create new projects.") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := c.upload("pypi-nonsense", c.build("other", "1.0")[0]); err == nil || !strings.Contains(out, "403 Forbidden") || !strings.Contains(out, "Invalid or non-existent authentication information.") {
		t.Errorf("%v\n%s", err, out)
	}
}

func (w *world) content(path string) []byte {
	w.t.Helper()
	content, err := os.ReadFile(path)
	w.must(err)
	return content
}
