package client

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// many is a registry with n crates of the user 7, of which the first with have a
// publisher each; the list of all comes in pages of three,
// or of twenty where they are many.
func many(t *testing.T, n, with int) (*double, []string) {
	d := &double{t: t, answers: map[string]string{}}
	var names, rows []string
	for i := range n {
		name := fmt.Sprintf("crate%02d", i)
		names = append(names, name)
		d.answers["index.crates.io/"+indexPath(name)] = fmt.Sprintf(`{"name":%q,"vers":"1.0.0"}`, name)
		d.answers["crates.io/api/v1/crates/"+name] = fmt.Sprintf(`{"crate":{"name":%q,"trustpub_only":false},"versions":[{"num":"1.0.0","created_at":"2026-01-01T00:00:00Z"}]}`, name)
		d.answers["crates.io/api/v1/crates/"+name+"/owners"] = `{"users":[{"id":6,"login":"bo","kind":"user"},{"id":7,"login":"ana","kind":"user"}]}`
		row := ""
		if i < with {
			row = fmt.Sprintf(`{"id":%d,"crate":%q,"repository_owner":"acme","repository_owner_id":2,"repository_name":"data","workflow_filename":"publish.yml"}`, i+1, name)
			rows = append(rows, row)
		}
		d.answers[configsOf+name] = fmt.Sprintf(`{"github_configs":[%s],"meta":{"total":1,"next_page":null}}`, row)
	}
	d.answers[byPerson+"6&per_page=100"] = notYou
	query, size := "7&per_page=100", 3
	if n > 20 {
		size = 20
	}
	for at := 0; ; at += size {
		end, next := min(at+size, len(rows)), "null"
		if end-at == size {
			next = fmt.Sprintf(`"?user_id=7&per_page=100&seek=%d"`, end)
		}
		d.answers[byPerson+query] = fmt.Sprintf(`{"github_configs":[%s],"meta":{"total":%d,"next_page":%s}}`, strings.Join(rows[at:end], ","), len(rows), next)
		if next == "null" {
			return d, names
		}
		query = fmt.Sprintf("7&per_page=100&seek=%d", end)
	}
}

const (
	configsOf = "crates.io/api/v1/trusted_publishing/github_configs?crate="
	byPerson  = "crates.io/api/v1/trusted_publishing/github_configs?user_id="
	notYou    = `403 {"errors":[{"detail":"this action requires authentication as the specified user"}]}`
	oldToken  = `403 {"errors":[{"detail":"This endpoint cannot be used with legacy API tokens. Use a scoped API token instead."}]}`
	noScope   = `403 {"errors":[{"detail":"this token does not have the required permissions to perform this action"}]}`
	notOwner  = `400 {"errors":[{"detail":"You are not an owner of this crate"}]}`
)

// toConfigs counts the requests for lists.
func (d *double) toConfigs() (n int) {
	for _, a := range d.asked {
		if strings.Contains(a, "github_configs") {
			n++
		}
	}
	return n
}

