package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/checks/practice/scenario"
)

// failure is one way in which trusted publishing fails, as the practice world
// breaks it: what the program must say, and the fix.
type failure struct {
	scenario string
	// check and subject are where the problem is named, in words that hold all of
	// says: the value that is there, the one that should be, or the server's text.
	check, subject string
	says           []string
	// fix does what the program says is to be done.
	fix func(*world)
	// open is set where the fix leaves something unproven that only a further
	// release can show; the check itself is ok then all the same.
	open bool
	// advice is set where the failure loses no release, so that the verdict is
	// ready all the same.
	advice bool
}

const (
	publishFile = "publish.yml"
	publishPath = ".github/workflows/" + publishFile
	ofCrate     = "crates.io:market-data"
	ofMember    = "crates.io:market-data-model"
	onPyPI      = "pypi:market-data"
)

func failures() []failure {
	return []failure{
		{"pypi-publisher-differs", "publisher-matches", onPyPI, []string{"Publisher with matching claims was not found", "repository market-data"},
			func(w *world) { w.pypi(func(i *pypi.Identity) { i.Repository = "market-data" }); w.rehearse() }, false, false},
		{"no-id-token", "workflow-grants-id-token", publishPath + "#crates-io", []string{"id-token is none", "job permissions"}, (*world).revert, false, false},
		{"pypi-job-without-environment", "publisher-matches", onPyPI, []string{"Publisher with matching claims was not found", "environment (none)"}, (*world).revert, false, false},
		{"reusable-publish-job", "publish-job-not-reusable", ".github/workflows/upload.yml#pypi pypi", []string{"publish.yml calls upload.yml", "the publisher must name upload.yml"},
			(*world).revert, false, false},
		{"new-member", "first-release-done", ofMember, []string{"crates.io has no crate market-data-model"}, (*world).publishMember, true, false},
		{"no-config", "publisher-registered", ofCrate, []string{"No Trusted Publishing config found for repository `acme/market-data`"},
			func(w *world) { w.register("market-data"); w.rehearse() }, false, false},
		{"workflow-renamed", "publisher-matches", ofCrate, []string{"does not match the workflow filename `release.yml`", "`publish.yml`"}, (*world).revert, false, false},
		{"member-without-config", "publisher-registered", ofMember, []string{"The provided access token is not valid for crate `market-data-model`"},
			func(w *world) { w.register("market-data-model"); w.version("0.2.0", "0.3.0") }, true, false},
		{"tag-not-allowed", "environment-admits-trigger", publishPath + "#crates-io push", []string{`Tag "v0.1.0" is not allowed to deploy to release`},
			func(w *world) { w.policy("tag", "v*") }, false, false},
		{"branch-not-allowed", "environment-admits-trigger", publishPath + "#crates-io repository_dispatch", []string{`Branch "main" is not allowed to deploy to release`},
			func(w *world) { w.policy("branch", "main") }, true, false},
		{"blocked-event", "event-accepted", publishPath + "#crates-io crates.io", []string{"does not support the `workflow_run` event trigger"}, (*world).revert, false, false},
		{"environment-differs", "publisher-matches", ofCrate, []string{"does not match the environment `release`", "`production`"},
			func(w *world) {
				name := "release"
				w.crates(func(p *cratesio.Publisher) { p.Environment = &name })
				w.rehearse()
			}, false, false},
		{"token-refused", "token-is-exchanged", publishPath + "#crates-io crates.io", []string{"long-lived token", "CARGO_REGISTRY_TOKEN"},
			func(w *world) { w.forget(); w.revert() }, false, false},
		{"stale-pending", "publisher-matches", onPyPI, []string{"valid token, but project already exists"},
			func(w *world) { w.attach(w.PyPI); w.rehearse() }, false, false},
		{"wrong-index", "publisher-matches", "testpypi:market-data", []string{"TestPyPI refused", "Publisher with matching claims was not found"},
			func(w *world) { w.attach(w.TestPyPI); w.rehearse() }, false, false},
		{"project-renamed", "first-release-done", "pypi:market-data-tools", []string{"PyPI has no project market-data-tools"}, (*world).revert, false, false},
		{"no-contents", "publish-job-can-check-out", publishPath + "#crates-io", []string{"private", "contents is none"}, (*world).revert, false, false},
		{"leftover-password", "token-is-exchanged", publishPath + "#pypi pypi", []string{"long-lived token", "PYPI_API_TOKEN"},
			func(w *world) { w.forget(); w.revert() }, false, false},
		{"two-indexes-one-job", "one-index-per-job", publishPath + "#pypi", []string{"TestPyPI", "already has a publish attestation"}, (*world).revert, false, false},
		{"owner-recreated", "publisher-matches", ofCrate, []string{"does not match the repository owner ID (41000003)", "40999003"},
			func(w *world) {
				id := int(w.GitHub.AccountID("acme"))
				w.crates(func(p *cratesio.Publisher) { p.RepositoryOwnerID = id })
				w.rehearse()
			}, false, false},
		{"slow-publish", "token-outlives-publish", publishPath + "#crates-io crates.io", []string{"`cargo test --all-features`", "token of 30 minutes"}, (*world).revert, false, false},
		{"silent-release", "trigger-fires", publishPath + " release", []string{"makes the release with GITHUB_TOKEN", "starts no workflow"}, (*world).revert, false, false},
		{"publish-on-pull-request", "forks-cannot-publish", publishPath + "#crates-io", []string{"pull_request starts it", "no identity"}, (*world).revert, false, true},
		{"bare-environment", "environment-has-reviewers", "release", []string{"nobody has to approve", "no required reviewers"}, (*world).guard, false, false},
		{"nobody-can-approve", "someone-can-approve", "release", []string{"nobody can approve a run that ana starts"}, (*world).guard, false, false},
	}
}

