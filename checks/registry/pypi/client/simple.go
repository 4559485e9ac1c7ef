package client

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// simplePage is GET /simple/NAME/ (PEP 691, 700, 740, 792; warehouse commit
// 6b62157, 2026-08-21).
type simplePage struct {
	Files    []file
	Versions []string
	Status   struct{ Status, Reason string } `json:"project-status"`
}

type file struct {
	Filename   string
	UploadTime time.Time `json:"upload-time"`
	// Provenance is the address of the file's provenance; nil: no attestation
	// was uploaded with it.
	Provenance *string
	Yanked     yanked
}

// yanked is true, false, or a string that says why.
type yanked bool

// UnmarshalJSON reads all forms that PEP 691 allows.
func (y *yanked) UnmarshalJSON(b []byte) error {
	var why string
	if json.Unmarshal(b, &why) == nil && string(b) != "null" {
		*y = true
		return nil
	}
	return json.Unmarshal(b, (*bool)(y))
}

// releases lists the versions, newest upload first. A version's time is that of
// its last file: a release goes on until then.
func (p simplePage) releases(src evidence.Source) []evidence.Version {
	var out []evidence.Version
	for _, number := range p.Versions {
		v := evidence.Version{Number: number, Trusted: evidence.Unknown[evidence.Provenance](src, "only the newest version was looked at")}
		files := p.filesOf(number)
		v.Yanked = len(files) > 0
		for _, f := range files {
			v.Yanked = v.Yanked && bool(f.Yanked)
			if f.UploadTime.After(v.CreatedAt) {
				v.CreatedAt = f.UploadTime
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b evidence.Version) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out
}

func (p simplePage) filesOf(version string) []file {
	var out []file
	for _, f := range p.Files {
		if versionOf(f.Filename) == version {
			out = append(out, f)
		}
	}
	return out
}

// versionOf takes the version from a distribution's file name: the second part
// of a wheel's, the last one of a source distribution's
// (packaging.python.org/specifications, read 2026-08).
func versionOf(filename string) string {
	for _, ext := range []string{".whl", ".egg"} {
		if stem, ok := strings.CutSuffix(filename, ext); ok {
			if parts := strings.Split(stem, "-"); len(parts) > 1 {
				return parts[1]
			}
			return ""
		}
	}
	for _, ext := range []string{".tar.gz", ".zip", ".tar.bz2", ".tgz"} {
		if stem, ok := strings.CutSuffix(filename, ext); ok {
			return stem[strings.LastIndex(stem, "-")+1:]
		}
	}
	return ""
}
