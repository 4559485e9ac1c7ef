package build

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/md5" //nolint:gosec // the upload form asks for it beside SHA-256
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Distribution is a wheel or sdist file that was read back.
type Distribution struct {
	// FileName is the name without folder, Data the file.
	FileName string
	Data     []byte
	// FileType is bdist_wheel or sdist; PythonVersion the form's pyversion:
	// the interpreter tag of a wheel, "source" for an sdist.
	FileType, PythonVersion string
	// Fields are the metadata in order; Description is the text after them.
	Fields      []Field
	Description string
}

// Field is one line of the metadata.
type Field struct{ Name, Value string }

// Field is the first value of a metadata field, "" without one.
func (d *Distribution) Field(name string) string {
	for _, f := range d.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// SHA256 is the file's hash in hex.
func (d *Distribution) SHA256() string {
	sum := sha256.Sum256(d.Data)
	return hex.EncodeToString(sum[:])
}

func (d *Distribution) md5() string {
	sum := md5.Sum(d.Data) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// maxMetadata bounds a METADATA file, in bytes.
const maxMetadata = 4 << 20

// ReadDistribution reads a wheel or an sdist with the metadata inside it.
func ReadDistribution(file string) (*Distribution, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the distribution: %w", err)
	}
	d := &Distribution{FileName: filepath.Base(file), Data: raw}
	var meta []byte
	switch {
	case strings.HasSuffix(d.FileName, ".whl"):
		parts := strings.Split(strings.TrimSuffix(d.FileName, ".whl"), "-")
		if len(parts) < 5 {
			return nil, fmt.Errorf("%s: not a wheel's file name", d.FileName)
		}
		d.FileType, d.PythonVersion = "bdist_wheel", parts[len(parts)-3]
		meta, err = wheelMetadata(raw)
	case strings.HasSuffix(d.FileName, ".tar.gz"):
		d.FileType, d.PythonVersion = "sdist", "source"
		meta, err = sdistMetadata(raw)
	default:
		return nil, fmt.Errorf("Unknown distribution format: '%s'", d.FileName) //nolint:staticcheck // twine's own text
	}
	if err != nil {
		return nil, fmt.Errorf("InvalidDistribution: %s: %w", d.FileName, err)
	}
	d.parse(string(meta))
	if d.Field("Name") == "" || d.Field("Version") == "" {
		return nil, fmt.Errorf("InvalidDistribution: Metadata is missing required fields: Name, Version (%s)", d.FileName)
	}
	return d, nil
}

func wheelMetadata(raw []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		if path.Base(f.Name) == "METADATA" && strings.HasSuffix(path.Dir(f.Name), ".dist-info") {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return io.ReadAll(io.LimitReader(r, maxMetadata))
		}
	}
	return nil, errors.New("no METADATA in archive")
}

func sdistMetadata(raw []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("no PKG-INFO in archive")
		}
		if err != nil {
			return nil, err
		}
		if path.Base(h.Name) == "PKG-INFO" && strings.Count(h.Name, "/") == 1 {
			return io.ReadAll(io.LimitReader(t, maxMetadata))
		}
	}
}

func (d *Distribution) parse(text string) {
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	for _, line := range strings.Split(head, "\n") {
		if n := len(d.Fields); n > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			d.Fields[n-1].Value += "\n" + strings.TrimLeft(line, " \t|")
			continue
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			d.Fields = append(d.Fields, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	d.Description = body
}
