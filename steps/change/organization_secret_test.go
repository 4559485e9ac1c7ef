package change

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// sharing is an organisation with one secret, as GitHub shows it.
type sharing struct {
	visibility string
	others     []string
	status     int
	deleted    bool
}

func (s *sharing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	answer := func(status int, body any) { w.WriteHeader(status); _ = json.NewEncoder(w).Encode(body) }
	secret := map[string]any{"name": "PYPI_API_TOKEN", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "visibility": s.visibility}
	switch {
	case s.status != 0:
		answer(s.status, map[string]string{"message": "no"})
	case r.Method == http.MethodDelete:
		s.deleted = true
		w.WriteHeader(http.StatusNoContent)
	case strings.HasSuffix(r.URL.Path, "/repositories"):
		all := []map[string]any{}
		for _, name := range s.others {
			all = append(all, map[string]any{"full_name": name})
		}
		answer(http.StatusOK, map[string]any{"total_count": len(all), "repositories": all})
	default:
		answer(http.StatusOK, secret)
	}
}

// TestASharedSecretIsAskedAbout: who else sees it is shown first, at a no it
// stays, and what cannot be seen is not deleted.
func TestASharedSecretIsAskedAbout(t *testing.T) {
	for name, c := range map[string]struct {
		server   sharing
		declines bool
		shown    string
		deleted  bool
	}{
		"all":            {sharing{visibility: "all"}, false, "every repository of acme sees it", true},
		"private":        {sharing{visibility: "private"}, false, "every private repository of acme", true},
		"ours alone":     {sharing{visibility: "selected", others: []string{"acme/market-data"}}, false, "no other repository sees it", true},
		"another's too":  {sharing{visibility: "selected", others: []string{"acme/market-data", "acme/ledger"}}, false, "acme/ledger sees it", true},
		"declined":       {sharing{visibility: "all"}, true, "every repository", false},
		"not an owner":   {sharing{status: http.StatusForbidden}, false, "", false},
		"cannot be seen": {sharing{status: http.StatusNotFound}, false, "", false},
	} {
		server := c.server
		tools := &Tools{GitHub: toward(t, &server), Repo: market}
		p := &person{declines: c.declines}
		err := tools.DeleteOrganizationSecret("PYPI_API_TOKEN").Perform(t.Context(), p.hands())
		shown := ""
		for _, l := range p.asked {
			shown += l.Text + "\n"
		}
		if server.deleted != c.deleted || !strings.Contains(shown, c.shown) || strings.Contains(shown, "acme/market-data") {
			t.Errorf("%s: deleted %v, shown %q", name, server.deleted, shown)
		}
		switch {
		case c.deleted && err != nil, c.declines && !errors.Is(err, ErrDeclined):
			t.Errorf("%s: %v", name, err)
		case c.server.status != 0 && (err == nil || !strings.Contains(err.Error(), "admin:org")):
			t.Errorf("%s: %v", name, err)
		}
	}
}
