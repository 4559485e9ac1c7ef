package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// The ways in which publishing goes wrong for people, as public threads tell of
// them: the ranked ones by number, the rarer ones by name.
const rankedFailures = 25

var rarerFailures = []string{
	"the caller gives no permission", "a stray space in the stored file", "look-alike letters", "capitals of the repository", "capitals of the environment",
	"id-token without an exchange", "an identity in the place of a token", "release-plz beside the auth action", "environment as an input of the auth action",
	"a token used twice", "PyPI's action inside another", "PyPI's action without Linux",
	"too many first publishes", "an unverified e-mail", "a name that is taken or too similar", "a pending publisher reserves nothing",
	"a publisher without environment", "secrets of the repository", "secrets of an environment", "secrets of the organisation", "a secret deleted is no token revoked",
	"an immutable sub", "a dispatch brings its own file",
}

type change = func(*testing.T, *evidence.World)

// knownWay is one way in which it goes wrong: a world in which a check names
// it, and one that differs by the repair; or the text that stands in the log.
type knownWay struct {
	of string
	// check and subject pick the finding; "" subject takes the first that is a
	// problem.
	check, subject string
	because        string
	broken         change
	// repaired is the ready world where it is nil.
	repaired change
	// want is the verdict; "" is a problem.
	want Verdict
	// log is a text that ReadFailure must name.
	log string
}

// TestEveryKnownFailureIsNamed walks all of them: each has an example that a
// check or a refusal names to the value, and nothing of level works or safe
// fires on the repaired twin.
func TestEveryKnownFailureIsNamed(t *testing.T) {
	ways := slices.Concat(rankedWays(t), laterWays(t), rarerWays(t))
	for _, w := range ways {
		t.Run(w.of, func(t *testing.T) { w.hold(t) })
	}
	for n := range rankedFailures {
		hasExample(t, ways, fmt.Sprint(n+1))
	}
	for _, of := range rarerFailures {
		hasExample(t, ways, of)
	}
	for _, w := range ways {
		var n int
		if _, err := fmt.Sscan(w.of, &n); (err != nil || n < 1 || n > rankedFailures) && !slices.Contains(rarerFailures, w.of) {
			t.Errorf("%q is not on the list", w.of)
		}
	}
}

func hasExample(t *testing.T, ways []knownWay, of string) {
	t.Helper()
	if !slices.ContainsFunc(ways, func(w knownWay) bool { return w.of == of }) {
		t.Errorf("failure %s has no example", of)
	}
}

func (k knownWay) hold(t *testing.T) {
	if k.log != "" {
		f, ok := ReadFailure("2026-11-24T11:00:00.0000000Z " + k.log + "\n")
		if !ok || f.Text == "" || !strings.Contains(k.log, f.Text) || f.Cause == "" || f.Fix == "" {
			t.Errorf("the log %q names nothing: %+v", k.log, f)
		}
	}
	if k.check == "" {
		return
	}
	want := k.want
	if want == "" {
		want = Wrong
	}
	report := judged(t, k.broken)
	if !slices.ContainsFunc(report.Of(k.check), func(r Result) bool {
		return r.Verdict == want && (k.subject == "" || r.Subject == k.subject) && strings.Contains(r.Because+"\n"+r.Fix, k.because)
	}) {
		t.Errorf("%s says nothing of it with %q: %v", k.check, k.because, plain(report.Of(k.check)))
	}
	if k.repaired == nil {
		k.repaired = nothing
	}
	for _, r := range judged(t, k.repaired).Results {
		if r.Verdict == Wrong && (r.Level != Advice || r.Check.ID == k.check) {
			t.Errorf("the repaired twin: %s %q: %s", r.Check.ID, r.Subject, r.Because)
		}
	}
}

func judged(t *testing.T, change change) Report {
	t.Helper()
	w := ready(t)
	change(t, w)
	r := Judge(NewCase(w), All(), nil)
	holds(t, r)
	return r
}

func plain(results []Result) (out []string) {
	for _, r := range results {
		out = append(out, fmt.Sprintf("%s %s: %s (%s)", r.Subject, r.Verdict, r.Because, r.Fix))
	}
	return out
}

// before is a world whose projects stand, before any proof; with these runs.
func before(runs ...evidence.Run) change {
	return then(earlier(runs...), func(_ *testing.T, w *evidence.World) { setProject(w, identity.TestPyPI) })
}

// saying is before, where the maintainer said what stands.
func saying(p identity.Publisher) change {
	return then(before(), func(_ *testing.T, w *evidence.World) { says(w, 1, p) })
}

func listing(publishers ...identity.Publisher) change {
	return func(_ *testing.T, w *evidence.World) { listed(w, publishers...) }
}

func pypiWith(change func(*identity.Publisher)) identity.Publisher {
	return with(registered(identity.PyPI), change)
}

func crateWith(change func(*identity.Publisher)) identity.Publisher {
	return with(registered(identity.CratesIO), change)
}
