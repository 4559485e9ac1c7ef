package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// calledLocally makes publish.yml a workflow that release.yml calls.
func calledLocally(t *testing.T, w *evidence.World) {
	src := read(t, "testdata/publish.yml")
	start, end := strings.Index(src, "on:\n"), strings.Index(src, "permissions: {}\n")
	src = src[:start] + "on: workflow_call\n" + src[end:]
	setFile(w, publishYML, replaced(t, src, "permissions: {}\n", ""))
	setFile(w, callingYML, "on: {push: {tags: ['v*']}}\njobs:\n  call:\n    permissions:\n      contents: read\n      id-token: write\n    uses: ./.github/workflows/publish.yml\n")
}

// then applies changes one after the other.
func then(changes ...func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		for _, change := range changes {
			change(t, w)
		}
	}
}

// amended replaces text of the publishing workflow as it stands by now.
func amended(old, to string) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		for _, f := range w.Workflows.Or(nil) {
			if f.Path == publishYML {
				src, _ := f.Content.Get()
				setFile(w, publishYML, replaced(t, string(src), old, to))
			}
		}
	}
}

func TestPublishJobNotReusable(t *testing.T) {
	const id = "publish-job-not-reusable"
	const pinned = "uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"
	plain := then(calledLocally, amended(pinned, pinned+"\n        with:\n          attestations: false"))
	version := func(uses string) func(*testing.T, *evidence.World) {
		return then(calledLocally, amended(pinned, "uses: "+uses))
	}
	names := func(r identity.Registry, file string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			p := with(registered(r), func(p *identity.Publisher) { p.Workflow = file })
			if r == identity.CratesIO {
				listed(w, p)
				return
			}
			says(w, 1, p)
		}
	}
	unproven := func(_ *testing.T, w *evidence.World) { setProject(w, identity.PyPI, tokenVersion("0.2.0", 900)) }
	remote := "acme/shared/.github/workflows/publish.yml@v1"
	foreign := shared(source("on: workflow_call\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {contents: read, id-token: write}\n    steps:\n      - " + pinned + "\n"))
	runRows(t, []row{
		{"started itself", id, nothing, cratesJob + " crates.io", OK, "publish.yml, which is started itself"},
		{"failure 7: called, and crates.io lists the called file", id, then(calledLocally, names(identity.CratesIO, "publish.yml")), cratesJob + " crates.io", Wrong,
			"release.yml calls publish.yml; crates.io goes by the file that is started, so the publisher must name release.yml, and publish.yml is registered"},
		{"called, and crates.io lists the caller", id, then(calledLocally, names(identity.CratesIO, "release.yml")), cratesJob + " crates.io", OK, "must name release.yml"},
		{"called, and nothing is known of the publisher", id, calledLocally, cratesJob + " crates.io", OK, "must name release.yml"},
		{"failure 18: called, with attestations", id, then(calledLocally, unproven), pypiJob + " pypi", Wrong, "“Invalid attestations supplied during upload”"},
		{"called, with attestations, and PyPI shows a release by it", id, calledLocally, pypiJob + " pypi", OK, "PyPI goes by the file that the job is written in"},
		{"called, without attestations", id, then(plain, unproven), pypiJob + " pypi", OK, "must name publish.yml"},
		{"failure 4: called, and the caller is what was registered", id, then(plain, unproven, names(identity.PyPI, "release.yml")), pypiJob + " pypi", Wrong, "must name publish.yml, and release.yml is what you registered"},
		{"called, by an action from before attestations", id, then(version("pypa/gh-action-pypi-publish@v1.10.3"), unproven), pypiJob + " pypi", OK, "must name publish.yml"},
		{"called, by an older action at a commit", id, then(version("pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.8.14"), unproven), pypiJob + " pypi", OK, "must name publish.yml"},
		{"called, by an action of a version that is not shown", id, then(version("pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33"), unproven), pypiJob + " pypi", Unknown, "Invalid attestations"},
		{"failure 4: in another repository", id, foreign, remote + "#publish pypi", Wrong, "The job_workflow_ref claim does not match, expecting one of ['acme/data/.github/workflows/publish.yml@"},
		{"in another repository, and ours is not known", id, then(foreign, func(_ *testing.T, w *evidence.World) {
			offline(w)
			w.Repo = evidence.Fact[evidence.RepoName]{}
		}), remote + "#publish pypi", Unknown, "the repository is not known"},
		{"nothing calls it", id, edited("on:\n  push:\n    tags: ['v*']\n  workflow_dispatch:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n", "on: workflow_call\n"),
			cratesJob + " crates.io", Unknown, "no workflow of this repository calls it"},
	})
}
