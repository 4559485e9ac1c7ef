package box

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAHostFailsAsItIsToldAndIsRepaired(t *testing.T) {
	b := start(t)
	client := outside(t, b)
	client.Timeout = 500 * time.Millisecond
	ask := func() (int, string, error) {
		answer, err := client.Get("https://one.example/x")
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body), err
	}
	for name, row := range map[string]struct {
		fault Fault
		holds func(status int, body string, err error) bool
	}{
		"refused": {Fault{Refuse: true}, func(_ int, _ string, err error) bool {
			return errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "reset")
		}},
		"hanging": {Fault{Hang: true}, func(_ int, _ string, err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		"cut": {Fault{Cut: true}, func(s int, body string, err error) bool {
			return s == 200 && body != "" && errors.Is(err, io.ErrUnexpectedEOF)
		}},
		"busy": {Fault{Status: 429, Header: http.Header{"Retry-After": {"60"}}, Body: "slow down"},
			func(s int, body string, err error) bool { return s == 429 && body == "slow down" && err == nil }},
		"empty": {Fault{Status: 200}, func(s int, body string, err error) bool { return s == 200 && body == "" && err == nil }},
	} {
		for _, before := range []string{"a new connection", "one that is open"} {
			if before == "a new connection" {
				client.CloseIdleConnections()
			}
			b.Break("One.example", row.fault)
			if status, body, err := ask(); !row.holds(status, body, err) {
				t.Errorf("%s, %s: %d %q %v", name, before, status, body, err)
			}
			if status, _, _ := get(t, client, "https://other.example/"); status != 200 {
				t.Errorf("%s: the other host answers %d", name, status)
			}
			b.Repair("one.example")
			if status, _, err := ask(); status != 200 || err != nil {
				t.Errorf("%s, repaired: %d %v", name, status, err)
			}
		}
	}
}

func TestWhatGoesOverTheWireIsRecorded(t *testing.T) {
	seen := make(chan Exchange, 1)
	b := New(Options{Dir: t.TempDir(), Record: func(x Exchange) { seen <- x }})
	b.Add(echo{[]string{"one.example"}})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	r, err := http.NewRequest(http.MethodPost, "https://one.example/a?b=1", strings.NewReader("sent"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "token s3cret")
	r.Header.Set("Accept", "text/plain")
	answer, err := outside(t, b).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	x := <-seen
	if x.Method != "POST" || x.URL != "https://one.example/a?b=1" || string(x.RequestBody) != "sent" || x.Status != 200 || string(x.Body) != string(body) {
		t.Errorf("%+v", x)
	}
	if x.RequestHeader.Get("Authorization") != "" || x.RequestHeader.Get("Accept") != "text/plain" {
		t.Errorf("headers %v", x.RequestHeader)
	}
}
