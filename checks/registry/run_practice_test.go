package registry

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Whole runs: a workflow is drawn, pushed to the practice GitHub and run by the
// practice runner; its jobs ask for identities, which GitHub signs and the
// practice registries decide about. The claims engine and the matching read the
// same files and must foretell every exchange, its claims and its answer.

// exchanged is one exchange that a run made: what was presented, and what the
// registry answered.
type exchanged struct {
	registry                                                  identity.Registry
	repository, ownerID, workflowRef, jobRef, env, event, ref string
	answer                                                    string
}

// drawn is one case.
type drawn struct {
	files, shared map[string]string
	run           workflow.Run
	policy        string
	publishers    map[identity.Registry][]identity.Publisher
}

func (s *stage) draw(t *rapid.T) drawn {
	d := drawn{files: map[string]string{}, shared: map[string]string{}, publishers: map[identity.Registry][]identity.Publisher{}}
	d.shared[".github/workflows/called.yml"] = drawCalled(t)
	sharedSHA := commit(t, s.shared, d.shared)
	d.files[".github/workflows/publish.yml"] = strings.ReplaceAll(drawCaller(t), "COMMIT", sharedSHA)
	d.files[".github/workflows/called.yml"] = drawCalled(t)
	d.files[".github/actions/mint/action.yml"] = drawAction(t)
	d.policy = one(t, "policy", "read", "write")
	d.run = workflow.Run{Owner: "Acme", Repository: "x", OwnerID: s.ownerID, RepositoryID: s.repoID, DefaultBranch: "main", Event: one(t, "event", "push", "push", "workflow_dispatch", "workflow_dispatch", "release")}
	d.run.Ref = one(t, "ref", "refs/tags/v1", "refs/heads/main")
	if d.run.Event == "release" {
		d.run.Ref = "refs/tags/v1"
	}
	if d.run.Event == "workflow_dispatch" {
		d.run.Inputs = map[string]string{}
		for name, values := range map[string][]string{"env": {"release", "pypi", "none"}, "dry": {"true", "false"}, "note": {"go", "stay"}} {
			if rapid.Bool().Draw(t, "gives "+name) {
				d.run.Inputs[name] = one(t, name, values...)
			}
		}
	}
	for _, at := range identity.Registries() {
		d.publishers[at] = drawPublishers(t, at, s.ownerID)
		s.register(t, at, d.publishers[at])
	}
	d.run.SHA = commit(t, s.bare, d.files)
	return d
}

// play starts the event and waits for its run.
func (s *stage) play(t *rapid.T, d drawn) *github.Run {
	must(t, s.store.Edit("Acme", "x", func(r *github.Repository) error { r.Actions.WritableToken = d.policy == "write"; return nil }))
	s.seen = nil
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	before := len(s.store.Runs("Acme", "x"))
	switch d.run.Event {
	case "push":
		s.runner.Pushed(ctx, github.Push{Owner: "Acme", Name: "x", Ref: d.run.Ref, Before: github.NoCommit, After: d.run.SHA, Pusher: "ana"})
	case "release":
		s.runner.Released(ctx, github.Released{Owner: "Acme", Name: "x", Tag: "v1", SHA: d.run.SHA, Actor: "ana"})
	default:
		_, err := s.runner.Dispatch(ctx, github.Dispatch{Owner: "Acme", Name: "x", WorkflowPath: ".github/workflows/publish.yml", Ref: d.run.Ref, SHA: d.run.SHA, Inputs: d.run.Inputs, Actor: "ana"})
		must(t, err)
	}
	must(t, s.runner.Wait(ctx))
	runs := s.store.Runs("Acme", "x")
	if len(runs) != before+1 {
		t.Fatalf("%d runs began\n%s", len(runs)-before, d.files[".github/workflows/publish.yml"])
	}
	slices.SortFunc(runs, func(a, b *github.Run) int { return int(a.ID - b.ID) })
	return runs[len(runs)-1]
}

// foretold is what the program says of the run. Of each group one exchange must
// happen; others may.
type foretold struct {
	refusal string
	groups  [][]exchanged
	// open is how many places could not be told.
	open int
}

func (d drawn) foretell(t *rapid.T) foretold {
	sources := workflow.Sources{}
	for _, path := range []string{".github/workflows/publish.yml", ".github/workflows/called.yml"} {
		f := workflow.Parse(path, []byte(d.files[path]))
		if len(f.Problems) > 0 {
			t.Fatalf("the drawn workflow has problems: %+v\n%s", f.Problems, d.files[path])
		}
		sources.Files = append(sources.Files, f)
	}
	const action = ".github/actions/mint"
	sources.Actions = append(sources.Actions, workflow.ParseAction(action, action+"/action.yml", []byte(d.files[action+"/action.yml"])))
	for _, lacking := range workflow.Read(sources).Lacking {
		if !strings.HasPrefix(lacking.Ref, sharedRef+"@") {
			t.Fatalf("lacking %+v", lacking)
		}
		sources.Files = append(sources.Files, workflow.ParseRemote(lacking.Ref, []byte(d.shared[".github/workflows/called.yml"])))
	}
	answer := workflow.Read(sources)
	if len(answer.Lacking)+len(answer.Blind) > 0 {
		t.Fatalf("lacking %+v, blind %+v", answer.Lacking, answer.Blind)
	}
	var out foretold
	refusal := workflow.Refuses(sources.Files, sources.Files[0], d.policy)
	if out.refusal = refusal.Text; refusal.Doubt != "" {
		out.open++
	}
	for _, p := range answer.Publishing {
		if p.Triggered != nil && p.Triggered.Base() == "publish.yml" {
			d.place(t, p, &out)
		}
	}
	return out
}

