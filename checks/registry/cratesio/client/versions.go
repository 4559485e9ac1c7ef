package client

import (
	"context"
	"fmt"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// Versions asks the index alone which versions a crate has, oldest first; none
// when crates.io has no such crate. The index has no pace to keep.
func Versions(ctx context.Context, p *transport.Pass, name string) ([]string, error) {
	fact := readIndex(ctx, p, name)
	if fact.Unknown() {
		return nil, fmt.Errorf("read %s: %s", fact.Source().Name, fact.Reason())
	}
	var versions []string
	for _, l := range fact.Or(nil) {
		versions = append(versions, l.Vers)
	}
	return versions, nil
}
