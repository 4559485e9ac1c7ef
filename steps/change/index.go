package change

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/registry/cratesio/client"
)

// SparseIndex is what Tools.Index is outside of tests: it asks the index of
// crates.io anew each time.
func SparseIndex(t *transport.Transport) func(ctx context.Context, crate string) ([]string, error) {
	return func(ctx context.Context, crate string) ([]string, error) {
		return client.Versions(ctx, t.Pass(ctx), crate)
	}
}
