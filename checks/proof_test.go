package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// at gives a run another commit, and the workflow file of that commit.
func at(r evidence.Run, sha string, file evidence.Fact[[]byte]) evidence.Run {
	r.SHA, r.File = sha, file
	return r
}

func source(src string) evidence.Fact[[]byte] { return evidence.Seen([]byte(src), api) }

func TestRehearsalPassed(t *testing.T) {
	const id = "rehearsal-passed"
	present := read(t, "testdata/publish.yml")
	waiting := underWayRun(9, "waiting")
	waiting.Pending = evidence.Seen([]evidence.PendingDeployment{{Environment: "release", Reviewers: releaseEnvironment().Reviewers}}, api)
	mine := underWayRun(9, "waiting")
	mine.Pending = evidence.Seen([]evidence.PendingDeployment{{Environment: "release", CanApprove: true}}, api)
	tolerant := replaced(t, present, "      - name: Mint a TestPyPI token\n", "      - name: Mint a TestPyPI token\n        continue-on-error: true\n")
	unread := rehearsal(9, 1, "success")
	unread.Jobs = evidence.Unknown[[]evidence.RunJob](api, "rate limit reached")
	skipped := rehearsal(9, 1, "skipped")
	runRows(t, []row{
		{"passed", id, nothing, "crates.io", OK, "gave run 7 of 2026-11-24 10:00 (workflow_dispatch) a token in environment release"},
		{"no run yet", id, earlier(), "crates.io", Waiting, "rehearse with `gh trustpub`"},
		{"runs that never came to it", id, earlier(skipped), "crates.io", Waiting, "no run has come to the exchange yet"},
		{"refused", id, earlier(refusedRehearsal(9, 1, notFound)), "testpypi", Wrong, "TestPyPI refused run 9"},
		{"failed in another way", id, earlier(refusedRehearsal(9, 1, "curl: (6) Could not resolve host")), "testpypi", Wrong, "holds no refusal of TestPyPI"},
		{"the newest decides", id, earlier(refusedRehearsal(10, 1, notFound), rehearsal(9, 2, "success")), "testpypi", Wrong, "run 10"},
		{"passed after a refusal", id, earlier(rehearsal(10, 1, "success"), refusedRehearsal(9, 2, notFound)), "crates.io", OK, "run 10"},
		{"waits for others", id, earlier(waiting), "crates.io", Waiting, "waits for an approval by one of ana, the team core"},
		{"waits for you", id, earlier(mine), "crates.io", Waiting, "which you can give"},
		{"under way", id, earlier(underWayRun(9, "in_progress")), "crates.io", Waiting, "is under way"},
		{"at another commit, file not read", id, earlier(at(rehearsal(9, 1, "success"), olderSHA, evidence.Unknown[[]byte](api, "404"))), "crates.io", Unknown, "at commit 2222222"},
		{"at another commit, same file", id, earlier(at(rehearsal(9, 1, "success"), olderSHA, source(present))), "crates.io", OK, "run 9"},
		{"at another commit, in another environment", id, earlier(at(rehearsal(9, 1, "success"), olderSHA, source(replaced(t, present, "environment: release", "environment: staging")))),
			"crates.io", Unknown, "it minted in environment staging, not in environment release"},
		{"a success that goes on after failures", id, func(t *testing.T, w *evidence.World) { setFile(w, publishYML, tolerant) }, "testpypi", Unknown, "continue-on-error"},
		{"jobs unreadable", id, earlier(unread), "crates.io", Unknown, "rate limit reached"},
		{"runs unreadable", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Runs = evidence.Unknown[[]evidence.Run](api, "needs the scope actions:read")
		}, "crates.io", Unknown, "actions:read"},
		{"PyPI has only a pending publisher", id, func(_ *testing.T, w *evidence.World) {
			untried(w)
			run := rehearsal(9, 1, "success")
			run.Jobs.Or(nil)[1].Steps[1].Conclusion = "skipped"
			setRuns(w, run)
		}, "pypi", Waiting, "the first release"},
		{"a hand-made exchange for a project that was not there", id, func(_ *testing.T, w *evidence.World) {
			untried(w)
			setRuns(w, rehearsal(9, 1, "success"))
		}, "pypi", Waiting, "the exchange would create it"},
		{"a hand-made exchange older than the project", id, func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, evidence.Version{Number: "0.1.0", CreatedAt: hoursAgo(1)})
		}, "pypi", Unknown, "younger than that run"},
		{"a trusted release instead of a rehearsal", id, func(_ *testing.T, w *evidence.World) { setRuns(w) }, "pypi", OK, "0.3.0 was published"},
		{"crates.io's record tells no file", id, func(_ *testing.T, w *evidence.World) { setRuns(w) }, "crates.io", Waiting, "no run has come"},
	})
}

func TestLastReleaseTrusted(t *testing.T) {
	const id = "last-release-trusted"
	other := trustedCrate("0.3.0", 1)
	other.Trusted = evidence.Seen(evidence.Provenance{Repository: "evil/data", RunID: 1}, api)
	crates := func(versions ...evidence.Version) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { setProject(w, identity.CratesIO, versions...) }
	}
	runRows(t, []row{
		{"crates.io's record", id, nothing, ofCrate, OK, "data 0.3.0 was published by acme/data"},
		{"PyPI's provenance", id, nothing, ofProject, OK, "publish.yml in environment release"},
		{"no release", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.PyPI) }, ofProject, Waiting, "no release of data yet"},
		{"the first one by hand", id, func(t *testing.T, w *evidence.World) {
			setRuns(w)
			crates(tokenVersion("0.1.0", 1))(t, w)
		}, ofCrate, Waiting, "0.1.0 was published with a token; the next release will show"},
		{"the first one by hand, rehearsed since", id, crates(tokenVersion("0.1.0", 30)), ofCrate, Waiting, "the next release will show"},
		{"by a token after a trusted one", id, crates(tokenVersion("0.4.0", 1), trustedCrate("0.3.0", 30)), ofCrate, Wrong, "although 0.3.0 before it was a trusted release"},
		{"by a token after the rehearsal", id, crates(tokenVersion("0.4.0", 1)), ofCrate, Wrong, "although run 7"},
		{"by another repository", id, crates(other), ofCrate, Wrong, "published by evil/data"},
		{"by an older identity", id, func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, trustedProject("0.3.0", 1, "staging"))
		}, ofProject, Waiting, "publish.yml in environment staging"},
		{"by a publisher for any environment", id, func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, trustedProject("0.3.0", 1, ""))
		}, ofProject, OK, "no environment"},
		{"without attestation", id, func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, evidence.Version{Number: "0.3.0", CreatedAt: hoursAgo(1),
				Trusted: evidence.Unknown[evidence.Provenance](evidence.Source{Name: "pypi.org"}, "no attestation was uploaded, which does not prove that a token was used")})
		}, ofProject, Unknown, "does not prove that a token was used"},
	})
	t.Run("a test index is not judged", func(t *testing.T) {
		for _, res := range Judge(NewCase(ready(t)), All(), []string{id}).Results {
			if res.Subject == ofTest {
				t.Errorf("%s: %s", res.Verdict, res.Because)
			}
		}
	})
}
