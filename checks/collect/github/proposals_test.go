package github

import (
	"fmt"
	"strings"
	"testing"
)

func TestBranchesOfOurs(t *testing.T) {
	const path = "repos/acme/market-data/git/matching-refs/heads/trustpub/"
	d := acme(t)
	if f := d.collect("", Request{}).GitHub.Proposals; !f.Unknown() || !strings.Contains(f.Reason(), "not signed in") || d.askedFor(path) {
		t.Errorf("for nobody: %q", f.Reason())
	}
	d.answers[path] = `409 {"message":"Git Repository is empty."}`
	if list := seen(t, "an empty repository", d.collect("t", Request{}).GitHub.Proposals); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	var refs []string
	for n := range maxProposals + 1 {
		refs = append(refs, fmt.Sprintf(`{"ref":"refs/heads/trustpub/%d","object":{"type":"commit","sha":"feed"}}`, n))
	}
	d.answers[path] = "[" + strings.Join(refs, ",") + "]"
	if f := d.collect("t", Request{}).GitHub.Proposals; !f.Unknown() || !strings.Contains(f.Reason(), "more than 10 branches") {
		t.Errorf("many: %q", f.Reason())
	}
	d.answers[path] = `[]`
	if list := seen(t, "none", d.collect("t", Request{}).GitHub.Proposals); len(list) != 0 || d.askedFor("/pulls") {
		t.Errorf("%+v", list)
	}
	d = acme(t)
	d.answers["repos/acme/market-data/pulls"] = `[{"number":7,"state":"closed","merged_at":"2026-11-22T10:00:00Z"}]`
	if p, _ := seen(t, "merged", d.collect("t", Request{}).GitHub.Proposals)[0].Pull.Get(); p.Open || !p.Merged {
		t.Errorf("%+v", p)
	}
	d.answers["repos/acme/market-data/pulls"] = `[]`
	if p := seen(t, "without one", d.collect("t", Request{}).GitHub.Proposals)[0].Pull; !p.Absent() {
		t.Errorf("%v", p)
	}
}
