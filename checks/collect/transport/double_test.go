package transport

import (
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// double serves TLS on loopback, and gives a transport that trusts it through
// SSL_CERT_FILE, as the practice world is trusted.
func double(t *testing.T, o Options, handler http.HandlerFunc) (*Transport, *httptest.Server) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	env := map[string]string{"SSL_CERT_FILE": rootsOf(t, server)}
	more := o.Getenv
	o.Getenv = func(name string) string {
		if more != nil && more(name) != "" {
			return more(name)
		}
		return env[name]
	}
	tr, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.base.(*http.Transport).CloseIdleConnections)
	return tr, server
}

func rootsOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// roundTrip is a network made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answers makes an answer of a fake network.
func answers(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func fake(t *testing.T, f roundTrip) *Transport {
	t.Helper()
	tr, err := New(Options{Base: f, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func get(t *testing.T, tr *Transport, address string) (*Answer, error) {
	t.Helper()
	return tr.Pass(t.Context()).Get(t.Context(), Request{URL: address})
}

func ownError(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	return e
}

const secret = "ghp_verysecret"

func withToken(t *testing.T, address string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+secret)
	return req
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }
