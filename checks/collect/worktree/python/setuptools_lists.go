package python

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func (s setuptools) license() evidence.Fact[string] {
	if fact := s.text("license"); !fact.Absent() {
		return fact
	}
	for _, key := range []string{"license_files", "license_file"} {
		if v, ok := s.cfg.metadata(key); ok && len(v.lines) > 0 {
			return s.seen(s.file(SetupCfg), v.lines[0].line, v.lines[0].text)
		}
	}
	return evidence.Absent[string](s.tree.Source(s.manifest(), 0))
}

func (s setuptools) classifiers() []classifier {
	var found []classifier
	if s.hasCall {
		for _, literal := range s.call.KeywordStrings("classifiers") {
			found = append(found, classifier{literal.Value, s.tree.Source(s.file(SetupPy), literal.Line)})
		}
	}
	if v, ok := s.cfg.metadata("classifiers", "classifier"); ok && len(found) == 0 {
		for _, l := range v.lines {
			found = append(found, classifier{l.text, s.tree.Source(s.file(SetupCfg), l.line)})
		}
	}
	return found
}

func (s setuptools) urls() []link {
	var links []link
	if v, ok := s.cfg.metadata("project_urls"); ok {
		for _, l := range v.lines {
			if label, url, ok := strings.Cut(l.text, "="); ok {
				links = append(links, link{strings.TrimSpace(label), evidence.CleanLine(strings.TrimSpace(url)), s.tree.Source(s.file(SetupCfg), l.line)})
			}
		}
	}
	if s.hasCall {
		for _, pair := range s.call.KeywordPairs("project_urls") {
			links = append(links, link{pair.Key, evidence.CleanLine(pair.Value), s.tree.Source(s.file(SetupPy), pair.Line)})
		}
	}
	if fact := s.text("url"); fact.Seen() {
		links = append(links, link{"homepage", fact.Or(""), fact.Source()})
	}
	return links
}

// hiddenURLs is unknown when setup.py sets addresses in a way that only running
// it would show.
func (s setuptools) hiddenURLs() evidence.Fact[string] { return s.text("url") }
