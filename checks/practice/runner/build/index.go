package build

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// registry is crates.io as cargo reaches it: the sparse index, and the API that
// the index's config.json names.
type registry struct {
	client *http.Client
	agent  string
	api    string
}

const indexURL = "https://index.crates.io/"

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 8 << 20

func (r *registry) open(ctx context.Context) error {
	status, body, err := r.get(ctx, indexURL+"config.json")
	if err != nil {
		return fmt.Errorf("failed to query replaced source registry `crates-io`\n\nCaused by:\n  %w", err)
	}
	var config struct {
		API string `json:"api"`
	}
	if status != http.StatusOK || json.Unmarshal(body, &config) != nil || config.API == "" {
		return fmt.Errorf("failed to query replaced source registry `crates-io`\n\nCaused by:\n  %sconfig.json answered %d without an `api`", indexURL, status)
	}
	r.api = strings.TrimSuffix(config.API, "/")
	return nil
}

// versions lists the versions of a crate in the index; ok is false where the
// index does not know the crate.
func (r *registry) versions(ctx context.Context, name string) (list []string, ok bool, err error) {
	status, body, err := r.get(ctx, indexURL+indexPath(name))
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("failed to query the crates.io index for `%s`: %w", name, err)
	case status == http.StatusNotFound || status == http.StatusGone || status == http.StatusUnavailableForLegalReasons:
		return nil, false, nil
	case status != http.StatusOK:
		return nil, false, fmt.Errorf("failed to query the crates.io index for `%s`: it answered %d", name, status)
	}
	for line := range bytes.Lines(body) {
		var v struct {
			Vers string `json:"vers"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, false, fmt.Errorf("the crates.io index line for `%s` is not JSON: %w", name, err)
		}
		list = append(list, v.Vers)
	}
	return list, true, nil
}

// indexPath is where the sparse index keeps a crate (The Cargo Book, "Index
// Format"): 1/a, 2/ab, 3/a/abc, ab/cd/abcd.
func indexPath(name string) string {
	n := strings.ToLower(name)
	switch len(n) {
	case 1, 2:
		return fmt.Sprintf("%d/%s", len(n), n)
	case 3:
		return "3/" + n[:1] + "/" + n
	}
	if len(n) < 4 {
		return n
	}
	return n[:2] + "/" + n[2:4] + "/" + n
}

func (r *registry) get(ctx context.Context, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	return r.do(req)
}

func (r *registry) do(req *http.Request) (int, []byte, error) {
	req.Header.Set("User-Agent", r.agent)
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, body, err
}

// upload sends one crate; the error is worded as cargo's.
func (r *registry) upload(ctx context.Context, c *Crate, token string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, r.api+"/api/v1/crates/new", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", token)
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Accept", "application/json")
	status, answer, err := r.do(req)
	failed := fmt.Sprintf("failed to publish %s v%s to registry at %s\n\nCaused by:\n  ", c.Name, c.Version, r.api)
	if err != nil {
		return fmt.Errorf("%s%w", failed, err)
	}
	var said struct {
		Errors []struct {
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	parsed := json.Unmarshal(answer, &said)
	if len(said.Errors) > 0 {
		var details []string
		for _, e := range said.Errors {
			details = append(details, e.Detail)
		}
		return fmt.Errorf("%sthe remote server responded with an error (status %d %s): %s", failed, status, http.StatusText(status), strings.Join(details, ", "))
	}
	if status != http.StatusOK || parsed != nil {
		return fmt.Errorf("%sfailed to get a 200 OK response, got %d\nbody:\n%s", failed, status, answer)
	}
	return nil
}
