package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestEverythingDoneAndSeenIsReady(t *testing.T) {
	r := Judge(NewCase(ready(t)), All(), nil)
	if got := r.Verdict(); got != Ready {
		t.Errorf("verdict %s", got)
	}
	for _, res := range r.Results {
		unseen := res.Level == Advice && res.Verdict == Unknown // no registry shows publishers without a token
		if res.Verdict != OK && res.Verdict != NotApplicable && !unseen {
			t.Errorf("%s %s: %s: %s", res.Check.ID, res.Subject, res.Verdict, res.Because)
		}
	}
}

// Offline nothing that only the network shows may be ok or a problem.
func TestOfflineIsNeverGreenWhereOnlyTheNetworkShows(t *testing.T) {
	w := ready(t)
	offline(w)
	r := Judge(NewCase(w), All(), nil)
	if got := r.Verdict(); got != Unproven {
		t.Errorf("verdict %s", got)
	}
	local := map[string]bool{
		"packages-found": true, "metadata-complete": true, "versions-agree": true, "repository-url-matches": true, "tests-run-in-ci": true, "workflow-lints": true,
		"one-workflow-publishes": true, "workflow-grants-id-token": true, "id-token-only-where-needed": true, "publish-job-can-check-out": true,
		"publish-job-names-environment": true, "event-accepted": true, "token-is-exchanged": true, "no-token-secret-used": true, "actions-pinned": true,
		"publish-job-not-reusable": true, "build-apart-from-publish": true, "one-index-per-job": true, "forks-cannot-publish": true,
		"release-comes-from-default-branch": true, "rehearsal-possible": true, "token-outlives-publish": true, "runbook-present": true,
	}
	for _, res := range r.Results {
		want := Unknown
		if local[res.Check.ID] {
			want = OK
		}
		if res.Verdict != want {
			t.Errorf("%s %s: %s, want %s: %s", res.Check.ID, res.Subject, res.Verdict, want, res.Because)
		}
	}
}

func TestAnEmptyWorldIsUnproven(t *testing.T) {
	r := Judge(NewCase(&evidence.World{}), All(), nil)
	if got := r.Verdict(); got != Unproven {
		t.Errorf("verdict %s", got)
	}
	for _, res := range r.Results {
		if res.Verdict == OK || res.Verdict == Wrong {
			t.Errorf("%s: %s of a world that nobody looked at: %s", res.Check.ID, res.Verdict, res.Because)
		}
	}
}
