package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// withoutGrant publishes to PyPI from a job that may not mint.
const withoutGrant = `# Ours since 2019.
on: { push: { tags: ['v*'] } }
jobs:
    publish:
        runs-on: ubuntu-latest   # small
        environment: release
        permissions: { contents: read }
        steps:
        - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2
`

func TestAWorkflowIsRepairedAtItsPlace(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).commit(publishing, withoutGrant)
	writeInto(t, s, publishing, withoutGrant)
	scene := s.scene(checks.Workflow)
	preview := diff(scene.Preview)
	contains(t, "preview", preview, "-        permissions: { contents: read }", "+        permissions: { contents: read, id-token: write }")
	lacks(t, "preview", preview, "+# Ours", "-        environment")
	for _, line := range scene.Preview {
		if line.Op == '+' && line.Origin == "" {
			t.Errorf("%q says no reason", line.Text)
		}
	}
	contains(t, "wanted", texts(scene.Wanted), "grant id-token: write to the job publish|workflow-grants-id-token")

	changes, err := way(t, scene, "Only write").Prepare(nil)
	if err != nil || len(changes) != 1 || changes[0].ID != "file:"+publishing || diff(changes[0].Preview) != preview {
		t.Errorf("%v %v", changes, err)
	}
}

// TestARepairedWorkflowIsLeftAlone: what was repaired is not repaired again.
func TestARepairedWorkflowIsLeftAlone(t *testing.T) {
	s := fresh(t).commit(publishing, withoutGrant)
	writeInto(t, s, publishing, withoutGrant)
	changes, err := way(t, s.scene(checks.Workflow), "Only write").Prepare(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := changes[0].Perform(t.Context(), change.Hands{}); err != nil {
		t.Fatal(err)
	}
	repaired, err := s.basis().Tools.ReadFile(publishing)
	if err != nil {
		t.Fatal(err)
	}
	scene := fresh(t).commit(publishing, string(repaired)).scene(checks.Workflow)
	lacks(t, "ways", labels(scene), "do:")
	lacks(t, "preview", diff(scene.Preview), "+")
}

func TestWhatNoEditRepairsIsSaid(t *testing.T) {
	src := strings.Replace(withoutGrant, "push: { tags: ['v*'] }", "pull_request_target:", 1)
	scene := fresh(t).commit(publishing, src).scene(checks.Workflow)
	contains(t, "now", texts(scene.Now), "By hand: event-accepted: ")
}

// TestATreeThatDiffersIsNotRepaired: the edit is of the file that was judged.
func TestATreeThatDiffersIsNotRepaired(t *testing.T) {
	s := fresh(t).commit(publishing, withoutGrant)
	writeInto(t, s, publishing, withoutGrant+"# later\n")
	_, err := way(t, s.scene(checks.Workflow), "Only write").Prepare(nil)
	if err == nil || !strings.Contains(err.Error(), "git stash") {
		t.Error(err)
	}
}

// TestWhatFollowsIsLaidOutAsRepaired: the environment that a repair names is the
// one that the next step makes and the registries are told, with its origin.
func TestWhatFollowsIsLaidOutAsRepaired(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).commit(publishing, strings.Replace(withoutGrant, "        environment: release\n", "", 1))
	contains(t, "preview", diff(s.scene(checks.Workflow).Preview), "+        environment: release")
	contains(t, "environment", texts(s.scene(checks.Environment).Wanted)+diff(s.scene(checks.Environment).Preview), "environment release")
	contains(t, "publishers", texts(s.scene(checks.Publishers).Wanted), "environment name: release|publish.yml:7 once it is repaired")
	s.record(journal.Record{Kind: journal.Skip, Step: string(checks.Workflow), Reason: "later"})
	lacks(t, "passed by", texts(s.scene(checks.Publishers).Wanted), "once it is repaired")
}
