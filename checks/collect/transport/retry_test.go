package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetries(t *testing.T) {
	type answer struct {
		status int
		after  string
	}
	for _, row := range []struct {
		name   string
		method string
		given  []answer
		calls  int
		waited time.Duration // at least
		want   Kind
	}{
		{"good at once", "GET", []answer{{200, ""}}, 1, 0, ""},
		{"twice unavailable", "GET", []answer{{503, ""}, {502, ""}, {200, ""}}, 3, 200 * time.Millisecond, ""},
		{"unavailable for good", "GET", []answer{{500, ""}, {500, ""}, {500, ""}, {200, ""}}, 3, 200 * time.Millisecond, KindServer},
		{"asked to wait a little", "GET", []answer{{429, "2"}, {200, ""}}, 2, 2 * time.Second, ""},
		{"asked to wait too long", "GET", []answer{{429, "6"}, {200, ""}}, 1, 0, KindRateLimit},
		{"limited without a time", "GET", []answer{{429, ""}, {200, ""}}, 1, 0, KindRateLimit},
		{"secondary limit", "GET", []answer{{403, "1"}, {200, ""}}, 2, time.Second, ""},
		{"refused for good", "GET", []answer{{403, ""}, {200, ""}}, 1, 0, KindForbidden},
		{"a write is made once", "POST", []answer{{503, ""}, {200, ""}}, 1, 0, KindServer},
		{"a write is not repeated on request", "PUT", []answer{{429, "1"}, {200, ""}}, 1, 0, KindRateLimit},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				tr := fake(t, func(*http.Request) (*http.Response, error) {
					a := row.given[calls]
					calls++
					h := http.Header{}
					if a.after != "" {
						h.Set("Retry-After", a.after)
					}
					return answers(a.status, h, "{}"), nil
				})
				begin := time.Now()
				req, _ := http.NewRequestWithContext(t.Context(), row.method, "https://api.github.com/x", nil)
				_, err := tr.Do(req)
				if calls != row.calls || time.Since(begin) < row.waited {
					t.Errorf("%d calls in %v, want %d in at least %v", calls, time.Since(begin), row.calls, row.waited)
				}
				if (row.want == "") != (err == nil) || row.want != "" && !Is(err, row.want) {
					t.Errorf("got %v, want %q", err, row.want)
				}
			})
		})
	}
}

func TestBrokenConnectionsAreTriedAgainAndTimeoutsAreNot(t *testing.T) {
	for _, row := range []struct {
		err   error
		calls int
	}{{io.EOF, tries}, {errTooLarge, 1}} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			tr := fake(t, func(*http.Request) (*http.Response, error) { calls++; return nil, row.err })
			if _, err := get(t, tr, "https://pypi.org/simple/x/"); err == nil || calls != row.calls {
				t.Errorf("%v: %d calls, %v", row.err, calls, err)
			}
		})
	}
}

func TestPaceOfCratesIO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		at := map[string]time.Duration{}
		tr := fake(t, func(r *http.Request) (*http.Response, error) {
			at[r.URL.Host+r.URL.Path] = time.Since(begin)
			return answers(200, nil, "{}"), nil
		})
		for _, pass := range []*Pass{tr.Pass(t.Context()), tr.Pass(t.Context())} {
			for _, a := range []string{"https://crates.io/api/v1/crates/a", "https://index.crates.io/3/a/abc", "https://crates.io/api/v1/crates/b", "https://pypi.org/simple/x/"} {
				if _, err := pass.Get(t.Context(), Request{URL: a}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := time.Since(begin); got != 3*time.Second {
			t.Errorf("four API requests in two passes took %v, want 3s", got)
		}
		if at["pypi.org/simple/x/"]-at["crates.io/api/v1/crates/b"] != 0 {
			t.Errorf("another host waited too: %v", at)
		}
	})
}

func TestRetryAfterForms(t *testing.T) {
	for v, want := range map[string]time.Duration{
		"0": 0, "120": 2 * time.Minute, "Sun, 22 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sat, 21 Nov 2026 12:00:30 GMT": 0,
	} {
		if got, ok := retryAfter(http.Header{"Retry-After": {v}}, noon); !ok || got != want {
			t.Errorf("%q: %v, %v", v, got, ok)
		}
	}
	for _, v := range []string{"", "-1", "soon", strings.Repeat("9", 40)} {
		if got, ok := retryAfter(http.Header{"Retry-After": {v}}, noon); ok {
			t.Errorf("%q: %v", v, got)
		}
	}
}
