package change

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/trustpub/gh-trustpub/steps/change/splice"
)

// Release says which version is released, and where it is written.
type Release struct {
	// Workflow is the file whose run publishes; its name inside
	// .github/workflows.
	Workflow string
	Next     string
	// Literals are the places that hold the version; none when it is computed,
	// or stands as it is to be released.
	Literals []Literal
	// Members are the crates whose entries in Cargo.lock follow.
	Members []string
	Push    Push
}

// Literal is a version in quotes on a line of a file of the working tree.
type Literal struct {
	Path    string
	Line    int
	Version string
}

// lockFile is where cargo keeps the lock of a workspace at the top.
const lockFile = "Cargo.lock"

// Release makes the changes that release a version: the files that name it,
// the commit with its tag, and the look at what becomes of it. It reads the
// working tree.
func (t *Tools) Release(ctx context.Context, r Release) ([]Change, error) {
	changes, err := t.bump(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("prepare version %s: %w", r.Next, err)
	}
	r.Push.Paths = nil
	for _, c := range changes {
		r.Push.Paths = append(r.Push.Paths, strings.TrimPrefix(c.ID, "file:"))
	}
	push, err := t.Push(ctx, r.Push)
	if err != nil {
		return nil, fmt.Errorf("prepare version %s: %w", r.Next, err)
	}
	return append(changes, push, t.follow(r)), nil
}

// bump makes the changes of files.
func (t *Tools) bump(ctx context.Context, r Release) ([]Change, error) {
	var changes []Change
	for _, path := range paths(r.Literals) {
		before, err := t.ReadFile(path)
		if err != nil {
			return nil, err
		}
		after := before
		for _, l := range r.Literals {
			if l.Path != path || l.Version == r.Next {
				continue
			}
			if after, err = splice.Version(after, l.Line, l.Version, r.Next); err != nil {
				return nil, fmt.Errorf("%s: %w; has it changed since it was read?", path, err)
			}
		}
		if err := stillTOML(path, after); err != nil {
			return nil, err
		}
		if !bytes.Equal(before, after) {
			changes = append(changes, t.WriteFile(path, before, after))
		}
	}
	lock, err := t.bumpLock(ctx, r)
	return append(changes, lock...), err
}

func paths(literals []Literal) []string {
	var all []string
	for _, l := range literals {
		if !slices.Contains(all, l.Path) {
			all = append(all, l.Path)
		}
	}
	return all
}

func stillTOML(path string, data []byte) error {
	if !strings.HasSuffix(path, ".toml") {
		return nil
	}
	var any map[string]any
	if err := toml.Unmarshal(data, &any); err != nil {
		return fmt.Errorf("%s would not be TOML any more: %w", path, err)
	}
	return nil
}

// bumpLock lets a tracked Cargo.lock follow: cargo refuses to publish from a
// tree in which it would have to change a tracked file.
func (t *Tools) bumpLock(ctx context.Context, r Release) ([]Change, error) {
	before, err := t.ReadFile(lockFile)
	if err != nil || before == nil || len(r.Literals) == 0 || !t.Tracked(ctx, lockFile) {
		return nil, err
	}
	after := before
	for _, name := range r.Members {
		for _, l := range r.Literals {
			if after, err = splice.Lock(after, name, l.Version, r.Next); err != nil {
				return nil, err
			}
		}
	}
	if bytes.Equal(before, after) {
		return nil, nil
	}
	return []Change{t.WriteFile(lockFile, before, after)}, nil
}

// follow looks at the run that the tag starts.
func (t *Tools) follow(r Release) Change {
	return Change{
		ID:      "follow:" + r.Push.Tag,
		Title:   "Follow the release",
		Needs:   []string{"push:" + r.Push.Tag},
		Preview: []DiffLine{{Op: ' ', Text: fmt.Sprintf("look at the run of %s that %s starts, until it ends or waits for a review", r.Workflow, r.Push.Tag)}},
		Perform: func(ctx context.Context, h Hands) error {
			api, err := t.api()
			if err != nil {
				return err
			}
			h.progress("Looking for the run that %s starts", r.Push.Tag)
			id, err := t.appeared(ctx, api, r.Workflow, "event=push&branch="+url.QueryEscape(r.Push.Tag), 0)
			if err != nil {
				return fmt.Errorf("%w. A tag that the token of another workflow pushed starts none; neither does a file whose tag patterns do not match %s", err, r.Push.Tag)
			}
			return t.watch(ctx, h, api, id)
		},
	}
}
