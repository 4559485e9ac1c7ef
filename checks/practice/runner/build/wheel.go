package build

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Platform is what a wheel with native code is for.
type Platform struct {
	// Python is the interpreter tag such as cp312; "" for the version that a
	// crate's abi3 feature names, or cp312.
	Python string
	// Tag is the platform tag such as manylinux_2_17_x86_64.manylinux2014_x86_64
	// or win_amd64; "" for Linux on x86-64.
	Tag string
	// Suffix is the file suffix of a native module, ".so" or ".pyd".
	Suffix string
}

// wheelTime is the time of every file in a wheel: what a zip can hold at the
// least, so that the same content makes the same bytes.
var wheelTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Wheel builds the project's wheel: its Python sources, its metadata and a
// RECORD. A maturin project's native module is a text that says that it was not
// compiled.
func (p *Project) Wheel(ctx context.Context, platform Platform) (*Archive, error) {
	tag := "py3-none-any"
	entries, err := p.pythonSources(ctx)
	if err != nil {
		return nil, err
	}
	if p.IsMaturin() {
		tag = p.nativeTag(platform)
		entries = append(entries, p.nativeModule(platform, tag))
	}
	info := fmt.Sprintf("%s-%s.dist-info/", fileName(p.Name), p.Version)
	meta, err := p.coreMetadata()
	if err != nil {
		return nil, err
	}
	wheel := fmt.Sprintf("Wheel-Version: 1.0\nGenerator: gh-trustpub practice runner\nRoot-Is-Purelib: %t\n", !p.IsMaturin())
	python, abi, platforms := splitTag(tag)
	for _, one := range strings.Split(platforms, ".") {
		wheel += fmt.Sprintf("Tag: %s-%s-%s\n", python, abi, one)
	}
	entries = append(entries, entry{info + "METADATA", meta}, entry{info + "WHEEL", []byte(wheel)})
	entries = append(entries, record(entries, info+"RECORD"))
	return zipped(fmt.Sprintf("%s-%s-%s.whl", fileName(p.Name), p.Version, tag), entries)
}

func splitTag(tag string) (python, abi, platform string) {
	parts := strings.SplitN(tag, "-", 3)
	return parts[0], parts[1], parts[2]
}

// pythonSources are the files of the import package: from python-source or src
// or the project's folder.
func (p *Project) pythonSources(ctx context.Context) ([]entry, error) {
	bases := []string{asText(asTable(p.tool["maturin"])["python-source"]), "src", "python", "."}
	for _, base := range bases {
		if base == "" {
			continue
		}
		from := filepath.Join(p.Dir, filepath.FromSlash(base))
		entries, err := packageFiles(ctx, from, p.module())
		if err != nil || len(entries) > 0 {
			return entries, err
		}
	}
	if p.IsMaturin() {
		return nil, nil
	}
	return nil, fmt.Errorf("no Python package named %s was found in src/ or in %s", p.module(), p.Dir)
}

func packageFiles(ctx context.Context, from, module string) ([]entry, error) {
	if raw, err := os.ReadFile(filepath.Join(from, module+".py")); err == nil {
		return []entry{{module + ".py", raw}}, nil
	}
	root := filepath.Join(from, module)
	info, err := os.Stat(root)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := sourceFiles(ctx, root, func(rel string) bool { return strings.HasSuffix(rel, "__pycache__") })
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, rel := range files {
		raw, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(rel)))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", rel, err)
		}
		out = append(out, entry{module + "/" + rel, raw})
	}
	return out, nil
}

func (p *Project) nativeTag(platform Platform) string {
	python, abi := platform.Python, platform.Python
	if floor := p.stableABI(); floor != "" {
		python, abi = floor, "abi3"
	}
	if python == "" {
		python, abi = "cp312", "cp312"
	}
	tag := platform.Tag
	if tag == "" {
		tag = "manylinux_2_17_x86_64.manylinux2014_x86_64"
	}
	return python + "-" + abi + "-" + tag
}

// stableABI is the oldest interpreter that pyo3's abi3-py3XX feature names, ""
// without one.
func (p *Project) stableABI() string {
	for _, f := range asTexts(asTable(asTable(p.crate.manifest["dependencies"])["pyo3"])["features"]) {
		if v, ok := strings.CutPrefix(f, "abi3-py"); ok {
			return "cp" + v
		}
	}
	return ""
}

func (p *Project) nativeModule(platform Platform, tag string) entry {
	name := p.module() + "/" + p.module()
	if full := asText(asTable(p.tool["maturin"])["module-name"]); full != "" {
		name = strings.ReplaceAll(full, ".", "/")
	}
	suffix := platform.Suffix
	if suffix == "" {
		suffix = ".so"
	}
	text := fmt.Sprintf("Made by the practice runner of gh-trustpub in place of the native module of %s %s for %s: nothing was compiled.\n", p.Name, p.Version, tag)
	return entry{name + suffix, []byte(text)}
}

// record lists every file with its hash (PEP 376, PEP 427).
func record(entries []entry, self string) entry {
	var out strings.Builder
	for _, e := range entries {
		sum := sha256.Sum256(e.data)
		fmt.Fprintf(&out, "%s,sha256=%s,%d\n", e.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(e.data))
	}
	return entry{self, []byte(out.String() + self + ",,\n")}
}

func zipped(name string, entries []entry) (*Archive, error) {
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	a := &Archive{FileName: name}
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: wheelTime}
		w, err := out.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("writing %s into %s: %w", e.name, name, err)
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, fmt.Errorf("writing %s into %s: %w", e.name, name, err)
		}
		a.Files = append(a.Files, e.name)
		a.Unpacked += len(e.data)
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	a.Data = buf.Bytes()
	return a, nil
}

// Sdist builds the source distribution: the project's files under
// NAME-VERSION/, with a PKG-INFO.
func (p *Project) Sdist(ctx context.Context) (*Archive, error) {
	files, err := sourceFiles(ctx, p.Dir, func(rel string) bool { return rel == "target" || rel == "dist" || rel == ".venv" })
	if err != nil {
		return nil, err
	}
	meta, err := p.coreMetadata()
	if err != nil {
		return nil, err
	}
	entries := []entry{{"PKG-INFO", meta}}
	for _, rel := range files {
		if rel == "PKG-INFO" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(rel)))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", rel, err)
		}
		entries = append(entries, entry{rel, raw})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	prefix := fileName(p.Name) + "-" + p.Version
	data, err := tarball(prefix, entries, wheelTime)
	if err != nil {
		return nil, fmt.Errorf("packing %s: %w", prefix, err)
	}
	a := &Archive{FileName: prefix + ".tar.gz", Data: data}
	for _, e := range entries {
		a.Files = append(a.Files, e.name)
		a.Unpacked += len(e.data)
	}
	return a, nil
}

// SHA256 is the archive's hash in hex.
func (a *Archive) SHA256() string {
	sum := sha256.Sum256(a.Data)
	return hex.EncodeToString(sum[:])
}
