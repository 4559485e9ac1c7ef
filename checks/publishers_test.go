package checks

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// shown is a publisher in one line, without origins.
func shown(list []identity.Publisher) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, publisherSubject(p)+" "+p.Owner+"/"+p.Repository+" "+p.Workflow+" "+p.Environment)
	}
	return lines
}

const noWorkflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: 'true'\n"

// trialWorkflow publishes nothing: it sees whether it could.
const trialWorkflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cargo publish --dry-run\n"

func TestWantedPublishers(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*testing.T, *evidence.World)
		want   []string
	}{
		{"all three", nothing, []string{
			"crates.io:data acme/data publish.yml release", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"no workflow yet: our defaults, and TestPyPI to rehearse", file(publishYML, noWorkflow), []string{
			"crates.io:data acme/data publish.yml release", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"TestPyPI only where a workflow uses it", file(publishYML, secretWorkflow), []string{
			"crates.io:data acme/data publish.yml release", "pypi:data acme/data publish.yml release"}},
		{"a trial in another file is no release", both(file(publishYML, noWorkflow), file(".github/workflows/ci.yml", trialWorkflow)), []string{
			"crates.io:data acme/data publish.yml release", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"a script with an identity may be it", file(publishYML, replaced(t, hiddenWorkflow, "    permissions:\n", "    environment: ship\n    permissions:\n")), []string{
			"crates.io:data acme/data publish.yml ship", "pypi:data acme/data publish.yml ship", "testpypi:data acme/data publish.yml ship"}},
		{"but not one of two", both(file(publishYML, noWorkflow), both(file(".github/workflows/a.yml", hiddenWorkflow), file(".github/workflows/b.yml", hiddenWorkflow))), []string{
			"crates.io:data acme/data publish.yml release", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"nor one that speaks of another registry", both(file(publishYML, noWorkflow), file(".github/workflows/rust.yml", hiddenWorkflow)), []string{
			"crates.io:data acme/data rust.yml ", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"rather than a program that is handed a secret", both(file(publishYML, replaced(t, secretWorkflow, "cargo publish", "./bootstrap.py")), file(".github/workflows/rust.yml", hiddenWorkflow)), []string{
			"crates.io:data acme/data rust.yml ", "pypi:data acme/data publish.yml release"}},
		{"a called workflow that was not read: crates.io reads the caller", file(publishYML, "on: push\njobs:\n  go:\n    uses: acme/shared/.github/workflows/release.yml@v1\n"), []string{
			"crates.io:data acme/data publish.yml ", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"named registries", func(_ *testing.T, w *evidence.World) { w.Wanted.Registries = []identity.Registry{identity.PyPI} }, []string{
			"pypi:data acme/data publish.yml release"}},
		{"named packages, as the registry compares them", func(_ *testing.T, w *evidence.World) {
			setPackages(w, crate("other"), project("My.Data"))
			w.Wanted.Packages, w.Wanted.Registries = []string{"my-data"}, []identity.Registry{identity.CratesIO, identity.PyPI}
		}, []string{"pypi:My.Data acme/data publish.yml release"}},
		{"flags outrank", func(_ *testing.T, w *evidence.World) {
			w.Wanted.Workflow, w.Wanted.Environment = ".github/workflows/ship.yml", "prod"
			w.Wanted.Registries = []identity.Registry{identity.CratesIO}
		}, []string{"crates.io:data acme/data ship.yml prod"}},
		{"not for the public registry", changedCrate(func(p *evidence.Package) { p.Publish = evidence.Seen(false, line("Cargo.toml", 9)) }), []string{
			"pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"a job without environment", edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), []string{
			"crates.io:data acme/data publish.yml ", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"a reusable workflow: crates.io reads the caller, PyPI the called file", func(t *testing.T, w *evidence.World) {
			setFile(w, ".github/workflows/release.yml", "on: {push: {tags: ['v*']}}\njobs:\n  call:\n    permissions: write-all\n    uses: ./.github/workflows/publish.yml\n")
			edit(t, w, "on:\n  push:\n    tags: ['v*']\n  workflow_dispatch:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n", "on: workflow_call\n")
		}, []string{"crates.io:data acme/data release.yml release", "pypi:data acme/data publish.yml release", "testpypi:data acme/data publish.yml release"}},
		{"no repository known", func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository, w.Repo = evidence.Fact[evidence.Repository]{}, evidence.Fact[evidence.RepoName]{}
			w.Wanted.Registries = []identity.Registry{identity.CratesIO}
		}, []string{"crates.io:data / publish.yml release"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := ready(t)
			row.change(t, w)
			if diff := cmp.Diff(row.want, shown(NewCase(w).Publishers)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestOriginsSayWhereValuesCameFrom(t *testing.T) {
	w := ready(t)
	got := NewCase(w).Publishers[0].Origin
	want := map[identity.Field]string{
		identity.FieldOwner: "api.github.com/repos/acme/data", identity.FieldOwnerID: "api.github.com/repos/acme/data", identity.FieldRepository: "api.github.com/repos/acme/data",
		identity.FieldWorkflow: "the only file that publishes", identity.FieldEnvironment: "publish.yml:25",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("live (-want +got)\n%s", diff)
	}
	setFile(w, publishYML, noWorkflow)
	offline(w)
	p := NewCase(w).Publishers[0]
	want = map[identity.Field]string{identity.FieldOwner: "git remote origin", identity.FieldRepository: "git remote origin",
		identity.FieldWorkflow: "our default", identity.FieldEnvironment: "our default"}
	if diff := cmp.Diff(want, p.Origin); diff != "" || p.Owner != "Acme" || p.OwnerID != 0 {
		t.Errorf("offline %s %d (-want +got)\n%s", p.Owner, p.OwnerID, diff)
	}
	w.Wanted = evidence.Wanted{Workflow: "a.yml", Environment: "b"}
	p = NewCase(w).Publishers[0]
	if p.Origin[identity.FieldWorkflow] != "--workflow" || p.Origin[identity.FieldEnvironment] != "--environment" {
		t.Errorf("wanted: %v", p.Origin)
	}
}

func TestTwoFilesThatPublishAreBothNamed(t *testing.T) {
	w := ready(t)
	setFile(w, ".github/workflows/a.yml", secretWorkflow)
	p := NewCase(w).Publishers[0]
	if got := p.Origin[identity.FieldWorkflow]; p.Workflow != "publish.yml" || got != "publish.yml:36, the first of 2 files that publish" {
		t.Errorf("%s from %q", p.Workflow, got)
	}
}
