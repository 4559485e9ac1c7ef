package pypi

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
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

// world is an index with the issuer and the GitHub that it asks.
type world struct {
	*Service
	t      *testing.T
	issuer *oidc.Issuer
	state  *box.MemoryState
	now    time.Time
	net    hosts
}

var sharedIssuer = sync.OnceValues(func() (*oidc.Issuer, error) { return oidc.NewIssuer(&box.MemoryState{}) })

// gitHub knows the account "Acme" with the id 65, and misbehaves for others.
func gitHub(w http.ResponseWriter, r *http.Request) {
	switch strings.ToLower(r.URL.Path) {
	case "/users/acme":
		_, _ = io.WriteString(w, `{"login":"Acme","id":65}`)
	case "/users/limited":
		w.WriteHeader(http.StatusForbidden)
	case "/users/broken":
		w.WriteHeader(http.StatusBadGateway)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func newWorld(t *testing.T, i Instance) *world {
	t.Helper()
	issuer, err := sharedIssuer()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, issuer: issuer, state: &box.MemoryState{}, now: noon}
	w.net = hosts{oidc.Host: issuer, "api.github.com": http.HandlerFunc(gitHub)}
	w.Service = &Service{Instance: i}
	w.reopen()
	w.must(w.AddUser(User{Username: "ana", Email: "ana@example.com", Verified: true}))
	return w
}

// reopen makes the index anew out of its state.
func (w *world) reopen() {
	w.t.Helper()
	s, err := New(Options{Instance: w.Instance, State: w.state, Client: &http.Client{Transport: w.net}, Now: func() time.Time { return w.now }})
	w.must(err)
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

type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) do(r *http.Request) answer {
	w.t.Helper()
	client := http.Client{Transport: w.net, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(r)
	w.must(err)
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	w.must(err)
	return answer{got.StatusCode, got.Header, string(body)}
}

func (w *world) get(address string, accept ...string) answer {
	w.t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	w.must(err)
	r.Header["Accept"] = accept
	return w.do(r)
}

// run is the claims of a job of Acme/x that matches its publisher.
func (w *world) run() oidc.Claims {
	c := oidc.Claims{
		Repository: "Acme/x", RepositoryOwner: "Acme", RepositoryOwnerID: "65",
		WorkflowRef: "Acme/x/.github/workflows/publish.yml@refs/tags/v1", JobWorkflowRef: "Acme/x/.github/workflows/publish.yml@refs/tags/v1",
		EventName: "push", Environment: "Release", RunID: "7", SHA: "abc", Ref: "refs/tags/v1",
	}
	c.Audience = jwt.ClaimStrings{w.Audience}
	return c
}

// trusted is the identity that run matches.
var trusted = Identity{Owner: "Acme", OwnerID: "65", Repository: "x", Workflow: "publish.yml", Environment: "release"}

func (w *world) sign(c oidc.Claims) string {
	w.t.Helper()
	token, err := w.issuer.Sign(c, w.now)
	w.must(err)
	return token
}

func (w *world) mintWith(body string) answer {
	w.t.Helper()
	r, err := http.NewRequest("POST", "https://"+w.Host+"/_/oidc/mint-token", strings.NewReader(body))
	w.must(err)
	return w.do(r)
}

func (w *world) mintFor(c oidc.Claims) answer {
	w.t.Helper()
	return w.mintWith(`{"token":"` + w.sign(c) + `"}`)
}

// refused wants a mint to be refused with a code and a description.
func (a answer) refused(t *testing.T, code, description string) {
	t.Helper()
	var got struct {
		Message string
		Errors  []oneError
	}
	_ = json.Unmarshal([]byte(a.body), &got)
	if a.status != 422 || got.Message != "Token request failed" || len(got.Errors) != 1 || got.Errors[0] != (oneError{code, description}) {
		t.Errorf("answered %d %s\nwant %s: %s", a.status, a.body, code, description)
	}
}

// minted exchanges the claims and returns the token for uploads.
func (w *world) minted(c oidc.Claims) string {
	w.t.Helper()
	a := w.mintFor(c)
	var got struct {
		Success bool
		Token   string
		Expires int64
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != 200 || !got.Success || got.Expires != w.now.Add(15*time.Minute).Unix() {
		w.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return got.Token
}

// parcel is what is to be uploaded.
type parcel struct {
	name, version string
	// filename and content are made up for an sdist if empty.
	filename string
	content  []byte
	// fields replace those of the form; "" leaves one out.
	fields map[string]string
	// kind is the content type of the file.
	kind string
}

func sdist(name, version string) parcel { return parcel{name: name, version: version} }

func (p parcel) with(field, value string) parcel {
	fields := map[string]string{field: value}
	for f, v := range p.fields {
		fields[f] = v
	}
	p.fields = fields
	return p
}

func (p parcel) file() (string, []byte) {
	stem := strings.ReplaceAll(normalized(p.name), "-", "_") + "-" + p.version
	name, content := p.filename, p.content
	if name == "" {
		name = stem + ".tar.gz"
	}
	if content == nil {
		content = tarball(stem + "/PKG-INFO")
	}
	return name, content
}

func tarball(names ...string) []byte {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, name := range names {
		_ = archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(name)), Typeflag: tar.TypeReg})
		_, _ = archive.Write([]byte(name))
	}
	_ = archive.Close()
	_ = zipped.Close()
	return out.Bytes()
}

func wheel(names ...string) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range names {
		f, _ := archive.Create(name)
		_, _ = io.WriteString(f, name)
	}
	_ = archive.Close()
	return out.Bytes()
}

func (w *world) send(token string, p parcel) answer {
	w.t.Helper()
	filename, content := p.file()
	fields := map[string]string{
		":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": p.name, "version": p.version,
		"filetype": "sdist", "pyversion": "source", "sha256_digest": sha256Hex(content), "summary": "s",
	}
	for name, value := range p.fields {
		fields[name] = value
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if value != "" {
			_ = form.WriteField(name, value)
		}
	}
	if filename != "none" {
		kind := p.kind
		if kind == "" {
			kind = "application/octet-stream"
		}
		part, _ := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="content"; filename="` + filename + `"`}, "Content-Type": {kind},
		})
		_, _ = part.Write(content)
	}
	_ = form.Close()
	r, err := http.NewRequest("POST", "https://"+w.Upload+"/legacy/", &body)
	w.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if token != "" {
		r.SetBasicAuth("__token__", token)
	}
	return w.do(r)
}

// said is the text of a refused upload.
func (a answer) said() string {
	lines := strings.SplitN(a.body, "\n", 2)
	_, text, _ := strings.Cut(lines[0], " ")
	return text
}

func (a answer) turnedDown(t *testing.T, status int, text string) {
	t.Helper()
	if a.status != status || a.said() != text {
		t.Errorf("answered %d %q\nwant     %d %q", a.status, a.said(), status, text)
	}
}

// browse asks for a page as a person's browser does.
func (w *world) browse(person, path string, form url.Values) (int, string) {
	w.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host = w.Host
	if person != "" {
		r = r.WithContext(box.WithPerson(r.Context(), person))
	}
	out := httptest.NewRecorder()
	w.ServeHTTP(out, r)
	return out.Code, out.Body.String()
}

func (w *world) mustSee(person, path string, form url.Values, want ...string) string {
	w.t.Helper()
	_, body := w.browse(person, path, form)
	for _, text := range want {
		if !strings.Contains(body, text) {
			w.t.Errorf("%s as %q does not show %q:\n%s", path, person, text, body[strings.Index(body, "<main>"):])
		}
	}
	return body
}
