package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: no %q in\n%s", what, part, text)
		}
	}
}

func lacks(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%s: %q in\n%s", what, part, text)
		}
	}
}

func TestSurveyScene(t *testing.T) {
	s := fresh(t)
	scene := s.scene(checks.Survey)
	contains(t, "now", texts(scene.Now), "market-data 0.1.0 for crates.io|Cargo.toml:2", "market-data 0.1.0 for PyPI, TestPyPI|pyproject.toml:5", "signed in as ana, who may administer acme/market-data|api.github.com")
	contains(t, "wanted", texts(scene.Wanted), "owner acme", "owner id 42", "workflow publish.yml|our default", "environment release|our default", "release tags v*", "profile solo|one person could review")
	w := scene.Ways[0]
	if w.Label != "Yes, go on" || !w.Choices {
		t.Errorf("%+v", w)
	}
	a := defaults(w)
	if a["profile"] != "solo" || a["workflow"] != "publish.yml" || a["environment"] != "release" || a["tag"] != "v*" || a["registries"] != "crates.io,pypi,testpypi" {
		t.Errorf("%v", a)
	}
	if _, asked := a["packages"]; asked {
		t.Error("asked which of one package")
	}
}

// TestChoicesAreOnlyWhatTheWorldDoesNotShow: a default that is accepted is not
// written down, so that a later change of the workflow is followed.
func TestChoicesAreOnlyWhatTheWorldDoesNotShow(t *testing.T) {
	s := fresh(t)
	var got journal.Choices
	c := checks.NewCase(s.world)
	l := newLayout(Basis{World: s.world, Case: c, Report: checks.Judge(c, checks.All(), nil)})
	record := func(edit func(Answers)) journal.Choices {
		t.Helper()
		a := defaults(l.choose())
		edit(a)
		l.Remember = rememberInto(&got)
		if _, err := l.choose().Prepare(a); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if c := record(func(Answers) {}); c.Workflow != "" || c.Environment != "" || c.TagPattern != "" || c.Registries != nil || c.Packages != nil || c.Profile != "solo" {
		t.Errorf("%+v", c)
	}
	c2 := record(func(a Answers) { a["workflow"], a["environment"], a["registries"] = "ship.yml", "pypi", "pypi" })
	if c2.Workflow != "ship.yml" || c2.Environment != "pypi" || !slices.Equal(c2.Registries, []identity.Registry{identity.PyPI}) {
		t.Errorf("%+v", c2)
	}
}

func TestTagPatternComesFromWhatStartsTheRun(t *testing.T) {
	s := fresh(t).choose(journal.Choices{TagPattern: "rel-*"}).write()
	s.memory = journal.Memory{}
	g := s.world.Tree.Git.Or(evidence.Git{})
	g.TagPattern = evidence.Seen("v*", evidence.Source{Name: "12 of 12 tags"})
	s.world.Tree.Git = evidence.Seen(g, src)
	contains(t, "wanted", texts(s.scene(checks.Survey).Wanted), "release tags rel-*|publish.yml:")
	s.world.Workflows = evidence.Absent[[]evidence.WorkflowFile](src)
	contains(t, "wanted", texts(s.scene(checks.Survey).Wanted), "release tags v*|12 of 12 tags")
}

func TestSurveyUnanswered(t *testing.T) {
	s := fresh(t).write()
	if st := s.lay().Standings[0]; st.State != Done {
		t.Errorf("a workflow that exchanges tokens shows the choices: %+v", st)
	}
	s.world.GitHub.User = evidence.Absent[evidence.User](src)
	contains(t, "now", texts(s.scene(checks.Survey).Now), "nobody is signed in")
}

func TestFirstReleaseScene(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"})
	scene := s.scene(checks.FirstRelease)
	do := way(t, scene, "Publish the first version for me")
	if do.Questions[0].Kind != Masked {
		t.Errorf("%+v", do.Questions)
	}
	page := way(t, scene, "short-lived token").Open
	contains(t, "page", page.URL, "https://crates.io/settings/tokens/new")
	if page.Fields[2].Value != "publish-new" || page.Fields[3].Value != "market-data" {
		t.Errorf("%+v", page.Fields)
	}
	pypi := way(t, scene, "PyPI: open the publisher page").Open
	want := []Field{{"PyPI Project Name", "market-data", "pyproject.toml:5"}, {"Owner", "acme", src.String()}, {"Repository name", "market-data", src.String()}, {"Workflow name", "publish.yml", "our default"}, {"Environment name", "release", "our default"}}
	if pypi.URL != "https://pypi.org/manage/account/publishing/" || !slices.Equal(pypi.Fields, want) {
		t.Errorf("%s %+v", pypi.URL, pypi.Fields)
	}
	contains(t, "note", pypi.Note, "reserves nothing", "30 days")
	if said := way(t, scene, "TestPyPI: I have registered market-data").Said; len(said) != 1 || said[0].Publisher.Registry != identity.TestPyPI {
		t.Errorf("%+v", said)
	}
	lines := strings.Join(way(t, scene, "Show me").Lines, "\n")
	contains(t, "commands", lines, "cargo publish --dry-run -p market-data", "cargo publish --no-verify -p market-data", "read -rs CARGO_REGISTRY_TOKEN", "unset CARGO_REGISTRY_TOKEN")
	if strings.Index(lines, "--dry-run") > strings.Index(lines, "read -rs") {
		t.Error("verified with the token at hand")
	}
}

func TestFirstReleaseLeavesWhatIsThere(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).say(identity.PyPI)
	scene := s.scene(checks.FirstRelease)
	lacks(t, "ways", labels(scene), "first version", "page: PyPI:")
	contains(t, "ways", labels(scene), "TestPyPI:")
	contains(t, "now", texts(scene.Now), "said|PyPI has no project")
}

