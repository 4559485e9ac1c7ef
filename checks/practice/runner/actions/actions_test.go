package actions

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/internal/wire"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// bench is a step in a workspace, with a small double of PyPI.
type bench struct {
	*Step
	t       *testing.T
	log     *bytes.Buffer
	index   *wire.PyPI
	outputs map[string]string
}

const jwt = "e30.eyJqb2Jfd29ya2Zsb3dfcmVmIjoiYWNtZS94Ly5naXRodWIvd29ya2Zsb3dzL3AueW1sQHJlZnMvaGVhZHMvbWFpbiIsIndvcmtmbG93X3JlZiI6ImFjbWUveC8uZ2l0aHViL3dvcmtmbG93cy9wLnltbEByZWZzL2hlYWRzL21haW4iLCJpc3MiOiJodHRwczovL2lzc3VlciJ9.c2ln"

func newBench(t *testing.T, uses string, files map[string]string) *bench {
	t.Helper()
	b := &bench{t: t, log: &bytes.Buffer{}, index: &wire.PyPI{Audience: "pypi"}, outputs: map[string]string{}}
	b.index.Mint = func(string) (token, code, text string) { return "pypi-minted", "", "" }
	idToken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"value":%q}`, jwt) })
	place, err := shell.NewPlace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.Step = &Step{Uses: uses, Inputs: map[string]string{}, Log: b.log, Place: place, Workspace: filepath.Join(place.Work(), "x"), State: map[string]string{},
		Client:   wire.New(map[string]http.Handler{"pypi.org": b.index, "upload.pypi.org": b.index, "github.example": idToken}).Client(),
		Endpoint: exchange.Endpoint{URL: "https://github.example/?x=y", Token: "r"}, Artifacts: NewArtifacts(t.TempDir()),
		SetOutput: func(name, value string) { b.outputs[name] = value }}
	b.write(files)
	return b
}

func (b *bench) write(files map[string]string) {
	b.t.Helper()
	for name, text := range files {
		full := filepath.Join(b.Workspace, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) do(uses string, inputs map[string]string) error {
	b.t.Helper()
	a, ok := Find(uses)
	if !ok {
		b.t.Fatalf("%s is not known", uses)
	}
	b.Uses, b.Inputs = uses, inputs
	return a.Main(context.Background(), b.Step)
}

func (b *bench) tree(dir string) string {
	var out []string
	full := filepath.Join(b.Workspace, dir)
	err := filepath.WalkDir(full, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			rel, relErr := filepath.Rel(full, p)
			out, err = append(out, filepath.ToSlash(rel)), relErr
		}
		return err
	})
	if err != nil {
		return err.Error()
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestArtifacts(t *testing.T) {
	for name, c := range map[string]struct{ path, want string }{
		"folder":          {"dist", "a.whl sub/b.whl"},
		"folder slash":    {"dist/", "a.whl sub/b.whl"},
		"glob":            {"dist/*.whl", "a.whl"},
		"deep glob":       {"dist/**/*.whl", "a.whl sub/b.whl"},
		"two folders":     {"dist\nother", "dist/a.whl dist/sub/b.whl other/c.txt"},
		"one file":        {"dist/sub/b.whl", "b.whl"},
		"exclusion":       {"dist\n!dist/sub/**", "a.whl"},
		"hidden left out": {"more", "e.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "", map[string]string{"dist/a.whl": "a", "dist/sub/b.whl": "b", "other/c.txt": "c", "more/.d": "d", "more/e.txt": "e"})
			if err := b.do("actions/upload-artifact@v7", map[string]string{"name": "n", "path": c.path}); err != nil {
				t.Fatal(err)
			}
			if err := b.do("actions/download-artifact@v8", map[string]string{"name": "n", "path": "got"}); err != nil {
				t.Fatal(err)
			}
			if got := b.tree("got"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestManyArtifacts(t *testing.T) {
	b := newBench(t, "", map[string]string{"one.txt": "1", "two.txt": "2", "log.txt": "3"})
	for name, file := range map[string]string{"wheels-one": "one.txt", "wheels-two": "two.txt", "logs": "log.txt"} {
		if err := b.do("actions/upload-artifact@v7", map[string]string{"name": name, "path": file}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		inputs map[string]string
		want   string
	}{
		{map[string]string{"path": "a"}, "logs/log.txt wheels-one/one.txt wheels-two/two.txt"},
		{map[string]string{"path": "b", "pattern": "wheels-*"}, "wheels-one/one.txt wheels-two/two.txt"},
		{map[string]string{"path": "c", "pattern": "wheels-*", "merge-multiple": "true"}, "one.txt two.txt"},
	} {
		if err := b.do("actions/download-artifact@v8", c.inputs); err != nil || b.tree(c.inputs["path"]) != c.want {
			t.Errorf("%v gives %s (%v), want %s", c.inputs, b.tree(c.inputs["path"]), err, c.want)
		}
	}
}

func TestArtifactRefusals(t *testing.T) {
	b := newBench(t, "", map[string]string{"f": "x"})
	upload := func(inputs map[string]string) error { return b.do("actions/upload-artifact@v7", inputs) }
	if err := upload(map[string]string{"name": "n", "path": "f"}); err != nil {
		t.Fatal(err)
	}
	for want, inputs := range map[string]map[string]string{
		"(409) Conflict":         {"name": "n", "path": "f"},
		"No files were found":    {"name": "m", "path": "nothing", "if-no-files-found": "error"},
		"name is not valid":      {"name": "../up", "path": "f"},
		"outside of this runner": {"name": "o", "path": "../../../../etc/passwd"},
	} {
		if err := upload(inputs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", inputs, err, want)
		}
	}
	if err := upload(map[string]string{"name": "n", "path": "f", "overwrite": "true"}); err != nil {
		t.Error(err)
	}
	if err := upload(map[string]string{"name": "m", "path": "nothing"}); err != nil || !strings.Contains(b.log.String(), "::warning::No files were found") {
		t.Errorf("%v %s", err, b.log)
	}
	if err := b.do("actions/download-artifact@v8", map[string]string{"name": "nope"}); err == nil || !strings.Contains(err.Error(), "Artifact not found for name: nope") {
		t.Errorf("%v", err)
	}
}

// dists writes a wheel and an sdist into dist/.
func (b *bench) dists() {
	b.t.Helper()
	b.write(map[string]string{"pyproject.toml": "[project]\nname='x'\nversion='1.0'\n", "x/__init__.py": "", "dist/.keep": ""})
	if err := os.Remove(filepath.Join(b.Workspace, "dist", ".keep")); err != nil {
		b.t.Fatal(err)
	}
	p, err := build.LoadProject(b.Workspace)
	if err != nil {
		b.t.Fatal(err)
	}
	sdist, err := p.Sdist(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	wheel, err := p.Wheel(context.Background(), build.Platform{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, a := range []*build.Archive{sdist, wheel} {
		if err := os.WriteFile(filepath.Join(b.Workspace, "dist", a.FileName), a.Data, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

const pypa = "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33"

// The signature is real: the certificate's key verifies the envelope.
func TestAttestationsAreSigned(t *testing.T) {
	b := newBench(t, pypa, nil)
	b.dists()
	if err := b.do(pypa, map[string]string{"print-hash": "true"}); err != nil {
		t.Fatal(err)
	}
	if len(b.index.Uploads) != 2 || b.index.Uploads[0]["file"][0] != "x-1.0-py3-none-any.whl" {
		t.Fatalf("uploads %v", b.index.Uploads)
	}
	for _, form := range b.index.Uploads {
		var list []struct {
			Envelope struct{ Statement, Signature []byte }
			Material struct{ Certificate []byte } `json:"verification_material"`
		}
		if err := json.Unmarshal([]byte(form["attestations"][0]), &list); err != nil || len(list) != 1 {
			t.Fatalf("%v: %s", err, form["attestations"])
		}
		a := list[0]
		cert, err := x509.ParseCertificate(a.Material.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		const kind = "application/vnd.in-toto+json"
		sum := sha256.Sum256(fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(a.Envelope.Statement), a.Envelope.Statement))
		if !ecdsa.VerifyASN1(cert.PublicKey.(*ecdsa.PublicKey), sum[:], a.Envelope.Signature) {
			t.Error("the signature does not fit")
		}
		if got := cert.URIs[0].String(); got != "https://github.com/acme/x/.github/workflows/p.yml@refs/heads/main" {
			t.Errorf("the certificate names %s", got)
		}
		if !strings.Contains(string(a.Envelope.Statement), form["sha256_digest"][0]) {
			t.Error("the statement is about another file")
		}
	}
	if !strings.Contains(b.log.String(), b.index.Uploads[0]["sha256_digest"][0]) {
		t.Error("print-hash prints no hash")
	}
	if err := b.do(pypa, nil); err == nil || !strings.Contains(err.Error(), "already has a publish attestation") {
		t.Errorf("a second time: %v", err)
	}
}

func TestPublishInputs(t *testing.T) {
	for name, c := range map[string]struct {
		inputs  map[string]string
		change  func(b *bench)
		want    string // in the error, "" for none
		uploads int
		attests bool
	}{
		"password":               {map[string]string{"password": "pypi-abc"}, nil, "", 2, false},
		"password, attestations": {map[string]string{"password": "odd", "attestations": "true"}, nil, "", 2, false},
		"attestations off":       {map[string]string{"attestations": "false"}, nil, "", 2, false},
		"user without password":  {map[string]string{"user": "me"}, nil, "needs a `password`", 0, false},
		"other folder":           {map[string]string{"packages-dir": "nothing"}, nil, "Cannot find file", 0, false},
		"not a distribution":     {nil, func(b *bench) { b.write(map[string]string{"dist/notes.txt": ""}) }, "Unknown distribution format", 0, false},
		"no permission":          {nil, func(b *bench) { b.Endpoint = exchange.Endpoint{} }, "missing or insufficient OIDC token permissions", 0, false},
		"exists":                 {nil, exists, "400 Bad Request", 0, false},
		"exists, skipped":        {map[string]string{"skip-existing": "true"}, exists, "", 0, false},
		"another index":          {map[string]string{"repository-url": "https://elsewhere.example/legacy/"}, nil, "audience retrieval failed", 0, false},
		"not an address":         {map[string]string{"repository-url": "pypi"}, nil, "not a web address", 0, false},
		"folder outside the job": {map[string]string{"packages-dir": "/etc"}, nil, "outside of this runner", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, pypa, nil)
			b.dists()
			if c.change != nil {
				c.change(b)
			}
			err := b.do(pypa, c.inputs)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if len(b.index.Uploads) != c.uploads {
				t.Errorf("%d uploads, want %d", len(b.index.Uploads), c.uploads)
			}
			for _, u := range b.index.Uploads {
				if _, has := u["attestations"]; has != c.attests {
					t.Errorf("attestations sent: %v", has)
				}
			}
		})
	}
}

func exists(b *bench) {
	b.index.Refuse = func(string, string) (int, string) { return 400, "File already exists." }
}

func TestReusableWorkflowIsNamed(t *testing.T) {
	text := `{"job_workflow_ref":"acme/x/.github/workflows/called.yml@r","workflow_ref":"acme/x/.github/workflows/p.yml@r"}`
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(text)) + ".x"
	got := refusedExchange(&exchange.Refusal{Reasons: []exchange.Reason{{Code: "invalid-publisher", Text: "no"}}}, token)
	for _, part := range []string{"* `invalid-publisher`: no", "* `environment`: `MISSING`", "suggest that the calling workflow is a reusable workflow", "called.yml@r"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in\n%s", part, got)
		}
	}
}

func TestFind(t *testing.T) {
	for _, uses := range []string{"actions/checkout@v7", "Actions/Checkout@main", "Swatinem/rust-cache@6323deb", "PyO3/maturin-action@v1", "actions/cache/restore@v5", "pypa/gh-action-pypi-publish@release/v1"} {
		if _, ok := Find(uses); !ok {
			t.Errorf("%s is not known", uses)
		}
	}
	for _, uses := range []string{"", "@", "nobody/nothing@v1", "actions/checkout/sub@v1"} {
		if _, ok := Find(uses); ok {
			t.Errorf("%q is known", uses)
		}
	}
	b := newBench(t, "", nil)
	if err := b.do("actions/github-script@v9", nil); err == nil || !strings.Contains(err.Error(), "JavaScript is not run in practice") {
		t.Errorf("%v", err)
	}
	if err := b.do("actions/setup-python@v7", nil); err != nil || !strings.Contains(b.log.String(), "nothing to prepare") {
		t.Errorf("%v %s", err, b.log)
	}
}
