package cratesio

import (
	"net/http"
	"strings"
)

// ownerView is a user or a team that owns a crate.
type ownerView struct {
	ID     int     `json:"id"`
	Login  string  `json:"login"`
	Kind   string  `json:"kind"`
	URL    *string `json:"url"`
	Name   *string `json:"name"`
	Avatar *string `json:"avatar"`
	// GitHubMatches is left out for teams.
	GitHubMatches *bool `json:"github_username_matches,omitempty"`
}

func (s *Service) userOwners(c *crate) []ownerView {
	views, yes := []ownerView{}, true
	for _, id := range c.Owners {
		u := s.userByID(id)
		url := "https://github.com/" + u.Login
		views = append(views, ownerView{ID: u.ID, Login: u.Login, Kind: "user", URL: &url, Name: emptyAsNull(u.Name), GitHubMatches: &yes})
	}
	return views
}

func (c *crate) teamOwners() []ownerView {
	views := []ownerView{}
	for _, t := range c.Teams {
		org, name, _ := strings.Cut(strings.TrimPrefix(t.Login, "github:"), ":")
		url := "https://github.com/" + org
		views = append(views, ownerView{ID: t.ID, Login: t.Login, Kind: "team", URL: &url, Name: emptyAsNull(name)})
	}
	return views
}

func (s *Service) listOwners(r *http.Request) (any, error) {
	return s.owners(r, "users", true, true)
}

func (s *Service) listUserOwners(r *http.Request) (any, error) {
	return s.owners(r, "users", true, false)
}

func (s *Service) listTeamOwners(r *http.Request) (any, error) {
	return s.owners(r, "teams", false, true)
}

func (s *Service) owners(r *http.Request, key string, users, teams bool) (any, error) {
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	views := []ownerView{}
	if users {
		views = append(views, s.userOwners(c)...)
	}
	if teams {
		views = append(views, c.teamOwners()...)
	}
	return map[string]any{key: views}, nil
}

func (s *Service) getUser(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userByLogin(r.PathValue("user"))
	if u == nil {
		return nil, notFound()
	}
	return map[string]any{"user": u.view()}, nil
}

// getMe shows the person in front of the browser; tokens are refused
// (src/controllers/user/me.rs).
func (s *Service) getMe(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, err := s.authenticate(r, need{cookieOnly: true})
	if err != nil {
		return nil, err
	}
	owned := []map[string]any{}
	for _, c := range s.db.Crates {
		if c.ownedBy(who.user) {
			owned = append(owned, map[string]any{"id": c.ID, "name": c.Name, "email_notifications": true})
		}
	}
	return map[string]any{"owned_crates": owned, "user": map[string]any{
		"id": who.user.ID, "login": who.user.Login, "name": emptyAsNull(who.user.Name), "url": "https://github.com/" + who.user.Login,
		"avatar": nil, "email": emptyAsNull(who.user.Email), "email_verified": who.user.Verified,
		"email_verification_sent": who.user.Email != "", "is_admin": false, "publish_notifications": true,
	}}, nil
}
