// Package parcel looks into what would be uploaded: the files of a crate, an
// sdist or a wheel, and those that one would regret. It reads and changes
// nothing.
package parcel

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Parcel is one file that would be uploaded.
type Parcel struct {
	// Name is its file name.
	Name string
	// Size is what is uploaded, in bytes.
	Size int64
	// Entries are the files in it, without the folder that holds them all.
	Entries []Entry
}

// Entry is one file of a parcel.
type Entry struct {
	Name string
	// Size is its own, unpacked, in bytes.
	Size int64
}

// manyEntries bounds what is listed: an archive is not trusted.
const manyEntries = 100_000

// Open reads the list of a .crate, .tar.gz, .whl or .zip file.
func Open(file string) (p Parcel, err error) {
	f, err := os.Open(file)
	if err != nil {
		return Parcel{}, fmt.Errorf("look into what would be uploaded: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return Parcel{}, fmt.Errorf("look into %s: %w", file, err)
	}
	p = Parcel{Name: info.Name(), Size: info.Size()}
	switch {
	case strings.HasSuffix(file, ".whl"), strings.HasSuffix(file, ".zip"):
		p.Entries, err = zipped(f, info.Size())
	default:
		p.Entries, err = tarred(f)
	}
	if err != nil {
		return Parcel{}, fmt.Errorf("look into %s: %w", file, err)
	}
	return p, nil
}

func zipped(r io.ReaderAt, size int64) ([]Entry, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, f := range archive.File[:min(len(archive.File), manyEntries)] {
		if !f.FileInfo().IsDir() {
			entries = append(entries, Entry{evidence.CleanLine(f.Name), int64(f.UncompressedSize64)})
		}
	}
	return entries, nil
}

func tarred(r io.Reader) ([]Entry, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	archive := tar.NewReader(unpacked)
	for len(entries) < manyEntries {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if head.Typeflag != tar.TypeDir {
			entries = append(entries, Entry{evidence.CleanLine(head.Name), head.Size})
		}
	}
	return withoutTop(entries), nil
}

// withoutTop takes off the one folder in which crates and sdists keep all.
func withoutTop(entries []Entry) []Entry {
	if len(entries) == 0 {
		return nil
	}
	top, _, _ := strings.Cut(entries[0].Name, "/")
	if slices.ContainsFunc(entries, func(e Entry) bool { return !strings.HasPrefix(e.Name, top+"/") }) {
		return entries
	}
	for i := range entries {
		entries[i].Name = strings.TrimPrefix(entries[i].Name, top+"/")
	}
	return entries
}

// Largest are the n largest entries, the largest first.
func (p Parcel) Largest(n int) []Entry {
	sorted := slices.SortedStableFunc(slices.Values(p.Entries), func(a, b Entry) int {
		switch {
		case a.Size != b.Size && a.Size > b.Size:
			return -1
		case a.Size != b.Size:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return sorted[:min(n, len(sorted))]
}

// Regret is a file that had better not be published.
type Regret struct {
	Entry
	Why string
}

// largeFile is from when on a single file is a surprise, in bytes: crates.io
// takes 10 MB for all of a crate, packed.
const largeFile = 1 << 20

// Regrets are the files that hold secrets by their names, are nobody else's
// business, or are large.
func (p Parcel) Regrets() []Regret {
	var found []Regret
	for _, e := range p.Entries {
		if why := regretted(strings.ToLower(e.Name)); why != "" {
			found = append(found, Regret{e, why})
		} else if e.Size >= largeFile && !compiled(e.Name) {
			found = append(found, Regret{e, "is large"})
		}
	}
	return found
}

// compiled says whether a file is what a wheel is built for.
func compiled(name string) bool {
	return slices.Contains([]string{".so", ".pyd", ".dylib", ".dll"}, path.Ext(name))
}
