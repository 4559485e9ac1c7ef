package repair

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// left are the examples of which no edit makes anything of that check, with a
// part of the reason that is given.
var left = map[string]string{
	"workflow-lints": "only its author knows",
	"event-accepted": "whoever makes releases",
}

// TestEveryFaultyExample: a repair turns the check green and changes only what
// the edits are of; or it is said why there is none.
func TestEveryFaultyExample(t *testing.T) {
	ran := 0
	for _, e := range faulty(t) {
		if stepOf(e.check) != checks.Workflow {
			continue
		}
		ran++
		t.Run(e.check, func(t *testing.T) {
			p := propose(e.world(e.src))
			if reason, is := left[e.check]; is {
				saidByHand(t, p, e.check, reason)
				return
			}
			if len(p.Files) != 1 {
				t.Fatalf("%d files are repaired", len(p.Files))
			}
			after := string(p.Files[0].After)
			if wrong, results := verdicts(e.world(after), e.check); wrong > 0 {
				t.Errorf("%v\n%s", results, after)
			}
			onlyAnnounced(t, p.Files[0])
			if again := propose(e.world(after)); len(again.Files) > 0 {
				t.Errorf("repaired twice:\n%s", again.Files[0].After)
			}
		})
	}
	if ran < 17 {
		t.Errorf("only %d examples", ran)
	}
}

func stepOf(check string) checks.Step {
	for _, c := range checks.All() {
		if c.ID == check {
			return c.Step
		}
	}
	return ""
}

func saidByHand(t *testing.T, p Proposal, check, reason string) {
	t.Helper()
	for _, h := range p.ByHand {
		if h.Result.Check.ID == check && h.Why != "" && strings.Contains(h.Why, reason) {
			return
		}
	}
	t.Errorf("nothing is said about %s: %+v", check, p.ByHand)
}

// onlyAnnounced holds the lines of a file before and after against those that
// are said to be added and dropped: all others are the same, byte by byte.
func onlyAnnounced(t testing.TB, f File) {
	t.Helper()
	before, after := kept(f.Before, f.Dropped), kept(f.After, f.Added)
	if !slices.Equal(before, after) {
		t.Errorf("lines changed that are not announced:\n%q\n%q", before, after)
	}
	for _, m := range f.Mended {
		if m.Done == "" || m.Check == "" {
			t.Errorf("%+v says nothing", m)
		}
	}
}

// kept are the lines of a text that nothing is told of.
func kept(text []byte, told map[int]string) []string {
	var lines []string
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if told[i+1] == "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestEveryCheckIsRepairedOrReasoned: no check of the step is passed over.
func TestEveryCheckIsRepairedOrReasoned(t *testing.T) {
	for _, c := range checks.All() {
		repaired := slices.ContainsFunc(menders, func(m mender) bool { return m.check == c.ID })
		if c.Step == checks.Workflow && !repaired && byHand[c.ID] == "" {
			t.Errorf("%s is neither repaired nor is it said why not", c.ID)
		}
	}
	for _, m := range menders {
		if stepOf(m.check) != checks.Workflow {
			t.Errorf("%s is no check of workflow files", m.check)
		}
	}
}

func TestFilesThatCannotBeEditedStay(t *testing.T) {
	for name, src := range map[string]string{
		"no YAML":           "on: [push\njobs:",
		"nothing":           "",
		"a byte order mark": "\ufeff" + withoutGrant,
	} {
		if p := propose(worldOf(src)); len(p.Files) > 0 {
			t.Errorf("%s: %s", name, p.Files[0].After)
		}
	}
}

const withoutGrant = "on: { push: { tags: ['v*'] } }\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    steps:\n      - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2\n"

// FuzzPropose: no file makes a proposal panic, and every repair of one keeps its
// promises.
func FuzzPropose(f *testing.F) {
	for _, e := range faulty(f) {
		f.Add([]byte(e.src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 4000 {
			return
		}
		p := propose(worldOf(string(src)))
		for _, file := range p.Files {
			if _, err := yamltext.Parse(file.After); err != nil {
				t.Errorf("%v\n%s", err, file.After)
			}
			onlyAnnounced(t, file)
		}
	})
}
