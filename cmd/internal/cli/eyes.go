package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// eyes look at the world for every command: the same request, again and again.
type eyes struct {
	collector *collect.Collector
	transport *transport.Transport
	request   collect.Request
	offline   bool
	stateDir  string

	mu sync.Mutex
	// before is the wizard's last look, cratesAt when crates.io was asked in it.
	before   *evidence.World
	cratesAt time.Time
}

// cratesRest is how long the wizard leaves crates.io alone after it was asked,
// unless something was changed: a look costs seconds at one request a second,
// and most looks wait for something else.
const cratesRest = 12 * time.Second

func newEyes(sys *Streams, flags *common) (*eyes, error) {
	wanted, err := flags.wanted()
	if err != nil {
		return nil, err
	}
	if _, err := flags.override(); err != nil {
		return nil, err
	}
	dir, err := flags.folder()
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usage("-C %s: there is no such folder", dir)
	}
	way, err := transport.New(transport.Options{Version: toolVersion(), Getenv: sys.Getenv})
	if err != nil {
		return nil, err
	}
	state, err := journal.StateDir(sys.Getenv)
	if err != nil {
		return nil, err
	}
	return &eyes{
		collector: collect.New(collect.Options{Transport: way, Getenv: sys.Getenv}), transport: way,
		request: collect.Request{Dir: dir, Repo: flags.repo, Wanted: wanted}, offline: flags.offline, stateDir: state,
	}, nil
}

// name is the repository that is meant; empty where nothing names one.
func (e *eyes) name(ctx context.Context) evidence.RepoName {
	return e.collector.Repository(ctx, e.request).Or(evidence.RepoName{})
}

// look reads the world, with what the maintainer said and chose before.
func (e *eyes) look(ctx context.Context) (*evidence.World, error) {
	request := e.request
	if repo := e.name(ctx); repo.Name != "" {
		var err error
		if request, err = e.recall(request, repo); err != nil {
			return nil, err
		}
	}
	if e.offline {
		return e.collector.Offline(ctx, request)
	}
	return e.collector.Live(ctx, request)
}

// sight reads the world for the wizard, which remembers by itself.
func (e *eyes) sight(ctx context.Context, s steps.Sight) (*evidence.World, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	request := e.request
	request.Wanted, request.Said, request.CratesToken, request.Actions = s.Wanted, s.Said, s.CratesToken, template.Actions()
	request.Known, request.Touched = e.before, s.Touched
	if rested := time.Since(e.cratesAt) > cratesRest; e.before != nil && !s.Anew && !rested {
		request.Before, request.Parts = e.before, []collect.Part{collect.GitHub, collect.PyPI}
	} else {
		e.cratesAt = time.Now()
	}
	world, err := e.collector.Live(ctx, request)
	if err == nil {
		e.before = world
	}
	return world, err
}

// recall adds what the journal remembers; what the command line names wins.
func (e *eyes) recall(r collect.Request, repo evidence.RepoName) (collect.Request, error) {
	kept, err := journal.Open(e.stateDir, repo)
	if err != nil {
		return r, err
	}
	records, err := kept.Load()
	if err != nil {
		return r, fmt.Errorf("reading what was said and chosen before: %w", err)
	}
	memory := journal.Recall(records)
	r.Said = memory.Said
	if c := memory.Choices; c != nil {
		r.Wanted.Workflow = first(r.Wanted.Workflow, c.Workflow)
		r.Wanted.Environment = first(r.Wanted.Environment, c.Environment)
		if len(r.Wanted.Packages) == 0 {
			r.Wanted.Packages = c.Packages
		}
		if len(r.Wanted.Registries) == 0 {
			r.Wanted.Registries = c.Registries
		}
	}
	return r, nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
