package pypi

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// simpleVersion is the version of the simple interface
// (warehouse/packaging/utils.py).
const simpleVersion = "1.4"

type simpleMeta struct {
	Serial  int    `json:"_last-serial"`
	Version string `json:"api-version"`
}

// simpleFile is a file as the simple interface shows it (PEP 691, 740).
type simpleFile struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	RequiresPython *string           `json:"requires-python"`
	Size           int               `json:"size"`
	UploadTime     string            `json:"upload-time"`
	Yanked         bool              `json:"yanked"`
	DistInfo       any               `json:"data-dist-info-metadata"`
	CoreMetadata   any               `json:"core-metadata"`
	Provenance     *string           `json:"provenance"`
}

func (s *Service) simpleIndex(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for _, p := range s.db.Projects {
		if p.Status != "quarantined" {
			list = append(list, map[string]any{"name": p.Name, "_last-serial": p.Serial})
		}
	}
	kind := accepted(r, kindHTML, kindSimpleHTML, kindSimpleJSON)
	if kind == kindSimpleJSON {
		writeJSON(w, http.StatusOK, kind, map[string]any{"meta": simpleMeta{s.db.Serial, simpleVersion}, "projects": list})
		return
	}
	w.Header().Set("Content-Type", orHTML(kind))
	_ = indexPage.Execute(w, list)
}

func orHTML(kind string) string {
	if kind == "" {
		return kindHTML
	}
	return kind
}

var indexPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en">
  <head><meta name="pypi:repository-version" content="` + simpleVersion + `"><title>Simple index</title></head>
  <body>{{range .}}
    <a href="/simple/{{.name}}/">{{.name}}</a>{{end}}
  </body>
</html>
`))

var detailPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en">
  <head>
    <meta name="pypi:repository-version" content="` + simpleVersion + `">
    <meta name="pypi:project-status" content="{{.Status}}">
    <title>Links for {{.Name}}</title>
  </head>
  <body>
    <h1>Links for {{.Name}}</h1>{{range .Files}}
    <a href="{{.URL}}#sha256={{index .Hashes "sha256"}}"{{with .RequiresPython}} data-requires-python="{{.}}"{{end}}
      {{- if .Yanked}} data-yanked=""{{end}}{{with .Provenance}} data-provenance="{{.}}"{{end}}>{{.Filename}}</a><br />{{end}}
  </body>
</html>
`))

// simpleDetail lists the files of a project. An empty project is there, too.
func (s *Service) simpleDetail(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.PathValue("name")
	p := s.project(name)
	if p == nil {
		http.Error(w, "404 Not Found", http.StatusNotFound)
		return
	}
	if name != normalized(p.Name) {
		http.Redirect(w, r, "/simple/"+normalized(p.Name)+"/", http.StatusMovedPermanently)
		return
	}
	files, versions := s.simpleFiles(p)
	w.Header().Set("X-PyPI-Last-Serial", strconv.Itoa(p.Serial))
	kind := accepted(r, kindHTML, kindSimpleHTML, kindSimpleJSON)
	if kind == kindSimpleJSON {
		writeJSON(w, http.StatusOK, kind, map[string]any{
			"meta": simpleMeta{p.Serial, simpleVersion}, "name": normalized(p.Name),
			"project-status": map[string]string{"status": p.status()}, "versions": versions, "files": files,
		})
		return
	}
	w.Header().Set("Content-Type", orHTML(kind))
	_ = detailPage.Execute(w, struct {
		Name, Status string
		Files        []simpleFile
	}{normalized(p.Name), p.status(), files})
}

func (s *Service) simpleFiles(p *project) (files []simpleFile, versions []string) {
	files, versions = []simpleFile{}, []string{}
	if p.Status == "quarantined" {
		return files, versions
	}
	for _, r := range p.oldestFirst() {
		if len(r.Files) > 0 {
			versions = append(versions, r.Version)
		}
		for _, f := range r.Files {
			files = append(files, s.simpleFile(p, r, f))
		}
	}
	return files, versions
}

func (s *Service) simpleFile(p *project, r *release, f *file) simpleFile {
	view := simpleFile{
		Filename: f.Filename, URL: s.fileURL(f), Hashes: map[string]string{"sha256": f.SHA256}, Size: f.Size,
		UploadTime: f.Uploaded.Format("2006-01-02T15:04:05.000000Z"), Yanked: r.Yanked, DistInfo: false, CoreMetadata: false,
	}
	if python := r.Fields["requires_python"]; len(python) > 0 {
		view.RequiresPython = &python[0]
	}
	if f.MetadataSHA256 != "" {
		view.DistInfo = map[string]string{"sha256": f.MetadataSHA256}
		view.CoreMetadata = view.DistInfo
	}
	if f.Provenance != nil {
		at := "https://" + s.Host + "/integrity/" + normalized(p.Name) + "/" + r.Version + "/" + f.Filename + "/provenance"
		view.Provenance = &at
	}
	return view
}

func (s *Service) fileURL(f *file) string { return "https://" + s.Files + "/packages/" + f.path() }

func (p *project) oldestFirst() []*release {
	order := slices.Clone(p.Releases)
	slices.SortStableFunc(order, func(a, b *release) int { return pep440.MustParse(a.Version).Compare(pep440.MustParse(b.Version)) })
	return order
}

// file serves what was uploaded, by its path.
func (s *Service) file(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.db.Projects {
		for _, rel := range p.Releases {
			for _, f := range rel.Files {
				if f.path() == strings.TrimSuffix(r.PathValue("path"), "/") {
					s.sendFile(w, f)
					return
				}
			}
		}
	}
	http.Error(w, "Not Found", http.StatusNotFound)
}

func (s *Service) sendFile(w http.ResponseWriter, f *file) {
	var content []byte
	if found, err := s.store.Load(s.fileName(f), &content); err != nil || !found {
		http.Error(w, "the file is lost", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(content)
}
