package change

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pack writes a crate file as cargo does.
func pack(t *testing.T, file string, files map[string]int) {
	t.Helper()
	if err := writeArchive(file, files); err != nil {
		t.Fatal(err)
	}
}

// writeArchive writes a .crate or .tar.gz with files of these sizes.
func writeArchive(file string, files map[string]int) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	g := gzip.NewWriter(f)
	w := tar.NewWriter(g)
	top := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".crate"), ".tar.gz")
	for name, size := range files {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Name: top + "/" + name, Size: int64(size), Mode: 0o644}))
		_, failed := w.Write(make([]byte, size))
		err = errors.Join(err, failed)
	}
	return errors.Join(err, w.Close(), g.Close(), f.Close())
}

// TestWhatGoesOutIsShownFirst: with its size and what one would regret; at a no
// nothing is uploaded.
func TestWhatGoesOutIsShownFirst(t *testing.T) {
	target := t.TempDir()
	tools, calls, _ := cargoTools(t, "cargo 1.95.0", fakeTarget+"="+target)
	pack(t, filepath.Join(target, "package", "market-core-0.1.0.crate"), map[string]int{"old.rs": 1})
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(target, "package", "market-core-0.1.0.crate"), old, old); err != nil {
		t.Fatal(err)
	}
	pack(t, filepath.Join(target, "package", "tmp-crate", "market-core-0.1.0.crate"), map[string]int{"src/lib.rs": 3000, ".env": 20, "Cargo.toml": 100})
	p := &person{declines: true}
	err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), p.hands())
	if !errors.Is(err, ErrDeclined) || len(calls()) != 1 {
		t.Errorf("%v after %v", err, calls())
	}
	var shown strings.Builder
	for _, l := range p.asked {
		shown.WriteString(string(l.Op) + l.Text + "\n")
	}
	for _, part := range []string{"+market-core-0.1.0.crate: ", " bytes, 3 files", "src/lib.rs  2.9 kB", "-look at .env: it holds settings", "market-data-0.1.0.crate: what is in it could not be listed"} {
		if !strings.Contains(shown.String(), part) {
			t.Errorf("not shown: %q in\n%s", part, shown.String())
		}
	}
	if strings.Contains(shown.String(), "old.rs") {
		t.Error("an older file was shown")
	}
}

// TestNobodyToAskIsNoYes: without a person nothing goes out.
func TestNobodyToAskIsNoYes(t *testing.T) {
	tools, calls, _ := cargoTools(t, "cargo 1.95.0")
	hands := (&person{}).hands()
	hands.Confirm = nil
	if err := tools.PublishCrates(twoCrates, cargoToken).Perform(t.Context(), hands); err == nil || len(calls()) != 1 {
		t.Errorf("%v after %v", err, calls())
	}
}
