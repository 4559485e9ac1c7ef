package scenario

import (
	"strings"
	"testing"
)

func TestEveryScenarioSaysWhatItIs(t *testing.T) {
	names := Names()
	if len(names) != len(scenarios) {
		t.Errorf("%d names for %d scenarios", len(names), len(scenarios))
	}
	for _, name := range names {
		people, err := People(name)
		if about := About(name); err != nil || len(people) < 1 || about == "" || strings.Contains(about, "\n") {
			t.Errorf("%s: %v, %q, %v", name, people, about, err)
		}
	}
	if _, err := People("none"); err == nil || !strings.Contains(err.Error(), "fresh crates python tokens ") {
		t.Errorf("a scenario that is not there: %v", err)
	}
}

func TestFaultsAreNumberedInTheirOrder(t *testing.T) {
	last := 0
	for _, f := range faults {
		if f.number <= last || About(f.name) == "" {
			t.Errorf("%s is number %d, after %d: %s", f.name, f.number, last, About(f.name))
		}
		last = f.number
	}
}

func TestAFaultThatChangesNothingIsAnError(t *testing.T) {
	s := Stage{Setting: Setting{Checkout: t.TempDir()}}
	err := s.Edit(t.Context(), "publish.yml", func(text string) string { return strings.Replace(text, "there is no such", "text", 1) })
	if err == nil || !strings.Contains(err.Error(), "has not what is to be changed") {
		t.Errorf("%v", err)
	}
}

func TestInJobChangesThatJobAlone(t *testing.T) {
	const text = "jobs:\n  a:\n    environment: x\n  b:\n    environment: x\n    more: x\n"
	for job, want := range map[string]string{
		"b": "jobs:\n  a:\n    environment: x\n  b:\n    environment: y\n    more: x\n",
		"c": text,
	} {
		if got := inJob(text, job, "environment: x", "environment: y"); got != want {
			t.Errorf("%s: %q", job, got)
		}
	}
}
