package box

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

type kept struct{ A map[string]int }

func TestStatesGiveBackWhatWasSaved(t *testing.T) {
	files, err := NewFileState(filepath.Join(t.TempDir(), "world"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]State{"file": files, "memory": &MemoryState{}} {
		var got kept
		if found, err := s.Load("x", &got); found || err != nil {
			t.Errorf("%s: before saving: %v, %v", name, found, err)
		}
		for _, n := range []int{1, 2} {
			if err := s.Save("x", kept{map[string]int{"n": n}}); err != nil {
				t.Fatal(err)
			}
		}
		if found, err := s.Load("x", &got); !found || err != nil || got.A["n"] != 2 {
			t.Errorf("%s: %v, %v, %v", name, found, err, got)
		}
		var wrong []string
		if _, err := s.Load("x", &wrong); err == nil {
			t.Errorf("%s: another type was loaded in silence", name)
		}
		if err := s.Save("x", func() {}); err == nil {
			t.Errorf("%s: what cannot be kept was kept", name)
		}
	}
}

func TestFilesAreForTheirOwnerOnlyAndNothingIsLeftOver(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFileState(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Save("github", kept{}); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 || files[0].Name() != "github.json" {
		t.Fatalf("files: %v", files)
	}
	info, _ := files[0].Info()
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	_ = os.WriteFile(filepath.Join(dir, "github.json"), []byte("{broken"), 0o600)
	if _, err := s.Load("github", &kept{}); err == nil {
		t.Error("a broken file was loaded in silence")
	}
	for _, name := range []string{"../x", "", "A", "a/b"} {
		if err := s.Save(name, 1); err == nil {
			t.Errorf("%q was taken as a name", name)
		}
	}
}
