package transport

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A status by itself says too little: GitHub tells in headers and message what
// a refusal is about.
func TestStatusesAreToldApart(t *testing.T) {
	reset := strconv.FormatInt(noon.Add(20*time.Minute).Unix(), 10)
	for _, row := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   Kind
		says   string
	}{
		{"token refused", 401, nil, `{"message":"Bad credentials"}`, KindUnauthorized, `does not accept the token ("Bad credentials")`},
		{"no right", 403, map[string]string{"X-OAuth-Scopes": "repo", "X-Accepted-OAuth-Scopes": "repo"}, `{"message":"Must have admin rights to Repository."}`, KindForbidden, "Must have admin rights"},
		{"scope", 403, map[string]string{"X-OAuth-Scopes": "gist, workflow", "X-Accepted-OAuth-Scopes": "admin:org, repo"}, `{}`, KindScope, "the scope admin:org or repo (it has gist, workflow)"},
		{"scope hidden as 404", 404, map[string]string{"X-OAuth-Scopes": "", "X-Accepted-OAuth-Scopes": "repo"}, `{"message":"Not Found"}`, KindScope, "the scope repo and has none at all"},
		{"scope held through another one", 404, map[string]string{"X-OAuth-Scopes": "repo", "X-Accepted-OAuth-Scopes": "public_repo"}, `{"message":"Not Found"}`, KindNotFound, "404 Not Found"},
		{"fine-grained permission", 403, map[string]string{"X-Accepted-GitHub-Permissions": "secrets=read"}, `{"message":"Resource not accessible by personal access token"}`, KindScope, "the permission secrets=read"},
		{"permission without header", 403, nil, `{"message":"Resource not accessible by integration"}`, KindScope, "lacks a permission"},
		{"single sign-on", 403, map[string]string{"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=AB"}, `{"message":"Resource protected by organization SAML enforcement."}`, KindSSO, "https://github.com/orgs/acme/sso?authorization_request=AB"},
		{"primary rate limit", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, `{"message":"API rate limit exceeded for 203.0.113.7."}`, KindRateLimit, "until 2026-11-22 12:20:00 UTC"},
		{"secondary rate limit", 403, map[string]string{"Retry-After": "600"}, `{"message":"You have exceeded a secondary rate limit."}`, KindRateLimit, "until 2026-11-22 12:10:00 UTC"},
		{"429 with a date", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 13:00:00 GMT"}, `{"errors":[{"detail":"You have published too many crates"}]}`, KindRateLimit, "until 2026-11-22 13:00:00 UTC"},
		{"429 without a time", 429, nil, ``, KindRateLimit, "for now"},
		{"gone", 410, nil, `{"message":"Not here any more"}`, KindGone, "410 Gone"},
		{"invalid, with a text", 422, nil, `{"message":"Validation Failed","errors":["Name must be unique"]}`, KindInvalid, `"Validation Failed: Name must be unique"`},
		{"invalid, with a message", 422, nil, `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"No commits"},{"code":"custom","message":"No commits"}]}`, KindInvalid, `"Validation Failed: No commits"`},
		{"invalid, with a field", 422, nil, `{"message":"Validation Failed","errors":[{"resource":"Release","field":"tag_name","code":"already_exists"}]}`, KindInvalid, `"Validation Failed: tag_name: already exists"`},
		{"invalid, with something else", 422, nil, `{"message":"Validation Failed","errors":{"x":1}}`, KindInvalid, `"Validation Failed"`},
		{"invalid, with errors of no kind", 422, nil, `{"message":"Validation Failed","errors":[1,{"x":"y"},null]}`, KindInvalid, `"Validation Failed"`},
		{"invalid", 422, nil, `{"message":"Validation Failed","errors":[{"code":"custom"}]}`, KindInvalid, "Validation Failed"},
		{"server", 501, nil, `<html>sorry</html>`, KindServer, "failed with 501"},
		{"other", 409, nil, `{"message":"Git Repository is empty."}`, KindStatus, "409 Conflict"},
		{"terminal codes in the message", 403, nil, `{"message":"\u001b[31mred\u001b[0m and\nlong"}`, KindForbidden, `("red and long")`},
	} {
		t.Run(row.name, func(t *testing.T) {
			tr, server := double(t, Options{Now: atNoon}, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range row.header {
					w.Header()[http.CanonicalHeaderKey(k)] = []string{v}
				}
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.body))
			})
			_, err := tr.Do(withToken(t, server.URL+"/repos/o/r?page=2"))
			e := ownError(t, err)
			if e.Kind != row.want || e.Status != row.status || !strings.Contains(e.Reason(), row.says) {
				t.Errorf("got %s, %d: %s\nwant %s, %d: …%s…", e.Kind, e.Status, e.Reason(), row.want, row.status, row.says)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "page=2") {
				t.Errorf("the error tells too much: %v", err)
			}
			if e.Source().Name != strings.TrimPrefix(server.URL, "https://")+"/repos/o/r" || !e.Source().At.Equal(noon) {
				t.Errorf("source %v", e.Source())
			}
		})
	}
}