func TestFirstReleaseOfADirtyTree(t *testing.T) {
	s := fresh(t)
	g := s.world.Tree.Git.Or(evidence.Git{})
	g.Dirty = evidence.Seen([]string{"src/lib.rs"}, src)
	s.world.Tree.Git = evidence.Seen(g, src)
	contains(t, "now", texts(s.scene(checks.FirstRelease).Now), "uncommitted changes", "src/lib.rs")
}

// TestTheTokenIsNowhere: not in the change that is shown and journalled.
func TestTheTokenIsNowhere(t *testing.T) {
	const token = "cioSecretSecretSecretSecret"
	w := way(t, fresh(t).scene(checks.FirstRelease), "Publish the first version")
	if err := w.Questions[0].Check(token); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "short", "has a space in the middle", "two\nlines of a token, pasted"} {
		if w.Questions[0].Check(bad) == nil {
			t.Errorf("%q taken", bad)
		}
	}
	changes, err := w.Prepare(Answers{"token": token})
	if err != nil || len(changes) != 1 {
		t.Fatal(changes, err)
	}
	entry, err := entryOf(changes[0])
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, "change", diff(changes[0].Preview)+string(entry.After)+string(entry.Before)+entry.Title+entry.ID+entry.Lasting, token)
	if entry.Lasting == "" {
		t.Error("a published version lasts")
	}
}

func TestWorkflowScene(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"})
	scene := s.scene(checks.Workflow)
	contains(t, "preview", diff(scene.Preview), "+name: Publish", "+      - name: Mint a TestPyPI token", "+    if: github.repository == 'acme/market-data'")
	contains(t, "ways", labels(scene), "do: Write it, commit it and push it to main", "do: Only write the file", "commands: Show me the commands")
	lines := strings.Join(way(t, scene, "Show me").Lines, "\n")
	contains(t, "commands", lines, "cat > .github/workflows/publish.yml <<'END_OF_FILE'\n# Publishes to crates.io and PyPI", "git push upstream HEAD:main")

	changes, err := way(t, scene, "Only write").Prepare(nil)
	if err != nil || len(changes) != 1 || changes[0].ID != "file:.github/workflows/publish.yml" {
		t.Errorf("%v %v", changes, err)
	}
}

func TestWorkflowElsewhere(t *testing.T) {
	s := fresh(t)
	g := s.world.Tree.Git.Or(evidence.Git{})
	g.Branch = evidence.Seen("feature", src)
	s.world.Tree.Git = evidence.Seen(g, src)
	lacks(t, "on a branch", labels(s.scene(checks.Workflow)), "push it")
	s.world.Tree.Dir = ""
	scene := s.scene(checks.Workflow)
	lacks(t, "no checkout", labels(scene), "Only write", "push it")
	contains(t, "no checkout", labels(scene), "do: Open a pull request to main", "commands:")
}

