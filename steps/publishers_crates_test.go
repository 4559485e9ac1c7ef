package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// lists has crates.io show these publishers of the crate to the token.
func (s *stage) lists(publishers ...identity.Publisher) *stage {
	return s.listsOf("market-data", publishers...)
}

func (s *stage) listsOf(crate string, publishers ...identity.Publisher) *stage {
	key := evidence.ProjectKey{Registry: identity.CratesIO, Name: crate}
	p := s.world.Projects[key].Or(evidence.Project{Name: crate})
	p.Publishers = evidence.Seen(publishers, evidence.Source{Name: "crates.io/api/v1/trusted_publishing/github_configs", At: at})
	s.world.Projects[key] = evidence.Seen(p, evidence.Source{Name: "crates.io", At: at})
	return s
}

// ours is the publisher that the workflow presents.
func ours(change ...func(*identity.Publisher)) identity.Publisher {
	p := identity.Publisher{Registry: identity.CratesIO, Package: "market-data", ID: 11, Identity: identity.Identity{
		Owner: "acme", OwnerID: 42, Repository: "market-data", Workflow: "publish.yml", Environment: "release"}}
	for _, c := range change {
		c(&p)
	}
	return p
}

func numbered(id int64, file string) identity.Publisher {
	return ours(func(p *identity.Publisher) { p.ID, p.Workflow = id, file })
}

// guarded publishers' stage: everything before the publishers is done.
func beforePublishers(t *testing.T) *stage {
	return fresh(t).choose(journal.Choices{Profile: "solo", Registries: []identity.Registry{identity.CratesIO}}).released(identity.CratesIO, byToken("0.1.0")).write().guard(guarded())
}

// of gives the ids of a plan's changes in one step, and the addresses of what is
// left.
func (p Plan) of(step checks.Step) (ids, left []string) {
	for _, c := range p.Changes {
		if c.Step == step {
			ids = append(ids, c.Change.ID)
		}
	}
	for _, l := range p.Left {
		if l.Step == step && l.Page != nil {
			left = append(left, l.Page.URL)
		}
	}
	return ids, left
}

func TestCratesPublishersPlanned(t *testing.T) {
	const page, settings = "https://crates.io/crates/market-data/settings/new-trusted-publisher", "https://crates.io/crates/market-data/settings"
	const create = "publisher:crates.io:market-data"
	removal := func(id int) string { return fmt.Sprintf("publisher-removal:crates.io:market-data/%d", id) }
	live := func(file string) func(*stage) {
		return func(s *stage) {
			s.commit(".github/workflows/"+file, "on: push\njobs:\n  a:\n    runs-on: x\n    environment: release\n    steps:\n      - run: 'true'\n")
		}
	}
	many := func(from int64, files ...string) (list []identity.Publisher) {
		for i, f := range files {
			list = append(list, numbered(from+int64(i), f))
		}
		return list
	}
	for _, row := range []struct {
		name      string
		offered   bool
		list      []identity.Publisher
		hidden    bool
		also      func(*stage)
		ids, left []string
	}{
		{name: "no token: the page", hidden: true, left: []string{page}},
		{name: "a token that was refused: the page", offered: true, hidden: true, left: []string{page}},
		{name: "none there", offered: true, ids: []string{create}},
		{name: "ours there", offered: true, list: []identity.Publisher{ours()}},
		{name: "ours for any environment", offered: true, list: []identity.Publisher{ours(func(p *identity.Publisher) { p.Environment = "" })}},
		{name: "a renamed file: ours first, then the old one away", offered: true, list: many(7, "old.yml"), ids: []string{create, removal(7)}},
		{name: "an old one beside ours", offered: true, list: append(many(7, "old.yml"), ours()), ids: []string{removal(7)}},
		{name: "a second workflow is left", offered: true, list: append(many(7, "nightly.yml"), ours()), also: live("nightly.yml")},
		{name: "five, one of them stale: room first", offered: true, list: append(many(1, "n1.yml", "n1.yml", "n1.yml", "n1.yml"), numbered(9, "old.yml")), also: live("n1.yml"),
			ids: []string{removal(9), create}},
		{name: "five, all alive: a person makes room", offered: true, list: many(1, "n1.yml", "n1.yml", "n1.yml", "n1.yml", "n1.yml"), also: live("n1.yml"), left: []string{settings}},
		{name: "an earlier account's", offered: true, list: []identity.Publisher{ours(func(p *identity.Publisher) { p.OwnerID, p.ID = 41, 5 })}, ids: []string{create, removal(5)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := beforePublishers(t)
			if s.offered = row.offered; !row.hidden {
				s.lists(row.list...)
			}
			if row.also != nil {
				row.also(s)
			}
			ids, left := PlanOf(s.lay()).of(checks.Publishers)
			if !slices.Equal(ids, row.ids) || !slices.Equal(left, row.left) {
				t.Errorf("%v, left %v\n%s", ids, left, labels(s.scene(checks.Publishers)))
			}
		})
	}
}

