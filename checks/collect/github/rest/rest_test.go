package rest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

func TestBaseFollowsGoGH(t *testing.T) {
	for host, want := range map[string]string{
		"github.com":         "https://api.github.com/",
		"GitHub.com":         "https://api.github.com/",
		"acme.ghe.com":       "https://api.acme.ghe.com/",
		"git.acme.example":   "https://git.acme.example/api/v3/",
		"github.localhost":   "http://api.github.localhost/",
		"github.com.evil.eu": "https://github.com.evil.eu/api/v3/",
	} {
		if got := Base(host); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

func TestPathEscapesEachSegment(t *testing.T) {
	segments := []string{"environments", "a/b c", "..%2e"}
	if got := Path(segments...); got != "environments/a%2Fb%20c/..%252e" {
		t.Error(got)
	}
	if segments[1] != "a/b c" {
		t.Error("the caller's segments were changed")
	}
}

func TestNextPage(t *testing.T) {
	for link, want := range map[string]string{
		`<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last"`:  "https://a/x?page=2",
		`<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next"`:  "https://a/x?page=3",
		`<https://a/x?page=1>; rel="first", <https://a/x?page=9>; rel="last"`: "",
		"":      "",
		"bogus": "",
	} {
		if got := nextPage(link); got != want {
			t.Errorf("%q: %q", link, got)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func client(t *testing.T, token string, f roundTrip) *Client {
	t.Helper()
	tr, err := transport.New(transport.Options{Base: f})
	if err != nil {
		t.Fatal(err)
	}
	return New(tr, "github.com", token)
}

func TestDoSendsJSONOnceAndReadsTheAnswer(t *testing.T) {
	var got []string
	c := client(t, "t0ken", func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("X-GitHub-Api-Version"), string(body)}, "|"))
		return &http.Response{StatusCode: 201, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"id":7}`))}, nil
	})
	var out struct{ ID int }
	answer, err := c.Do(t.Context(), http.MethodPost, "repos/o/r/rulesets", map[string]any{"name": "tags <v>"}, &out)
	if err != nil || out.ID != 7 || answer.Status != 201 {
		t.Fatalf("%v %v", out, err)
	}
	want := `POST|https://api.github.com/repos/o/r/rulesets|token t0ken|application/json; charset=utf-8|2022-11-28|{"name":"tags \u003cv\u003e"}` + "\n"
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestDoWithoutBodiesAndWithRefusal(t *testing.T) {
	status := http.StatusNoContent
	c := client(t, "", func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Content-Type") != "" || r.ContentLength > 0 {
			t.Errorf("headers %v, %d bytes", r.Header, r.ContentLength)
		}
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
	})
	var out struct{}
	if _, err := c.Do(t.Context(), http.MethodDelete, "repos/o/r/x", nil, &out); err != nil {
		t.Errorf("204: %v", err)
	}
	status = http.StatusConflict
	if _, err := c.Do(t.Context(), http.MethodDelete, "repos/o/r/x", nil, nil); err == nil || !strings.Contains(err.Error(), "DELETE https://api.github.com/repos/o/r/x: api.github.com answered 409") {
		t.Errorf("409: %v", err)
	}
	if _, err := c.Do(t.Context(), http.MethodPut, "x", func() {}, nil); err == nil || !strings.Contains(err.Error(), "encode") {
		t.Errorf("a body that is no JSON: %v", err)
	}
}
