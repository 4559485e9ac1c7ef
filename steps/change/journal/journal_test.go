package journal

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

var repo = evidence.RepoName{Host: "github.com", Owner: "Acme", Name: "market-data"}

func open(t *testing.T) *Journal {
	t.Helper()
	j, err := Open(t.TempDir(), repo)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func load(t *testing.T, j *Journal) []Record {
	t.Helper()
	records, err := j.Load()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func add(t *testing.T, j *Journal, r Record) {
	t.Helper()
	if err := j.Append(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	j := open(t)
	at := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	written := []Record{
		{At: at, Kind: Choice, Choices: &Choices{Profile: "solo", Workflow: "publish.yml", Registries: []identity.Registry{identity.PyPI}}},
		{At: at, Kind: Before, Change: &Entry{ID: "environment:release", Title: "Create it", Before: json.RawMessage(`null`), After: json.RawMessage(`{"reviewers":[1]}`)}},
		{At: at, Kind: After, Change: &Entry{ID: "environment:release"}, Error: "no"},
		{At: at, Kind: Skip, Step: "lock", Reason: "später"},
	}
	for _, r := range written {
		add(t, j, r)
	}
	for i := range written {
		written[i].Schema = 1
	}
	if diff := cmp.Diff(written, load(t, j)); diff != "" {
		t.Error(diff)
	}
}

func TestNoJournalYet(t *testing.T) {
	if records := load(t, open(t)); records != nil {
		t.Error(records)
	}
}

func TestOneFileWhateverTheCase(t *testing.T) {
	dir := t.TempDir()
	a, _ := Open(dir, repo)
	b, _ := Open(dir, evidence.RepoName{Host: "GitHub.com", Owner: "acme", Name: "Market-Data"})
	if a.Path() != b.Path() {
		t.Errorf("%s and %s", a.Path(), b.Path())
	}
}

func TestNamesThatLeaveTheFolder(t *testing.T) {
	for _, bad := range []evidence.RepoName{{}, {Host: "h", Owner: "..", Name: "n"}, {Host: "h", Owner: "a/b", Name: "n"}, {Host: "h", Owner: "a", Name: `c:\x`}, {Host: "h", Owner: "a", Name: "."}} {
		if j, err := Open("state", bad); err == nil {
			t.Errorf("%v gives %s", bad, j.Path())
		}
	}
}

// TestATornLine cuts the file at every byte of its last line: what came before
// is read, and the next record too.
func TestATornLine(t *testing.T) {
	j := open(t)
	add(t, j, Record{Kind: Skip, Step: "one"})
	whole, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	first := len(whole)
	add(t, j, Record{Kind: Skip, Step: "two"})
	if whole, err = os.ReadFile(j.Path()); err != nil {
		t.Fatal(err)
	}
	for cut := first; cut < len(whole)-1; cut++ {
		if err := os.WriteFile(j.Path(), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		add(t, j, Record{Kind: Skip, Step: "three"})
		var found []string
		for _, r := range load(t, j) {
			found = append(found, r.Step)
		}
		if got := strings.Join(found, " "); got != "one three" {
			t.Fatalf("cut at %d: %s", cut, got)
		}
	}
}

func TestALaterSchemaIsNotGuessed(t *testing.T) {
	if _, err := decode([]byte(`{"schema":2,"kind":"before"}` + "\n")); err == nil || !strings.Contains(err.Error(), "later version") {
		t.Error(err)
	}
}

func TestAppendTogether(t *testing.T) {
	dir := t.TempDir()
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			j, _ := Open(dir, repo)
			for n := range each {
				if err := j.Append(context.Background(), Record{Kind: Skip, Step: strconv.Itoa(w*each + n), Reason: strings.Repeat("x", 5000)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	j, _ := Open(dir, repo)
	seen := map[string]bool{}
	for _, r := range load(t, j) {
		seen[r.Step] = true
	}
	if len(seen) != writers*each {
		t.Errorf("%d of %d records", len(seen), writers*each)
	}
}

func TestTheLockIsHonoured(t *testing.T) {
	j := open(t)
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	other := flock.New(filepath.Join(j.dir, lockName))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := j.Append(ctx, Record{Kind: Skip}); err == nil {
		t.Error("written although another process holds the lock")
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	add(t, j, Record{Kind: Skip})
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no modes")
	}
	j := open(t)
	add(t, j, Record{Kind: Skip})
	for path, want := range map[string]os.FileMode{j.Path(): 0o600, j.dir: 0o700, filepath.Join(j.dir, lockName): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
	}
}

func TestRedacted(t *testing.T) {
	j := open(t)
	j.Redact = func(s string) string { return strings.ReplaceAll(s, "cio-secret", "***") }
	add(t, j, Record{Kind: After, Error: "cargo said cio-secret"})
	data, err := os.ReadFile(j.Path())
	if err != nil || strings.Contains(string(data), "cio-secret") {
		t.Errorf("%v %s", err, data)
	}
}

func TestStateDir(t *testing.T) {
	got, err := StateDir(func(name string) string { return map[string]string{"XDG_STATE_HOME": "/state"}[name] })
	if err != nil || filepath.ToSlash(got) != "/state/gh-trustpub" {
		t.Error(got, err)
	}
}

func TestRecall(t *testing.T) {
	say := func(pkg, workflow string) Record {
		return Record{Kind: Said, Said: &Statement{What: "publisher", Registry: identity.PyPI, Package: pkg, Workflow: workflow}}
	}
	m := Recall([]Record{
		{Kind: Choice, Choices: &Choices{Profile: "start"}},
		say("Market.Data", "old.yml"), say("other", "x.yml"), say("market-data", "new.yml"),
		{Kind: Skip, Step: "lock", Reason: "a"}, {Kind: Skip, Step: "proof", Reason: "b"}, {Kind: Unskip, Step: "lock"},
		{Kind: Choice, Choices: &Choices{Profile: "team"}},
		{Kind: "of the future"},
	})
	if m.Choices.Profile != "team" {
		t.Error(m.Choices)
	}
	if diff := cmp.Diff(map[string]string{"proof": "b"}, m.Skips); diff != "" {
		t.Error(diff)
	}
	if len(m.Said) != 2 || m.Said[1].Publisher.Workflow != "new.yml" {
		t.Errorf("%+v", m.Said)
	}
}

func TestWithLeavesTheMemoryAlone(t *testing.T) {
	before := Recall([]Record{{Kind: Skip, Step: "a"}})
	before.With(Record{Kind: Unskip, Step: "a"})
	before.With(Record{Kind: Skip, Step: "b"})
	if len(before.Skips) != 1 {
		t.Error(before.Skips)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":1,"kind":"said","said":{"what":"publisher"}}` + "\n{\"kind\":"))
	f.Add([]byte("<html>"))
	f.Add([]byte(`{"schema":1,"kind":"said"}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		records, _ := decode(data)
		Recall(records)
	})
}
