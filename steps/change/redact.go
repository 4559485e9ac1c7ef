package change

import (
	"strings"
	"sync"
)

// hidden stands where a secret was.
const hidden = "[secret]"

// Redactor takes secrets out of text. All that is printed or journalled goes
// through one of it. The zero value is ready for use.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// Add makes a secret known. What is too short to be a token is not taken: it
// would tear holes into everything.
func (r *Redactor) Add(secret string) {
	if r == nil || len(secret) < 8 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, secret)
}

// String is the text without the secrets.
func (r *Redactor) String(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, hidden)
	}
	return text
}

// Error is the error without the secrets; what it wraps stays reachable.
func (r *Redactor) Error(err error) error {
	if err == nil || r.String(err.Error()) == err.Error() {
		return err
	}
	return redacted{r.String(err.Error()), err}
}

type redacted struct {
	text string
	err  error
}

func (e redacted) Error() string { return e.text }
func (e redacted) Unwrap() error { return e.err }
