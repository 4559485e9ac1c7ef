package python

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// standard is metadata in a [project] table (PyPA specification
// "pyproject.toml", 2026-11; PEP 639 for licenses).
type standard struct{ *project }

func (s standard) manifest() string                { return s.file(Pyproject) }
func (s standard) value(key string) *tomlpos.Value { return s.doc.Get("project", key) }

func (s standard) text(key string) evidence.Fact[string] {
	if v := s.value(key); v != nil {
		return s.tree.Text(s.manifest(), "project."+key, v)
	}
	if line, dynamic := s.dynamic(key); dynamic && key != "name" {
		return s.computedField(key, line)
	}
	if key == "version" && s.family() == familyMaturin {
		return s.fromCrate(key) // maturin 1 takes it without being asked to
	}
	return evidence.Absent[string](s.tree.Source(s.manifest(), s.doc.Get("project").At()))
}

// dynamic says whether the project leaves a field to its backend, and where.
func (s standard) dynamic(key string) (line int, is bool) {
	for _, item := range s.value("dynamic").Items() {
		if text, _ := item.Text(); text == key {
			return item.At(), true
		}
	}
	return 0, false
}

func (s standard) license() evidence.Fact[string] {
	v := s.value("license")
	if v == nil {
		if line, dynamic := s.dynamic("license"); dynamic {
			return s.computedField("license", line)
		}
		return s.licenseFiles()
	}
	if v.Kind != tomlpos.Table {
		return s.tree.Text(s.manifest(), "project.license", v)
	}
	for _, key := range []string{"text", "file"} {
		if inner := v.Get(key); inner != nil {
			return s.tree.Text(s.manifest(), "project.license."+key, inner)
		}
	}
	return evidence.Absent[string](s.tree.Source(s.manifest(), v.At()))
}

// licenseFiles is the first of license-files, where nothing else names one.
func (s standard) licenseFiles() evidence.Fact[string] {
	absent := evidence.Absent[string](s.tree.Source(s.manifest(), s.doc.Get("project").At()))
	for _, c := range s.classifiers() {
		if strings.HasPrefix(c.text, licenseClassifier) {
			return absent // the classifier says more than a file's name
		}
	}
	if items := s.value("license-files").Items(); len(items) > 0 {
		return s.tree.Text(s.manifest(), "project.license-files", items[0])
	}
	return absent
}

func (s standard) urls() []link { return s.linksIn(s.value("urls")) }

func (s standard) hiddenURLs() evidence.Fact[string] {
	if line, dynamic := s.dynamic("urls"); dynamic {
		return s.computedField("urls", line)
	}
	return s.nothing(s.manifest())
}

func (s standard) classifiers() []classifier {
	if v := s.value("classifiers"); v != nil {
		return s.classifiersIn(v)
	}
	if _, dynamic := s.dynamic("classifiers"); dynamic && s.family() == familyPoetry {
		return s.classifiersIn(s.doc.Get("tool", "poetry", "classifiers"))
	}
	return nil
}

// computed is a package whose backend knows everything and the manifest
// nothing: maturin without a [project], or an unknown backend.
type computed struct{ *project }

func (c computed) manifest() string                      { return c.file(Pyproject) }
func (c computed) text(key string) evidence.Fact[string] { return c.computedField(key, 0) }
func (c computed) license() evidence.Fact[string]        { return c.computedField("license", 0) }
func (c computed) urls() []link                          { return nil }
func (c computed) hiddenURLs() evidence.Fact[string]     { return c.computedField("urls", 0) }
func (c computed) classifiers() []classifier             { return nil }
