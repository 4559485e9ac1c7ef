package change

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/cratesio/client"
)

// CratesIO is what changes use of crates.io's API. It keeps the registry's pace.
type CratesIO interface {
	// Publishers reads the registered publishers of crates anew.
	Publishers(ctx context.Context, token string, crates []string) map[string]evidence.Fact[[]identity.Publisher]
	// Do makes one request: body as JSON unless nil, the answer decoded into out
	// unless nil. Errors are *transport.Error or the context's.
	Do(ctx context.Context, token, method, path string, body, out any) error
}

// cratesAPI is crates.io itself.
type cratesAPI struct{ transport *transport.Transport }

// OnCratesIO is what Tools.Crates is outside of tests.
func OnCratesIO(t *transport.Transport) CratesIO { return cratesAPI{t} }

func (a cratesAPI) Publishers(ctx context.Context, token string, crates []string) map[string]evidence.Fact[[]identity.Publisher] {
	return client.Publishers(ctx, a.transport.Pass(ctx), token, crates)
}

func (a cratesAPI) Do(ctx context.Context, token, method, path string, body, out any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return fmt.Errorf("write a request for crates.io: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://crates.io/api/v1/"+path, &sent)
	if err != nil {
		return fmt.Errorf("make a request for crates.io: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	answer, err := a.transport.Do(req)
	if err != nil || out == nil {
		return err
	}
	return answer.JSON(out)
}

// TokenName is the variable that a token of crates.io is read from; cargo's own.
const TokenName = "CARGO_REGISTRY_TOKEN"

const (
	tokenPage = "https://crates.io/settings/tokens/new"
	// limitPatience is how long a limit of crates.io is waited for.
	limitPatience = 2 * time.Minute
)

// NoTokenText says what is needed where no token was given.
const NoTokenText = "crates.io shows and takes publishers only with a token of the scope trusted-publishing (" + tokenPage + "), and " + TokenName + " holds none"

func cratesPage(crate string) string { return "https://crates.io/crates/" + crate + "/settings" }

// errand is some requests to crates.io with one token.
type errand struct {
	tools *Tools
	token string
	// worked is whether crates.io has taken the token for something.
	worked bool
}

// write makes one request that changes something. It is ended even when the walk
// is cancelled meanwhile, so that nobody has to guess whether it was made. A limit
// that ends soon is waited for.
func (c *errand) write(ctx context.Context, h Hands, method, path string, body, out any) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	err := c.tools.Crates.Do(context.WithoutCancel(ctx), c.token, method, path, body, out)
	e, limited := errors.AsType[*transport.Error](err)
	if !limited || e.Kind != transport.KindRateLimit || e.RetryAt.IsZero() {
		return err
	}
	wait := e.RetryAt.Sub(c.tools.Clock())
	if wait > limitPatience {
		return err
	}
	h.progress("crates.io asks to wait until %s", e.RetryAt.Local().Format("15:04:05"))
	if err := c.tools.sleep(ctx, wait); err != nil {
		return err
	}
	return c.tools.Crates.Do(context.WithoutCancel(ctx), c.token, method, path, body, out)
}

// refused says what is to be done about a failure, and whether the next crate
// would meet it as well.
func (c *errand) refused(what, crate string, err error) error {
	hint, all := c.hint(crate, err)
	err = fmt.Errorf("%s %s: %w%s", what, crate, err, hint)
	if all {
		return &AllError{err}
	}
	return err
}

// hint goes by the texts of crates.io (commit 57fa000, 2026-08-21,
// controllers/trustpub/github_configs, controllers/krate/update.rs, auth.rs).
func (c *errand) hint(crate string, err error) (hint string, all bool) {
	e, ok := errors.AsType[*transport.Error](err)
	if !ok {
		return "", false
	}
	says := func(words string) bool { return strings.Contains(e.Message, words) }
	switch {
	case e.Kind == transport.KindUnauthorized, says("authentication failed"):
		return "; the token is expired, revoked or none of crates.io: make one with the scope trusted-publishing at " + tokenPage, true
	case says("legacy API tokens"):
		return "; this wants a token with the scope trusted-publishing: " + tokenPage, true
	case says("required permissions") && c.worked:
		return "; the token is limited to other crates: make one for this crate too, with the scope trusted-publishing, at " + tokenPage, false
	case says("required permissions"):
		return "; the token lacks the scope trusted-publishing, or is limited to other crates: make one at " + tokenPage, true
	case says("verify your email"):
		return "; do that at https://crates.io/settings/profile, then come back", true
	case says("linked GitHub account"):
		return "; sign in once at https://crates.io with GitHub, then come back", true
	case says("not an owner"), says("only owners"):
		return "; only a person who owns the crate may do this, and a team's membership is not enough: ask one of the owners", false
	case e.Status == http.StatusConflict:
		return "; take one away that nothing needs, at " + cratesPage(crate), false
	case e.Kind == transport.KindNotFound:
		return "; its first version is published by hand", false
	}
	return "", transport.Is(err, transport.KindRateLimit, transport.KindOffline, transport.KindProxy, transport.KindTLS, transport.KindTimeout, transport.KindConnection)
}

// tally tells how far a series has come.
func (h Hands) tally(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if h.Of > 1 {
		text += fmt.Sprintf(" (%d of %d", h.Nth, h.Of)
		if left := h.Of - h.Nth; left > 0 {
			text += fmt.Sprintf(" · about %s left", time.Duration(left)*time.Second)
		}
		text += ")"
	}
	h.progress("%s", text)
}
