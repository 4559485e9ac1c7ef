package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// looked is a report of one result, seen at a time of its own.
func looked(v checks.Verdict, because string, at time.Time) checks.Report {
	seen := []evidence.Source{{Name: "api.github.com", At: at}}
	return checks.Report{At: at, Results: []checks.Result{{Check: checks.Check{ID: "environment-exists"},
		Finding: checks.Finding{Level: checks.Safe, Verdict: v, Because: because, Seen: seen}}}}
}

// follow watches a list of looks without waiting, and gives what was shown.
func follow(ctx context.Context, looks ...checks.Report) (shown []string, err error) {
	n := 0
	w := watcher{
		judge: func(context.Context) (checks.Report, error) {
			if n == len(looks) {
				return checks.Report{}, errors.New("no more")
			}
			n++
			return looks[n-1], nil
		},
		show: func(r checks.Report) error { shown = append(shown, r.Results[0].Because); return nil },
		pace: func(checks.Report) time.Duration { return 0 },
	}
	err = w.run(ctx)
	return shown, err
}

func TestWatchShowsWhatHasChanged(t *testing.T) {
	at := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	shown, err := follow(t.Context(),
		looked(checks.Wrong, "there is none", at), looked(checks.Wrong, "there is none", at.Add(time.Minute)),
		looked(checks.Unknown, "api.github.com answered 502", at.Add(2*time.Minute)), looked(checks.Wrong, "there is none", at.Add(3*time.Minute)),
		looked(checks.OK, "it is there", at.Add(4*time.Minute)), looked(checks.Wrong, "never looked at", at))
	want := "[there is none api.github.com answered 502 there is none it is there]"
	if err != nil || fmt.Sprint(shown) != want {
		t.Errorf("%v, %v, want %s and an end when all is ready", shown, err, want)
	}
	if _, err := follow(t.Context()); err == nil || err.Error() != "no more" {
		t.Errorf("a look that fails: %v", err)
	}
}

func TestWatchEndsWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := watcher{
		judge: func(context.Context) (checks.Report, error) { return looked(checks.Wrong, "no", time.Time{}), nil },
		show:  func(checks.Report) error { cancel(); return nil },
		pace:  func(checks.Report) time.Duration { return time.Hour },
	}
	if err := w.run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestPaceIsWithinTheLimits(t *testing.T) {
	world := func(user evidence.Fact[evidence.User]) checks.Report {
		w := &evidence.World{}
		w.GitHub.User = user
		return checks.Report{Mode: evidence.Live, World: w}
	}
	src := evidence.Source{Name: "api.github.com"}
	for _, row := range []struct {
		name             string
		report           checks.Report
		requests, anHour int
	}{
		{"signed in", world(evidence.Seen(evidence.User{Login: "ana"}, src)), 40, 5000},
		{"not signed in", world(evidence.Absent[evidence.User](src)), 20, 60},
	} {
		if looks := int(time.Hour / pace(row.report)); looks*row.requests > row.anHour {
			t.Errorf("%s: %d looks of %d requests are more than %d an hour", row.name, looks, row.requests, row.anHour)
		}
	}
	if got := pace(checks.Report{Mode: evidence.Offline}); got > 5*time.Second {
		t.Errorf("the working tree is looked at every %s", got)
	}
}

// The whole of it in the practice world: a line of JSON for what is wrong, and
// one when it was mended, which ends it.
func TestWatchInThePracticeWorld(t *testing.T) {
	world, err := practice.Open(t.Context(), practice.Options{Scenario: "tag-not-allowed", Dir: t.TempDir(), Record: contract.Hold(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	for _, v := range world.Env(os.Environ()) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	sys := &Streams{Out: &out, Err: &out, Getenv: os.Getenv, Width: 80}
	flags := &common{dir: world.Setting().Checkout}
	e, err := newEyes(sys, flags)
	if err != nil {
		t.Fatal(err)
	}
	looks := 0
	err = watch(t.Context(), sys, flags, "json", func(ctx context.Context) (checks.Report, error) {
		if looks++; looks == 3 { // the second sees nothing new
			mend(t, world)
		}
		r, err := judged(ctx, e, []string{"environment-admits-trigger"})
		r.Mode = evidence.Offline // so that the next look follows at once
		return r, err
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	var verdicts []string
	for _, l := range lines {
		var r struct{ Verdict string }
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Errorf("not a line of JSON: %v\n%s", err, l)
		}
		verdicts = append(verdicts, r.Verdict)
	}
	if fmt.Sprint(verdicts) != "[problems ready]" || looks != 3 {
		t.Errorf("%v in %d looks", verdicts, looks)
	}
}

func mend(t *testing.T, world *practice.World) {
	t.Helper()
	err := world.GitHub.Edit("acme", "market-data", func(r *github.Repository) error {
		e := r.Environment("release")
		e.Policies = append(e.Policies, github.DeploymentPolicy{Type: "tag", Name: "v*"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
