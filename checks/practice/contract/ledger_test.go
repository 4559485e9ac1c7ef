package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

func exchange(method, address, sent string, status int, body string) box.Exchange {
	kind := http.Header{"Content-Type": {"application/json"}}
	return box.Exchange{Method: method, URL: address, RequestHeader: kind, RequestBody: []byte(sent), Status: status, Header: kind, Body: []byte(body)}
}

func TestTheLedgerFindsWhatNoServerCouldHave(t *testing.T) {
	const repo = "https://api.github.com/repos/o/r"
	for name, row := range map[string]struct {
		x    box.Exchange
		says string
	}{
		"a good one":                             {exchange("GET", environment, "", 200, goodAnswer), ""},
		"a repository by its id":                 {exchange("GET", "https://api.github.com/repositories/7/environments/release", "", 200, goodAnswer), ""},
		"an answer cut short":                    {exchange("GET", environment, "", 200, `{"id":1}`), "answered 200"},
		"a field of another kind":                {exchange("PUT", environment, `{"wait_timer":"0"}`, 200, goodAnswer), "wait_timer"},
		"a field that is not there, and refused": {exchange("PUT", environment, `{"prevent_selfreview":true}`, 422, `{"message":"No"}`), "prevent_selfreview"},
		"an operation that is not there":         {exchange("GET", repo+"/secrets", "", 200, `{}`), "not in the API description"},
		"a method that is not there":             {exchange("PATCH", repo+"/environments/release", `{}`, 200, `{}`), "not in the API description"},
		"a parameter that is not there":          {exchange("GET", repo+"/immutable-releases?per_page=100", "", 200, `{"enabled":true,"enforced_by_owner":false}`), `no parameter "per_page"`},
		"a status that is not there":             {exchange("GET", environment, "", 418, `{}`), "418"},
		"a status that is known to be":           {exchange("GET", environment, "", 404, `{"message":"Not Found"}`), ""},
		"crates.io":                              {exchange("POST", "https://crates.io/api/v1/trusted_publishing/tokens", `{"jwt":"x"}`, 200, `{"token":"x"}`), ""},
		"crates.io, another field":               {exchange("POST", "https://crates.io/api/v1/trusted_publishing/tokens", `{"token":"x"}`, 400, `{"errors":[{"detail":"No"}]}`), "jwt"},
		"a page":                                 {exchange("GET", "https://crates.io/settings/profile", "", 200, `<html>`), ""},
		"an index":                               {exchange("GET", "https://pypi.org/simple/x/", "", 200, `{}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var ledger Ledger
			ledger.Note(row.x)
			faults := strings.Join(ledger.Faults(), "\n")
			if row.says == "" && faults != "" || row.says != "" && !strings.Contains(faults, row.says) {
				t.Errorf("faults %q, want %q", faults, row.says)
			}
		})
	}
}

func TestTheLedgerCounts(t *testing.T) {
	var ledger Ledger
	for range 3 {
		ledger.Note(exchange("GET", environment, "", 200, goodAnswer))
	}
	ledger.Note(exchange("GET", "https://pypi.org/simple/x/", "", 200, `{}`))
	if got := ledger.Operations()["api.github.com GET /repos/{owner}/{repo}/environments/{environment_name}"]; got != 3 {
		t.Errorf("%v", ledger.Operations())
	}
	if want := "3 exchanges of 1 operations held against the descriptions, 1 with hosts that have none; 0 faults"; ledger.Summary() != want {
		t.Errorf("%q", ledger.Summary())
	}
}

func TestEveryGapHasItsReason(t *testing.T) {
	for _, g := range Gaps {
		if g.Reason == "" || (g.Status == 0) == (g.Field == "") || !slices.Contains([]string{"api.github.com", "crates.io"}, g.Host) || (g.Method == "") != (g.Path == "") {
			t.Errorf("%+v", g)
		}
	}
}
