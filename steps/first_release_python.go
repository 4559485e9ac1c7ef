package steps

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// Routes on which a project gets to PyPI or TestPyPI for the first time.
const (
	pendingRoute = "pending"
	tokenRoute   = "token"
)

// route is how a project is to get there: by a pending publisher, unless the
// maintainer chose otherwise.
func (l *layout) route(p identity.Publisher) string {
	if l.choices().Routes[subject(p)] == tokenRoute {
		return tokenRoute
	}
	return pendingRoute
}

// firstWays lead a project to its registry.
func (l *layout) firstWays(p identity.Publisher) []Way {
	if l.route(p) == pendingRoute {
		return l.registration(p)
	}
	return []Way{projectTokenPage(p), l.uploadProject(p)}
}

// testFirst has the rehearsal on TestPyPI before the release on PyPI.
func testFirst(all []identity.Publisher) []identity.Publisher {
	return slices.SortedStableFunc(slices.Values(all), func(a, b identity.Publisher) int {
		return turn(a.Registry) - turn(b.Registry)
	})
}

func turn(r identity.Registry) int {
	return slices.Index([]identity.Registry{identity.CratesIO, identity.TestPyPI, identity.PyPI}, r)
}

// chooseRoutes asks for each project how it is to get to its index, and says
// what each way costs and risks.
func (l *layout) chooseRoutes(waiting []identity.Publisher) Way {
	var questions []Question
	for _, p := range waiting {
		questions = append(questions, Question{ID: subject(p), Kind: Choice, Title: "How does " + p.Package + " get to " + p.Registry.Title() + " first?", Default: l.route(p),
			Help:    "A pending publisher needs no token, and the first release runs in the workflow; it reserves no name and lapses in 30 days. A token uploads now, from here; a new project needs one for the whole account, which you delete afterwards.",
			Options: []Option{{pendingRoute, "a pending publisher (recommended): no token at all"}, {tokenRoute, "an upload from here, with a token of the whole account"}}})
	}
	return Way{Kind: Do, Choices: true, Label: "Choose how each project gets there: by a pending publisher, or by a token", Help: "Remembers your choice here; nothing else changes.", Questions: questions,
		Prepare: func(a Answers) ([]change.Change, error) {
			c := l.choices()
			c.Routes = map[string]string{}
			for _, p := range waiting {
				if a[subject(p)] == tokenRoute {
					c.Routes[subject(p)] = tokenRoute
				}
			}
			return []change.Change{l.Remember(c)}, nil
		}}
}

func projectTokenPage(p identity.Publisher) Way {
	page := &PageLink{Title: "New token on " + p.Registry.Title(), URL: registry(p.Registry).Pages.NewToken, Fields: []Field{
		{"Token name", "first release of " + p.Package, ""}, {"Scope", "Entire account (all projects)", "a project that is not there yet has no scope of its own"}},
		Note: "It can do whatever you can do with all your projects: delete it as soon as the release is out. " + p.Registry.Title() + " wants a verified e-mail address and a second factor."}
	return Way{Kind: Page, Label: p.Registry.Title() + ": open the page for a token", Help: page.Note, Open: page}
}

// distribution is the project as it is built and uploaded from the working tree.
func (l *layout) distribution(p identity.Publisher) (change.Distribution, bool) {
	pkg, ok := l.packageOf(p)
	backend := pkg.Backend.Or("")
	return change.Distribution{Registry: p.Registry, Name: p.Package, Version: pkg.Version.Or(""), Dir: path.Dir(pkg.Path),
		UV: strings.HasPrefix(backend, "uv_build"), Maturin: strings.HasPrefix(backend, "maturin")}, ok
}

func (l *layout) uploadProject(p identity.Publisher) Way {
	d, known := l.distribution(p)
	return Way{Kind: Do, Label: p.Registry.Title() + ": publish the first version of " + p.Package + " for me",
		Help: "Builds and checks without the token, shows what is in it, then uploads with it. The token stays in memory and in the environment of that one upload.",
		Questions: []Question{{ID: "token", Kind: Masked, Title: "A token of " + p.Registry.Title(), Check: checkProjectToken,
			Help: "Make one for this alone at " + registry(p.Registry).Pages.NewToken + ", and delete it when the release is out."}},
		Prepare: func(a Answers) ([]change.Change, error) {
			if l.World.Tree.Dir == "" || !known {
				return nil, errors.New("there is no clone of the repository here to publish from")
			}
			return []change.Change{l.Tools.PublishDistribution(d, strings.TrimSpace(a["token"]))}, nil
		}}
}

// checkProjectToken: tokens of PyPI and TestPyPI begin with pypi- (warehouse
// commit 6b62157, macaroons/services.py, 2026-08-21).
func checkProjectToken(token string) error {
	if err := checkToken(token); err != nil {
		return err
	}
	if !strings.HasPrefix(strings.TrimSpace(token), "pypi-") {
		return errors.New("a token of PyPI or TestPyPI begins with pypi-: copy it whole")
	}
	return nil
}
