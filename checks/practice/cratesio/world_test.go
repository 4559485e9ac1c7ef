package cratesio

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// hosts hands requests to what answers for their host, as the box does.
type hosts map[string]http.Handler

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := h[r.URL.Host]
	if handler == nil {
		return nil, fmt.Errorf("nothing answers for %s", r.URL.Host)
	}
	arrived := r.Clone(r.Context())
	arrived.Host = r.URL.Host
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, arrived)
	return w.Result(), nil
}

// world is the registry with the issuer and the GitHub that it asks.
type world struct {
	*Service
	t      *testing.T
	issuer *oidc.Issuer
	state  *box.MemoryState
	now    time.Time
	net    hosts
	// checked is the registry behind crates.io's own API description.
	checked *http.Client
}

// gitHub knows the account "Acme" with the id 65.
func gitHub(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.URL.Path, "/users/acme") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, `{"login":"Acme","id":65}`)
}

// sharedIssuer spares the tests the making of many keys.
var sharedIssuer = sync.OnceValues(func() (*oidc.Issuer, error) { return oidc.NewIssuer(&box.MemoryState{}) })

func newWorld(t *testing.T) *world {
	t.Helper()
	issuer, err := sharedIssuer()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, issuer: issuer, state: &box.MemoryState{}, now: noon}
	w.net = hosts{oidc.Host: w.issuer, "api.github.com": http.HandlerFunc(gitHub)}
	w.reopen()
	api, err := contract.CratesIO()
	if err != nil {
		t.Fatal(err)
	}
	w.checked = &http.Client{Transport: &contract.Transport{API: api, Next: w.net, Report: func(err error) { t.Error(err) }}}
	w.must(w.SetEmail("ana", "ana@example.com", true))
	return w
}

// reopen makes the registry anew out of its state.
func (w *world) reopen() {
	w.t.Helper()
	s, err := New(Options{State: w.state, Client: &http.Client{Transport: w.net}, Now: func() time.Time { return w.now }})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Service = s
	for _, host := range s.Hosts() {
		w.net[host] = s
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// crate puts a version of ana's on the registry.
func (w *world) crate(name string) {
	w.t.Helper()
	w.must(w.AddCrate(Seed{Owner: "ana", Name: name, Version: "0.1.0", Repository: "https://github.com/acme/x"}))
}

func (w *world) token(login string, scopes ...Scope) string {
	w.t.Helper()
	plain, err := w.AddToken(login, Token{Name: "t", Scopes: scopes})
	w.must(err)
	return plain
}

// answer is a status with its JSON or text.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// detail is the text of a refusal.
func (a answer) detail() string {
	var parsed struct{ Errors []struct{ Detail string } }
	if json.Unmarshal(a.body, &parsed) != nil || len(parsed.Errors) != 1 {
		return string(a.body)
	}
	return parsed.Errors[0].Detail
}

func (a answer) refused(t *testing.T, status int, detail string) {
	t.Helper()
	if a.status != status || a.detail() != detail {
		t.Errorf("answered %d %q\nwant     %d %q", a.status, a.detail(), status, detail)
	}
}

func (w *world) ask(method, path, token string, body any) answer {
	w.t.Helper()
	var text io.Reader = http.NoBody
	switch body := body.(type) {
	case nil:
	case []byte:
		text = bytes.NewReader(body)
	default:
		encoded, err := json.Marshal(body)
		w.must(err)
		text = bytes.NewReader(encoded)
	}
	r, err := http.NewRequest(method, "https://"+Host+path, text)
	w.must(err)
	r.Header.Set("User-Agent", "test (test@example.com)")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	return w.do(w.checked, r)
}

func (w *world) do(client *http.Client, r *http.Request) answer {
	w.t.Helper()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	w.must(err)
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	w.must(err)
	return answer{status: got.StatusCode, header: got.Header, body: body}
}

// run is the claims of a job of acme/x that matches its publisher.
func run() oidc.Claims {
	c := oidc.Claims{
		Repository: "acme/x", RepositoryOwner: "acme", RepositoryOwnerID: "65",
		WorkflowRef: "acme/x/.github/workflows/publish.yml@refs/tags/v1", EventName: "push",
		Environment: "release", RunID: "7", SHA: "abc", Ref: "refs/tags/v1",
	}
	c.Audience = jwt.ClaimStrings{Audience}
	return c
}

func (w *world) sign(c oidc.Claims) string {
	w.t.Helper()
	token, err := w.issuer.Sign(c, w.now)
	w.must(err)
	return token
}

func (w *world) exchangeFor(c oidc.Claims) answer {
	w.t.Helper()
	return w.ask("POST", "/api/v1/trusted_publishing/tokens", "", map[string]string{"jwt": w.sign(c)})
}

// minted exchanges the claims and returns the temporary token.
func (w *world) minted(c oidc.Claims) string {
	w.t.Helper()
	a := w.exchangeFor(c)
	var got struct{ Token string }
	if a.status != 200 || json.Unmarshal(a.body, &got) != nil || got.Token == "" {
		w.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return got.Token
}

// trust registers a publisher that run matches.
func (w *world) trust(crate string) Publisher {
	w.t.Helper()
	env := "release"
	p, err := w.AddPublisher(Publisher{
		Crate: crate, RepositoryOwner: "Acme", RepositoryOwnerID: 65, RepositoryName: "x",
		WorkflowFilename: "publish.yml", Environment: &env,
	})
	w.must(err)
	return p
}

// pkg is a crate to be uploaded: the manifest's lines by key.
type pkg struct {
	name, vers string
	// manifest replaces the manifest; extra lines are added below it.
	manifest, extra string
	// announcedName and announcedVers stand in the JSON, if they differ.
	announcedName, announcedVers string
}

func (p pkg) toml() string {
	if p.manifest != "" {
		return p.manifest
	}
	return fmt.Sprintf("[package]\nname = %q\nversion = %q\ndescription = \"d\"\nlicense = \"MIT\"\n%s", p.name, p.vers, p.extra)
}

func (p pkg) body(t *testing.T) []byte {
	t.Helper()
	a := announced{Name: p.name, Vers: p.vers}
	if p.announcedName != "" {
		a.Name = p.announcedName
	}
	if p.announcedVers != "" {
		a.Vers = p.announcedVers
	}
	return frame(t, a, tarball(t, map[string]string{p.name + "-" + p.vers + "/Cargo.toml": p.toml()}))
}

func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for name, text := range files {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		_, _ = archive.Write([]byte(text))
	}
	_ = archive.Close()
	_ = zipped.Close()
	return out.Bytes()
}

func frame(t *testing.T, metadata any, file []byte) []byte {
	t.Helper()
	text, err := json.Marshal(metadata)
	if err != nil {
		t.Fatal(err)
	}
	body := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	body = append(body, text...)
	body = binary.LittleEndian.AppendUint32(body, uint32(len(file)))
	return append(body, file...)
}

func (w *world) upload(token string, p pkg) answer {
	w.t.Helper()
	return w.ask("PUT", "/api/v1/crates/new", token, p.body(w.t))
}

func lib(name, vers string) pkg { return pkg{name: name, vers: vers} }
