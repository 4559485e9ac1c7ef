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
		Roles        []evidence.ProjectRole
		Organization *string
	}
}

// about fills who owns the project and which repository it shows. The JSON API
// answers 404 for a project without a release, and for one in quarantine.
func (l *look) about(ctx context.Context, out *evidence.Project) {
	path := "pypi/" + identity.NormalizeProject(out.Name) + "/json"
	src := l.source(path)
	var page aboutPage
	answer, err := l.get(ctx, l.base+path, "application/json", &page)
	if err == nil && page.Info.Name == "" {
		err = answer.Shape("it describes no project")
	}
	switch {
	case transport.Is(err, transport.KindNotFound):
		unowned(out, evidence.Unknown[[]string](transport.SourceOf(err, src), "%s", l.notTold(out)))
		out.Repository = evidence.Absent[string](transport.SourceOf(err, src))
	case err != nil:
		unowned(out, transport.Unknown[[]string](src, err))
		out.Repository = transport.Unknown[string](src, err)
	default:
		out.Name = page.Info.Name
		page.tell(out, answer.Source())
	}
}

// notTold says why the JSON API knows nothing of a project that is there.
func (l *look) notTold(p *evidence.Project) string {
	if p.Status == "quarantined" {
		return "the project is in quarantine: " + l.registry.Title() + " tells nothing more of it"
	}
	return l.registry.Title() + " tells owners only of projects with a release"
}

// unowned carries the reason for which owners are not known.
func unowned(out *evidence.Project, why evidence.Fact[[]string]) {
	out.Owners, out.Roles, out.Organization = why, evidence.Carry[[]evidence.ProjectRole](why), evidence.Carry[string](why)
}

// tell fills in what the page says. Owners are those whose role is Owner; a
// Maintainer may upload and has no write permission, which the publishing page
// demands (warehouse commit 6b62157, packaging/models.py, 2026-08-21).
func (p aboutPage) tell(out *evidence.Project, src evidence.Source) {
	out.Repository = p.repository(src)
	if p.Ownership == nil {
		unowned(out, evidence.Unknown[[]string](src, "the answer tells no owners"))
		return
	}
	logins := []string{}
	for _, r := range p.Ownership.Roles {
		if r.Role == "Owner" && !slices.Contains(logins, r.User) {
			logins = append(logins, r.User)
		}
	}
	out.Owners, out.Roles = evidence.Seen(logins, src), evidence.Seen(p.Ownership.Roles, src)
	out.Organization = evidence.Absent[string](src)
	if o := p.Ownership.Organization; o != nil && *o != "" {
		out.Organization = evidence.Seen(*o, src)
	}
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
