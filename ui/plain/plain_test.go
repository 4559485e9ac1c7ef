package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

func talk(t *testing.T, s *walktest.Session, lines ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	_, err := Run(context.Background(), Options{Session: s, In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out, Label: "practice"})
	return out.String(), err
}

func TestTranscript(t *testing.T) {
	s := &walktest.Session{OpenStep: 6}
	said, err := talk(t, s, "?", "2", "", "3", "", "1", "1,3", "2", "", "a-token", "yes", "4", "")
	if err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, []byte(said))
	if s.Answers["reviewers"] != "ana,cy" || s.Answers["self"] != "yes" || s.Answers["pattern"] != "v*" || s.Answers["token"] != "a-token" {
		t.Errorf("answers %v", s.Answers)
	}
}

func TestTheEndOfInputKeepsEverything(t *testing.T) {
	said, err := talk(t, &walktest.Session{OpenStep: 3})
	if !errors.Is(err, ErrQuit) || !strings.Contains(said, "Everything is kept") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestNothingHappensWithoutAYes(t *testing.T) {
	for _, answer := range []string{"", "no", "n"} {
		s := &walktest.Session{OpenStep: 3}
		if _, err := talk(t, s, "1", "", "", "", "token", answer, "q"); !errors.Is(err, ErrQuit) {
			t.Fatal(err)
		}
		if s.OpenStep != 3 {
			t.Errorf("%q changed something", answer)
		}
	}
}

func TestAFailureIsToldAndTheWalkGoesOn(t *testing.T) {
	s := &walktest.Session{OpenStep: 3, Fail: errors.New("403: ask an owner")}
	said, err := talk(t, s, "1", "", "", "", "token", "yes", "q")
	if !errors.Is(err, ErrQuit) || !strings.Contains(said, "It did not work: 403: ask an owner") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestWrongAnswersAreAskedAgain(t *testing.T) {
	s := &walktest.Session{OpenStep: 3}
	said, _ := talk(t, s, "9", "x", "1", "4", "none", "7", "1", "", "token", "perhaps", "yes", "q")
	for _, must := range []string{`There is no way "9" here`, `There is no way "x" here`, `"4" is not a number from 1 to 3`, `"7" is not a number from 1 to 2`} {
		if !strings.Contains(said, must) {
			t.Errorf("%q was not said:\n%s", must, said)
		}
	}
	if s.Answers["reviewers"] != "" || s.OpenStep != 4 {
		t.Errorf("answers %v, step %d", s.Answers, s.OpenStep)
	}
}

func TestALineAskedForIsNotLostToAnAlarm(t *testing.T) {
	in, typed := io.Pipe()
	r := newReader(in, io.Discard)
	rings := make(chan time.Time, 1)
	rings <- time.Time{}
	if _, rang, err := r.askFor(t.Context(), "? ", rings); !rang || err != nil {
		t.Fatalf("rang %v, err %v", rang, err)
	}
	go io.WriteString(typed, "hello\n")
	if line, err := r.ask(t.Context(), ""); line != "hello" || err != nil {
		t.Errorf("line %q, err %v", line, err)
	}
}

func TestNothingATerminalWouldObeyIsPrinted(t *testing.T) {
	said, _ := talk(t, &walktest.Session{OpenStep: 3}, "\x1b[2J", "q")
	if strings.ContainsRune(said, '\x1b') {
		t.Errorf("an escape came through: %q", said)
	}
}

// settled has nothing to do at steps that are done.
type settled struct{ *walktest.Session }

func (s settled) Look(ctx context.Context) (*steps.Route, error) {
	route, err := s.Session.Look(ctx)
	if err != nil {
		return nil, err
	}
	for i := range route.Scenes[:route.Current] {
		route.Scenes[i].Ways = nil
	}
	return route, nil
}

// TestAStepWithNothingToDo: no number is asked for, and enter goes on.
func TestAStepWithNothingToDo(t *testing.T) {
	var out bytes.Buffer
	_, err := Run(t.Context(), Options{Session: settled{&walktest.Session{OpenStep: 3}}, In: strings.NewReader("b\n\nq\n"), Out: &out})
	said := out.String()
	if !errors.Is(err, ErrQuit) || !strings.Contains(said, "Nothing is left to do here: f for the next step") || strings.Contains(said, "(1 to 0)") || strings.Count(said, "Step 4 of 8") != 2 {
		t.Error(err, said)
	}
}