// grid makes a workspace of n crates out of the stage.
func (s *stage) grid(n int) *stage {
	pkg := s.world.Tree.Packages.Or(nil)[0]
	var all []evidence.Package
	for i := range n {
		name := fmt.Sprintf("grid-%02d", i)
		pkg.Name = evidence.Seen(name, pkg.Name.Source())
		all = append(all, pkg)
		s.world.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}] = evidence.Seen(evidence.Project{Name: name, Versions: []evidence.Version{byToken("0.1.0")}}, src)
	}
	s.world.Tree.Packages = evidence.Seen(all, s.world.Tree.Packages.Source())
	return s
}

func TestAWorkspaceIsOneWayAndAChangeForEachCrate(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).grid(60).write().guard(guarded())
	scene := s.scene(checks.Publishers)
	if first := scene.Ways[0]; first.Label != "crates.io: register all 60 for me" || first.Questions[0].Kind != Masked || !first.Offer {
		t.Errorf("%+v", first)
	}
	if n := strings.Count(labels(scene), "crates.io:"); n != 3 {
		t.Errorf("%d ways for crates.io:\n%s", n, labels(scene))
	}
	if ids, left := PlanOf(s.lay()).of(checks.Publishers); len(ids) != 0 || len(left) != 60 {
		t.Errorf("%d changes, %d pages left", len(ids), len(left))
	}
	for i := range 60 {
		s.listsOf(fmt.Sprintf("grid-%02d", i))
	}
	s.listsOf("grid-07", ours(func(p *identity.Publisher) { p.Package = "grid-07" }))
	s.offered = true
	ids, left := PlanOf(s.lay()).of(checks.Publishers)
	if len(ids) != 59 || len(left) != 0 || slices.Contains(ids, "publisher:crates.io:grid-07") {
		t.Errorf("%d changes, %d pages left", len(ids), len(left))
	}
}

// TestTheTokenIsAskedForOnce: the way takes it along, and the session keeps it.
func TestTheTokenIsAskedForOnce(t *testing.T) {
	w := begin(t, beforePublishers(t))
	register := way(t, w.lookAgain().Scenes[4], "register it for me")
	changes, err := register.Prepare(Answers{"token": " cio0123456789abcdef "})
	if err != nil || len(changes) != 2 || !changes[0].Own || changes[1].ID != "publisher:crates.io:market-data" {
		t.Fatalf("%v %+v", err, changes)
	}
	if err := w.Perform(t.Context(), changes[:1], change.Hands{}); err != nil {
		t.Fatal(err)
	}
	if w.lookAgain(); w.sights[1].CratesToken != "cio0123456789abcdef" || strings.Contains(w.written(), "cio0123") {
		t.Errorf("%+v", w.sights[1])
	}
	for _, d := range changes[1].Preview {
		if strings.Contains(d.Text, "environment") && d.Origin == "" {
			t.Errorf("no origin: %+v", d)
		}
	}
}