func TestAnonymousIsToldToSignIn(t *testing.T) {
	tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	_, err := get(t, tr, server.URL)
	if e := ownError(t, err); !strings.Contains(e.Reason(), "only to people who are signed in") {
		t.Error(e.Reason())
	}
}

func TestBodiesAreToldApart(t *testing.T) {
	for _, row := range []struct {
		name, kind, body string
		want             Kind
	}{
		{"web page", "text/html", "<!doctype html><title>Sign in to the hotel</title>", KindNotJSON},
		{"web page that calls itself JSON", "application/json", " <html>", KindNotJSON},
		{"words", "text/plain", "all is well", KindNotJSON},
		{"truncated", "application/json", `{"id": 1, "na`, KindTruncated},
		{"empty", "application/json", "", KindEmpty},
		{"blank", "application/json", " \n", KindEmpty},
		{"array instead of object", "application/json", `[1]`, KindShape},
		{"text instead of number", "application/json", `{"id":"one"}`, KindShape},
		{"two values", "application/json", `{} {}`, KindNotJSON},
		{"good", "application/json", `{"id":1}`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", row.kind)
				_, _ = w.Write([]byte(row.body))
			})
			answer, err := get(t, tr, server.URL)
			if err != nil {
				t.Fatal(err)
			}
			var v struct{ ID int }
			err = answer.JSON(&v)
			if row.want == "" {
				if err != nil || v.ID != 1 {
					t.Errorf("got %v, %v", v, err)
				}
				return
			}
			if e := ownError(t, err); e.Kind != row.want || e.Reason() == "" {
				t.Errorf("got %s: %s, want %s", e.Kind, e.Reason(), row.want)
			}
		})
	}
}

func TestTerminalCodesAreMadeHarmless(t *testing.T) {
	tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("{\"a\":\"x\\u001b]0;owned\\u0007y\",\"b\":\"bad \xff utf-8\",\"c\":\"line\\nbreak\"}"))
	})
	answer, err := get(t, tr, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ A, B, C string }
	if err := answer.JSON(&v); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(v.A, "\x1b\x07") || v.B != "bad \uFFFD utf-8" || v.C != "line\nbreak" {
		t.Errorf("got %q", v)
	}
}

func TestNetworkFailuresAreToldApart(t *testing.T) {
	t.Run("no address", func(t *testing.T) {
		tr := fake(t, func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.github.com", IsNotFound: true}}
		})
		_, err := get(t, tr, "https://api.github.com/user")
		if e := ownError(t, err); e.Kind != KindOffline || !strings.Contains(e.Reason(), "is this machine online?") {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("untrusted certificate", func(t *testing.T) {
		_, server := double(t, Options{}, func(http.ResponseWriter, *http.Request) {})
		stranger, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = get(t, stranger, server.URL)
		if e := ownError(t, err); e.Kind != KindTLS || !strings.Contains(e.Reason(), "SSL_CERT_FILE") {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("no TLS at all", func(t *testing.T) {
		l := listen(t, func(c net.Conn) { _, _ = c.Write([]byte("220 mail ready\r\n")) })
		tr, _ := New(Options{})
		_, err := get(t, tr, "https://"+l)
		if e := ownError(t, err); e.Kind != KindTLS {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		tr, _ := New(Options{})
		_, err = get(t, tr, "https://"+l.Addr().String())
		if e := ownError(t, err); e.Kind != KindConnection {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("too slow", func(t *testing.T) {
		done := make(chan struct{})
		tr, server := double(t, Options{Timeout: 50 * time.Millisecond}, func(http.ResponseWriter, *http.Request) { <-done })
		defer close(done)
		_, err := get(t, tr, server.URL)
		if e := ownError(t, err); e.Kind != KindTimeout {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("body breaks off", func(t *testing.T) {
		tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		})
		_, err := get(t, tr, server.URL)
		if e := ownError(t, err); e.Kind != KindTruncated {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
	t.Run("too large", func(t *testing.T) {
		tr, server := double(t, Options{MaxBody: 1000}, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, 1001))
		})
		_, err := get(t, tr, server.URL)
		if e := ownError(t, err); e.Kind != KindTooLarge {
			t.Errorf("%s: %s", e.Kind, e.Reason())
		}
	})
}

func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}
