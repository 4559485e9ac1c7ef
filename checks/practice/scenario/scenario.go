// Package scenario sets practice worlds up: who is there, what is in the
// repository, and what is configured already.
package scenario

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// Place is the empty world that a scenario fills.
type Place struct {
	GitHub         *github.Store
	Crates         *cratesio.Service
	PyPI, TestPyPI *pypi.Service
	// Dir is the folder of the world; the checkout is made below it.
	Dir string
	// Client reaches the world's servers, once they run.
	Client *http.Client
}

// Setting is what the person has when the world begins.
type Setting struct {
	// Login is who the person is, Token the gh token that proves it.
	Login, Token string
	// Others are the other people of the world.
	Others []string
	// Owner and Name name the repository; Checkout is its working tree.
	Owner, Name, Checkout string
	// Bare is the repository itself, as GitHub keeps it.
	Bare string
	// GitConfig is the git configuration file of the world.
	GitConfig string
}

// Reviewers are who can be signed in as to review: the others, or the person
// where there is nobody else.
func (s Setting) Reviewers() []string {
	if len(s.Others) == 0 {
		return []string{s.Login}
	}
	return s.Others
}

// scenario is who is there, the person first, and how the world begins.
type scenario struct {
	// about is one line that says what is found there.
	about  string
	people []string
	build  func(context.Context, Place, Setting) (Setting, error)
	// live is what happens when the servers run; nil is nothing.
	live func(context.Context, Stage) error
	// pace limits new crates; zero is what crates.io does.
	pace cratesio.Rate
}

var scenarios = worlds()

func worlds() map[string]scenario {
	all := map[string]scenario{
		"fresh":     {about: "a crate and its Python wheel, nothing published and nothing configured", people: two, build: fresh},
		"crates":    {about: "six crates that need each other, none published; crates.io asks for patience soon", people: two, build: unpublishedCrates, pace: briskPace},
		"python":    {about: "one person's pure Python package, never published", people: one, build: unpublishedPython},
		"ready":     {about: "the end of the route: everything is done, and proven by a release", people: two, build: ready, live: prove},
		"tokens":    {about: "released for long with tokens that are kept as secrets", people: two, build: tokens, live: tokenReleases},
		"broken":    {about: "trusted publishing, begun and left: a bit of everything is wrong", people: two, build: broken, live: brokenReleases},
		"workspace": {about: "a workspace of 60 crates, published by hand", people: two, build: workspace},
		"team":      {about: "an organisation with teams, whose rules want pull requests; published by hand", people: several, build: team, live: teamReleases},
		"solo":      {about: "one person's pure Python package; published by hand", people: one, build: solo, live: soloReleases},
		"private":   {about: "a private repository on a plan without reviews of deployments; published by hand", people: two, build: private, live: privateReleases},
	}
	for _, f := range faults {
		all[f.name] = f.scenario()
	}
	return all
}

// two people could review each other's runs; one could review nobody's.
var (
	two = []string{"ana", "bo"}
	one = []string{"ana"}
)

// Pace is how many new crates crates.io takes in a scenario; zero is as many as
// it really does.
func Pace(name string) cratesio.Rate { return scenarios[name].pace }

// People lists who can be signed in as, the person who plays first.
func People(name string) ([]string, error) {
	s, known := scenarios[name]
	if !known {
		return nil, fmt.Errorf("there is no scenario %q; there are: %v", name, Names())
	}
	return s.people, nil
}

// Names lists the scenarios: the sound ones, then those that are broken, in
// the order in which people meet these failures most.
func Names() []string {
	names := []string{"fresh", "crates", "python", "tokens", "broken", "workspace", "team", "solo", "private", "ready"}
	return append(names, Faults()...)
}

// Faults lists the scenarios of one fault each, the commonest first.
func Faults() []string {
	var names []string
	for _, f := range faults {
		names = append(names, f.name)
	}
	return names
}

// Build fills a place.
func Build(ctx context.Context, name string, place Place) (Setting, error) {
	people, err := People(name)
	if err != nil {
		return Setting{}, err
	}
	setting, err := scenarios[name].build(ctx, place, Setting{Login: people[0], Others: people[1:]})
	if err != nil {
		return Setting{}, fmt.Errorf("setting up the scenario %s: %w", name, err)
	}
	return setting, nil
}

// About says in one line what is found in a scenario.
func About(name string) string { return scenarios[name].about }

// Enliven lets happen what belongs to the beginning of a scenario and needs
// servers that run: a release, a rehearsal.
func Enliven(ctx context.Context, name string, stage Stage) error {
	live := scenarios[name].live
	if live == nil {
		return nil
	}
	if err := live(ctx, stage); err != nil {
		return fmt.Errorf("setting up the scenario %s: %w", name, err)
	}
	return nil
}

// write puts a sample project into a folder.
func write(project fs.FS, dir string) error {
	return fs.WalkDir(project, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := fs.ReadFile(project, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}