func TestTheTokenOfCargoIsReadAfterAYes(t *testing.T) {
	s := beforePublishers(t)
	writeInto(t, s, "credentials.toml", "[registry]\ntoken = \"cio0123456789abcdef\"\n")
	b := s.basis()
	b.Tools.CargoToken.File = s.world.Tree.Dir + "/credentials.toml"
	var given string
	b.Offer = func(token string) change.Change {
		given = token
		return change.Change{Own: true, Perform: func(context.Context, change.Hands) error { return nil }}
	}
	way := way(t, Lay(b).Scenes[4], "with the token that cargo keeps")
	contains(t, "question", way.Questions[0].Title, b.Tools.CargoToken.File)
	if _, err := way.Prepare(defaults(way)); err == nil || given != "" {
		t.Errorf("read without a yes: %v", err)
	}
	if _, err := way.Prepare(Answers{"read": "yes"}); err != nil || given != "cio0123456789abcdef" {
		t.Errorf("%q %v", given, err)
	}
	b.Tools.CargoToken = change.CargoToken{Elsewhere: "cargo:libsecret"}
	contains(t, "scene", texts(Lay(b).Scenes[4].Now), "cargo:libsecret, which is not read here")
}

func TestTrustedPublishingOnlyIsOfferedAfterProof(t *testing.T) {
	proven := func(t *testing.T) *stage {
		s := fresh(t).choose(journal.Choices{Profile: "solo", Registries: []identity.Registry{identity.CratesIO}}).released(identity.CratesIO, byTrust("0.1.1")).write().guard(guarded())
		key := evidence.ProjectKey{Registry: identity.CratesIO, Name: "market-data"}
		p := s.world.Projects[key].Or(evidence.Project{})
		p.TrustpubOnly = evidence.Seen(false, src)
		s.world.Projects[key] = evidence.Seen(p, src)
		return s.runs(rehearsal())
	}
	const id, page = "trusted-publishing-only:market-data", "https://crates.io/crates/market-data/settings"
	for _, row := range []struct {
		name    string
		change  func(*stage)
		planned bool
		page    bool
	}{
		{"a token, ours listed, a trusted release", func(s *stage) { s.offered = true; s.lists(ours()) }, true, false},
		{"no token: the page is offered, and nobody has to", func(*stage) {}, false, true},
		{"ours not listed", func(s *stage) { s.offered = true; s.lists(numbered(3, "other.yml")) }, false, true},
		{"an earlier account's listed", func(s *stage) {
			s.offered = true
			s.lists(ours(func(p *identity.Publisher) { p.OwnerID = 41 }))
		}, false, true},
		{"no trusted release", func(s *stage) {
			s.offered = true
			s.released(identity.CratesIO, byToken("0.1.0")).lists(ours())
		}, false, false},
		{"a workflow that still uses a token", func(s *stage) {
			s.offered = true
			s.lists(ours()).commit(".github/workflows/old.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.T }}\n")
		}, false, false},
		{"it is on", func(s *stage) {
			s.offered = true
			key := evidence.ProjectKey{Registry: identity.CratesIO, Name: "market-data"}
			s.lists(ours())
			p := s.world.Projects[key].Or(evidence.Project{})
			p.TrustpubOnly = evidence.Seen(true, src)
			s.world.Projects[key] = evidence.Seen(p, src)
		}, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := proven(t)
			row.change(s)
			ids, left := PlanOf(s.lay()).of(checks.Lock)
			offered := slices.ContainsFunc(s.scene(checks.Lock).Ways, func(w Way) bool { return w.Kind == Page && w.Open.URL == page })
			if slices.Contains(ids, id) != row.planned || offered != (row.page || row.planned) || slices.Contains(left, page) {
				t.Errorf("planned %v, left %v; %s\n%s\n%s", ids, left, s.states(), labels(s.scene(checks.Lock)), texts(s.scene(checks.Lock).Now))
			}
		})
	}
}