// Every failure that people meet is a scenario in which the program names it,
// and calls all well once what it says has been done.
func TestEveryFailureIsNamedAndItsFixTurnsItGreen(t *testing.T) {
	need(t, "git")
	rows := failures()
	broken := scenario.Faults()
	if len(broken) != 25 {
		t.Errorf("%d ways of failing, not 25", len(broken))
	}
	for _, name := range broken {
		if !slices.ContainsFunc(rows, func(f failure) bool { return f.scenario == name }) {
			t.Errorf("nothing says what the program must say of %s", name)
		}
	}
	// The program spends most of this waiting for its turn at crates.io, so that
	// more worlds are open at a time than there are processors.
	var group errgroup.Group
	group.SetLimit(8)
	for _, f := range rows {
		group.Go(func() error {
			t.Run(f.scenario, func(t *testing.T) {
				w := enter(t, f.scenario)
				w.wrong(f)
				f.fix(w)
				w.right(f)
			})
			return nil
		})
	}
	_ = group.Wait()
}

// world is a practice world in which the real program runs.
type world struct {
	*practice.World
	t   *testing.T
	env []string
}

func enter(t *testing.T, name string) *world {
	t.Helper()
	opened, err := practice.Open(t.Context(), practice.Options{Scenario: name, Dir: t.TempDir(), Record: contract.Hold(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	return &world{opened, t, opened.Env(os.Environ())}
}

// judgement is what is read of verify --json.
type judgement struct {
	Verdict string
	Checks  []struct{ ID, Level, Subject, Verdict, Because, Fix string }
}

func (w *world) verify() (judgement, int) {
	w.t.Helper()
	cmd := exec.Command(program, "verify", "--json")
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.env
	out, err := cmd.Output()
	var j judgement
	if json.Unmarshal(out, &j) != nil {
		w.t.Fatalf("verify --json: %v\n%s", err, out)
	}
	return j, cmd.ProcessState.ExitCode()
}

// open lists what is not well, for a failed test.
func (j judgement) open() string {
	var b strings.Builder
	for _, c := range j.Checks {
		if c.Verdict != "ok" && c.Verdict != "not-applicable" {
			b.WriteString("\n  " + c.Verdict + " (" + c.Level + ") " + c.ID + " " + c.Subject + ": " + c.Because)
		}
	}
	return b.String()
}

func (w *world) wrong(f failure) {
	w.t.Helper()
	j, code := w.verify()
	if problems := j.Verdict == "problems"; problems == f.advice || problems != (code == 1) {
		w.t.Errorf("exit status %d, %s", code, j.Verdict)
	}
	for _, c := range j.Checks {
		if c.ID != f.check || c.Subject != f.subject || c.Verdict != "problem" {
			continue
		}
		for _, text := range f.says {
			if !strings.Contains(c.Because, text) {
				w.t.Errorf("%q is not in: %s", text, c.Because)
			}
		}
		if c.Fix == "" {
			w.t.Errorf("no fix is told for: %s", c.Because)
		}
		return
	}
	w.t.Errorf("%s does not call %s a problem:%s", f.check, f.subject, j.open())
}

func (w *world) right(f failure) {
	w.t.Helper()
	j, code := w.verify()
	if code != 0 && !f.open || code == 1 {
		w.t.Errorf("after the fix the exit status is %d:%s", code, j.open())
	}
	for _, c := range j.Checks {
		if c.ID == f.check && c.Subject == f.subject && c.Verdict != "ok" {
			w.t.Errorf("after the fix %s of %s is %s: %s", c.ID, c.Subject, c.Verdict, c.Because)
		}
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) rehearse() {
	w.t.Helper()
	_, err := w.Stage().Rehearse(w.t.Context(), publishFile, "main")
	w.must(err)
}

// revert puts all files back to those of the proven release, and rehearses.
func (w *world) revert() {
	w.t.Helper()
	w.must(w.Stage().Git(w.t.Context(), []string{"read-tree", "-u", "--reset", "v0.1.0"}))
	w.must(w.Stage().Commit(w.t.Context(), "Publish as before"))
	w.rehearse()
}

// edit changes the repository's settings.
func (w *world) edit(change func(*github.Repository)) {
	w.t.Helper()
	w.must(w.GitHub.Edit("acme", "market-data", func(r *github.Repository) error { change(r); return nil }))
}

func (w *world) forget() {
	w.t.Helper()
	w.edit(func(r *github.Repository) { r.Secrets = nil })
}

func (w *world) policy(kind, pattern string) {
	w.t.Helper()
	w.edit(func(r *github.Repository) {
		e := r.Environment("release")
		e.Policies = append(e.Policies, github.DeploymentPolicy{Type: kind, Name: pattern})
	})
}

func (w *world) guard() {
	w.t.Helper()
	ana, bo := w.GitHub.AccountID("ana"), w.GitHub.AccountID("bo")
	w.edit(func(r *github.Repository) {
		e := r.Environment("release")
		e.Reviewers = []github.Reviewer{{Type: "User", ID: ana}, {Type: "User", ID: bo}}
		e.PreventSelfReview, e.AdminsCannotBypass, e.Policy = true, true, github.CustomRefs
		e.Policies = []github.DeploymentPolicy{{Type: "branch", Name: "main"}, {Type: "tag", Name: "v*"}}
	})
}

// identity is what PyPI's publishers should say.
func (w *world) identity() pypi.Identity {
	list := append(w.PyPI.Publishers("market-data"), w.TestPyPI.Publishers("market-data")...)
	return list[0].Identity
}

func (w *world) attach(index *pypi.Service) {
	w.t.Helper()
	_, err := index.AddPublisher("market-data", w.identity())
	w.must(err)
}

func (w *world) pypi(change func(*pypi.Identity)) {
	w.t.Helper()
	for _, p := range w.PyPI.Publishers("market-data") {
		change(&p.Identity)
		w.must(w.PyPI.SetPublisher(p))
	}
}

func (w *world) crates(change func(*cratesio.Publisher)) {
	w.t.Helper()
	for _, p := range w.Crates.Publishers("") {
		change(&p)
		w.must(w.Crates.SetPublisher(p))
	}
}

func (w *world) register(crate string) {
	w.t.Helper()
	environment := "release"
	_, err := w.Crates.AddPublisher(cratesio.Publisher{Crate: crate, RepositoryOwner: "acme", RepositoryOwnerID: int(w.GitHub.AccountID("acme")),
		RepositoryName: "market-data", WorkflowFilename: publishFile, Environment: &environment})
	w.must(err)
}

// publishMember is the first version by hand, and the config after it.
func (w *world) publishMember() {
	w.t.Helper()
	w.must(w.Crates.AddCrate(cratesio.Seed{Owner: "ana", Name: "market-data-model", Version: "0.1.0", Repository: "https://github.com/acme/market-data"}))
	w.register("market-data-model")
	w.rehearse()
}

// version releases the next one.
func (w *world) version(last, next string) {
	w.t.Helper()
	for _, file := range []string{"Cargo.lock", "model/Cargo.toml", "Cargo.toml"} {
		w.must(w.Stage().Edit(w.t.Context(), file, func(text string) string { return strings.ReplaceAll(text, `"`+last+`"`, `"`+next+`"`) }))
	}
	run, err := w.Stage().Release(w.t.Context(), "v"+next)
	w.must(err)
	if run.Conclusion != github.Success {
		w.t.Errorf("the release of %s ended with %s", next, run.Conclusion)
	}
}
