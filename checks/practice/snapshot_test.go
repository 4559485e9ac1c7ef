package practice_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

func snapshotOf(t *testing.T, w *practice.World) practice.Snapshot {
	t.Helper()
	s, err := w.Snapshot(t.Context())
	must(t, err)
	return s
}

// TestSnapshotSeesEverySetting changes one setting after the other, of each kind
// that the program can change, and wants the snapshots to differ just there.
func TestSnapshotSeesEverySetting(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	w, err := practice.Open(t.Context(), practice.Options{Scenario: "ready", Dir: t.TempDir(), Record: contract.Hold(t)})
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	onGitHub := func(change func(*github.Repository)) func() error {
		return func() error {
			return w.GitHub.Edit(owner, name, func(r *github.Repository) error { change(r); return nil })
		}
	}
	release := func(change func(*github.Environment)) func() error {
		return onGitHub(func(r *github.Repository) { change(r.Environment(environment)) })
	}
	const repo = "github/Repositories/market-data/"
	for _, row := range []struct {
		path   string
		change func() error
	}{
		{repo + "Environments/release/WaitMinutes", release(func(e *github.Environment) { e.WaitMinutes = 5 })},
		{repo + "Environments/release/PreventSelfReview", release(func(e *github.Environment) { e.PreventSelfReview = false })},
		{repo + "Environments/release/AdminsCannotBypass", release(func(e *github.Environment) { e.AdminsCannotBypass = false })},
		{repo + "Environments/release/Reviewers/", release(func(e *github.Environment) { e.Reviewers = e.Reviewers[:1] })},
		{repo + "Environments/release/Policies/branch main/", release(func(e *github.Environment) { e.Policies = e.Policies[1:] })},
		{repo + "Environments/release/Secrets/T/", release(func(e *github.Environment) { e.Secrets = []github.Secret{{Name: "T", Value: "of-an-environment"}} })},
		{repo + "Environments/release/Variables/V/", release(func(e *github.Environment) { e.Variables = []github.Variable{{Name: "V", Value: "1"}} })},
		{repo + "Secrets/T/", onGitHub(func(r *github.Repository) { r.Secrets = []github.Secret{{Name: "T", Value: "of-a-repository"}} })},
		{repo + "Secrets/T/Value", onGitHub(func(r *github.Repository) { r.Secrets[0].Value = "another" })},
		{repo + "DependabotSecrets/T/", onGitHub(func(r *github.Repository) { r.DependabotSecrets = []github.Secret{{Name: "T", Value: "x"}} })},
		{repo + "Actions/WritableToken", onGitHub(func(r *github.Repository) { r.Actions.WritableToken = true })},
		{repo + "Actions/SHAPinning", onGitHub(func(r *github.Repository) { r.Actions.SHAPinning = true })},
		{repo + "ImmutableReleases", onGitHub(func(r *github.Repository) { r.ImmutableReleases = true })},
		{repo + "Protection/main/", onGitHub(func(r *github.Repository) { r.Protection = map[string]*github.Protection{"main": {}} })},
		{repo + "Rulesets/release tags/Enforcement", onGitHub(func(r *github.Repository) { r.Rulesets[1].Enforcement = "disabled" })},
		{repo + "Rulesets/main/Rules/", onGitHub(func(r *github.Repository) { r.Rulesets[0].Rules = r.Rulesets[0].Rules[:2] })},
		{repo + "Workflows/Publish/", onGitHub(func(r *github.Repository) {
			r.Workflows = []*github.Workflow{{Path: workflowFile, Name: "Publish", State: "disabled_manually"}}
		})},
		{repo + "Pulls/7/", onGitHub(func(r *github.Repository) { r.Pulls = []*github.PullRequest{{Number: 7, Title: "x", State: "open"}} })},
		{"github/Accounts/Acme/Secrets/T/", func() error {
			return w.GitHub.EditAccount(owner, func(a *github.Account) error {
				a.Secrets = []github.OrganizationSecret{{Secret: github.Secret{Name: "T", Value: "of-an-organisation"}, Visibility: "all"}}
				return nil
			})
		}},
		{"cratesio/Crates/market-data/TrustpubOnly", func() error { return w.Crates.SetTrustpubOnly(name, false) }},
		{"cratesio/Publishers/", func() error {
			_, err := w.Crates.AddPublisher(cratesio.Publisher{Crate: name, RepositoryOwner: owner, RepositoryName: name, WorkflowFilename: "other.yml"})
			return err
		}},
		{"pypi/Projects/market-data/Publishers/", func() error { return w.PyPI.RemovePublisher(name, w.PyPI.Publishers(name)[0].ID) }},
		{"testpypi/Pending/", func() error {
			_, err := w.TestPyPI.AddPending(pypi.Pending{Project: "other", AddedBy: "ana"})
			return err
		}},
		{"git/", func() error {
			return w.Stage().Edit(t.Context(), "README.md", func(string) string { return "other\n" })
		}},
	} {
		before := snapshotOf(t, w)
		must(t, row.change())
		differs := before.Against(snapshotOf(t, w))
		if len(differs) == 0 {
			t.Errorf("%s: nothing differs", row.path)
		}
		for _, d := range differs {
			with := strings.HasPrefix(d.Path, "pypi/Publishers/") // a publisher without a project goes
			if !strings.HasPrefix(d.Path, row.path) && !with {
				t.Errorf("%s: %s differs: %s and %s", row.path, d.Path, d.Before, d.After)
			}
		}
	}
	for path, value := range snapshotOf(t, w) {
		if strings.Contains(value+path, "of-a") || strings.Contains(value, w.Setting().Token) {
			t.Errorf("%s shows a secret: %s", path, value)
		}
	}
}

// TestSnapshotIsOfSettingsAlone: what was made anew as it was before is no other
// setting, nor is a world that was taken up again another world.
func TestSnapshotIsOfSettingsAlone(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	dir := t.TempDir()
	w, err := practice.Open(t.Context(), practice.Options{Scenario: "fresh", Dir: dir, Record: contract.Hold(t)})
	must(t, err)
	made := func() {
		must(t, w.GitHub.Edit(owner, name, func(r *github.Repository) error {
			r.Environments = []*github.Environment{{Name: environment, WaitMinutes: 3, Reviewers: []github.Reviewer{{Type: "User", ID: 1}}}}
			r.Rulesets = []*github.Ruleset{{Name: "tags", Target: "tag", Enforcement: "active"}}
			return nil
		}))
	}
	made()
	before := snapshotOf(t, w)
	made()
	must(t, w.Close())
	w, err = practice.Open(t.Context(), practice.Options{Dir: dir, Record: contract.Hold(t)})
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	for _, d := range before.Against(snapshotOf(t, w)) {
		t.Errorf("%s differs: %s and %s", d.Path, d.Before, d.After)
	}
}
