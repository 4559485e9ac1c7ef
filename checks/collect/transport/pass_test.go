package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestTheSameGETIsMadeOnceInAPass(t *testing.T) {
	var calls atomic.Int64
	tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		_, _ = w.Write([]byte(`{}`))
	})
	pass := tr.Pass(t.Context())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := pass.Get(t.Context(), Request{URL: server.URL + "/a"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if calls.Load() != 1 {
		t.Errorf("%d requests, want 1", calls.Load())
	}
	for _, other := range []Request{
		{URL: server.URL + "/a?page=2"},
		{URL: server.URL + "/a", Header: http.Header{"Authorization": {"token a"}}},
		{URL: server.URL + "/a", Header: http.Header{"Authorization": {"token b"}}},
		{URL: server.URL + "/a", Tail: 10},
	} {
		before := calls.Load()
		for range 2 {
			if _, err := pass.Get(t.Context(), other); err != nil {
				t.Error(err)
			}
		}
		if calls.Load() != before+1 {
			t.Errorf("%+v: %d requests, want 1", other, calls.Load()-before)
		}
	}
	before := calls.Load()
	if _, err := get(t, tr, server.URL+"/a"); err != nil || calls.Load() != before+1 {
		t.Errorf("another pass must look again: %v, %d", err, calls.Load()-before)
	}
}

func TestErrorsAreRememberedTooAndCallersMayLeave(t *testing.T) {
	var calls atomic.Int64
	release := make(chan struct{})
	tr, server := double(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		<-release
		w.WriteHeader(404)
	})
	pass := tr.Pass(t.Context())
	impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := pass.Get(impatient, Request{URL: server.URL}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(release)
	for range 2 {
		if _, err := pass.Get(t.Context(), Request{URL: server.URL}); !Is(err, KindNotFound) {
			t.Errorf("got %v", err)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("%d requests, want 1", calls.Load())
	}
}

func TestThePassEndsItsRequests(t *testing.T) {
	gone := make(chan struct{})
	tr, server := double(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); close(gone) })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	if _, err := tr.Pass(ctx).Get(t.Context(), Request{URL: server.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-gone
}

func TestOnlyTheEndOfALogIsKept(t *testing.T) {
	var log bytes.Buffer
	for i := range 200_000 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	tr, server := double(t, Options{MaxBody: 1000}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(log.Bytes()) })
	answer, err := tr.Pass(t.Context()).Get(t.Context(), Request{URL: server.URL, Tail: 4096})
	if err != nil {
		t.Fatal(err)
	}
	if want := log.Bytes()[log.Len()-4096:]; !bytes.Equal(answer.Body, want) {
		t.Errorf("got %d bytes ending in %q", len(answer.Body), answer.Body[max(0, len(answer.Body)-20):])
	}
}

func TestRedirects(t *testing.T) {
	var storage string
	tr, server := double(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
		case "/log":
			http.Redirect(w, r, storage, http.StatusFound)
		case "/insecure":
			http.Redirect(w, r, "http://example.com/", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			_, _ = w.Write([]byte(`"` + r.Header.Get("Authorization") + `"`))
		}
	})
	// The same server under its other name is another host.
	storage = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/blob"
	t.Run("a rename is followed and noted", func(t *testing.T) {
		answer, err := tr.Do(withToken(t, server.URL+"/old"))
		if err != nil || !answer.Moved || !strings.Contains(string(answer.Body), secret) {
			t.Errorf("%v, %+v", err, answer)
		}
		if answer.Source().Name != strings.TrimPrefix(server.URL, "https://")+"/old" {
			t.Errorf("source %v", answer.Source())
		}
	})
	t.Run("the token stays with its host", func(t *testing.T) {
		tr.base.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true // httptest has no certificate for localhost
		answer, err := tr.Do(withToken(t, server.URL+"/log"))
		if err != nil || string(answer.Body) != `""` {
			t.Errorf("%v, %+v", err, answer)
		}
	})
	t.Run("not into the clear", func(t *testing.T) {
		if _, err := tr.Do(withToken(t, server.URL+"/insecure")); !Is(err, KindInsecure) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not for ever", func(t *testing.T) {
		if _, err := tr.Do(withToken(t, server.URL+"/loop")); !Is(err, KindMoved) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a write is not sent on", func(t *testing.T) {
		req := withToken(t, server.URL+"/old")
		req.Method = http.MethodDelete
		if _, err := tr.Do(req); !Is(err, KindMoved) {
			t.Errorf("got %v", err)
		}
	})
}

func TestUnknownSaysWhy(t *testing.T) {
	tr := fake(t, func(*http.Request) (*http.Response, error) { return answers(404, nil, `{"message":"Not Found"}`), nil })
	_, err := get(t, tr, "https://api.github.com/repos/o/r")
	fallback := evidence.Source{Name: "fallback"}
	fact := Unknown[int](fallback, err)
	if !fact.Unknown() || !strings.Contains(fact.Reason(), "404") || fact.Source().Name != "api.github.com/repos/o/r" {
		t.Errorf("%q from %v", fact.Reason(), fact.Source())
	}
	late := Unknown[int](fallback, fmt.Errorf("ask: %w", context.DeadlineExceeded))
	if !strings.Contains(late.Reason(), "no time left") || late.Source() != fallback {
		t.Errorf("%q from %v", late.Reason(), late.Source())
	}
}