// TestAWorkflowThatIsThereIsNotRewritten: its problems are shown with line and
// fix.
func TestAWorkflowThatIsThereIsNotRewritten(t *testing.T) {
	s := fresh(t).commit(publishing, "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CARGO_REGISTRY_TOKEN }}\n")
	scene := s.scene(checks.Workflow)
	if scene.State != Todo {
		t.Error(scene.State)
	}
	contains(t, "now", texts(scene.Now), "problem|", "publish.yml:", "|Fix: ")
	lacks(t, "preview", diff(scene.Preview), "+on:", "+name: Publish")
}

// TestAWorkflowThatMayPublishIsNotRewritten: what a script with an identity does
// the file does not show, and it may be what is registered.
func TestAWorkflowThatMayPublishIsNotRewritten(t *testing.T) {
	s := fresh(t).commit(".github/workflows/ship.yml", "on:\n  push:\n    tags: ['v*']\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./scripts/publish.sh\n")
	scene := s.scene(checks.Workflow)
	lacks(t, "ways", labels(scene), "do:")
	contains(t, "wanted", texts(scene.Wanted), "ship.yml", checks.OnlyUnseen)
}

func TestADryRunIsNoPublishingWorkflow(t *testing.T) {
	s := fresh(t).commit(".github/workflows/ci.yml", "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo publish --dry-run\n")
	contains(t, "ways", labels(s.scene(checks.Workflow)), "do: Write it")
}

func TestAFileOfThatNameWhichDoesSomethingElse(t *testing.T) {
	s := fresh(t).commit(publishing, "on: push\njobs:\n  docs:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo docs\n")
	writeInto(t, s, publishing, "on: push\n")
	_, err := way(t, s.scene(checks.Workflow), "Only write").Prepare(nil)
	if err == nil || !strings.Contains(err.Error(), "choose another file name") {
		t.Error(err)
	}
}

func TestWorkflowsThatCannotBeSeen(t *testing.T) {
	s := fresh(t)
	s.world.Workflows = evidence.Unknown[[]evidence.WorkflowFile](src, "api.github.com did not answer")
	scene := s.scene(checks.Workflow)
	if scene.State != Blind || len(scene.Preview) > 0 {
		t.Errorf("%s\n%s", scene.State, labels(scene))
	}
}

// TestFirstReleaseUnderAName: what stands in the way of a name is told, and
// nothing is offered for a name that cannot be had.
func TestFirstReleaseUnderAName(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).say(identity.PyPI, identity.TestPyPI)
	s.world.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "market-data"}] = evidence.Seen(evidence.Project{Name: "market-data",
		Versions: []evidence.Version{byToken("0.1.0")}, Owners: evidence.Seen([]string{"eve"}, src), Repository: evidence.Seen("https://github.com/eve/market-data", src)}, src)
	scene := s.scene(checks.FirstRelease)
	contains(t, "now", texts(scene.Now), "unknown|crates.io lists eve as the owners of market-data", "nothing shows that the crate here is meant for crates.io")
	if scene.State != Blind {
		t.Errorf("%s", scene.State)
	}
	scene = s.choose(journal.Choices{Profile: "solo", Packages: []string{"market-data"}}).scene(checks.FirstRelease)
	contains(t, "now", texts(scene.Now), "problem|crates.io lists eve as the owners of market-data, and you are ana; it says that its source is https://github.com/eve/market-data",
		"Fix: choose another name", "said|you said on 2026-11-24, today, that a pending publisher of market-data stands on PyPI: it lapses by 2026-12-24")
	if scene.State != Todo {
		t.Errorf("%s", scene.State)
	}
	module := fresh(t).choose(journal.Choices{Profile: "solo"})
	packages := module.world.Tree.Packages.Or(nil)
	packages[0].Name, packages[1].Name = evidence.Seen("3d", src), evidence.Seen("asyncio", src)
	for key, r := range map[string]identity.Registry{"3d": identity.CratesIO, "asyncio": identity.PyPI} {
		module.world.Projects[evidence.ProjectKey{Registry: r, Name: key}] = evidence.Absent[evidence.Project](src)
	}
	lacks(t, "ways", labels(module.scene(checks.FirstRelease)), "first version", "page: PyPI")
}

