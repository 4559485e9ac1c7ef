package practice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Snapshot is every setting that the servers of a world hold, by its path, as
// JSON: "github/Repositories/market-data/Environments/release/WaitMinutes". It
// is drawn from what the servers keep, whole, so that no setting can be
// forgotten. Instead of a secret there is its digest.
type Snapshot map[string]string

// Difference is a setting that two snapshots do not have alike; "" is for one
// that is not there.
type Difference struct{ Path, Before, After string }

// Against lists what differs in a later snapshot, in the order of the paths.
func (s Snapshot) Against(later Snapshot) []Difference {
	all := maps.Clone(s)
	maps.Copy(all, later)
	var found []Difference
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if s[path] != later[path] {
			found = append(found, Difference{path, s[path], later[path]})
		}
	}
	return found
}

// The states that servers keep.
var keptStates = []string{"github", "cratesio", "pypi", "testpypi"}

// Snapshot draws up all settings, and what the repositories hold.
func (w *World) Snapshot(ctx context.Context) (Snapshot, error) {
	s := Snapshot{}
	for _, name := range keptStates {
		var kept any
		if _, err := w.state.Load(name, &kept); err != nil {
			return nil, fmt.Errorf("drawing up the settings of the practice world: %w", err)
		}
		s.take(name, kept)
	}
	dirs, err := filepath.Glob(filepath.Join(w.dir, "git", "*.git"))
	for _, dir := range dirs {
		if err == nil {
			err = s.takeRefs(ctx, dir)
		}
	}
	return s, err
}

// history is what happens by itself as a world goes on, and ids and times, which
// differ for one and the same setting that was made anew.
var history = map[string]bool{
	"Runs": true, "Deployments": true, "Buckets": true, "Mails": true, "Minted": true, "Used": true, "Registrations": true, "Serial": true, "LastID": true,
	"ID": true, "id": true, "TimerRuleID": true, "ReviewRuleID": true, "PolicyRuleID": true,
	"CreatedAt": true, "created_at": true, "UpdatedAt": true, "PushedAt": true, "ClosedAt": true, "Created": true, "Updated": true, "Uploaded": true,
}

// take adds a value and all that is in it.
func (s Snapshot) take(path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, part := range v {
			if !history[key] || strings.HasSuffix(path, "/Reviewers"+element) {
				s.take(path+"/"+key, concealed(path, key, part))
			}
		}
	case []any:
		for _, part := range v {
			s.takeElement(path, part)
		}
	case nil: // as a list of nothing
	default:
		s[path] = asJSON(v)
	}
}

// element stands in a path for one of a list that has no name.
const element = "/-"

// takeElement adds one of a list: under its name, or as a whole where it has
// none.
func (s Snapshot) takeElement(path string, part any) {
	fields, _ := part.(map[string]any)
	if state := fields["State"]; state == "active" || state == "deleted" {
		return // a workflow as its file is there or not; turned off it is a setting
	}
	if name := nameOf(fields); name != "" {
		s.take(path+"/"+name, part)
		return
	}
	found, whole := Snapshot{}, map[string]string{}
	found.take(path+element, part)
	for key, value := range found {
		whole[strings.TrimPrefix(key, path+element)] = value
	}
	at := path + "/" + asJSON(whole)
	for s[at] != "" {
		at += "+" // there twice
	}
	s[at] = "true"
}

// nameOf is what tells an element from the others of its list.
func nameOf(fields map[string]any) string {
	for _, key := range []string{"Name", "Login", "Username", "Num", "Version", "Filename", "Path", "Tag", "Number"} {
		if name := fields[key]; name != nil && name != "" {
			kind, _ := fields["Type"].(string)
			return strings.TrimSpace(fmt.Sprint(kind, " ", name))
		}
	}
	return ""
}

// concealed puts a digest in the place of a secret's or a token's value.
func concealed(path, key string, value any) any {
	text, ok := value.(string)
	if !ok || key != "Value" || strings.Contains(path, "/Variables/") {
		return value
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// takeRefs adds the branches and tags of a bare repository, and the files of
// each branch.
func (s Snapshot) takeRefs(ctx context.Context, dir string) error {
	list := func(args ...string) ([]string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + dir}, args...)...).Output()
		if err != nil {
			return nil, fmt.Errorf("git %s in %s: %w", strings.Join(args, " "), dir, err)
		}
		return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' || r == 0 }), nil
	}
	refs, err := list("for-each-ref", "--format=%(refname) %(objectname)")
	if err != nil {
		return err
	}
	for _, line := range refs {
		ref, commit, _ := strings.Cut(line, " ")
		at := "git/" + strings.TrimSuffix(filepath.Base(dir), ".git") + "/" + ref
		s[at] = commit
		if !strings.HasPrefix(ref, "refs/heads/") {
			continue
		}
		files, err := list("ls-tree", "-rz", commit)
		if err != nil {
			return err
		}
		for _, file := range files {
			about, name, _ := strings.Cut(file, "\t")
			s[at+"/"+name] = about
		}
	}
	return nil
}
