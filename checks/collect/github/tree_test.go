package github

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const treeJSON = `{"sha":"c0ffee","truncated":false,"tree":[
	{"path":"Cargo.toml","mode":"100644","type":"blob","size":9},
	{"path":"crates","mode":"040000","type":"tree"},
	{"path":"crates/core/Cargo.toml","mode":"100644","type":"blob","size":9},
	{"path":"link","mode":"120000","type":"blob","size":4},
	{"path":"sub","mode":"160000","type":"commit"},
	{"path":"../evil","mode":"100644","type":"blob","size":4}]}`

func withTree(t *testing.T) *double {
	d := acme(t)
	d.reset()
	d.answers["repos/acme/market-data/git/trees/c0ffee?recursive=1"] = treeJSON
	d.answers["repos/acme/market-data/contents/Cargo.toml?ref=c0ffee"] = contents("Cargo.toml", "[workspace]")
	d.answers["repos/acme/market-data/contents/crates/core/Cargo.toml?ref=c0ffee"] = contents("x", "[package]")
	return d
}

// manifests picks every Cargo.toml of a listing.
func manifests(listed fs.FS) []string {
	var found []string
	_ = fs.WalkDir(listed, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && path.Base(name) == "Cargo.toml" {
			found = append(found, name)
		}
		return err
	})
	return found
}

var marketData = evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}

func TestATreeIsAFileSystem(t *testing.T) {
	d := withTree(t)
	tree, err := Tree(t.Context(), d.reader("t"), marketData, "c0ffee", manifests)
	if err != nil {
		t.Fatal(err)
	}
	if !d.askedFor("crates/core/Cargo.toml") {
		t.Error("files named ahead are fetched at once")
	}
	data, err := fs.ReadFile(tree, "crates/core/Cargo.toml")
	if err != nil || string(data) != "[package]" {
		t.Errorf("%q, %v", data, err)
	}
	var walked []string
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			walked = append(walked, name+":"+e.Type().String())
		}
		return err
	})
	if got := strings.Join(walked, " "); err != nil || got != ".:d--------- Cargo.toml:---------- crates:d--------- crates/core:d--------- crates/core/Cargo.toml:---------- link:L--------- sub:d---------" {
		t.Errorf("%v: %s", err, got)
	}
	for _, name := range []string{"gone.toml", "../evil", "crates/gone"} {
		if _, err := tree.Open(name); err == nil {
			t.Errorf("%s opened", name)
		}
	}
	if _, err := tree.Open("gone.toml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	for path, n := range d.asked {
		if n > 1 {
			t.Errorf("asked %d times for %s", n, path)
		}
	}
}

func TestATreeKeepsTheRulesOfFileSystems(t *testing.T) {
	d := withTree(t)
	d.answers["repos/acme/market-data/git/trees/c0ffee?recursive=1"] = `{"tree":[{"path":"Cargo.toml","mode":"100644","type":"blob","size":11},{"path":"sub/x","mode":"100644","type":"blob","size":11}]}`
	d.answers["repos/acme/market-data/contents/sub/x?ref=c0ffee"] = contents("x", "[workspace]")
	tree, err := Tree(t.Context(), d.reader("t"), marketData, "c0ffee", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(tree, "Cargo.toml", "sub/x"); err != nil {
		t.Error(err)
	}
}

func TestTreesThatCannotBeRead(t *testing.T) {
	for answer, says := range map[string]string{
		`{"truncated":true,"tree":[]}`: "more files than GitHub lists at once",
		`{}`:                           "no tree in it",
		`409 {"message":"Git Repository is empty."}`: "Git Repository is empty",
	} {
		d := withTree(t)
		d.answers["repos/acme/market-data/git/trees/c0ffee?recursive=1"] = answer
		r := d.reader("t")
		_, err := Tree(t.Context(), r, marketData, "c0ffee", nil)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", answer, err)
			continue
		}
		if f := TreeProblem(r, marketData, err); !f.Unknown() || !strings.Contains(f.Reason(), says) {
			t.Errorf("%v", f.Reason())
		}
	}
}

func TestATreeEndsBeforeTheQuotaDoes(t *testing.T) {
	d := withTree(t)
	var list []string
	for _, name := range strings.Fields(strings.Repeat("a b c d e f g h i j ", 4)) {
		at := name + strings.Repeat("x", len(list)) + "/Cargo.toml"
		list = append(list, `{"path":"`+at+`","mode":"100644","type":"blob","size":1}`)
		d.answers["repos/acme/market-data/contents/"+at+"?ref=c0ffee"] = contents(at, "[package]")
	}
	d.answers["repos/acme/market-data/git/trees/c0ffee?recursive=1"] = `{"tree":[` + strings.Join(list, ",") + `]}`
	tree, err := Tree(t.Context(), d.reader(""), marketData, "c0ffee", manifests)
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	_ = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, _ error) error {
		if !e.IsDir() {
			if _, err := fs.ReadFile(tree, name); err != nil {
				failed++
			}
		}
		return nil
	})
	if failed != 40-maxTreeFilesAnonymous || len(d.asked) != maxTreeFilesAnonymous+1 {
		t.Errorf("%d not read, %d requests", failed, len(d.asked))
	}
}
