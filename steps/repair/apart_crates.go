package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// verifyApart verifies crates in a job of its own, with what else builds or
// tests, and publishes without compiling.
func verifyApart(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	f, j := d.job(path, job)
	places := slices.DeleteFunc(d.places(path, job), func(p workflow.Publishing) bool { return p.DryRun && p.Means != workflow.MeansExchange })
	uploads := slices.DeleteFunc(slices.Clone(places), func(p workflow.Publishing) bool { return p.Means == workflow.MeansExchange })
	if len(uploads) == 0 || slices.ContainsFunc(uploads, func(p workflow.Publishing) bool {
		return p.Registry != identity.CratesIO || p.Means != workflow.MeansCargo || p.Inner != nil || p.Step.Run == ""
	}) {
		return errOther
	}
	s, err := d.splits(path, j, "verify")
	if err != nil {
		return err
	}
	taking := taking(places)
	builds := d.c.BuildingSteps(f, j)
	var before, gone []*workflow.Step
	for _, step := range j.Steps[:uploads[len(uploads)-1].Step.Index] {
		if slices.Contains(taking, step) {
			continue
		}
		if before = append(before, step); slices.Contains(builds, step) {
			gone = append(gone, step)
		}
	}
	if err := d.unrelated(j, taking, before, gone); err != nil {
		return err
	}
	return s.verify(before, gone, uploads)
}

// taking are the steps that exchange or upload.
func taking(places []workflow.Publishing) []*workflow.Step {
	var steps []*workflow.Step
	for _, p := range places {
		for _, step := range []*workflow.Step{p.Step, p.Exchange} {
			if step != nil && !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

// unrelated says why steps cannot go to another job; nil where they can.
func (d *draft) unrelated(j *workflow.Job, taking, before, gone []*workflow.Step) error {
	if !checksOut(before) {
		return errNothingToCopy
	}
	if err := movable(before); err != nil {
		return err
	}
	for _, step := range j.Steps {
		for _, other := range append(slices.Clone(gone), taking...) {
			moves := slices.Contains(gone, step) != slices.Contains(gone, other)
			if moves && other.ID != "" && mentions(step, "steps."+other.ID+".") {
				return fmt.Errorf("the step at line %d reads what the one at line %d says", step.Line, other.Line)
			}
		}
	}
	return nil
}

func (s *splitting) verify(before, gone []*workflow.Step, uploads []workflow.Publishing) error {
	dry, err := dryRun(uploads)
	if err != nil {
		return err
	}
	steps, err := s.excerpts(before)
	if err != nil {
		return err
	}
	head, err := s.head(s.permissions(before), "needs", "if", "runs-on", "timeout-minutes", "env", "defaults")
	if err != nil {
		return err
	}
	if err := s.withoutVerify(uploads); err != nil {
		return err
	}
	if err := s.need(); err != nil {
		return err
	}
	if err := s.remove(indexes(gone)); err != nil {
		return err
	}
	s.tell("verify in a job %s without a token, and publish with --no-verify", s.id)
	return s.write(head, append(steps, dry))
}

func indexes(steps []*workflow.Step) []int {
	var all []int
	for _, s := range steps {
		all = append(all, s.Index)
	}
	return all
}

// dryRun is the step that verifies what the uploads publish. Several crates of a
// workspace are verified by one call, which can see those that the registry has
// not yet (cargo 1.90 and newer).
func dryRun(uploads []workflow.Publishing) (yamltext.Snippet, error) {
	first := uploads[0].Step
	var calls [][]string
	for _, p := range uploads {
		if p.Step.Dir != first.Dir || p.Step.If != first.If {
			return "", errors.New("the uploads stand in different folders, or under different conditions")
		}
	}
	for _, step := range taking(uploads) {
		for _, c := range script.Read(step.Run, nil).Commands {
			if len(c.Args) > 1 && c.Args[0] == "cargo" && c.Args[1] == "publish" && !slices.Contains(c.Args, "--dry-run") && !slices.Contains(c.Args, "-n") {
				calls = append(calls, c.Args[2:])
			}
		}
	}
	args, err := together(calls)
	if err != nil {
		return "", err
	}
	line := "- run: " + text(strings.Join(append(append([]string{"cargo", "publish"}, args...), "--dry-run"), " "))
	if first.Dir != "" {
		line += "\n  working-directory: " + text(first.Dir)
	}
	if first.If != "" {
		line += "\n  if: " + text(first.If)
	}
	return yamltext.Snippet(line), nil
}

// together are the arguments of one call that does what several do.
func together(calls [][]string) ([]string, error) {
	var args []string
	for _, call := range calls {
		for i := 0; i < len(call); i++ {
			switch a := call[i]; {
			case strings.ContainsAny(a, "$`*\"' "):
				return nil, fmt.Errorf("what `cargo publish %s` publishes is only known when it runs", strings.Join(call, " "))
			case a == "--no-verify":
			case len(calls) > 1 && !packageFlag(call):
				return nil, fmt.Errorf("several calls of cargo publish are verified together, and `cargo publish %s` names no package", strings.Join(call, " "))
			case strings.HasPrefix(a, "-") && a != "-p" && a != "--package" && slices.Contains(args, a):
			default:
				args = append(args, a)
			}
		}
	}
	if len(calls) == 0 {
		return nil, errors.New("how cargo is called the file does not show")
	}
	return args, nil
}

// packageFlag says whether a call names its package, and nothing that another
// call would not share.
func packageFlag(call []string) bool {
	return slices.ContainsFunc(call, func(a string) bool { return a == "-p" || a == "--package" || strings.HasPrefix(a, "--package=") }) &&
		!slices.ContainsFunc(call, func(a string) bool {
			return strings.HasPrefix(a, "--manifest-path") || strings.HasPrefix(a, "--features")
		})
}

// withoutVerify lets the uploads compile nothing.
func (s *splitting) withoutVerify(uploads []workflow.Publishing) error {
	for _, step := range taking(uploads) {
		at := in(s.job.ID, "steps", step.Index, "run")
		for _, line := range strings.Split(step.Run, "\n") {
			if !strings.Contains(line, "cargo publish") || strings.Contains(line, "--no-verify") {
				continue
			}
			next := strings.Replace(line, "cargo publish", "cargo publish --no-verify", 1)
			err := s.edit(s.path, func(t *yamltext.Text) (*yamltext.Text, error) {
				if strings.Count(step.Run, "cargo publish") == 1 {
					return t.Replace(at, "cargo publish", "cargo publish --no-verify")
				}
				return t.ReplaceLine(at, line, next)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
