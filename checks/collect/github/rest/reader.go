package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Reader reads through a pass, so that nothing is asked twice in it.
type Reader struct {
	*Client
	pass *transport.Pass
}

// Reader reads as this client does, within a pass.
func (c *Client) Reader(p *transport.Pass) *Reader { return &Reader{Client: c, pass: p} }

// Source is the place that a path names, for facts that were not asked for.
func (r *Reader) Source(path string) evidence.Source {
	_, name, _ := strings.Cut(r.base+path, "://")
	name, _, _ = strings.Cut(name, "?")
	return evidence.Source{Name: name}
}

// Get decodes the answer to GET path into out. Errors are *transport.Error or
// the context's.
func (r *Reader) Get(ctx context.Context, path string, out any) (*transport.Answer, error) {
	answer, err := r.get(ctx, r.base+path, 0)
	if err != nil {
		return nil, err
	}
	return answer, answer.JSON(out)
}

// Tail reads the last n bytes of a plain text, a job's log.
func (r *Reader) Tail(ctx context.Context, path string, n int) (*transport.Answer, error) {
	return r.get(ctx, r.base+path, n)
}

func (r *Reader) get(ctx context.Context, address string, tail int) (*transport.Answer, error) {
	return r.pass.Get(ctx, transport.Request{URL: address, Header: r.header(), Tail: tail})
}

// maxPages bounds a list to a thousand items of a hundred a page.
const maxPages = 10

// List reads all pages of a list: of an array, or of the array under key in an
// object. The path carries per_page already or gets it here. A list that is
// longer than a thousand items is an error: part of it would prove nothing.
func List[T any](ctx context.Context, r *Reader, path, key string) ([]T, evidence.Source, error) {
	src := r.Source(path)
	items := []T{}
	next := r.base + withPage(path)
	for range maxPages {
		answer, err := r.get(ctx, next, 0)
		if err != nil {
			return nil, src, err
		}
		if src.At.IsZero() {
			src.At = answer.At
		}
		page, err := decode[T](answer, key)
		if err != nil {
			return nil, src, err
		}
		items = append(items, page...)
		if next = nextPage(answer.Header.Get("Link")); next == "" {
			return items, src, nil
		}
		if !strings.HasPrefix(next, r.base) {
			return nil, src, fmt.Errorf("the list goes on at another host, %q, where our token does not go", next)
		}
	}
	return nil, src, fmt.Errorf("the list has more than %d entries, which is more than we read", maxPages*100)
}

func withPage(path string) string {
	if strings.Contains(path, "?") {
		return path + "&per_page=100"
	}
	return path + "?per_page=100"
}

func decode[T any](a *transport.Answer, key string) ([]T, error) {
	var items []T
	if key == "" {
		return items, a.JSON(&items)
	}
	var object map[string]json.RawMessage
	if err := a.JSON(&object); err != nil {
		return nil, err
	}
	raw, ok := object[key]
	if !ok {
		return nil, a.Shape("no %q in it", key)
	}
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, a.Shape("%w", err)
	}
	return items, nil
}

var nextLink = regexp.MustCompile(`<([^>]+)>\s*;[^,]*\brel="?next"?`)

// nextPage is the address that a Link header gives for the next page, or "".
func nextPage(link string) string {
	if m := nextLink.FindStringSubmatch(link); m != nil {
		return m[1]
	}
	return ""
}
