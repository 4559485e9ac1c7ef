package box

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// patient fails when whoever asked goes away, as work does that hangs on the
// request; it says when it has begun.
type patient struct{ began, ended chan struct{} }

func (patient) Hosts() []string { return []string{"slow.example"} }

func (p patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	close(p.began)
	<-r.Context().Done()
	http.Error(w, "broken off", http.StatusInternalServerError)
	close(p.ended)
}

// TestAnAnswerThatNobodyHadIsNotRecorded: a program that is ended in the middle
// of a request is no fault of the world.
func TestAnAnswerThatNobodyHadIsNotRecorded(t *testing.T) {
	seen := make(chan Exchange, 4)
	b := New(Options{Dir: t.TempDir(), Record: func(x Exchange) { seen <- x }})
	slow := patient{make(chan struct{}), make(chan struct{})}
	b.Add(slow, echo{[]string{"one.example"}})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://slow.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-slow.began; leave() }()
	if answer, err := outside(t, b).Do(r); err == nil {
		_ = answer.Body.Close()
		t.Fatal("an answer came")
	}
	<-slow.ended
	if status, _, _ := get(t, outside(t, b), "https://one.example/"); status != 200 {
		t.Fatalf("the other host answers %d", status)
	}
	if x := <-seen; !strings.Contains(x.URL, "one.example") {
		t.Errorf("recorded: %s %d", x.URL, x.Status)
	}
}

func TestWhatComesThroughTheProxyCanBeHeldUp(t *testing.T) {
	var seen []string
	b := New(Options{Dir: t.TempDir(), Through: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r.Method+" "+r.URL.Path)
			if r.URL.Path == "/never" {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	}})
	b.Add(echo{[]string{"one.example"}})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	client := outside(t, b)
	if status, _, _ := get(t, client, "https://one.example/a"); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if answer, err := client.Post("https://one.example/never", "text/plain", nil); err == nil {
		t.Errorf("an answer that was kept back came: %s", answer.Status)
	}
	if status, _, _ := get(t, b.Client(), "https://one.example/own"); status != http.StatusOK {
		t.Errorf("status %d in process", status)
	}
	if len(seen) != 2 || seen[0] != "GET /a" || seen[1] != "POST /never" {
		t.Errorf("seen %q", seen)
	}
}
