// Package refusal reads what cargo, twine, uv and maturin print when a package
// cannot be published, and names the cause and the next thing to do. It is
// pure.
package refusal

import (
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Kind is a cause for which something can be done.
type Kind string

// The kinds of cause.
const (
	// RateLimited: too much was published in too short a time; Until says when it
	// goes on, where the registry tells.
	RateLimited Kind = "rate limited"
	// EmailUnverified and NoTwoFactor are about the account.
	EmailUnverified Kind = "e-mail not verified"
	NoTwoFactor     Kind = "no second factor"
	// NameTaken: the name is somebody else's. NameRefused: nobody may have it.
	NameTaken   Kind = "name taken"
	NameRefused Kind = "name refused"
	// AlreadyThere: this version, or file, is on the registry.
	AlreadyThere Kind = "already uploaded"
	// TokenRefused: the token is not one, or may not do this.
	TokenRefused Kind = "token refused"
	// TrustedOnly: the crate takes no token at all.
	TrustedOnly Kind = "trusted publishing only"
	// Metadata: the registry, or the tool before it, wants the manifest otherwise.
	Metadata Kind = "metadata"
	// DependencyMissing: what the package needs is not on the registry.
	DependencyMissing Kind = "dependency missing"
	// TooLarge: the package, or one of its files.
	TooLarge Kind = "too large"
	// Uncommitted: the tree has changes that are not committed.
	Uncommitted Kind = "uncommitted changes"
	// Network: the registry was not reached, or did not answer well.
	Network Kind = "network"
	// ToolBroken: the program that publishes does not work here.
	ToolBroken Kind = "tool"
)

// Refusal is why something was not published, and what to do.
type Refusal struct {
	Kind Kind
	// Said is the part of the output that decided.
	Said string
	// Next is the next thing to do, a sentence.
	Next string
	// Page is where that is done; "" where it is no page.
	Page string
	// Until is when the registry takes more; zero where it does not say.
	Until time.Time
}

// Read finds the cause in what a tool printed. It reports false where nothing
// is known of the text: then the output itself is all there is to show.
func Read(output string) (Refusal, bool) {
	// Tools break lines at the width of the terminal.
	text := strings.Join(strings.Fields(evidence.Clean(output)), " ")
	for _, c := range causes {
		at := c.text.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		r := Refusal{Kind: c.kind, Said: text[at[0]:at[1]], Next: string(c.text.ExpandString(nil, c.next, text, at)), Page: c.page}
		if strings.Contains(text, "test.pypi.org/legacy") {
			r.Page = strings.Replace(r.Page, "https://pypi.org", "https://test.pypi.org", 1)
		}
		if c.kind == RateLimited {
			r.Until = until(text)
		}
		return r, true
	}
	return Refusal{}, false
}

// until is the time that crates.io names in its refusal
// (src/rate_limiter.rs of crates.io, commit 57fa000, 2026-08-21).
func until(text string) time.Time {
	m := tryAgain.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}
	}
	at, err := http.ParseTime(m[1])
	if err != nil {
		return time.Time{}
	}
	return at
}

// String is the cause with the next thing to do.
func (r Refusal) String() string {
	text := r.Said + ". " + r.Next
	if r.Page != "" {
		text += ": " + r.Page
	}
	return text
}