// TestOwnershipHoldsNothingUp: whose a project of PyPI is, only the rehearsal
// can show.
func TestOwnershipHoldsNothingUp(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).released(identity.PyPI, byToken("0.1.0")).released(identity.TestPyPI, byToken("0.1.0"))
	scene := s.scene(checks.FirstRelease)
	if scene.State != Done {
		t.Errorf("%s\n%s", scene.State, texts(scene.Now))
	}
	contains(t, "now", texts(scene.Now), "unknown|who owns market-data on PyPI")
	s.world.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "market-data"}] = evidence.Unknown[evidence.Project](src, "pypi.org answered 503")
	if scene := s.scene(checks.FirstRelease); scene.State != Blind {
		t.Errorf("with PyPI down: %s", scene.State)
	}
}

// TestPendingPublishersOneByOne: a lapsed one is offered again, and a second
// project's waits for the first.
func TestPendingPublishersOneByOne(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).say(identity.PyPI)
	lacks(t, "ways", labels(s.scene(checks.FirstRelease)), "page: PyPI:")
	s.world.Said[0].At = at.AddDate(0, 0, -31)
	scene := s.scene(checks.FirstRelease)
	contains(t, "now", texts(scene.Now), "problem|you said on 2026-10-24, 31 days ago")
	contains(t, "ways", labels(scene), "page: PyPI: open the publisher page of market-data")

	two := fresh(t).withTools().choose(journal.Choices{Profile: "solo", Environment: "release"})
	contains(t, "ways", labels(two.scene(checks.FirstRelease)), "page: PyPI: open the publisher page of market-data")
	for _, p := range checks.NewCase(two.world).Publishers {
		if p.Registry == identity.PyPI && p.Package == "market-data" {
			two.world.Said = append(two.world.Said, evidence.Said{What: whatPublisher, Publisher: p, At: at.AddDate(0, 0, -1)})
		}
	}
	scene = two.scene(checks.FirstRelease)
	lacks(t, "ways", labels(scene), "page: PyPI:")
	contains(t, "now", texts(scene.Now), "waiting|market-data is pending on PyPI, which takes one project only for one workflow and environment at a time: tools is next")
}

// withTools adds a second project that no index has.
func (s *stage) withTools() *stage {
	packages := s.world.Tree.Packages.Or(nil)
	second := packages[1]
	second.Name, second.Path = evidence.Seen("tools", src), "tools/pyproject.toml"
	second.Backend, second.Version = evidence.Seen("hatchling.build", src), evidence.Seen("0.1.0", evidence.Source{Name: second.Path, Line: 3, At: at})
	s.world.Tree.Packages = evidence.Seen(append(packages, second), src)
	for _, r := range []identity.Registry{identity.PyPI, identity.TestPyPI} {
		s.world.Projects[evidence.ProjectKey{Registry: r, Name: "tools"}] = evidence.Absent[evidence.Project](src)
	}
	return s
}

// TestNewProjectsHaveEnvironmentsOfTheirOwn: so each can be pending, and what
// was registered is what the workflow presents.
func TestNewProjectsHaveEnvironmentsOfTheirOwn(t *testing.T) {
	s := fresh(t).withTools()
	want := map[string]string{"crates.io:market-data": "release", "pypi:market-data": "release-market-data", "testpypi:market-data": "release-market-data",
		"pypi:tools": "release-tools", "testpypi:tools": "release-tools"}
	hold := func(when string) {
		t.Helper()
		got := map[string]string{}
		for _, p := range checks.NewCase(s.world).Publishers {
			got[p.Subject()] = p.Environment
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	hold("before the workflow")
	if q := way(t, s.scene(checks.Survey), "Yes").Questions[2]; q.ID != "environment" || q.Default != "release" || !strings.Contains(q.Help, "release-tools") {
		t.Errorf("the survey asks %+v", q)
	}
	s.write()
	hold("with the workflow")
	contains(t, "preview", diff(s.scene(checks.Environment).Preview), "release-market-data", "release-tools")
	s.released(identity.PyPI, byTrust("0.1.0"))
	hold("with a first release")

	alone := fresh(t).withTools().released(identity.PyPI, byToken("0.1.0")).released(identity.TestPyPI, byToken("0.1.0"))
	for _, p := range checks.NewCase(alone.world).Publishers {
		if p.Environment != "release" {
			t.Errorf("%s alone is new, and is to have %s", p.Subject(), p.Environment)
		}
	}
}
