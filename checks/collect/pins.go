package collect

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// pinRest is how long a version of an action that was seen is not asked for
// again: a walk along the route looks every few seconds, and releases come
// every few weeks.
const pinRest = 10 * time.Minute

// pinned keeps what was seen of actions from look to look. Its times stay those
// of the answers.
type pinned struct {
	mu   sync.Mutex
	seen map[string]evidence.Fact[evidence.Pin]
}

// look looks versions of actions up, those that were seen a short while ago
// excepted.
func (p *pinned) look(ctx context.Context, r *rest.Reader, wanted []github.ActionRef, now time.Time) map[string]evidence.Fact[evidence.Pin] {
	found, left := p.recall(wanted, now)
	asked := github.Pins(ctx, r, left)
	p.keep(asked)
	maps.Copy(found, asked)
	return found
}

// recall gives what is kept and fresh enough, and what is left to be asked for.
func (p *pinned) recall(wanted []github.ActionRef, now time.Time) (kept map[string]evidence.Fact[evidence.Pin], left []github.ActionRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept = map[string]evidence.Fact[evidence.Pin]{}
	for _, w := range wanted {
		key := evidence.PinKey(w.Repository, w.Ref)
		if fact, known := p.seen[key]; known && now.Sub(fact.Source().At) < pinRest {
			kept[key] = fact
		} else {
			left = append(left, w)
		}
	}
	return kept, left
}

func (p *pinned) keep(asked map[string]evidence.Fact[evidence.Pin]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]evidence.Fact[evidence.Pin]{}
	}
	for key, fact := range asked {
		if fact.Seen() {
			p.seen[key] = fact
		}
	}
}

// toPin is what is to be looked up: of the workflows that publish the refs that
// can move, and the versions that comments claim; and what a new workflow, or a
// step that exchanges a token, would use, where there is room for one.
func toPin(sources workflow.Sources, fresh []string) []github.ActionRef {
	reading := workflow.Read(sources)
	var wanted []github.ActionRef
	add := func(repository, ref string) {
		if w := (github.ActionRef{Repository: repository, Ref: ref}); !slices.Contains(wanted, w) {
			wanted = append(wanted, w)
		}
	}
	for _, f := range publishingFiles(reading) {
		for _, u := range f.Uses() {
			switch {
			case !u.Pinned():
				add(u.Repository, u.Ref)
			case u.Claimed() != "":
				add(u.Repository, u.Claimed())
			}
		}
	}
	if exchangesAll(reading) {
		return wanted
	}
	for _, action := range fresh {
		repository, version, _ := strings.Cut(action, "@")
		add(repository, "")
		add(repository, version)
	}
	return wanted
}

// publishingFiles are the repository's own files that are started to publish,
// or in which the job that publishes stands.
func publishingFiles(r workflow.Answer) []*workflow.File {
	var files []*workflow.File
	for _, p := range r.Publishing {
		for _, f := range []*workflow.File{p.Triggered, p.File} {
			if f != nil && f.Remote == "" && !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return files
}

// exchangesAll is whether there is a workflow that publishes, and none that does
// so by anything but an exchange of tokens.
func exchangesAll(r workflow.Answer) bool {
	some := false
	for _, p := range r.Publishing {
		if p.DryRun {
			continue
		}
		if some = true; p.Credential != workflow.CredentialExchange {
			return false
		}
	}
	return some
}