func (d drawn) place(t *rapid.T, p workflow.Publishing, out *foretold) {
	grant := p.Grant(d.policy)
	outlook, why := workflow.ForeseeExchange(p, d.run)
	switch {
	case out.refusal != "":
		return
	case grant.Refusal != "":
		t.Fatalf("%s: GitHub refuses this job alone: %s", p.Subject(), grant.Refusal)
	case grant.Doubt != "":
		out.open++
		return
	case grant.IDToken.Level != "write", outlook == workflow.Skipped, p.Credential != workflow.CredentialExchange:
		return
	case outlook == workflow.Perhaps:
		t.Fatalf("%s: not decided: %s", p.Subject(), why)
	}
	r, _ := Of(p.Registry)
	groups := map[string][]exchanged{}
	for _, c := range workflow.Claims(p, d.run).Cases() {
		if !c.Environment.Known {
			t.Fatalf("%s: the environment is not known: %s", p.Subject(), c.Environment.Why)
		}
		o := r.Match(c, d.publishers[p.Registry])
		if o.Verdict == trust.Unknown {
			t.Fatalf("%s: %s is not decided: %s", p.Subject(), p.Registry, o.Why)
		}
		env := c.Environment.Text
		groups[env] = append(groups[env], exchanged{p.Registry, c.Repository.Text, c.RepositoryOwnerID.Text, c.WorkflowRef.Text, c.JobWorkflowRef.Text, env, c.EventName.Text, c.Ref.Text, o.Text})
	}
	for _, g := range groups {
		out.groups = append(out.groups, g)
	}
}

// differ says where a run and what was foretold of it are not the same.
func (f foretold) differ(run *github.Run, seen []exchanged) string {
	if f.refusal != "" {
		if f.open > 0 && run.Conclusion == github.StartupFailure { // another call may have been refused first
			return ""
		}
		if run.Conclusion != github.StartupFailure || !strings.Contains(run.Problem, f.refusal) || len(seen) > 0 {
			return fmt.Sprintf("foretold that GitHub refuses the run: %s; it ended with %s: %s", f.refusal, run.Conclusion, run.Problem)
		}
		return ""
	}
	if run.Conclusion == github.StartupFailure {
		if f.open > 0 {
			return ""
		}
		return "GitHub refused the run, which was not foretold: " + run.Problem
	}
	for _, g := range f.groups {
		if !slices.ContainsFunc(g, func(e exchanged) bool { return slices.Contains(seen, e) }) {
			return fmt.Sprintf("foretold and not seen: %+v", g)
		}
	}
	for _, e := range seen {
		if f.open == 0 && !slices.ContainsFunc(f.groups, func(g []exchanged) bool { return slices.Contains(g, e) }) {
			return fmt.Sprintf("seen and not foretold: %+v", e)
		}
	}
	return ""
}

// fewRuns is how many runs are played in an everyday test; TRUSTPUB_RUNS asks for
// more (with -rapid.checks of the same number).
const fewRuns = 25

func runsWanted() int {
	if n, err := strconv.Atoi(os.Getenv("TRUSTPUB_RUNS")); err == nil {
		return n
	}
	return fewRuns
}

func TestForetellsTheRunsOfThePracticeWorld(t *testing.T) {
	played, wanted := 0, runsWanted()
	tally := map[string]int{}
	var s *stage
	rapid.Check(t, func(rt *rapid.T) {
		if played >= wanted {
			return
		}
		if played%50 == 0 {
			if s != nil {
				s.runner.Close()
			}
			s = newStage(t)
		}
		played++
		d := s.draw(rt)
		run := s.play(rt, d)
		f := d.foretell(rt)
		if why := f.differ(run, s.seen); why != "" {
			rt.Fatalf("%s\npublishers %+v\n--- %s at %s with %v, default %s; seen %+v\n--- publish.yml\n%s\n--- called.yml\n%s\n--- shared\n%s\n--- action\n%s\n%s", why, d.publishers, d.run.Event, d.run.Ref, d.run.Inputs, d.policy, s.seen,
				d.files[".github/workflows/publish.yml"], d.files[".github/workflows/called.yml"], d.shared[".github/workflows/called.yml"], d.files[".github/actions/mint/action.yml"], logsOf(run))
		}
		count(tally, f, s.seen)
	})
	s.runner.Close()
	t.Logf("%d runs: %v", played, tally)
	if tally["minted"] == 0 || tally["refused"] == 0 || tally["runs without exchange"] == 0 {
		t.Errorf("the cases are one-sided: %v", tally)
	}
}

func count(tally map[string]int, f foretold, seen []exchanged) {
	switch {
	case f.refusal != "":
		tally["runs refused by GitHub"]++
	case len(seen) == 0:
		tally["runs without exchange"]++
	}
	if f.open > 0 {
		tally["runs with something open"]++
	}
	for _, e := range seen {
		tally["exchanges"]++
		if e.answer == "" {
			tally["minted"]++
		} else {
			tally["refused"]++
			tally["refused: "+wording(e.answer)]++
		}
	}
}

var inTicks = regexp.MustCompile("`[^`]*`|'[^']*'|\\d+")

// wording is a refusal without its values.
func wording(answer string) string {
	text := inTicks.ReplaceAllString(answer, "…")
	return strings.ToValidUTF8(text[:min(len(text), 120)], "")
}

func logsOf(run *github.Run) string {
	var b strings.Builder
	for _, j := range run.Jobs {
		fmt.Fprintf(&b, "--- %s %s %q\n%s", j.Name, j.Conclusion, j.Annotations, j.Log)
	}
	return b.String()
}
