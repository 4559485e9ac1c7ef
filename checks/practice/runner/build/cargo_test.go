package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/internal/wire"
)

// tree writes files into a new folder, committed to git.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."},
		{"-c", "user.name=ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "first"}} {
		if _, err := gitrun.Output(context.Background(), dir, args...); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func workspace(t *testing.T) string {
	return tree(t, map[string]string{
		".gitignore": "target\n",
		"Cargo.toml": "[workspace]\nmembers = ['crates/*']\n[workspace.package]\nversion = '0.3.0'\nlicense = 'MIT'\ndescription = 'Quotes'\n" +
			"repository = 'https://github.com/acme/market-data'\nreadme = 'README.md'\n[workspace.dependencies]\nserde = { version = '1.0', features = ['derive'] }\n" +
			"md-core = { path = 'crates/core', version = '0.3.0' }\n",
		"README.md": "# Market data\n",
		"crates/core/Cargo.toml": "[package]\nname = 'md-core'\nversion.workspace = true\nlicense.workspace = true\ndescription.workspace = true\n" +
			"exclude = ['fixtures/', '*.bin']\n[dependencies]\nserde = { workspace = true, features = ['rc'], optional = true }\n[features]\ndefault = ['serde']\n",
		"crates/core/src/lib.rs":         "pub fn core() {}\n",
		"crates/core/fixtures/a/big.txt": "x",
		"crates/core/src/raw.bin":        "x",
		"crates/cli/Cargo.toml": "[package]\nname = 'a-md-cli'\nversion = '0.3.0'\nlicense.workspace = true\ndescription = 'Line'\nreadme.workspace = true\n" +
			"[dependencies]\nmd-core.workspace = true\n[dev-dependencies]\nlocal-tests = { path = '../tests' }\n[target.'cfg(unix)'.dependencies]\nnix-alias = { package = 'nix', version = '>=0.29', default-features = false }\n",
		"crates/cli/src/main.rs":    "fn main() {}\n",
		"crates/tests/Cargo.toml":   "[package]\nname = 'local-tests'\npublish = false\n",
		"crates/tests/src/lib.rs":   "",
		"crates/README-not-a-crate": "",
	})
}

func publishable(t *testing.T, dir string) []*Crate {
	t.Helper()
	w, err := LoadWorkspace(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	var out []*Crate
	for _, c := range w.Crates {
		if c.Publishable() {
			out = append(out, c)
		}
	}
	return out
}

func unpack(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(text)
	}
}

func doubles(c *wire.CratesIO) *wire.Hosts {
	return wire.New(map[string]http.Handler{"crates.io": c, "index.crates.io": c})
}

func TestPublishWorkspaceInOrder(t *testing.T) {
	registry := &wire.CratesIO{}
	hosts := doubles(registry)
	var log bytes.Buffer
	cargo := Cargo{Client: hosts.Client(), Out: &log, Token: "cio_secret", Poll: time.Millisecond}
	if err := cargo.Publish(context.Background(), publishable(t, workspace(t))); err != nil {
		t.Fatal(err)
	}
	if len(registry.Uploads) != 2 || registry.Uploads[0]["name"] != "md-core" || registry.Uploads[1]["name"] != "a-md-cli" {
		t.Fatalf("uploads %v: a crate must come after what it needs", registry.Uploads)
	}
	files := unpack(t, registry.Files["md-core-0.3.0"])
	for _, name := range []string{"Cargo.toml", "Cargo.toml.orig", ".cargo_vcs_info.json", "src/lib.rs"} {
		if files["md-core-0.3.0/"+name] == "" {
			t.Errorf("the .crate lacks %s: %v", name, files)
		}
	}
	for name := range files {
		if strings.Contains(name, "fixtures") || strings.HasSuffix(name, ".bin") {
			t.Errorf("%s is excluded and yet packed", name)
		}
	}
	manifest := files["md-core-0.3.0/Cargo.toml"]
	if strings.Contains(manifest, "workspace") || !strings.Contains(manifest, "version = '0.3.0'") {
		t.Errorf("the manifest is not normalised:\n%s", manifest)
	}
	if cli := unpack(t, registry.Files["a-md-cli-0.3.0"])["a-md-cli-0.3.0/Cargo.toml"]; strings.Contains(cli, "path") || strings.Contains(cli, "local-tests") {
		t.Errorf("paths are left in the published manifest:\n%s", cli)
	}
	if !strings.Contains(log.String(), "   Published a-md-cli v0.3.0 at registry `crates-io`") || strings.Contains(log.String(), "cio_secret") {
		t.Errorf("log:\n%s", log.String())
	}
}

func TestMetadataOfTheRequest(t *testing.T) {
	registry := &wire.CratesIO{}
	registry.Seed("md-core", "0.3.1")
	dir := workspace(t)
	if err := PublishCrate(context.Background(), doubles(registry).Client(), filepath.Join(dir, "crates", "cli"), "t"); err != nil {
		t.Fatal(err)
	}
	up := registry.Uploads[0]
	deps := up["deps"].([]any)
	if len(deps) != 2 {
		t.Fatalf("deps %v: the dev-dependency by path alone is left out", deps)
	}
	core, nix := deps[0].(map[string]any), deps[1].(map[string]any)
	if core["name"] != "md-core" || core["version_req"] != "^0.3.0" || core["kind"] != "normal" {
		t.Errorf("dependency %v", core)
	}
	if nix["name"] != "nix" || nix["explicit_name_in_toml"] != "nix-alias" || nix["target"] != "cfg(unix)" || nix["default_features"] != false || nix["version_req"] != ">=0.29" {
		t.Errorf("dependency %v", nix)
	}
	if up["readme"] != "# Market data\n" || up["license"] != "MIT" || up["description"] != "Line" {
		t.Errorf("metadata %v", up)
	}
}

func TestInheritedFeaturesAddUp(t *testing.T) {
	w, err := LoadWorkspace(filepath.Join(workspace(t), "crates", "core", "src"), "")
	if err != nil {
		t.Fatal(err)
	}
	deps, err := w.Here.Dependencies()
	if err != nil || len(deps) != 1 {
		t.Fatalf("%v, %v", deps, err)
	}
	if got := strings.Join(deps[0].Features, ","); got != "derive,rc" || !deps[0].Optional {
		t.Errorf("features %s, optional %v", got, deps[0].Optional)
	}
}

func TestPublishRefusals(t *testing.T) {
	one := map[string]string{"Cargo.toml": "[package]\nname = 'solo'\nversion = '1.0.0'\n", "src/lib.rs": ""}
	with := func(name, text string) map[string]string {
		out := map[string]string{name: text}
		for k, v := range one {
			if _, there := out[k]; !there {
				out[k] = v
			}
		}
		return out
	}
	refusing := &wire.CratesIO{Refuse: func(token, name, _ string) (int, string) {
		return 403, "The provided access token is not valid for crate `" + name + "`"
	}}
	published := &wire.CratesIO{}
	published.Seed("solo", "1.0.0")
	for name, c := range map[string]struct {
		files    map[string]string
		registry *wire.CratesIO
		token    string
		want     string
	}{
		"refused by the registry": {one, refusing, "t", "the remote server responded with an error (status 403 Forbidden): The provided access token is not valid for crate `solo`"},
		"already there":           {one, published, "t", "crate solo@1.0.0 already exists on crates.io index"},
		"no token":                {one, &wire.CratesIO{}, "", "no token found, please run `cargo login`"},
		"publish = false":         {with("Cargo.toml", "[package]\nname='solo'\npublish=false\n"), &wire.CratesIO{}, "t", "`solo` cannot be published"},
		"another registry only":   {with("Cargo.toml", "[package]\nname='solo'\npublish=['mine']\n"), &wire.CratesIO{}, "t", "cannot be published"},
		"path without version": {with("Cargo.toml", "[package]\nname='solo'\nversion='1.0.0'\n[dependencies]\nx={path='x'}\n"), &wire.CratesIO{}, "t",
			"dependency `x` does not specify a version"},
		"neighbour not there": {with("Cargo.toml", "[package]\nname='solo'\nversion='1.0.0'\n[dependencies]\nx={path='x',version='2'}\n"), &wire.CratesIO{}, "t",
			"no matching package named `x` found"},
		"no target":     {map[string]string{"Cargo.toml": "[package]\nname='solo'\nversion='1.0.0'\n"}, &wire.CratesIO{}, "t", "no targets specified"},
		"readme gone":   {with("Cargo.toml", "[package]\nname='solo'\nversion='1.0.0'\nreadme='NOPE.md'\n"), &wire.CratesIO{}, "t", "NOPE.md"},
		"broken TOML":   {with("Cargo.toml", "[package\n"), &wire.CratesIO{}, "t", "failed to parse manifest"},
		"no name":       {with("Cargo.toml", "[package]\nversion='1.0.0'\n"), &wire.CratesIO{}, "t", "missing field `name`"},
		"not inherited": {with("Cargo.toml", "[package]\nname='solo'\nversion.workspace=true\n"), &wire.CratesIO{}, "t", "error inheriting `version`"},
	} {
		t.Run(name, func(t *testing.T) {
			err := PublishCrate(context.Background(), doubles(c.registry).Client(), tree(t, c.files), c.token)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if len(c.registry.Uploads) != 0 {
				t.Error("something was uploaded")
			}
		})
	}
}

func TestPublishStopsAtTheFirstRefusal(t *testing.T) {
	registry := &wire.CratesIO{Refuse: func(_, name, _ string) (int, string) {
		if name == "a-md-cli" {
			return 403, "not this one"
		}
		return 0, ""
	}}
	cargo := Cargo{Client: doubles(registry).Client(), Token: "t", Poll: time.Millisecond}
	err := cargo.Publish(context.Background(), publishable(t, workspace(t)))
	if err == nil || len(registry.Uploads) != 1 {
		t.Errorf("error %v after %d uploads: the first crate stays out, the second is refused", err, len(registry.Uploads))
	}
}

func TestDirtyFilesAreRefused(t *testing.T) {
	dir := workspace(t)
	if err := os.WriteFile(filepath.Join(dir, "crates", "core", "src", "new.rs"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	core := filepath.Join(dir, "crates", "core")
	err := PublishCrate(context.Background(), doubles(&wire.CratesIO{}).Client(), core, "t")
	if err == nil || !strings.Contains(err.Error(), "not yet committed into git") || !strings.Contains(err.Error(), "new.rs") {
		t.Errorf("error %v", err)
	}
}

func TestDryRunUploadsNothingAndNeedsNoToken(t *testing.T) {
	registry := &wire.CratesIO{}
	hosts := doubles(registry)
	var log bytes.Buffer
	cargo := Cargo{Client: hosts.Client(), Out: &log, DryRun: true}
	if err := cargo.Publish(context.Background(), publishable(t, workspace(t))); err != nil {
		t.Fatal(err)
	}
	for _, r := range hosts.Seen() {
		if !strings.HasPrefix(r, "GET https://index.crates.io/") {
			t.Errorf("a dry run asked %s", r)
		}
	}
	if !strings.Contains(log.String(), "aborting upload due to dry run") {
		t.Errorf("log:\n%s", log.String())
	}
}

func TestPackagingIsReproducible(t *testing.T) {
	c := publishable(t, workspace(t))[0]
	a, err := c.Package(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Package(context.Background())
	if err != nil || a.SHA256() != b.SHA256() {
		t.Errorf("%s and %s (%v)", a.SHA256(), b.SHA256(), err)
	}
}

func TestIndexPath(t *testing.T) {
	for name, want := range map[string]string{"a": "1/a", "ab": "2/ab", "abc": "3/a/abc", "Serde": "se/rd/serde", "": ""} {
		if got := indexPath(name); got != want {
			t.Errorf("indexPath(%q) = %q, want %q", name, got, want)
		}
	}
}
