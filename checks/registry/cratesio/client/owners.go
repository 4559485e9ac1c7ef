package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// readOwners asks for the owners: people, and teams, which cannot configure
// publishers.
func (l *look) readOwners(ctx context.Context, c *crate) {
	if !c.exists {
		return
	}
	var got struct {
		Users *[]struct {
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
			logins = append(logins, u.Login)
			if u.Matches != nil && !*u.Matches {
				c.project.Renamed = append(c.project.Renamed, u.Login)
			}
		}
	}
	c.project.Owners, c.project.Teams = evidence.Seen(logins, answer.Source()), evidence.Seen(teams, answer.Source())
}

type configsAnswer struct {
	Configs *[]struct {
		Crate       string
		Owner       string `json:"repository_owner"`
		OwnerID     int64  `json:"repository_owner_id"`
		Repository  string `json:"repository_name"`
		Workflow    string `json:"workflow_filename"`
		Environment *string
	} `json:"github_configs"`
	Meta struct {
		NextPage *string `json:"next_page"`
	}
}

// readConfigs asks for the publishers, which crates.io shows to owners only.
// The token goes out with this request and no other.
func (l *look) readConfigs(ctx context.Context, c *crate) {
	if !c.exists {
		return
	}
	path := "trusted_publishing/github_configs?crate=" + url.QueryEscape(c.project.Name)
	src := evidence.Source{Name: "crates.io/api/v1/trusted_publishing/github_configs"}
	if l.options.Token == "" {
		c.project.Publishers = evidence.Unknown[[]identity.Publisher](src, "crates.io shows publishers only to owners, and no CARGO_REGISTRY_TOKEN was given")
		return
	}
	var got configsAnswer
	answer, err := l.get(ctx, path, http.Header{"Authorization": {l.options.Token}}, &got)
	if err == nil && got.Configs == nil {
		err = answer.Shape("no list of publishers in it")
	}
	switch {
	case err != nil:
		c.project.Publishers = transport.Unknown[[]identity.Publisher](src, err)
	case got.Meta.NextPage != nil && *got.Meta.NextPage != "":
		c.project.Publishers = evidence.Unknown[[]identity.Publisher](answer.Source(), "the list has more than one page, and crates.io allows five publishers a crate")
	default:
		c.project.Publishers = evidence.Seen(got.publishers(c.name), answer.Source())
	}
}

func (a configsAnswer) publishers(name string) []identity.Publisher {
	out := []identity.Publisher{}
	for _, g := range *a.Configs {
		p := identity.Publisher{Registry: identity.CratesIO, Package: name, Identity: identity.Identity{
			Owner: g.Owner, OwnerID: g.OwnerID, Repository: g.Repository, Workflow: g.Workflow}}
		if g.Environment != nil {
			p.Environment = *g.Environment
		}
		out = append(out, p)
	}
	return out
}
