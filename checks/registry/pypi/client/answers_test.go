package client

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/collect/transport/transporttest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// noon is the time from which the replies' times are reckoned.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func (d *double) through(address string, r transporttest.Reply) (out evidence.Fact[evidence.Project]) {
	hit := func(r *http.Request) bool { return r.URL.Host+r.URL.RequestURI() == address }
	synctest.Test(d.t, func(t *testing.T) {
		way, err := transport.New(transport.Options{Base: &transporttest.Faulty{Next: d, Hit: hit, Reply: r}, Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		out = Projects(t.Context(), way.Pass(t.Context()), identity.PyPI, []string{"market-data"})["market-data"]
	})
	return out
}

// told is the reason of a fact, or what it is.
func told[T any](f evidence.Fact[T]) string {
	switch f.State() {
	case evidence.StateSeen:
		return "seen"
	case evidence.StateAbsent:
		return "absent"
	}
	return f.Reason()
}

func TestEveryAnswerBecomesTheRightEvidence(t *testing.T) {
	of := func(fact func(evidence.Project) string) func(evidence.Fact[evidence.Project]) string {
		return func(f evidence.Fact[evidence.Project]) string { return fact(f.Or(evidence.Project{})) }
	}
	for name, family := range map[string]struct {
		address  string
		fact     func(evidence.Fact[evidence.Project]) string
		notFound string // what 404 means
	}{
		"whether it exists": {simple, func(f evidence.Fact[evidence.Project]) string { return told(f) }, "absent"},
		"owners":            {about, of(func(p evidence.Project) string { return told(p.Owners) }), "owners only of projects with a release"},
		"roles":             {about, of(func(p evidence.Project) string { return told(p.Roles) }), "owners only of projects with a release"},
		"organisation":      {about, of(func(p evidence.Project) string { return told(p.Organization) }), "owners only of projects with a release"},
		"its repository":    {about, of(func(p evidence.Project) string { return told(p.Repository) }), "absent"},
		"who published":     {wheel, of(func(p evidence.Project) string { return told(p.Versions[0].Trusted) }), noAttestation},
	} {
		t.Run(name, func(t *testing.T) {
			for answer, r := range transporttest.Replies() {
				want := r.Says
				if answer == "404" {
					want = family.notFound
				}
				if got := family.fact(marketData(t).through(family.address, r)); !strings.Contains(got, want) {
					t.Errorf("%s: %q, want %q", answer, got, want)
				}
			}
		})
	}
}

func TestOneIndexThatFailsCostsItsOwnFactsOnly(t *testing.T) {
	for answer, r := range transporttest.Replies() {
		p, ok := marketData(t).through(about, r).Get()
		if !ok || len(p.Versions) != 3 || !p.Versions[0].Trusted.Seen() {
			t.Errorf("%s at the JSON API: %+v", answer, p)
		}
	}
}
