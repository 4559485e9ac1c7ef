package client

import (
	"context"
	"net/url"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// readAllOwners asks for the owners, as long as there is leisure for it. Of many
// crates those are left out whose publishers were shown, which they are to owners
// only.
func (l *look) readAllOwners(ctx context.Context) {
	l.most = leisure
	if len(l.options.Before) > 0 {
		l.most = min(leisure, l.asked+renewed)
	}
	for _, name := range l.names {
		c := l.crates[name]
		if len(l.names) > renewed && c.project.Publishers.Seen() && !c.project.Owners.Seen() {
			c.project.Owners = evidence.Unknown[[]string](c.source, "not asked: crates.io shows the publishers to the token, and it does so to owners only")
			c.project.Teams = evidence.Carry[[]string](c.project.Owners)
			continue
		}
		l.readOwners(ctx, c)
	}
}

// readOwners asks for the owners: people, and teams, which cannot configure
// publishers.
func (l *look) readOwners(ctx context.Context, c *crate) {
	if !c.exists || !c.project.Owners.Source().At.IsZero() {
		return // it was asked before
	}
	var got struct {
		Users *[]struct {
			ID          int64
			Login, Kind string
			Matches     *bool `json:"github_username_matches"`
		}
	}
	answer, err := l.get(ctx, "crates/"+url.PathEscape(c.project.Name)+"/owners", nil, &got)
	if err == nil && got.Users == nil {
		err = answer.Shape("no list of owners in it")
	}
	if err != nil {
		c.project.Owners, c.project.Teams = transport.Unknown[[]string](c.source, err), transport.Unknown[[]string](c.source, err)
		return
	}
	logins, teams := []string{}, []string{}
	for _, u := range *got.Users {
		if u.Kind == "team" {
			teams = append(teams, u.Login)
		} else {
			logins, c.people = append(logins, u.Login), append(c.people, u.ID)
			if u.Matches != nil && !*u.Matches {
				c.project.Renamed = append(c.project.Renamed, u.Login)
			}
		}
	}
	c.project.Owners, c.project.Teams = evidence.Seen(logins, answer.Source()), evidence.Seen(teams, answer.Source())
}