// TestFewestRequestsForPublishers: what the person's own list tells is not asked
// for crate by crate; what it leaves open is.
func TestFewestRequestsForPublishers(t *testing.T) {
	for _, row := range []struct {
		name         string
		crates, with int
		change       func(*double)
		lists, seen  int
		says         string
	}{
		{"one crate", 1, 1, nil, 1, 1, ""},
		{"two", 2, 2, nil, 2, 2, ""},
		{"ten, all registered: another person's list, and two and a half pages", 10, 10, nil, 1 + 4, 10, ""},
		{"ten, four registered", 10, 4, nil, 1 + 2 + 6, 10, ""},
		{"none registered", 10, 0, nil, 1 + 1 + 10, 10, ""},
		{"an old token", 10, 10, func(d *double) { d.answers[byPerson+"6&per_page=100"] = oldToken }, 1 + 10, 10, ""},
		{"a token without the scope", 10, 10, func(d *double) {
			d.answers[byPerson+"6&per_page=100"], d.answers[configsOf+"crate00"] = noScope, noScope
		}, 1 + 1, 0, "required permissions"},
		{"a token for some crates", 3, 1, func(d *double) { d.answers[configsOf+"crate01"] = noScope }, 1 + 1 + 2, 2, "required permissions"},
		{"a token that is none", 10, 10, func(d *double) {
			d.answers[byPerson+"6&per_page=100"], d.answers[configsOf+"crate00"] = "401 ", "401 "
		}, 1 + 1, 0, "does not accept the token"},
		{"somebody else's crate", 10, 3, func(d *double) { d.answers[configsOf+"crate05"] = notOwner }, 1 + 2 + 7, 9, "not an owner"},
		{"owners out of sight", 10, 10, func(d *double) { d.answers["crates.io/api/v1/crates/crate00/owners"] = "501 " }, 10, 10, ""},
		{"a page that leads elsewhere", 10, 10, func(d *double) {
			d.answers[byPerson+"7&per_page=100"] = `{"github_configs":[],"meta":{"total":0,"next_page":"https://example.org"}}`
		}, 2 + 10, 10, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, names := many(t, row.crates, row.with)
			if row.change != nil {
				row.change(d)
			}
			seen, says := 0, ""
			for _, f := range d.read(names, Options{Token: "cio"}) {
				p := f.Or(evidence.Project{}).Publishers
				if p.Seen() {
					seen++
				} else {
					says = p.Reason()
				}
			}
			if seen != row.seen || d.toConfigs() != row.lists || !strings.Contains(says, row.says) {
				t.Errorf("%d seen, %d requests for lists, %q", seen, d.toConfigs(), says)
			}
			for address := range d.tokens {
				if !strings.Contains(address, "github_configs") {
					t.Errorf("the token went to %s", address)
				}
			}
		})
	}
}

func TestPublishersAlone(t *testing.T) {
	d, names := many(t, 5, 5)
	got := map[string]evidence.Fact[[]identity.Publisher]{}
	d.inTime(func(ctx context.Context, p *pass) { got = Publishers(ctx, p, "cio", names) })
	if list, ok := got["crate03"].Get(); !ok || len(list) != 1 || list[0].ID != 4 || list[0].Workflow != "publish.yml" {
		t.Errorf("%+v", got["crate03"])
	}
	if len(d.asked) != 1+1+2 {
		t.Errorf("asked for %v", d.asked)
	}
}

// TestALookAgainAsksForWhatCanHaveChanged: of sixty crates a second look asks for
// the details of ten: what has a new version, what was just changed, and those
// seen longest ago.
func TestALookAgainAsksForWhatCanHaveChanged(t *testing.T) {
	d, names := many(t, 60, 60)
	first := d.read(names, Options{Token: "cio"})
	if n := len(d.asked) - 60; n != 60+1+1+4 { // details, one crate's owners, another's list, the pages
		t.Errorf("the first look made %d requests to the API", n)
	}
	long := map[string]bool{"crate07": true, "crate21": true, "crate22": true, "crate23": true, "crate24": true, "crate50": true, "crate51": true, "crate59": true}
	for name, f := range first {
		p := f.Or(evidence.Project{})
		if long[name] {
			src := p.TrustpubOnly.Source()
			src.At = src.At.Add(-time.Hour)
			p.TrustpubOnly = evidence.Seen(false, src)
		}
		first[name] = evidence.Seen(p, f.Source())
	}
	d.answers["index.crates.io/"+indexPath("crate31")] += "\n" + `{"name":"crate31","vers":"1.1.0"}`
	long["crate31"], long["crate44"] = true, true
	for _, token := range []string{"cio", ""} {
		again := d.read(names, Options{Token: token, Before: first, Anew: []string{"crate44"}})
		details := 0
		for _, name := range names {
			if d.askedFor("crates/" + name) {
				details++
			}
			if d.askedFor("crates/"+name) != long[name] {
				t.Errorf("%s: asked again: %v", name, !long[name])
			}
		}
		if rest := len(d.asked) - 60 - details; token != "" && rest != 1+1+4 || token == "" && rest > renewed {
			t.Errorf("%d requests to the API beside %d details", rest, details)
		}
		p, before := again["crate20"].Or(evidence.Project{}), first["crate20"].Or(evidence.Project{})
		if !p.TrustpubOnly.Seen() || p.TrustpubOnly.Source() != before.TrustpubOnly.Source() || p.Publishers.Seen() != (token != "") {
			t.Errorf("with %q: %+v", token, p)
		}
	}
}

func (d *double) askedFor(path string) bool {
	for _, a := range d.asked {
		if a == "crates.io/api/v1/"+path {
			return true
		}
	}
	return false
}
