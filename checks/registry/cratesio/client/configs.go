package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

var (
	errTooMany = errors.New("the list has more than one page, and crates.io allows five publishers a crate")
	errTooLong = fmt.Errorf("the list of your publishers has more than %d pages", morePages)
)

const configsPath = "trusted_publishing/github_configs"

var configsSource = evidence.Source{Name: "crates.io/api/v1/" + configsPath}

const (
	// fewCrates is up to how many crates are asked for one by one: the list of
	// all crates of a person takes two requests at least.
	fewCrates = 2
	// fewOwners is how many owners of a crate are tried, until the one is found
	// whose the token is.
	fewOwners = 3
	// morePages bounds the list of a person's publishers, of a hundred a page.
	morePages = 10
)

// Publishers asks for the registered publishers of crates, by the names that
// crates.io has them under, and for nothing else.
func Publishers(ctx context.Context, p *transport.Pass, token string, names []string) map[string]evidence.Fact[[]identity.Publisher] {
	l := &look{pass: p, options: Options{Token: token}, most: 3*len(names) + morePages, crates: map[string]*crate{}}
	for _, name := range names {
		l.names = append(l.names, name)
		l.crates[name] = &crate{name: name, exists: valid(name), project: evidence.Project{Name: name}}
	}
	l.readConfigs(ctx)
	out := map[string]evidence.Fact[[]identity.Publisher]{}
	for name, c := range l.crates {
		out[name] = c.project.Publishers
	}
	return out
}

// readConfigs asks for the publishers, which crates.io shows to owners only. The
// token goes out with these requests and no other. A person's own list tells of
// many crates at once; a crate that is not on it has no publisher, or is not that
// person's, and is asked for by itself.
func (l *look) readConfigs(ctx context.Context) {
	var left []*crate
	for _, name := range l.names {
		c := l.crates[name]
		switch {
		case l.options.Token == "" && c.exists:
			c.project.Publishers = evidence.Unknown[[]identity.Publisher](configsSource, "crates.io shows publishers only to owners, and no CARGO_REGISTRY_TOKEN was given")
		case c.exists:
			left = append(left, c)
		}
	}
	if len(left) > fewCrates {
		left = l.readConfigsOfPerson(ctx, left)
	}
	for i, c := range left {
		err := l.readConfigsOf(ctx, c)
		if l.refused || concernsAll(err) {
			for _, rest := range left[i:] {
				rest.project.Publishers = transport.Unknown[[]identity.Publisher](configsSource, err)
			}
			return
		}
	}
}

// concernsAll says whether asking for the next crate would come to the same.
func concernsAll(err error) bool {
	return transport.Is(err, transport.KindUnauthorized, transport.KindRateLimit, transport.KindOffline, transport.KindProxy,
		transport.KindTLS, transport.KindTimeout, transport.KindConnection) || forbids(err, "authentication failed")
}

func forbids(err error, words string) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && e.Kind == transport.KindForbidden && e.Message == words
}

// readConfigsOf asks for one crate's publishers.
func (l *look) readConfigsOf(ctx context.Context, c *crate) error {
	list, src, err := l.configs(ctx, "crate="+url.QueryEscape(c.project.Name), 1)
	if err != nil {
		c.project.Publishers = transport.Unknown[[]identity.Publisher](configsSource, err)
		return err
	}
	c.project.Publishers = evidence.Seen(list.of(c), src)
	return nil
}

// readConfigsOfPerson goes through the list of the token's owner, who is one of
// the owners of the first crate if the token is of use here, and gives the
// crates that are not on it.
func (l *look) readConfigsOfPerson(ctx context.Context, crates []*crate) []*crate {
	for _, id := range l.people(ctx, crates[0]) {
		list, src, err := l.configs(ctx, "user_id="+strconv.FormatInt(id, 10)+"&per_page=100", morePages)
		switch {
		case forbids(err, "this action requires authentication as the specified user"):
			continue
		case err != nil:
			// The scope is asked for whatever the crate is, so that a token without it
			// is of no use for any.
			l.refused = forbids(err, "this token does not have the required permissions to perform this action")
			return crates
		}
		return slices.DeleteFunc(slices.Clone(crates), func(c *crate) bool {
			own := list.of(c)
			if len(own) > 0 {
				c.project.Publishers = evidence.Seen(own, src)
			}
			return len(own) > 0
		})
	}
	return crates
}

// people are the numbers of a crate's owners, which no fact keeps.
func (l *look) people(ctx context.Context, c *crate) []int64 {
	c.project.Owners = evidence.Fact[[]string]{}
	l.readOwners(ctx, c)
	return c.people[:min(len(c.people), fewOwners)]
}

// config is a publisher as crates.io lists it.
type config struct {
	ID          int64
	Crate       string
	Owner       string `json:"repository_owner"`
	OwnerID     int64  `json:"repository_owner_id"`
	Repository  string `json:"repository_name"`
	Workflow    string `json:"workflow_filename"`
	Environment *string
}

type configList []config

// configs reads a list of publishers to its end, or to most pages.
func (l *look) configs(ctx context.Context, query string, most int) (configList, evidence.Source, error) {
	var all configList
	src := configsSource
	next := "?" + query
	for range most {
		var got struct {
			Configs *configList `json:"github_configs"`
			Meta    struct {
				NextPage *string `json:"next_page"`
			}
		}
		answer, err := l.get(ctx, configsPath+next, http.Header{"Authorization": {l.options.Token}}, &got)
		if err == nil && got.Configs == nil {
			err = answer.Shape("no list of publishers in it")
		}
		if err != nil {
			return nil, src, err
		}
		all, src = append(all, *got.Configs...), answer.Source()
		if got.Meta.NextPage == nil || *got.Meta.NextPage == "" {
			return all, src, nil
		}
		if next = *got.Meta.NextPage; next[0] != '?' {
			return nil, src, answer.Shape("the next page is %q", next)
		}
	}
	if most == 1 {
		return nil, src, errTooMany
	}
	return nil, src, errTooLong
}

// of are the publishers of one crate.
func (list configList) of(c *crate) []identity.Publisher {
	out := []identity.Publisher{}
	for _, g := range list {
		if identity.CratesIO.SamePackage(g.Crate, c.project.Name) {
			out = append(out, g.publisher(c.name))
		}
	}
	return out
}

func (g config) publisher(name string) identity.Publisher {
	p := identity.Publisher{Registry: identity.CratesIO, Package: name, ID: g.ID, Identity: identity.Identity{
		Owner: g.Owner, OwnerID: g.OwnerID, Repository: g.Repository, Workflow: g.Workflow}}
	if g.Environment != nil {
		p.Environment = *g.Environment
	}
	return p
}
