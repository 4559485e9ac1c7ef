// Package collect puts a whole evidence.World together: the working tree and
// git, then GitHub and the registries at the same time, each with its own
// deadline, so that a slow or dead server costs its own facts only. It reads
// and never writes.
package collect

import (
	"context"
	"slices"
	"time"

	"github.com/cli/go-gh/v2/pkg/auth"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// How long the sources have, all requests of one look together.
const (
	gitHubTime = 60 * time.Second
	pypiTime   = 30 * time.Second
	// cratesTime is what crates.io has besides one second for each request.
	cratesTime = 20 * time.Second
)

// Options make a Collector.
type Options struct {
	// Transport is the one way out; it keeps the registries' pace from look to
	// look.
	Transport *transport.Transport
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Getenv reads GH_REPO and CARGO_REGISTRY_TOKEN; nil means that neither is
	// set.
	Getenv func(string) string
	// Token gives the token for a GitHub host, "" for none; nil asks as gh does.
	Token func(host string) string
	// Hosts are the GitHub hosts that are known, the default one first; empty
	// asks as gh does.
	Hosts []string
}

// Collector looks at the world, again and again.
type Collector struct {
	o    Options
	pins pinned
}

// New makes a collector.
func New(o Options) *Collector {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Token == nil {
		o.Token = func(host string) string { token, _ := auth.TokenForHost(host); return token }
	}
	if len(o.Hosts) == 0 {
		o.Hosts = hosts()
	}
	return &Collector{o: o}
}

// hosts are those that gh knows. github.com is one of them even for somebody
// who never signed in, since public facts are read without that.
func hosts() []string {
	first, _ := auth.DefaultHost()
	all := append([]string{first}, auth.KnownHosts()...)
	if !slices.Contains(all, "github.com") {
		all = append(all, "github.com")
	}
	return all
}

// Part is a part of the world that can be looked at by itself.
type Part string

// The parts. The working tree is always read.
const (
	GitHub   Part = "github"
	CratesIO Part = "crates.io"
	PyPI     Part = "pypi"
)

// Request says what to look at.
type Request struct {
	// Dir is a folder in the working tree; "" means that there is none.
	Dir string
	// Repo is what -R names, [HOST/]OWNER/REPO or an address; "" leaves it to
	// GH_REPO and the remotes.
	Repo string
	// Ref is the ref whose workflow files are judged; "" is the head of the
	// default branch.
	Ref string
	// Wanted narrows packages and registries, and names the workflow and
	// environment to look at.
	Wanted evidence.Wanted
	// Said is carried into the world.
	Said []evidence.Said
	// CratesToken is a token of crates.io to look for publishers with, before
	// CARGO_REGISTRY_TOKEN; "" is none.
	CratesToken string
	// Runs is how many runs of each publishing workflow are read; 0 is ten.
	Runs int
	// WantLog asks for logs of jobs besides those that failed; nil asks for none.
	WantLog func(evidence.Run, evidence.RunJob) bool
	// Actions are those that a new workflow would use, "owner/name@version" each,
	// to be looked up where one may be written; none means that no plan is to be
	// laid. What the workflows that publish use is looked up in any case.
	Actions []string
	// Progress, if not nil, is told how a slow source gets on. It may be called
	// from several goroutines.
	Progress func(source Part, done, total int)
	// Before and Parts make a narrower look: only these parts are asked again,
	// the facts of the others come from Before with their own times. No Parts,
	// or no Before, is all of it.
	Before *evidence.World
	Parts  []Part
	// Known is an earlier look, from which the details of crates may come that
	// have published nothing since; Touched names crates of which something else
	// was just changed.
	Known   *evidence.World
	Touched []string
}

func (r Request) looksAt(p Part) bool {
	return r.Before == nil || len(r.Parts) == 0 || slices.Contains(r.Parts, p)
}

// Repository is the repository that a request is about, by -R, GH_REPO or the
// remotes: what a look would find in World.Repo, without the look.
func (c *Collector) Repository(ctx context.Context, r Request) evidence.Fact[evidence.RepoName] {
	_, repo := c.git(ctx, r, c.o.Now())
	return repo
}

// Offline reads the working tree and nothing else. The error is the context's.
func (c *Collector) Offline(ctx context.Context, r Request) (*evidence.World, error) {
	w := c.local(ctx, r, evidence.Offline)
	c.offline(w)
	return w, context.Cause(ctx)
}

// Live reads the working tree, GitHub and the registries. What could not be
// read is unknown in the world; the error is the context's.
func (c *Collector) Live(ctx context.Context, r Request) (*evidence.World, error) {
	w := c.local(ctx, r, evidence.Live)
	c.live(ctx, r, w)
	return w, context.Cause(ctx)
}
