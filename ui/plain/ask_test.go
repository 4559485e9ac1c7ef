package plain

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps"
)

// crowd asks for reviewers among hundreds.
func crowd() steps.Question {
	q := steps.Question{ID: "reviewers", Kind: steps.Several, Title: "Who may approve?", Default: "ana", Most: 2,
		Options: []steps.Option{{Value: "ana", Label: "ana  admin"}, {Value: "acme/core", Label: "team acme/core  write"}}}
	for i := range 238 {
		name := fmt.Sprintf("person%03d", i)
		q.Options = append(q.Options, steps.Option{Value: name, Label: name + "  write"})
	}
	return q
}

func answered(t *testing.T, q steps.Question, lines ...string) (said, answer string) {
	t.Helper()
	var out bytes.Buffer
	w := &wizard{Options: Options{Out: &out}, lines: newReader(strings.NewReader(strings.Join(lines, "\n")+"\n"), &out)}
	answers, err := w.ask(context.Background(), []steps.Question{q})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String(), answers[q.ID]
}

func TestFindingSomebodyAmongHundreds(t *testing.T) {
	said, answer := answered(t, crowd(), "CORE", "person23", "person", "nobody-like-that", "1,2,3", "2, 240")
	if answer != "acme/core,person237" {
		t.Error(answer)
	}
	for _, must := range []string{"… and 220 more: type a part of one to find it.", "At most 2.", "\n  2. team acme/core  write\n", "\n  240. person237  write\n",
		"… and 218 more that hold it: type more of it.", `"nobody-like-that" is not a number from 1 to 240`, "These are 3, and at most 2 can be."} {
		if !strings.Contains(said, must) {
			t.Errorf("no %q in\n%s", must, said)
		}
	}
}

func TestAnswersByNameAndDefault(t *testing.T) {
	for _, c := range []struct{ line, want string }{{"", "ana"}, {"none", ""}, {"acme/core, person000", "acme/core,person000"}, {"3,3", "person000"}} {
		if _, got := answered(t, crowd(), c.line); got != c.want {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
}

func TestFewOptionsAreAllReadOut(t *testing.T) {
	q := crowd()
	q.Options = q.Options[:few+1]
	if said, _ := answered(t, q, ""); !strings.Contains(said, "21. person018") || strings.Contains(said, "more:") {
		t.Error(said)
	}
}
