package client

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/collect/transport/transporttest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// noon is the time from which the replies' times are reckoned.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// through reads the crate with some addresses answered by a reply.
func (d *double) through(r transporttest.Reply, addresses ...string) (out evidence.Fact[evidence.Project]) {
	d.asked, d.tokens = nil, map[string]string{}
	hit := func(r *http.Request) bool { return slices.Contains(addresses, r.URL.Host+r.URL.RequestURI()) }
	synctest.Test(d.t, func(t *testing.T) {
		way, err := transport.New(transport.Options{Base: &transporttest.Faulty{Next: serial(d), Hit: hit, Reply: r}, Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		out = Projects(t.Context(), way.Pass(t.Context()), []string{"serde_x"}, Options{Token: "cio_secret"})["serde_x"]
	})
	return out
}

const (
	indexAddress = "index.crates.io/se/rd/serde_x"
	crateAddress = "crates.io/api/v1/crates/serde_x"
)

func TestEveryAnswerBecomesTheRightEvidence(t *testing.T) {
	project := func(f evidence.Fact[evidence.Project]) evidence.Project { return f.Or(evidence.Project{}) }
	reason := func(f interface {
		Reason() string
		Seen() bool
	}) string {
		if f.Seen() {
			return "seen"
		}
		return f.Reason()
	}
	// A line of the index is JSON, the file is not.
	ofIndex := map[string]string{"HTML": "line 1 of the index file", "cut short": "line 1 of the index file", "empty": "holds no version",
		"another shape": "line 1 of the index file", "404": "did not answer in time"}
	signedIn := map[string]string{"401": "does not accept the token"}
	for name, family := range map[string]struct {
		addresses []string
		also      string // hangs all the while
		fact      func(evidence.Fact[evidence.Project]) string
		says      map[string]string
	}{
		"whether it exists":   {[]string{indexAddress}, crateAddress, func(f evidence.Fact[evidence.Project]) string { return reason(f) }, ofIndex},
		"the switch":          {[]string{crateAddress}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).TrustpubOnly) }, nil},
		"who published":       {[]string{crateAddress}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).Versions[0].Trusted) }, nil},
		"its repository":      {[]string{crateAddress}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).Repository) }, nil},
		"owners":              {[]string{"crates.io/api/v1/crates/Serde_X/owners"}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).Owners) }, nil},
		"teams":               {[]string{"crates.io/api/v1/crates/Serde_X/owners"}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).Teams) }, nil},
		"publishers":          {[]string{configs + "Serde_X"}, "", func(f evidence.Fact[evidence.Project]) string { return reason(project(f).Publishers) }, signedIn},
		"the index is faulty": {[]string{indexAddress}, "", func(f evidence.Fact[evidence.Project]) string { return reason(f) }, map[string]string{"*": "seen"}},
	} {
		t.Run(name, func(t *testing.T) {
			for answer, r := range transporttest.Replies() {
				want, given := family.says[answer]
				if all, any := family.says["*"]; any {
					want, given = all, true
				}
				if !given {
					want = r.Says
				}
				d := serde(t)
				if family.also != "" {
					d.hangs = family.also
				}
				got := family.fact(d.through(r, family.addresses...))
				if !strings.Contains(got, want) {
					t.Errorf("%s: %q, want %q", answer, got, want)
				}
			}
		})
	}
}

func TestACrateThatNobodyKnowsIsAbsent(t *testing.T) {
	d := serde(t)
	gone := transporttest.Replies()["404"]
	if f := d.through(gone, indexAddress, crateAddress); !f.Absent() {
		t.Errorf("state %v, %q", f.State(), f.Reason())
	}
}
