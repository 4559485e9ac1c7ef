package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const pypiAction = "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"

// twoIndexes is a job with an upload to TestPyPI and one to PyPI; each %s takes
// more lines of its step.
func twoIndexes(on, first, second string) string {
	indent := func(s string) string {
		if s == "" {
			return ""
		}
		return "        " + strings.ReplaceAll(s, "\n", "\n        ") + "\n"
	}
	return "on: " + on + "\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {id-token: write}\n    steps:\n" +
		"      - uses: " + pypiAction + "\n" + indent(first) + "      - uses: " + pypiAction + "\n" + indent(second)
}

func TestOneIndexPerJob(t *testing.T) {
	const id, toTest = "one-index-per-job", "with: {repository-url: 'https://test.pypi.org/legacy/'}"
	const tags, both = "{push: {tags: ['v*']}}", "{push: {tags: ['v*']}, workflow_dispatch: }"
	use := func(on, first, second string) func(*testing.T, *evidence.World) {
		return file(publishYML, twoIndexes(on, first, second))
	}
	runRows(t, []row{
		{"one", id, nothing, pypiJob, OK, "uploads to PyPI only"},
		{"failure 19: both in one run", id, use(tags, toTest, ""), pypiIn("publish"), Wrong, "line 8 uploads to TestPyPI and line 10 to PyPI, and both can happen in one run: the second ends with “Attestation generation failure: … already has a publish attestation”"},
		{"the second only sometimes", id, use(both, toTest, "if: github.event_name == 'push'"), pypiIn("publish"), Wrong, "already has a publish attestation"},
		{"an unsure condition for the job alone", id, file(publishYML, replaced(t, twoIndexes(tags, toTest, ""), "    environment:", "    if: vars.ON\n    environment:")), pypiIn("publish"), Wrong, "already has"},
		{"two PyPI jobs", id, file(publishYML, replaced(t, twoIndexes(tags, toTest, ""), "      - uses: "+pypiAction+"\n        with", "      - uses: "+pypiAction+"\n        if: false\n        with")), pypiIn("publish"), Wrong, "conditions decide"},
	})
	t.Run("advice", func(t *testing.T) {
		for name, src := range map[string]string{
			"conditions keep them apart": twoIndexes(both, "if: github.event_name == 'workflow_dispatch'\n"+toTest, "if: github.event_name == 'push'"),
			"no attestations":            twoIndexes(tags, "with: {repository-url: 'https://test.pypi.org/legacy/', attestations: false}", ""),
			"one step for either":        "on: {workflow_dispatch: {inputs: {index: {type: choice, options: ['https://test.pypi.org/legacy/', 'https://upload.pypi.org/legacy/']}}}}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {id-token: write}\n    steps:\n      - uses: " + pypiAction + "\n        with: {repository-url: '${{ inputs.index }}'}\n",
		} {
			w := ready(t)
			setFile(w, publishYML, src)
			res := Judge(NewCase(w), All(), []string{id}).Results
			if len(res) != 1 || res[0].Verdict != Wrong || res[0].Level != Advice || !strings.Contains(res[0].Fix, "a job and an environment of its own") {
				t.Errorf("%s: %+v", name, res)
			}
		}
	})
	t.Run("works", func(t *testing.T) {
		w := ready(t)
		use(tags, toTest, "")(t, w)
		if res := Judge(NewCase(w), All(), []string{id}).Results[0]; res.Level != Works {
			t.Errorf("level %s", res.Level)
		}
	})
}

func pypiIn(job string) string { return publishYML + "#" + job }
