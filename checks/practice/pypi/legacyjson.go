package pypi

import (
	"net/http"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

func jsonNotFound(w http.ResponseWriter) {
	writeJSON(w, http.StatusNotFound, kindJSON, map[string]string{"message": "Not Found"})
}

// jsonProject shows a project's latest release (warehouse/legacy/api/json.py).
// A project without releases is not found here.
func (s *Service) jsonProject(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(r.PathValue("name"))
	if p == nil || len(p.Releases) == 0 || p.Status == "quarantined" {
		jsonNotFound(w)
		return
	}
	if name := normalized(p.Name); name != r.PathValue("name") {
		http.Redirect(w, r, "/pypi/"+name+"/json", http.StatusMovedPermanently)
		return
	}
	data := s.jsonData(p, p.latest())
	releases := map[string]any{}
	for _, one := range p.Releases {
		releases[one.Version] = s.jsonFiles(one)
	}
	data["releases"] = releases
	writeJSON(w, http.StatusOK, kindJSON, data)
}

func (s *Service) jsonRelease(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version, err := pep440.Parse(r.PathValue("version"))
	p := s.project(r.PathValue("name"))
	if err != nil || p == nil || p.release(version) == nil || p.Status == "quarantined" {
		jsonNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, kindJSON, s.jsonData(p, p.release(version)))
}

// latest is the newest release that is not yanked and no pre-release, if there
// is one.
func (p *project) latest() *release {
	order := p.oldestFirst()
	slices.Reverse(order)
	rank := func(r *release) int {
		switch {
		case r.Yanked:
			return 2
		case pep440.MustParse(r.Version).IsPreRelease():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b *release) int { return rank(a) - rank(b) })
	return order[0]
}

func (s *Service) jsonData(p *project, r *release) map[string]any {
	page := "https://" + s.Host + "/project/" + p.Name + "/"
	roles := []map[string]string{}
	for _, one := range p.Roles {
		roles = append(roles, map[string]string{"role": string(one.Role), "user": one.User})
	}
	slices.SortFunc(roles, func(a, b map[string]string) int {
		return strings.Compare(rank(a["role"])+a["user"], rank(b["role"])+b["user"])
	})
	info := map[string]any{
		"name": p.Name, "version": r.Version, "package_url": page, "project_url": page, "release_url": page + r.Version + "/",
		"yanked": r.Yanked, "yanked_reason": nil, "classifiers": append([]string{}, r.Fields["classifiers"]...),
		"downloads": map[string]int{"last_day": -1, "last_week": -1, "last_month": -1}, "docs_url": nil, "bugtrack_url": nil,
		"project_urls": r.urls(), "requires_dist": orNull(r.Fields["requires_dist"]), "provides_extra": orNull(r.Fields["provides_extra"]),
	}
	for _, field := range []string{
		"summary", "description", "description_content_type", "keywords", "license", "license_expression", "author", "author_email",
		"maintainer", "maintainer_email", "requires_python", "platform", "home_page", "download_url",
	} {
		info[field] = nil
		if values := r.Fields[field]; len(values) > 0 {
			info[field] = values[0]
		}
	}
	return map[string]any{
		"info": info, "urls": s.jsonFiles(r), "vulnerabilities": []any{}, "last_serial": p.Serial,
		"ownership": map[string]any{"roles": roles, "organization": orNone(p.Organization)},
	}
}

func orNone(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// rank puts owners first.
func rank(role string) string {
	if role == string(Owner) {
		return "0"
	}
	return "1"
}

func orNull(values []string) any {
	if len(values) == 0 {
		return nil
	}
	return values
}

func (r *release) urls() any {
	urls := map[string]string{}
	for _, text := range r.Fields["project_urls"] {
		label, address, _ := strings.Cut(text, ",")
		urls[strings.TrimSpace(label)] = strings.TrimSpace(address)
	}
	if len(urls) == 0 {
		return nil
	}
	return urls
}

func (s *Service) jsonFiles(r *release) []map[string]any {
	list := []map[string]any{}
	for _, f := range r.Files {
		one := map[string]any{
			"filename": f.Filename, "packagetype": f.Type, "python_version": f.PythonVersion, "has_sig": false, "comment_text": "",
			"md5_digest": f.MD5, "digests": map[string]string{"md5": f.MD5, "sha256": f.SHA256, "blake2b_256": f.Blake2},
			"core-metadata": false, "size": f.Size, "downloads": -1, "upload_time": f.Uploaded.Format("2006-01-02T15:04:05"),
			"upload_time_iso_8601": f.Uploaded.Format("2006-01-02T15:04:05.000000Z"), "url": s.fileURL(f),
			"requires_python": nil, "yanked": r.Yanked, "yanked_reason": nil,
		}
		if python := r.Fields["requires_python"]; len(python) > 0 {
			one["requires_python"] = python[0]
		}
		list = append(list, one)
	}
	return list
}

// provenance shows the attestations of a file, and which publisher they came
// from (warehouse/api/integrity.py).
func (s *Service) provenance(w http.ResponseWriter, r *http.Request) {
	kind := accepted(r, kindIntegrity, kindJSON)
	if kind == "" {
		writeJSON(w, http.StatusNotAcceptable, kindJSON, map[string]string{"message": "Request not acceptable"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(r.PathValue("name"))
	version, err := pep440.Parse(r.PathValue("version"))
	if p == nil || err != nil || p.release(version) == nil {
		jsonNotFound(w)
		return
	}
	for _, f := range p.release(version).Files {
		if f.Filename != r.PathValue("file") {
			continue
		}
		if f.Provenance == nil {
			writeJSON(w, http.StatusNotFound, kindJSON, map[string]string{"message": "No provenance available for " + f.Filename})
			return
		}
		writeJSON(w, http.StatusOK, kind, f.Provenance)
		return
	}
	jsonNotFound(w)
}
