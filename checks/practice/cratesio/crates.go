package cratesio

import (
	"net/http"
	"strings"
)

// find locks the registry and looks a crate up; the caller calls done.
func (s *Service) find(r *http.Request) (c *crate, done func(), err error) {
	s.mu.Lock()
	name := r.PathValue("name")
	if c = s.crateNamed(name); c == nil {
		s.mu.Unlock()
		return nil, nil, crateNotFound(name)
	}
	return c, s.mu.Unlock, nil
}

const badInclude = "invalid component for ?include= (expected 'versions', 'keywords', 'categories', 'badges', " +
	"'downloads', 'default_version', or 'full')"

// getCrate shows a crate (src/controllers/krate/metadata.rs).
func (s *Service) getCrate(r *http.Request) (any, error) {
	parts, onlyDefault, err := included(r)
	if err != nil {
		return nil, err
	}
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	view := s.crateView(c, parts)
	answer := map[string]any{"crate": view, "versions": nil, "keywords": nil, "categories": nil}
	if parts.versions {
		answer["versions"] = s.versionViews(c, c.newestFirst())
	} else if onlyDefault && view.DefaultVersion != nil {
		answer["versions"] = s.versionViews(c, []*version{c.version(*view.DefaultVersion)})
	}
	if parts.keywords {
		answer["keywords"] = labels("keyword", c.Keywords, c)
	}
	if parts.categories {
		answer["categories"] = labels("category", c.Categories, c)
	}
	return answer, nil
}

func included(r *http.Request) (parts crateParts, onlyDefault bool, err error) {
	query := r.URL.Query()
	if !query.Has("include") {
		return crateParts{versions: true, keywords: true, categories: true}, false, nil
	}
	for _, part := range strings.Split(query.Get("include"), ",") {
		switch part {
		case "", "badges", "downloads":
		case "full":
			parts = crateParts{versions: true, keywords: true, categories: true}
		case "versions":
			parts.versions = true
		case "keywords":
			parts.keywords = true
		case "categories":
			parts.categories = true
		case "default_version":
			onlyDefault = true
		default:
			return parts, false, badRequest(badInclude)
		}
	}
	return parts, onlyDefault, nil
}

func (s *Service) versionViews(c *crate, versions []*version) []versionView {
	views := []versionView{}
	for _, v := range versions {
		views = append(views, s.versionView(c, v))
	}
	return views
}

func labels(kind string, names []string, c *crate) []map[string]any {
	list := []map[string]any{}
	for _, name := range names {
		list = append(list, labelView(kind, name, c.Created))
	}
	return list
}

// listVersions shows all versions, or a page of them if the request asks for
// pages (src/controllers/krate/versions.rs).
func (s *Service) listVersions(r *http.Request) (any, error) {
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	versions := c.highestFirst()
	if r.URL.Query().Get("sort") == "date" {
		versions = c.newestFirst()
	}
	views := s.versionViews(c, versions)
	meta := map[string]any{"total": len(views), "next_page": nil}
	if query := r.URL.Query(); query.Has("per_page") || query.Has("seek") {
		if views, meta, err = pageOf(r, views, func(v versionView) int { return v.ID }); err != nil {
			return nil, err
		}
	}
	return map[string]any{"versions": views, "meta": meta}, nil
}

func (s *Service) getVersion(r *http.Request) (any, error) {
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	v := c.version(r.PathValue("version"))
	if v == nil {
		return nil, versionNotFound(c, r)
	}
	return map[string]any{"version": s.versionView(c, v)}, nil
}

func versionNotFound(c *crate, r *http.Request) error {
	return refuse(http.StatusNotFound, "crate `%s` does not have a version `%s`", c.Name, r.PathValue("version"))
}

func (s *Service) download(r *http.Request) (any, error) {
	name := r.PathValue("name")
	at := "https://" + StaticHost + "/crates/" + name + "/" + name + "-" + r.PathValue("version") + ".crate"
	if strings.Contains(r.Header.Get("Accept"), "json") {
		return map[string]string{"url": at}, nil
	}
	return redirect{location: at}, nil
}

func (s *Service) yank(r *http.Request) (any, error)   { return s.setYanked(r, true) }
func (s *Service) unyank(r *http.Request) (any, error) { return s.setYanked(r, false) }

func (s *Service) setYanked(r *http.Request, yanked bool) (any, error) {
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	v := c.version(r.PathValue("version"))
	if v == nil {
		return nil, versionNotFound(c, r)
	}
	who, err := s.authenticate(r, need{scope: Yank, crate: r.PathValue("name")})
	if err != nil {
		return nil, err
	}
	if !c.mayPublish(who.user) {
		return nil, forbidden("must already be an owner to yank or unyank")
	}
	v.Yanked = yanked
	return map[string]bool{"ok": true}, s.save()
}

type patchRequest struct {
	Crate *struct {
		TrustpubOnly *bool `json:"trustpub_only"`
	} `json:"crate"`
}

// patchCrate changes whether only trusted publishers may publish
// (src/controllers/krate/update.rs). Nothing checks that there is one.
func (s *Service) patchCrate(r *http.Request) (any, error) {
	var asked patchRequest
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.Crate == nil {
		return nil, missingField("crate")
	}
	c, done, err := s.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	who, err := s.authenticate(r, need{scope: TrustedPublishing, crate: c.Name, noLegacy: true})
	if err != nil {
		return nil, err
	}
	if !c.ownedBy(who.user) || who.user.Email == "" {
		return nil, forbidden("only owners have permission to modify crate settings")
	}
	if only := asked.Crate.TrustpubOnly; only != nil && *only != c.TrustpubOnly {
		c.TrustpubOnly = *only
		s.tellOwners(c, "Trusted publishing only of %s set to %v", c.Name, *only)
	}
	return map[string]any{"crate": s.crateView(c, crateParts{})}, s.save()
}
