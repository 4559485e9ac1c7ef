package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// With GitHub away nobody knows the workflow files; that must never look like
// files in which all is well.
func TestWorkflowFilesThatNobodyCouldRead(t *testing.T) {
	w := ready(t)
	w.Workflows = evidence.Unknown[[]evidence.WorkflowFile](api, "api.github.com did not answer in time")
	says(w, 1, registered(identity.PyPI))
	c := NewCase(w)
	for _, check := range All() {
		if check.Step != Workflow {
			continue
		}
		r := Judge(c, All(), []string{check.ID})
		for _, res := range r.Results {
			if res.Verdict != Unknown && res.Verdict != Wrong {
				t.Errorf("%s: %s: %s", check.ID, res.Verdict, res.Because)
			}
		}
		if check.Level != Advice && r.Verdict() == Ready {
			t.Errorf("%s alone calls it ready", check.ID)
		}
	}
	for _, res := range Judge(c, All(), []string{"publisher-matches"}).Results {
		if res.Verdict == Waiting { // it does not wait for a file that may well be there
			t.Errorf("publisher-matches %s: %s: %s", res.Subject, res.Verdict, res.Because)
		}
	}
}
