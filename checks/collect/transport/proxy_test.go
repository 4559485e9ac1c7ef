package transport

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProxyAndRootsComeFromTheEnvironment(t *testing.T) {
	var target string
	connects := make(chan string, 8)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connects <- r.Method + " " + r.Host
		pipe(t, w, target)
	}))
	t.Cleanup(proxy.Close)
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		t.Run(name, func(t *testing.T) {
			env := func(n string) string {
				if n == name {
					return proxy.URL
				}
				return ""
			}
			tr, server := double(t, Options{Getenv: env, Version: "1.2.3"}, func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte(r.Host + " " + r.UserAgent()))
			})
			target = strings.TrimPrefix(server.URL, "https://")
			// httptest's certificate is good for example.com.
			answer, err := get(t, tr, "https://example.com/x")
			if err != nil {
				t.Fatal(err)
			}
			if got := string(answer.Body); got != "example.com gh-trustpub/1.2.3 (+https://github.com/trustpub/gh-trustpub)" {
				t.Errorf("the server saw %q", got)
			}
			if got := <-connects; got != "CONNECT example.com:443" {
				t.Errorf("the proxy saw %q", got)
			}
		})
	}
}

func pipe(t *testing.T, w http.ResponseWriter, target string) {
	upstream, err := net.Dial("tcp", target)
	if err != nil {
		t.Error(err)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	go func() { _, _ = io.Copy(upstream, client); _ = upstream.Close() }()
	go func() { _, _ = io.Copy(client, upstream); _ = client.Close() }()
}

func TestNoProxyIsObeyed(t *testing.T) {
	env := map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "index.crates.io"}
	choose := proxy(func(n string) string { return env[n] })
	for host, want := range map[string]bool{"crates.io": true, "index.crates.io": false} {
		req := httptest.NewRequest(http.MethodGet, "https://"+host+"/", nil)
		u, err := choose(req)
		if err != nil || (u != nil) != want {
			t.Errorf("%s: got %v, %v; want a proxy: %v", host, u, err, want)
		}
	}
}

func TestProxyFailures(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not this host", http.StatusForbidden)
	}))
	t.Cleanup(refusing.Close)
	for name, row := range map[string]struct{ proxy, says string }{
		"refuses": {refusing.URL, "403 Forbidden"},
		"is down": {"http://127.0.0.1:1", "HTTPS_PROXY"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := New(Options{Getenv: func(n string) string {
				if n == "HTTPS_PROXY" {
					return row.proxy
				}
				return ""
			}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = tr.Do(withToken(t, "https://example.com/"))
			if e := ownError(t, err); e.Kind != KindProxy || !strings.Contains(e.Reason(), row.says) {
				t.Errorf("%s: %s", e.Kind, e.Reason())
			}
		})
	}
}

func TestBadCertificateFilesAreNamed(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	if err := os.WriteFile(garbage, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{garbage, filepath.Join(t.TempDir(), "missing.pem")} {
		_, err := New(Options{Getenv: func(n string) string { return map[string]string{"SSL_CERT_FILE": file}[n] }})
		if err == nil || !strings.Contains(err.Error(), "SSL_CERT_FILE") || !strings.Contains(err.Error(), filepath.Base(file)) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestOnlyHTTPSAndLoopbackAreCalled(t *testing.T) {
	called := 0
	tr := fake(t, func(*http.Request) (*http.Response, error) { called++; return answers(200, nil, "{}"), nil })
	for address, want := range map[string]bool{
		"https://api.github.com/": true, "http://127.0.0.1:8080/": true, "http://[::1]:80/": true, "http://localhost:1/": true,
		"http://api.github.localhost/": true,
		"http://api.github.com/":       false, "http://localhost.evil.example/": false, "ftp://127.0.0.1/": false, "http://10.0.0.1/": false,
	} {
		before := called
		_, err := get(t, tr, address)
		if want != (err == nil) || (called > before) != want {
			t.Errorf("%s: %v, called %v", address, err, called > before)
		}
		if err != nil && !Is(err, KindInsecure) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
