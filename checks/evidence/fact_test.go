package evidence

import "testing"

func TestZeroFactIsUnknownWithAReason(t *testing.T) {
	var f Fact[int]
	if !f.Unknown() || f.Reason() != "not looked at" {
		t.Errorf("zero fact: state %v, reason %q", f.State(), f.Reason())
	}
	if _, ok := f.Get(); ok {
		t.Error("a fact nobody looked at has a value")
	}
}

func TestCarryNeverMakesAValue(t *testing.T) {
	src := Source{Name: "api.github.com/x"}
	for name, f := range map[string]Fact[string]{
		"seen":    Carry[string](Seen(1, src)),
		"unknown": Carry[string](Unknown[int](src, "needs %s", "admin rights")),
	} {
		if !f.Unknown() || f.Source() != src {
			t.Errorf("%s: state %v, source %v", name, f.State(), f.Source())
		}
	}
	if f := Carry[string](Absent[int](src)); !f.Absent() {
		t.Error("absence was lost")
	}
	if got := Carry[string](Unknown[int](src, "needs %s", "admin rights")).Reason(); got != "needs admin rights" {
		t.Errorf("reason %q", got)
	}
}

func TestSourceShowsItsLine(t *testing.T) {
	if got := (Source{Name: "Cargo.toml"}).AtLine(3).String(); got != "Cargo.toml:3" {
		t.Errorf("got %q", got)
	}
}

func TestMissingSaysWhyThereIsNoValue(t *testing.T) {
	src := Source{Name: "x"}
	for want, f := range map[string]Fact[int]{"": Seen(1, src), "it is not there": Absent[int](src), "needs rights": Unknown[int](src, "needs rights"), "not looked at": {}} {
		if got := f.Missing(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
