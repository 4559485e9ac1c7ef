package change

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settingServer keeps the settings of one repository as GitHub does, fields that
// nobody here knows included.
type settingServer struct {
	t      *testing.T
	values map[string]map[string]any
	// refuse is an answer to writes; drops is a field that is taken and not stored.
	refuse, drops string
	writes        []string
}

func (s *settingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/repos/acme/market-data")
	if r.Method != http.MethodGet {
		s.writes = append(s.writes, r.Method)
		if status, text, refused := strings.Cut(s.refuse, " "); refused {
			code, _ := strconv.Atoi(status)
			http.Error(w, text, code)
			return
		}
	}
	switch {
	case name == "/immutable-releases" && r.Method == http.MethodGet:
		if s.values[name] == nil {
			http.NotFound(w, r)
			return
		}
		answer(w, s.values[name])
	case name == "/immutable-releases":
		if delete(s.values, name); r.Method == http.MethodPut && s.drops == "" {
			s.values[name] = map[string]any{"enabled": true, "enforced_by_owner": false}
		}
		w.WriteHeader(http.StatusNoContent)
	case s.values[name] == nil:
		http.NotFound(w, r)
	case r.Method == http.MethodPut:
		sent := decode(s.t, r.Body)
		delete(sent, s.drops)
		maps.Copy(s.values[name], sent)
		w.WriteHeader(http.StatusNoContent)
	default:
		answer(w, s.values[name])
	}
}

// settingsBefore is a server with the settings as they are before a change.
func settingsBefore(t *testing.T) *settingServer {
	return &settingServer{t: t, values: map[string]map[string]any{
		defaultToken.path:   {permissionField: "write", "can_approve_pull_request_reviews": true},
		allowedActions.path: {"github_owned_allowed": true, "verified_allowed": false, patternsField: []any{"acme/*"}, "of_tomorrow": map[string]any{"a": 1.0}},
	}}
}

func (s *settingServer) tools() *Tools { return &Tools{GitHub: toward(s.t, s), Repo: market} }

// settingChanges are the changes of settings, each with the field that it is
// about and what that is to be.
var settingChanges = map[string]struct {
	make func(*Tools) Change
	path string
	want map[string]any
}{
	"default-token": {func(t *Tools) Change { return t.DefaultToken("write", "read", "no job relies on it") }, defaultToken.path,
		map[string]any{permissionField: "read", "can_approve_pull_request_reviews": true}},
	"allowed-actions": {func(t *Tools) Change {
		return t.AllowActions([]string{"acme/*"}, []string{"rust-lang/crates-io-auth-action@*"}, "publish.yml:9")
	}, allowedActions.path, map[string]any{"github_owned_allowed": true, "verified_allowed": false, patternsField: []any{"acme/*", "rust-lang/crates-io-auth-action@*"}, "of_tomorrow": map[string]any{"a": 1.0}}},
	"immutable-releases": {func(t *Tools) Change { return t.ImmutableReleases(true, "tags stand still") }, "/immutable-releases",
		map[string]any{"enabled": true, "enforced_by_owner": false}},
}

// TestSettingsAreMergedAndTakenBack: nothing but what was asked for changes, a
// second time writes nothing, and undo leads back to what was there.
func TestSettingsAreMergedAndTakenBack(t *testing.T) {
	for id, row := range settingChanges {
		s := settingsBefore(t)
		before := copied(t, s.values[row.path])
		c := row.make(s.tools())
		if c.ID != id || c.Lasting != "" {
			t.Errorf("%s: %q lasting %q", id, c.ID, c.Lasting)
		}
		for range 2 {
			if err := c.Perform(t.Context(), Hands{}); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
		}
		if diff := cmp.Diff(row.want, copied(t, s.values[row.path])); diff != "" || len(s.writes) != 1 {
			t.Errorf("%s: %v %s", id, s.writes, diff)
		}
		back, err := s.tools().Inverse(t.Context(), kept(t, c))
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if err := back.Perform(t.Context(), Hands{}); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if diff := cmp.Diff(before, copied(t, s.values[row.path])); diff != "" {
			t.Errorf("%s, taken back: %s", id, diff)
		}
		if _, err := s.tools().Inverse(t.Context(), kept(t, c)); !errors.Is(err, ErrAsBefore) {
			t.Errorf("%s, taken back twice: %v", id, err)
		}
	}
}

// copied is a value as JSON has it.
func copied(t *testing.T, v map[string]any) (out map[string]any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSettingsThatAreRefused(t *testing.T) {
	for id, row := range settingChanges {
		for refuse, part := range map[string]string{
			`409 {"message":"Conflict"}`:  "an owner of it changes it at https://github.com/organizations/acme/settings",
			`403 {"message":"Must have"}`: "that is an administrator's",
		} {
			s := settingsBefore(t)
			before := copied(t, s.values[row.path])
			s.refuse = refuse
			err := row.make(s.tools()).Perform(t.Context(), Hands{})
			if err == nil || !strings.Contains(err.Error(), part) || !cmp.Equal(before, copied(t, s.values[row.path])) {
				t.Errorf("%s, %s: %v", id, refuse, err)
			}
		}
		nobody := &Tools{Repo: market}
		if err := row.make(nobody).Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "nobody is signed in") {
			t.Errorf("%s without a login: %v", id, err)
		}
	}
}

func TestSettingsThatAreNotStoredAreNamed(t *testing.T) {
	for id, field := range map[string]string{"default-token": permissionField, "allowed-actions": patternsField, "immutable-releases": "immutable releases"} {
		s := settingsBefore(t)
		s.drops = field
		err := settingChanges[id].make(s.tools()).Perform(t.Context(), Hands{})
		if err == nil || !strings.Contains(err.Error(), "did not store") || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestSettingsThatBecameSomethingElse: what somebody else set since is left, by
// the change and by undo.
func TestSettingsThatBecameSomethingElse(t *testing.T) {
	s := settingsBefore(t)
	s.values[defaultToken.path][permissionField] = "none"
	if err := settingChanges["default-token"].make(s.tools()).Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), `it is "none" and was "write" when it was shown`) || len(s.writes) > 0 {
		t.Errorf("%v, writes %v", err, s.writes)
	}
	for id, touch := range map[string]func(*settingServer){
		"default-token":   func(s *settingServer) { s.values[defaultToken.path][permissionField] = "none" },
		"allowed-actions": func(s *settingServer) { s.values[allowedActions.path][patternsField] = []any{"other/*"} },
		"immutable-releases": func(s *settingServer) {
			s.values["/immutable-releases"] = map[string]any{"enabled": true, "enforced_by_owner": true}
		},
	} {
		s := settingsBefore(t)
		touch(s)
		var moved *MovedOnError
		if _, err := s.tools().Inverse(t.Context(), kept(t, settingChanges[id].make(s.tools()))); !errors.As(err, &moved) || len(moved.Diff) == 0 {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestPatternsOfOthersStay: what came to the list in between is kept.
func TestPatternsOfOthersStay(t *testing.T) {
	s := settingsBefore(t)
	s.values[allowedActions.path][patternsField] = []any{"acme/*", "new/*"}
	if err := settingChanges["allowed-actions"].make(s.tools()).Perform(t.Context(), Hands{}); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.values[allowedActions.path][patternsField].([]any); !slices.Equal(got, []any{"acme/*", "new/*", "rust-lang/crates-io-auth-action@*"}) {
		t.Errorf("%v", got)
	}
}
