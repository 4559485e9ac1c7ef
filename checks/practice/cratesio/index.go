package cratesio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// indexConfig tells cargo where files and the API are.
const indexConfig = `{
  "dl": "https://static.crates.io/crates",
  "api": "https://crates.io"
}
`

// indexLine is one version in the sparse index (cargo reference, "Index
// Format").
type indexLine struct {
	Name        string              `json:"name"`
	Vers        string              `json:"vers"`
	Deps        []indexDep          `json:"deps"`
	Checksum    string              `json:"cksum"`
	Features    map[string][]string `json:"features"`
	Features2   map[string][]string `json:"features2,omitempty"`
	Yanked      bool                `json:"yanked"`
	Links       *string             `json:"links,omitempty"`
	RustVersion *string             `json:"rust_version,omitempty"`
	Format      int                 `json:"v,omitempty"`
}

type indexDep struct {
	Name            string   `json:"name"`
	Req             string   `json:"req"`
	Features        []string `json:"features"`
	Optional        bool     `json:"optional"`
	DefaultFeatures bool     `json:"default_features"`
	Target          *string  `json:"target"`
	Kind            string   `json:"kind"`
	Package         *string  `json:"package,omitempty"`
}

// index serves the sparse index.
func (s *Service) index(w http.ResponseWriter, r *http.Request) {
	body := []byte(indexConfig)
	if r.URL.Path != "/config.json" {
		s.mu.Lock()
		body = s.indexFile(r.URL.Path)
		s.mu.Unlock()
	}
	if body == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "public,max-age=600")
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write(body)
}

// indexFile is the file at a path of the index, or nil. Names are in small
// letters there, and hyphens count.
func (s *Service) indexFile(path string) []byte {
	for _, c := range s.db.Crates {
		if len(c.Versions) == 0 || path != "/"+indexPath(strings.ToLower(c.Name)) {
			continue
		}
		var lines bytes.Buffer
		encoder := json.NewEncoder(&lines)
		encoder.SetEscapeHTML(false)
		for _, v := range c.Versions {
			_ = encoder.Encode(v.line(c.Name))
		}
		return lines.Bytes()
	}
	return nil
}

func indexPath(name string) string {
	switch len(name) {
	case 1, 2:
		return string(rune('0'+len(name))) + "/" + name
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

func (v *version) line(name string) indexLine {
	line := indexLine{
		Name: name, Vers: v.Num, Deps: []indexDep{}, Checksum: v.Checksum, Features: map[string][]string{},
		Yanked: v.Yanked, Links: emptyAsNull(v.Links), RustVersion: emptyAsNull(v.RustVersion),
	}
	for _, d := range v.Deps {
		dep := indexDep{
			Name: d.Crate, Req: d.Req, Features: d.Features, Optional: d.Optional,
			DefaultFeatures: d.DefaultFeatures, Target: emptyAsNull(d.Target), Kind: d.Kind,
		}
		if d.Local != "" {
			dep.Name, dep.Package = d.Local, &d.Crate
		}
		line.Deps = append(line.Deps, dep)
	}
	line.splitFeatures(v.Features)
	return line
}

// splitFeatures puts features that only newer cargos understand apart, so that
// older ones can go on reading the index.
func (l *indexLine) splitFeatures(features map[string][]string) {
	for name, values := range features {
		newer := slices.ContainsFunc(values, func(value string) bool {
			return strings.HasPrefix(value, "dep:") || strings.Contains(value, "?/")
		})
		if !newer {
			l.Features[name] = values
			continue
		}
		if l.Features2 == nil {
			l.Features2, l.Format = map[string][]string{}, 2
		}
		l.Features2[name] = values
	}
}

// file serves crate files: /crates/NAME/NAME-VERSION.crate and
// /crates/NAME/VERSION/download.
func (s *Service) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	num := r.PathValue("version")
	if file := r.PathValue("file"); file != "" {
		num = strings.TrimSuffix(strings.TrimPrefix(file, name+"-"), ".crate")
	}
	content, err := s.crateFile(name, num)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if content == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/gzip")
	_, _ = w.Write(content)
}

func (s *Service) crateFile(name, num string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	if c == nil || c.version(num) == nil {
		return nil, nil
	}
	var content []byte
	_, err := s.state.Load(fileName(c.version(num).Checksum), &content)
	return content, err
}
