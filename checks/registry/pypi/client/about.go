package client

import (
	"context"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// aboutPage is GET /pypi/NAME/json (warehouse commit 6b62157, 2026-08-21).
type aboutPage struct {
	Info struct {
		Name        string
		HomePage    string            `json:"home_page"`
		ProjectURLs map[string]string `json:"project_urls"`
	}
	Ownership *struct {
		Roles []struct{ Role, User string }
	}
}

// about fills who owns the project and which repository it shows. The JSON API
// answers 404 for a project without a release.
func (l *look) about(ctx context.Context, out *evidence.Project) {
	path := "pypi/" + identity.NormalizeProject(out.Name) + "/json"
	src := l.source(path)
	var page aboutPage
	answer, err := l.get(ctx, l.base+path, "application/json", &page)
	switch {
	case transport.Is(err, transport.KindNotFound):
		out.Owners = evidence.Unknown[[]string](src, "%s tells owners only of projects with a release", l.registry.Title())
		out.Repository = evidence.Absent[string](src)
		return
	case err != nil:
		out.Owners, out.Repository = transport.Unknown[[]string](src, err), transport.Unknown[string](src, err)
		return
	}
	src = answer.Source()
	if page.Info.Name != "" {
		out.Name = page.Info.Name
	}
	out.Owners, out.Repository = page.owners(src), page.repository(src)
}

// owners are those whose role is Owner; a Maintainer may upload and has no
// write permission, which the publishing page demands (warehouse commit
// 6b62157, packaging/models.py, 2026-08-21).
func (p aboutPage) owners(src evidence.Source) evidence.Fact[[]string] {
	if p.Ownership == nil {
		return evidence.Unknown[[]string](src, "the answer tells no owners")
	}
	logins := []string{}
	for _, r := range p.Ownership.Roles {
		if r.Role == "Owner" && !slices.Contains(logins, r.User) {
			logins = append(logins, r.User)
		}
	}
	return evidence.Seen(logins, src)
}

// labels are the well-known labels of project addresses that name the source,
// in normal form (packaging.python.org/specifications/well-known-project-urls,
// read 2026-08), then those that may.
var labels = []string{"source", "repository", "sourcecode", "github", "code", "homepage"}

func (p aboutPage) repository(src evidence.Source) evidence.Fact[string] {
	byLabel := map[string]string{}
	if p.Info.HomePage != "" {
		byLabel["homepage"] = p.Info.HomePage
	}
	for label, address := range p.Info.ProjectURLs {
		byLabel[normalLabel(label)] = address
	}
	for _, label := range labels {
		if address := byLabel[label]; address != "" {
			return evidence.Seen(address, src)
		}
	}
	return evidence.Absent[string](src)
}

// normalLabel drops punctuation, space and case, as the specification says.
func normalLabel(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}
