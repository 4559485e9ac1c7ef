// Package exchange is what a job does to get a registry's token: it asks GitHub
// for an identity token, and gives that to the registry.
package exchange

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Endpoint is where a job asks GitHub for identity tokens: the values of
// ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN, both "" for
// a job without `id-token: write`.
type Endpoint struct{ URL, Token string }

// ErrNoPermission is returned where a job has no endpoint.
var ErrNoPermission = errors.New("the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset")

// IDToken asks GitHub for an identity token for an audience.
func (e Endpoint) IDToken(ctx context.Context, client *http.Client, audience string) (string, error) {
	if e.URL == "" || e.Token == "" {
		return "", ErrNoPermission
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL+"&audience="+url.QueryEscape(audience), nil)
	if err != nil {
		return "", fmt.Errorf("asking GitHub for an identity token: %w", err)
	}
	req.Header.Set("Authorization", "bearer "+e.Token)
	var answer struct {
		Value string `json:"value"`
	}
	status, body, err := call(client, req)
	if err != nil {
		return "", fmt.Errorf("asking GitHub for an identity token: %w", err)
	}
	if status != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.Value == "" {
		return "", fmt.Errorf("asking GitHub for an identity token: it answered %d: %s", status, snippet(body))
	}
	return answer.Value, nil
}

// Refusal is a registry's no to an exchange.
type Refusal struct {
	// Status is the HTTP status; Reasons are the registry's own texts.
	Status  int
	Reasons []Reason
}

// Reason is one text of a refusal; crates.io gives no code.
type Reason struct{ Code, Text string }

func (r *Refusal) Error() string {
	var parts []string
	for _, reason := range r.Reasons {
		if reason.Code != "" {
			parts = append(parts, reason.Code+": "+reason.Text)
		} else {
			parts = append(parts, reason.Text)
		}
	}
	return strings.Join(parts, "; ")
}

// CratesTokens is the address of crates.io's exchange.
const CratesTokens = "https://crates.io/api/v1/trusted_publishing/tokens"

// agent names the program and a contact, as crates.io's data policy asks.
const agent = "gh-trustpub practice runner (https://github.com/trustpub/gh-trustpub)"

// CratesIO exchanges an identity token for a crates.io token. A no is a
// *Refusal.
func CratesIO(ctx context.Context, client *http.Client, jwt string) (string, error) {
	status, body, err := post(ctx, client, CratesTokens, map[string]string{"jwt": jwt})
	if err != nil {
		return "", fmt.Errorf("exchanging the identity token at crates.io: %w", err)
	}
	var answer struct {
		Token  string `json:"token"`
		Errors []struct {
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	parsed := json.Unmarshal(body, &answer)
	if status == http.StatusOK && parsed == nil && answer.Token != "" {
		return answer.Token, nil
	}
	r := &Refusal{Status: status}
	for _, e := range answer.Errors {
		r.Reasons = append(r.Reasons, Reason{Text: e.Detail})
	}
	if len(r.Reasons) == 0 {
		r.Reasons = []Reason{{Text: snippet(body)}}
	}
	return "", r
}

// RevokeCratesIO gives a crates.io token back.
func RevokeCratesIO(ctx context.Context, client *http.Client, token string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, CratesTokens, nil)
	if err != nil {
		return fmt.Errorf("revoking the crates.io token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	status, body, err := call(client, req)
	if err != nil {
		return fmt.Errorf("revoking the crates.io token: %w", err)
	}
	if status >= 300 {
		return fmt.Errorf("revoking the crates.io token: it answered %d: %s", status, snippet(body))
	}
	return nil
}

// Index is the address of the index that an upload address belongs to:
// https://pypi.org for https://upload.pypi.org/legacy/.
func Index(uploadURL string) (string, error) {
	u, err := url.Parse(uploadURL)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("the upload address %q is not a web address", uploadURL)
	}
	return "https://" + strings.TrimPrefix(u.Host, "upload."), nil
}

// Audience asks an index which audience its identity tokens must have.
func Audience(ctx context.Context, client *http.Client, index string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, index+"/_/oidc/audience", nil)
	if err != nil {
		return "", fmt.Errorf("asking %s for its audience: %w", index, err)
	}
	status, body, err := call(client, req)
	if err != nil {
		return "", fmt.Errorf("asking %s for its audience: %w", index, err)
	}
	var answer struct {
		Audience string `json:"audience"`
	}
	if status != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.Audience == "" {
		return "", fmt.Errorf("asking %s for its audience: it answered %d: %s", index, status, snippet(body))
	}
	return answer.Audience, nil
}

// PyPI exchanges an identity token for an index's API token. A no is a
// *Refusal.
func PyPI(ctx context.Context, client *http.Client, index, jwt string) (string, error) {
	status, body, err := post(ctx, client, index+"/_/oidc/mint-token", map[string]string{"token": jwt})
	if err != nil {
		return "", fmt.Errorf("exchanging the identity token at %s: %w", index, err)
	}
	var answer struct {
		Token  string `json:"token"`
		Errors []struct {
			Code        string `json:"code"`
			Description string `json:"description"`
		} `json:"errors"`
	}
	parsed := json.Unmarshal(body, &answer)
	if status == http.StatusOK && parsed == nil && answer.Token != "" {
		return answer.Token, nil
	}
	r := &Refusal{Status: status}
	for _, e := range answer.Errors {
		r.Reasons = append(r.Reasons, Reason{Code: e.Code, Text: e.Description})
	}
	if len(r.Reasons) == 0 {
		r.Reasons = []Reason{{Text: snippet(body)}}
	}
	return "", r
}

// Claims reads an identity token's claims without checking it: jobs show them
// to the person who reads their log.
func Claims(jwt string) (map[string]any, error) {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return nil, errors.New("the identity token does not have three parts")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("the identity token's claims: %w", err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		return nil, fmt.Errorf("the identity token's claims: %w", err)
	}
	return claims, nil
}

func post(ctx context.Context, client *http.Client, address string, payload any) (int, []byte, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return call(client, req)
}

func call(client *http.Client, req *http.Request) (int, []byte, error) {
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}

func snippet(body []byte) string {
	text := strings.TrimSpace(string(body))
	if len(text) > 300 {
		text = text[:300] + " …"
	}
	return text
}
