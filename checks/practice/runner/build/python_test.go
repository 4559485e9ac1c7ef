package build

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/internal/wire"
)

const pure = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "Market.Data"
version = "1.2.0"
description = "Quotes"
readme = "README.md"
requires-python = ">=3.9"
license = "MIT"
authors = [{name = "Ana", email = "ana@example.com"}, {name = "Bo"}]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["httpx>=0.27"]
[project.optional-dependencies]
fast = ["orjson; python_version < '3.14'"]
[project.urls]
Source = "https://github.com/acme/market-data"
`

func pureProject(t *testing.T) string {
	return tree(t, map[string]string{"pyproject.toml": pure, "README.md": "# Hello\n\nName: not a field\n",
		"src/market_data/__init__.py": "", "src/market_data/sub/x.py": "x = 1\n", "tests/test_x.py": ""})
}

func maturinProject(t *testing.T) string {
	return tree(t, map[string]string{
		"pyproject.toml":          "[build-system]\nrequires=['maturin']\nbuild-backend='maturin'\n[project]\nname='market-data'\ndynamic=['version']\n[tool.maturin]\npython-source='python'\nmodule-name='market_data._core'\nmanifest-path='crates/py/Cargo.toml'\n",
		"Cargo.toml":              "[workspace]\nmembers=['crates/*']\n[workspace.package]\nversion='0.4.0-rc.1'\n",
		"crates/py/Cargo.toml":    "[package]\nname='market-data-py'\nversion.workspace=true\ndescription='From Rust'\nlicense='MIT'\npublish=false\n[dependencies]\npyo3={version='0.25',features=['abi3-py39']}\n",
		"crates/py/src/lib.rs":    "",
		"python/market_data/a.py": "",
	})
}

func save(t *testing.T, a *Archive) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), a.FileName)
	if err := os.WriteFile(file, a.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPureWheel(t *testing.T) {
	p, err := LoadProject(pureProject(t))
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Wheel(context.Background(), Platform{})
	if err != nil {
		t.Fatal(err)
	}
	if a.FileName != "market_data-1.2.0-py3-none-any.whl" {
		t.Errorf("file name %s", a.FileName)
	}
	z, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
	if err != nil {
		t.Fatal(err)
	}
	inside := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		inside[f.Name] = string(text)
	}
	record := inside["market_data-1.2.0.dist-info/RECORD"]
	for name := range inside {
		if !strings.Contains(record, name+",") {
			t.Errorf("RECORD lacks %s", name)
		}
	}
	if inside["market_data/sub/x.py"] != "x = 1\n" || !strings.Contains(inside["market_data-1.2.0.dist-info/WHEEL"], "Root-Is-Purelib: true\nTag: py3-none-any\n") {
		t.Errorf("inside: %v", inside)
	}
}

func TestMetadataReadBack(t *testing.T) {
	p, err := LoadProject(pureProject(t))
	if err != nil {
		t.Fatal(err)
	}
	sdist, err := p.Sdist(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	wheel, err := p.Wheel(context.Background(), Platform{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []*Archive{sdist, wheel} {
		d, err := ReadDistribution(save(t, a))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"Name": "Market.Data", "Version": "1.2.0", "Metadata-Version": "2.4", "License-Expression": "MIT",
			"Author-Email": "Ana <ana@example.com>", "Author": "Bo", "Requires-Dist": "httpx>=0.27", "Requires-Python": ">=3.9",
			"Project-URL": "Source, https://github.com/acme/market-data", "Description-Content-Type": "text/markdown"} {
			if got := d.Field(name); got != want {
				t.Errorf("%s of %s is %q, want %q", name, a.FileName, got, want)
			}
		}
		if d.Description != "# Hello\n\nName: not a field\n" {
			t.Errorf("description %q", d.Description)
		}
	}
	if sdist.FileName != "market_data-1.2.0.tar.gz" || unpack(t, sdist.Data)["market_data-1.2.0/src/market_data/sub/x.py"] == "" {
		t.Errorf("sdist %s holds %v", sdist.FileName, sdist.Files)
	}
}

func TestMaturinWheel(t *testing.T) {
	p, err := LoadProject(maturinProject(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		platform  Platform
		file, mod string
	}{
		{Platform{}, "market_data-0.4.0rc1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "market_data/_core.so"},
		{Platform{Tag: "win_amd64", Suffix: ".pyd"}, "market_data-0.4.0rc1-cp39-abi3-win_amd64.whl", "market_data/_core.pyd"},
	} {
		a, err := p.Wheel(context.Background(), c.platform)
		if err != nil {
			t.Fatal(err)
		}
		if a.FileName != c.file || !strings.Contains(strings.Join(a.Files, " "), c.mod) || !strings.Contains(strings.Join(a.Files, " "), "market_data/a.py") {
			t.Errorf("%s with %v", a.FileName, a.Files)
		}
		d, err := ReadDistribution(save(t, a))
		if err != nil || d.Field("Summary") != "From Rust" || d.PythonVersion != "cp39" || d.FileType != "bdist_wheel" {
			t.Errorf("%v, summary %q, %s %s", err, d.Field("Summary"), d.PythonVersion, d.FileType)
		}
	}
}

func TestProjectRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no project":            {map[string]string{"x": ""}, "no pyproject.toml"},
		"broken":                {map[string]string{"pyproject.toml": "[project"}, "failed to parse"},
		"no name":               {map[string]string{"pyproject.toml": "[project]\nversion='1'"}, "no name"},
		"unknown version":       {map[string]string{"pyproject.toml": "[build-system]\nbuild-backend='setuptools.build_meta'\n[project]\nname='x'\ndynamic=['version']"}, "setuptools.build_meta would compute it"},
		"maturin without crate": {map[string]string{"pyproject.toml": "[build-system]\nbuild-backend='maturin'\n[project]\nname='x'", "rust/x": ""}, "could not find `Cargo.toml`"},
	} {
		if _, err := LoadProject(tree(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	dir := tree(t, map[string]string{"pyproject.toml": "[project]\nname='x'\nversion='1'"})
	p, err := LoadProject(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wheel(context.Background(), Platform{}); err == nil {
		t.Error("a wheel without any package must not be made")
	}
}

func TestVersionFromSource(t *testing.T) {
	dir := tree(t, map[string]string{"pyproject.toml": "[build-system]\nbuild-backend='hatchling.build'\n[project]\nname='x'\ndynamic=['version']\n[tool.hatch.version]\npath='x/about.py'",
		"x/about.py": "# version = 'no'\n__version__ = \"3.1.4\"\n"})
	if p, err := LoadProject(dir); err != nil || p.Version != "3.1.4" {
		t.Errorf("%v, %v", p, err)
	}
}

func TestUpload(t *testing.T) {
	index := &wire.PyPI{Refuse: func(password, file string) (int, string) {
		if password == "bad" {
			return 403, "Invalid or non-existent authentication information."
		}
		if strings.HasSuffix(file, ".tar.gz") {
			return 400, "File already exists ('market_data-1.2.0.tar.gz')."
		}
		return 0, ""
	}}
	client := wire.New(map[string]http.Handler{"upload.pypi.org": index}).Client()
	p, err := LoadProject(pureProject(t))
	if err != nil {
		t.Fatal(err)
	}
	wheel, err := p.Wheel(context.Background(), Platform{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := ReadDistribution(save(t, wheel))
	if err != nil {
		t.Fatal(err)
	}
	const url = "https://upload.pypi.org/legacy/"
	if err := d.Upload(context.Background(), client, url, "__token__", "good", `[{"version":1}]`); err != nil {
		t.Fatal(err)
	}
	form := index.Uploads[0]
	for field, want := range map[string]string{":action": "file_upload", "protocol_version": "1", "name": "Market.Data", "version": "1.2.0", "filetype": "bdist_wheel",
		"pyversion": "py3", "sha256_digest": wheel.SHA256(), "metadata_version": "2.4", "attestations": `[{"version":1}]`, "license_expression": "MIT"} {
		if len(form[field]) != 1 || form[field][0] != want {
			t.Errorf("form field %s is %v, want %s", field, form[field], want)
		}
	}
	var refused *UploadError
	if err := d.Upload(context.Background(), client, url, "__token__", "bad", ""); !errors.As(err, &refused) || refused.Status != 403 || refused.AlreadyExists() {
		t.Errorf("got %v", err)
	}
	if strings.Contains(refused.Error(), "bad") {
		t.Error("the password is in the error")
	}
	d.FileName = "market_data-1.2.0.tar.gz"
	if err := d.Upload(context.Background(), client, url, "__token__", "good", ""); !errors.As(err, &refused) || !refused.AlreadyExists() {
		t.Errorf("got %v", err)
	}
	if err := d.Upload(context.Background(), client, "https://evil.example/legacy/", "u", "p", ""); err == nil {
		t.Error("a host outside the world must not be reached")
	}
}

func FuzzReadDistribution(f *testing.F) {
	f.Add("x-1-py3-none-any.whl", []byte("PK\x03\x04"))
	f.Add("x-1.tar.gz", []byte("\x1f\x8b\x08"))
	f.Add("x.zip", []byte(""))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if strings.ContainsAny(name, "/\\\x00") || len(name) > 200 {
			return
		}
		file := filepath.Join(t.TempDir(), "f"+name)
		if os.WriteFile(file, data, 0o600) != nil {
			return
		}
		if d, err := ReadDistribution(file); err == nil && d.Field("Name") == "" {
			t.Error("a distribution without a name was accepted")
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add("[package]\nname='x'\nversion='1.0.0'\n[dependencies]\na={workspace=true}\n")
	f.Add("[workspace]\nmembers=['*','[']\n[package]\nname=1\n")
	f.Add("package=[]\ndependencies='x'\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte(text), 0o600) != nil {
			return
		}
		w, err := LoadWorkspace(dir, dir)
		if err != nil {
			return
		}
		for _, c := range w.Crates {
			_, _ = c.Dependencies()
			_, _ = c.normalised()
		}
	})
}
