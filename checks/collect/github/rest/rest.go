// Package rest speaks GitHub's REST API over the program's transport.
//
// It stands in for go-gh's own client, which refuses to work without a token:
// public facts are read without one too. Host, token and address rules are
// go-gh's.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cli/go-gh/v2/pkg/auth"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// apiVersion is the version of the API that our requests and structs follow.
const apiVersion = "2022-11-28"

// Client calls the API of one GitHub host as one user, or as nobody.
type Client struct {
	transport *transport.Transport
	base      string
	token     string
}

// New makes a client; token "" reads what everybody may read.
func New(t *transport.Transport, host, token string) *Client {
	return &Client{transport: t, base: Base(host), token: token}
}

// Base is the address under which a host serves its API, with a slash at its
// end (the rules of go-gh v2.17.0, pkg/api).
func Base(host string) string {
	host = auth.NormalizeHostname(host)
	switch {
	case host == "github.com", auth.IsTenancy(host):
		return "https://api." + host + "/"
	case host == "github.localhost":
		return "http://api." + host + "/"
	}
	return "https://" + host + "/api/v3/"
}

// SignedIn reports whether requests carry a token.
func (c *Client) SignedIn() bool { return c.token != "" }

// Path joins segments into a path, each escaped by itself.
func Path(segments ...string) string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return strings.Join(escaped, "/")
}

// Do makes one request that changes something: body as JSON unless nil, the
// answer decoded into out unless nil. It is made once and never follows a
// redirect. Errors are *transport.Error or the context's.
func (c *Client) Do(ctx context.Context, method, path string, body, out any) (*transport.Answer, error) {
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return nil, fmt.Errorf("encode the body of %s %s: %w", method, path, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, &payload)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header = c.header()
	if body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	answer, err := c.transport.Do(req)
	if err != nil || out == nil || len(answer.Body) == 0 {
		return answer, err
	}
	return answer, answer.JSON(out)
}

func (c *Client) header() http.Header {
	h := http.Header{}
	h.Set("Accept", "application/vnd.github+json")
	h.Set("X-GitHub-Api-Version", apiVersion)
	if c.token != "" {
		h.Set("Authorization", "token "+c.token)
	}
	return h
}
