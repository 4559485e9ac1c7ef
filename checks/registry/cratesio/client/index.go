package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// line is one version in the sparse index
// (doc.rust-lang.org/cargo/reference/registry-index.html, read 2026-08).
type line struct {
	Name   string
	Vers   string
	Yanked bool
}

// indexPath is where the index keeps a crate's file: by the first letters of
// its name in lower case.
func indexPath(name string) string {
	name = strings.ToLower(name)
	switch len(name) {
	case 0:
		return ""
	case 1, 2:
		return fmt.Sprintf("%d/%s", len(name), name)
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

// valid keeps names out of addresses that are no crate names: letters, digits,
// "-" and "_" (crates.io commit 57fa000, 2026-08-21).
func valid(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// readIndex reads a crate's lines, oldest first; absent: the index has no file
// for it.
func readIndex(ctx context.Context, p *transport.Pass, name string) evidence.Fact[[]line] {
	src := evidence.Source{Name: strings.TrimPrefix(index, "https://") + indexPath(name)}
	if !valid(name) {
		return evidence.Unknown[[]line](src, "%q is no name for a crate", name)
	}
	answer, err := p.Get(ctx, transport.Request{URL: index + indexPath(name)})
	switch {
	case transport.Is(err, transport.KindNotFound, transport.KindGone), status(err) == 451:
		return evidence.Absent[[]line](transport.SourceOf(err, src))
	case err != nil:
		return transport.Unknown[[]line](src, err)
	}
	lines, err := parseIndex(answer.Body)
	if err != nil {
		return transport.Unknown[[]line](src, answer.Shape("%w", err))
	}
	return evidence.Seen(lines, answer.Source())
}

func parseIndex(body []byte) ([]line, error) {
	var lines []line
	for n, raw := range slices.Collect(bytes.Lines(body)) {
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, fmt.Errorf("line %d of the index file: %w", n+1, err)
		}
		if l.Name == "" || l.Vers == "" {
			return nil, fmt.Errorf("line %d of the index file names no crate or no version", n+1)
		}
		l.Name, l.Vers = evidence.CleanLine(l.Name), evidence.CleanLine(l.Vers)
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("the index file holds no version")
	}
	return lines, nil
}
