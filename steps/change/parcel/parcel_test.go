package parcel

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func packed(t *testing.T, name string, entries ...Entry) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) == ".whl" {
		z := zip.NewWriter(f)
		for _, e := range entries {
			w, err := z.Create(e.Name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write(make([]byte, e.Size))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	g := gzip.NewWriter(f)
	w := tar.NewWriter(g)
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.Name, Size: e.Size, Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(make([]byte, e.Size))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOpen(t *testing.T) {
	for name, c := range map[string]struct{ in, want []Entry }{
		"market-data-0.1.0.crate":            {[]Entry{{"market-data-0.1.0/Cargo.toml", 10}, {"market-data-0.1.0/src/lib.rs", 20}}, []Entry{{"Cargo.toml", 10}, {"src/lib.rs", 20}}},
		"market_data-0.1.0.tar.gz":           {[]Entry{{"market_data-0.1.0/PKG-INFO", 1}, {"other/x", 2}}, []Entry{{"market_data-0.1.0/PKG-INFO", 1}, {"other/x", 2}}},
		"market_data-0.1.0-py3-none-any.whl": {[]Entry{{"market_data/__init__.py", 0}, {"market_data-0.1.0.dist-info/METADATA", 5}}, []Entry{{"market_data/__init__.py", 0}, {"market_data-0.1.0.dist-info/METADATA", 5}}},
		"control-0.1.0.crate":                {[]Entry{{"a/b\x1b[31m.rs", 1}}, []Entry{{"b.rs", 1}}},
		"empty-0.1.0.tar.gz":                 {nil, nil},
	} {
		p, err := Open(packed(t, name, c.in...))
		if err != nil || !slices.Equal(p.Entries, c.want) || p.Name != name || p.Size <= 0 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestOpenOfWhatIsNone(t *testing.T) {
	for _, name := range []string{"x.crate", "x.whl"} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte("no archive"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nothing.crate")); err == nil {
		t.Error("nothing was read")
	}
}

func TestRegrets(t *testing.T) {
	p := Parcel{}
	bad := []string{".env", "config/.env.production", "deploy.pem", "tls/server.key", ".ssh/id_ed25519", "keys/id_rsa", ".pypirc", "credentials.json", "data/users.sqlite3", "src/.DS_Store", "__pycache__/x.py", ".git/config", "node_modules/a/index.js"}
	good := []string{"src/lib.rs", "Cargo.toml", ".env.example", "id_rsa.pub", "certifi/cacert.pem", "src/keyring.rs", "src/environment.py", "tests/data.json", "credentials.rs", "docs/core.md"}
	for _, name := range slices.Concat(bad, good) {
		p.Entries = append(p.Entries, Entry{name, 10})
	}
	p.Entries = append(p.Entries, Entry{"assets/film.mp4", 5 << 20}, Entry{"x/_native.abi3.so", 5 << 20})
	var got []string
	for _, r := range p.Regrets() {
		if r.Why == "" {
			t.Errorf("%s for no reason", r.Name)
		}
		got = append(got, r.Name)
	}
	if want := append(bad, "assets/film.mp4"); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLargest(t *testing.T) {
	p := Parcel{Entries: []Entry{{"a", 1}, {"c", 5}, {"b", 5}}}
	if got := p.Largest(2); !slices.Equal(got, []Entry{{"b", 5}, {"c", 5}}) {
		t.Error(got)
	}
	if got := p.Largest(9); len(got) != 3 || p.Entries[0].Name != "a" {
		t.Error(got, p.Entries)
	}
}
