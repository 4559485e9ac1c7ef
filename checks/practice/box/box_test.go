package box

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// echo answers with what it was asked, and a page with links.
type echo struct{ hosts []string }

func (e echo) Hosts() []string { return e.hosts }

func (e echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/moved":
		http.Redirect(w, r, "https://other.example/there?x=1", http.StatusFound)
	case "/local":
		http.Redirect(w, r, "/here", http.StatusSeeOther)
	case "/page":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!DOCTYPE html><style>a > b { color: red }</style><a href="/a?b=1&amp;c=2#d">a</a>
<a href="https://other.example/x">x</a><a href="https://elsewhere.example/">out</a><a href="#here">h</a><a href="rel">r</a>
<form method="post" action="/send"><textarea>1 < 2 & "3"</textarea></form>`)
	default:
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s person=%q cookie=%q body=%q", r.Method, r.Host, r.URL.RequestURI(), Person(r.Context()), r.Header.Get("Cookie"), body)
	}
}

func start(t *testing.T) *Box {
	t.Helper()
	b := New(Options{Dir: t.TempDir(), People: []string{"ana", "bo"}})
	b.Add(echo{[]string{"one.example"}}, echo{[]string{"other.example"}})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// outside is a client as children are: by proxy and certificate file.
func outside(t *testing.T, b *Box) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	data, err := os.ReadFile(b.CertFile())
	if err != nil || !roots.AppendCertsFromPEM(data) {
		t.Fatalf("the certificate file cannot be used: %v", err)
	}
	proxy, err := url.Parse(b.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}}}
}

func get(t *testing.T, c *http.Client, address string) (int, string, http.Header) {
	t.Helper()
	answer, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

func TestServicesAnswerUnderTheirRealNames(t *testing.T) {
	b := start(t)
	for name, client := range map[string]*http.Client{"proxy": outside(t, b), "in process": b.Client()} {
		answer, err := client.Post("https://one.example/a%2Fb?c=d", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, _ := io.ReadAll(answer.Body)
		if want := `POST one.example /a%2Fb?c=d person="" cookie="" body="hello"`; string(body) != want {
			t.Errorf("%s: %s, want %s", name, body, want)
		}
	}
}

func TestNothingGetsOut(t *testing.T) {
	b := start(t)
	for _, c := range []*http.Client{outside(t, b), b.Client()} {
		for _, address := range []string{"https://elsewhere.example/", "https://one.example:8443/", "https://127.0.0.1/", "https://sub.one.example/"} {
			if answer, err := c.Get(address); err == nil {
				t.Errorf("%s was answered: %s", address, answer.Status)
			}
		}
	}
	if status, body, _ := get(t, outside(t, b), "http://one.example/"); status != http.StatusForbidden || !strings.Contains(body, "CONNECT") {
		t.Errorf("plain HTTP through the proxy: %d %s", status, body)
	}
	if _, err := b.Client().Get("http://one.example/"); err == nil {
		t.Error("plain HTTP in process was answered")
	}
}

func TestARefusedConnectSaysWhy(t *testing.T) {
	b := start(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.ProxyURL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprint(conn, "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\nConnection: close\r\n\r\n")
	said, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(said), "HTTP/1.1 403") || !strings.Contains(string(said), "elsewhere.example:443 is not in the practice world") {
		t.Errorf("answered %q", said)
	}
}

func TestAConnectionServesOnlyTheHostItWasMadeFor(t *testing.T) {
	b := start(t)
	r, _ := http.NewRequest("GET", "https://one.example/", nil)
	r.Host = "other.example"
	answer, err := outside(t, b).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another Host inside the connection: %s", answer.Status)
	}
}

func TestTheAuthorityVouchesForTheServedHostsOnly(t *testing.T) {
	a, err := newAuthority([]string{"one.example"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	for name, good := range map[string]bool{"one.example": true, "evil.example": false, "127.0.0.1": false, "::1": false} {
		template := &x509.Certificate{DNSNames: []string{name}, NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter}
		if ip := net.ParseIP(name); ip != nil {
			template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
		}
		der, err := a.sign(template, a.cert, &a.leaf.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := a.certificate(&tls.ClientHelloInfo{ServerName: "evil.example"}); err == nil {
		t.Error("a certificate was made for a host that is not served")
	}
	if life := a.cert.NotAfter.Sub(a.cert.NotBefore); life > certificateLife {
		t.Errorf("the authority is valid for %s", life)
	}
	if !a.cert.PermittedDNSDomainsCritical {
		t.Error("a client that does not know name constraints would ignore them")
	}
}

func TestEachRunHasItsOwnAuthorityAndSecretAndKeepsTheKeyInMemory(t *testing.T) {
	one, two := start(t), start(t)
	first, _ := os.ReadFile(one.CertFile())
	second, _ := os.ReadFile(two.CertFile())
	if string(first) == string(second) || one.secret == two.secret {
		t.Error("two runs share an authority or a secret")
	}
	files, _ := os.ReadDir(filepath.Dir(one.CertFile()))
	if len(files) != 1 || strings.Contains(string(first), "PRIVATE") {
		t.Errorf("more than the certificate was written: %v", files)
	}
}

func TestPagesAskForTheSecretAndTheLoopbackAddress(t *testing.T) {
	b := start(t)
	address, err := b.PageURL("https://one.example/x?y=z")
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := get(t, http.DefaultClient, address); status != 200 || !strings.Contains(body, `GET one.example /x?y=z person="ana"`) {
		t.Errorf("%d %s", status, body)
	}
	base := "http://" + b.pages.Addr().String()
	for _, wrong := range []string{base + "/", base + "/wrong/one.example/x", base + "/one.example/x", b.Pages() + "elsewhere.example/", b.Pages()} {
		if status, body, _ := get(t, http.DefaultClient, wrong); status != http.StatusNotFound || strings.Contains(body, b.secret) {
			t.Errorf("%s: %d %s", wrong, status, body)
		}
	}
	for _, host := range []string{"localhost:" + port(b), "evil.example:" + port(b), "127.0.0.1", "one.example"} {
		r, _ := http.NewRequest("GET", address, nil)
		r.Host = host
		if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("Host %s: %v %v", host, answer.Status, err)
		}
	}
	r, _ := http.NewRequest("POST", address, nil)
	r.Header.Set("Origin", "https://evil.example")
	if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %v %v", answer.Status, err)
	}
}

func port(b *Box) string {
	_, p, _ := net.SplitHostPort(b.pages.Addr().String())
	return p
}

func TestOnlyAddressesInTheBoxHaveAPage(t *testing.T) {
	b := start(t)
	for _, address := range []string{"https://elsewhere.example/", "http://one.example/", "file:///etc/passwd", "one.example", ":"} {
		if page, err := b.PageURL(address); err == nil {
			t.Errorf("%s has the page %s", address, page)
		}
	}
	if _, err := New(Options{}).PageURL("https://one.example/"); err == nil {
		t.Error("a box that was not started has a page")
	}
}

func TestPeopleAreSwitchedByALink(t *testing.T) {
	b := start(t)
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	page, _ := b.PageURL("https://one.example/x")
	next := url.Values{"next": {strings.TrimPrefix(page, "http://"+b.pages.Addr().String())}}.Encode()
	if _, body, _ := get(t, browser, b.Pages()+"_/as/bo?"+next); !strings.Contains(body, `GET one.example /x person="bo" cookie=""`) {
		t.Errorf("after signing in as bo: %s", body)
	}
	if _, body, _ := get(t, browser, page); !strings.Contains(body, `person="bo"`) {
		t.Errorf("the next page: %s", body)
	}
	if status, _, _ := get(t, browser, b.Pages()+"_/as/mallory"); status != http.StatusNotFound {
		t.Errorf("signing in as somebody unknown: %d", status)
	}
	if _, body, _ := get(t, browser, b.Pages()+"_/as/ana?next="+url.QueryEscape("https://evil.example/")); body != "Signed in as ana.\n" {
		t.Errorf("leading away after signing in: %s", body)
	}
}

func TestAddressesOnPagesStayInTheBox(t *testing.T) {
	b := start(t)
	page, _ := b.PageURL("https://one.example/page")
	_, body, header := get(t, http.DefaultClient, page)
	root := b.root()
	for _, want := range []string{
		`href="` + root + `one.example/a?b=1&amp;c=2#d"`, `href="` + root + `other.example/x"`, `href="` + root + `elsewhere.example/"`,
		`href="#here"`, `href="rel"`, `action="` + root + `one.example/send"`, `<textarea>1 < 2 & "3"</textarea>`, `a > b { color: red }`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s:\n%s", want, body)
		}
	}
	if header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page may tell its address, or load from outside")
	}
	still := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]string{"/moved": "other.example/there?x=1", "/local": "one.example/here"} {
		page, _ := b.PageURL("https://one.example" + path)
		if _, _, header := get(t, still, page); header.Get("Location") != root+want {
			t.Errorf("%s leads to %q", path, header.Get("Location"))
		}
	}
}

func TestChildrenGetTheBoxAndNothingAroundIt(t *testing.T) {
	b := start(t)
	env := overlay([]string{"HTTPS_PROXY=http://real:3128", "NO_PROXY=*", "PATH=/bin"}, b.Env())
	seen := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if _, twice := seen[name]; twice {
			t.Errorf("%s stands twice", name)
		}
		seen[name] = value
	}
	for name, want := range map[string]string{
		"HTTPS_PROXY": b.ProxyURL(), "CARGO_HTTP_PROXY": b.ProxyURL(), "NO_PROXY": "", "PATH": "/bin", "SSL_CERT_FILE": b.CertFile(),
		"CARGO_HTTP_CAINFO": b.CertFile(), "REQUESTS_CA_BUNDLE": b.CertFile(), "GIT_SSL_CAINFO": b.CertFile(),
	} {
		if seen[name] != want {
			t.Errorf("%s is %q, want %q", name, seen[name], want)
		}
	}
}

func TestTheBoxEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	b := New(Options{Dir: t.TempDir()})
	b.Add(echo{[]string{"one.example"}})
	if err := b.Start(ctx); err != nil {
		t.Fatal(err)
	}
	stop()
	b.wait.Wait()
	if _, err := b.Client().Get("https://one.example/"); err == nil {
		t.Error("a closed box answered")
	}
}
