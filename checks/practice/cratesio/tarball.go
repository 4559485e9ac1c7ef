package cratesio

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

const malformed = "uploaded tarball is malformed or too large when decompressed"

// readTarball finds the manifest in a crate file and refuses files that the
// server refuses (crates/crates_io_tarball/src/lib.rs). Root is NAME-VERSION.
func readTarball(root string, file []byte) (*manifest, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, badRequest(malformed)
	}
	limited := &io.LimitedReader{R: unzipped, N: maxUnpacked}
	manifests := map[string]*manifest{}
	for archive := tar.NewReader(limited); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || limited.N == 0 {
			return nil, badRequest(malformed)
		}
		name, err := insidePackage(root, entry)
		if err != nil {
			return nil, err
		}
		if !strings.EqualFold(name, "Cargo.toml") {
			continue
		}
		if manifests[name], err = readManifest(archive); err != nil {
			return nil, err
		}
	}
	return onlyManifest(manifests)
}

// insidePackage is the path of an entry below NAME-VERSION/.
func insidePackage(root string, entry *tar.Header) (string, error) {
	name, inside := strings.CutPrefix(path.Clean(entry.Name)+"/", root+"/")
	if !inside || slices.Contains(strings.Split(entry.Name, "/"), "..") {
		return "", badRequest("invalid path found: %s", entry.Name)
	}
	if entry.Typeflag != tar.TypeReg && entry.Typeflag != tar.TypeDir {
		return "", badRequest("unexpected tar entry type %q found: %s", entry.Typeflag, entry.Name)
	}
	return strings.TrimSuffix(name, "/"), nil
}

func onlyManifest(manifests map[string]*manifest) (*manifest, error) {
	names := make([]string, 0, len(manifests))
	for name := range manifests {
		names = append(names, name)
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return nil, badRequest("uploaded tarball is missing a `Cargo.toml` manifest file")
	case len(names) > 1:
		return nil, badRequest("uploaded tarball contains more than one `Cargo.toml` manifest file; found `%s`", strings.Join(names, "`, `"))
	case names[0] != "Cargo.toml" && names[0] != "cargo.toml":
		return nil, badRequest("uploaded tarball is missing a `Cargo.toml` manifest file; `%s` was found, "+
			"but must be named `Cargo.toml` with that exact casing", names[0])
	}
	return manifests[names[0]], nil
}
