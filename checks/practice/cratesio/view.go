package cratesio

import (
	"slices"
	"time"

	"github.com/Masterminds/semver/v3"
)

// userView is an account as everybody sees it.
type userView struct {
	ID            int     `json:"id"`
	Login         string  `json:"login"`
	Name          *string `json:"name"`
	Avatar        *string `json:"avatar"`
	URL           string  `json:"url"`
	GitHubMatches bool    `json:"github_username_matches"`
}

func (u *User) view() *userView {
	if u == nil {
		return nil
	}
	return &userView{ID: u.ID, Login: u.Login, Name: emptyAsNull(u.Name), URL: "https://github.com/" + u.Login, GitHubMatches: true}
}

// crateView is a crate as the API shows it.
type crateView struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	UpdatedAt        stamp          `json:"updated_at"`
	Versions         []int          `json:"versions"`
	Keywords         []string       `json:"keywords"`
	Categories       []string       `json:"categories"`
	Badges           []any          `json:"badges"`
	CreatedAt        stamp          `json:"created_at"`
	Downloads        int            `json:"downloads"`
	RecentDownloads  *int           `json:"recent_downloads"`
	DefaultVersion   *string        `json:"default_version"`
	NumVersions      int            `json:"num_versions"`
	Yanked           bool           `json:"yanked"`
	MaxVersion       string         `json:"max_version"`
	NewestVersion    string         `json:"newest_version"`
	MaxStableVersion *string        `json:"max_stable_version"`
	Description      *string        `json:"description"`
	Homepage         *string        `json:"homepage"`
	Documentation    *string        `json:"documentation"`
	Repository       *string        `json:"repository"`
	Links            map[string]any `json:"links"`
	ExactMatch       bool           `json:"exact_match"`
	TrustpubOnly     bool           `json:"trustpub_only"`
}

// crateParts are the parts of a crate that are shown on request.
type crateParts struct{ versions, keywords, categories bool }

func (s *Service) crateView(c *crate, parts crateParts) crateView {
	base := "/api/v1/crates/" + c.Name
	v := crateView{
		ID: c.Name, Name: c.Name, UpdatedAt: stamp(c.Updated), CreatedAt: stamp(c.Created), Badges: []any{},
		NumVersions: len(c.Versions), MaxVersion: "0.0.0", NewestVersion: "0.0.0",
		Description: emptyAsNull(c.Description), Homepage: emptyAsNull(c.Homepage),
		Documentation: emptyAsNull(c.Documentation), Repository: emptyAsNull(c.Repository),
		TrustpubOnly: c.TrustpubOnly,
		Links: map[string]any{
			"version_downloads": base + "/downloads", "versions": base + "/versions", "owners": base + "/owners",
			"owner_team": base + "/owner_team", "owner_user": base + "/owner_user",
			"reverse_dependencies": base + "/reverse_dependencies",
		},
	}
	v.top(c)
	if parts.versions {
		v.Versions = []int{}
		for _, version := range c.newestFirst() {
			v.Versions = append(v.Versions, version.ID)
		}
	}
	if parts.keywords {
		v.Keywords = append([]string{}, c.Keywords...)
	}
	if parts.categories {
		v.Categories = append([]string{}, c.Categories...)
	}
	return v
}

// top fills in which version is the highest, the newest, and the one shown.
func (v *crateView) top(c *crate) {
	order := c.highestFirst()
	if len(order) == 0 {
		return
	}
	shown := slices.IndexFunc(order, func(o *version) bool { return !o.Yanked && semver.MustParse(o.Num).Prerelease() == "" })
	if shown < 0 {
		shown = max(0, slices.IndexFunc(order, func(o *version) bool { return !o.Yanked }))
	}
	v.DefaultVersion, v.Yanked = &order[shown].Num, order[shown].Yanked
	live := slices.DeleteFunc(slices.Clone(order), func(o *version) bool { return o.Yanked })
	if len(live) == 0 {
		return
	}
	v.MaxVersion = live[0].Num
	v.NewestVersion = slices.MaxFunc(live, func(a, b *version) int { return a.Created.Compare(b.Created) }).Num
	if stable := slices.IndexFunc(live, func(o *version) bool { return semver.MustParse(o.Num).Prerelease() == "" }); stable >= 0 {
		v.MaxStableVersion = &live[stable].Num
	}
}

func (c *crate) highestFirst() []*version {
	order := slices.Clone(c.Versions)
	slices.SortStableFunc(order, func(a, b *version) int { return semver.MustParse(b.Num).Compare(semver.MustParse(a.Num)) })
	return order
}

func (c *crate) newestFirst() []*version {
	order := slices.Clone(c.Versions)
	slices.Reverse(order)
	return order
}

// versionView is a version as the API shows it.
type versionView struct {
	ID           int                 `json:"id"`
	Crate        string              `json:"crate"`
	Num          string              `json:"num"`
	DownloadPath string              `json:"dl_path"`
	ReadmePath   string              `json:"readme_path"`
	UpdatedAt    stamp               `json:"updated_at"`
	CreatedAt    stamp               `json:"created_at"`
	Downloads    int                 `json:"downloads"`
	Features     map[string][]string `json:"features"`
	Yanked       bool                `json:"yanked"`
	YankMessage  *string             `json:"yank_message"`
	License      *string             `json:"license"`
	Links        map[string]string   `json:"links"`
	CrateSize    int                 `json:"crate_size"`
	PublishedBy  *userView           `json:"published_by"`
	AuditActions []auditAction       `json:"audit_actions"`
	Checksum     string              `json:"checksum"`
	RustVersion  *string             `json:"rust_version"`
	Edition      *string             `json:"edition"`
	Description  *string             `json:"description"`
	Repository   *string             `json:"repository"`
	TrustpubData *TrustedRun         `json:"trustpub_data"`
}

type auditAction struct {
	Action string    `json:"action"`
	User   *userView `json:"user"`
	Time   stamp     `json:"time"`
}

func (s *Service) versionView(c *crate, v *version) versionView {
	base := "/api/v1/crates/" + c.Name + "/" + v.Num
	by := s.userByID(v.PublishedBy).view()
	view := versionView{
		ID: v.ID, Crate: c.Name, Num: v.Num, DownloadPath: base + "/download", ReadmePath: base + "/readme",
		UpdatedAt: stamp(v.Created), CreatedAt: stamp(v.Created), Features: map[string][]string{}, Yanked: v.Yanked,
		License: emptyAsNull(v.License), CrateSize: v.Size, Checksum: v.Checksum, AuditActions: []auditAction{},
		Links: map[string]string{
			"dependencies": base + "/dependencies", "version_downloads": base + "/downloads", "authors": base + "/authors",
		},
		RustVersion: emptyAsNull(v.RustVersion), Edition: emptyAsNull(v.Edition), PublishedBy: by,
		Description: emptyAsNull(c.Description), Repository: emptyAsNull(c.Repository), TrustpubData: v.Trusted,
	}
	if v.Features != nil {
		view.Features = v.Features
	}
	if by != nil {
		view.AuditActions = append(view.AuditActions, auditAction{Action: "publish", User: by, Time: stamp(v.Created)})
	}
	return view
}

// labelView is a keyword or a category.
func labelView(kind, name string, since time.Time) map[string]any {
	label := map[string]any{"id": name, kind: name, "created_at": stamp(since), "crates_cnt": 1}
	if kind == "category" {
		label["slug"], label["description"] = name, ""
	}
	return label
}
