package change

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func ids(changes []Change) []string {
	all := []string{}
	for _, c := range changes {
		all = append(all, c.ID)
	}
	return all
}

func TestAYesOfItsOwnForWhatLasts(t *testing.T) {
	changes := []Change{{ID: "file:a"}, {ID: "push:main", Lasting: "stays", Needs: []string{"file:a"}}, {ID: "environment:e"},
		{ID: "follow", Needs: []string{"push:main"}}, {ID: "secret:x", Lasting: "gone"}, {ID: "mail", Lasting: "sent", Needs: []string{"follow"}}}
	for _, row := range []struct {
		name            string
		answers         []bool
		asked           [][]string
		agreed, leftOut []string
	}{
		{name: "yes to all", answers: []bool{true, true, true, true},
			asked:  [][]string{{"file:a", "environment:e"}, {"push:main", "follow"}, {"secret:x"}, {"mail"}},
			agreed: []string{"file:a", "push:main", "environment:e", "follow", "secret:x", "mail"}, leftOut: []string{}},
		{name: "no at once", answers: []bool{false},
			asked:  [][]string{{"file:a", "environment:e"}},
			agreed: []string{}, leftOut: []string{"file:a", "push:main", "environment:e", "follow", "secret:x", "mail"}},
		{name: "no to the push", answers: []bool{true, false, true},
			asked:  [][]string{{"file:a", "environment:e"}, {"push:main", "follow"}, {"secret:x"}},
			agreed: []string{"file:a", "environment:e", "secret:x"}, leftOut: []string{"push:main", "follow", "mail"}},
	} {
		c := Ask(changes)
		var asked [][]string
		for _, yes := range row.answers {
			asked = append(asked, ids(c.Next()))
			c.Answer(yes)
		}
		if next := c.Next(); next != nil {
			t.Errorf("%s: still asks about %v", row.name, ids(next))
		}
		if !slices.EqualFunc(asked, row.asked, slices.Equal) || !slices.Equal(ids(c.Agreed()), row.agreed) || !slices.Equal(ids(c.LeftOut()), row.leftOut) {
			t.Errorf("%s: asked %v, agreed %v, left out %v", row.name, asked, ids(c.Agreed()), ids(c.LeftOut()))
		}
	}
}

// Whatever is answered: what lasts is asked about alone, nothing is made without
// its yes, and nothing without what it needs; the order stays.
func TestNothingLastsWithoutItsYes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var changes []Change
		for i := range rapid.IntRange(0, 8).Draw(t, "changes") {
			one := Change{ID: strconv.Itoa(i)}
			if rapid.Bool().Draw(t, "lasting") {
				one.Lasting = "it stays"
			}
			if i > 0 && rapid.Bool().Draw(t, "needs") {
				one.Needs = []string{strconv.Itoa(rapid.IntRange(0, i-1).Draw(t, "what"))}
			}
			changes = append(changes, one)
		}
		c, yes := Ask(changes), map[string]bool{}
		for about := c.Next(); about != nil; about = c.Next() {
			lasting := slices.DeleteFunc(slices.Clone(about), func(o Change) bool { return o.Lasting == "" })
			if len(lasting) > 1 || len(lasting) == 1 && about[0].ID != lasting[0].ID {
				t.Fatalf("asked together: %v", ids(about))
			}
			answer := rapid.Bool().Draw(t, "answer")
			for _, o := range about {
				if _, twice := yes[o.ID]; twice {
					t.Fatalf("asked twice: %s", o.ID)
				}
				yes[o.ID] = answer
			}
			c.Answer(answer)
		}
		agreed := ids(c.Agreed())
		if !slices.IsSorted(agreed) || len(agreed)+len(c.LeftOut()) != len(changes) {
			t.Fatalf("agreed %v, left out %v", agreed, ids(c.LeftOut()))
		}
		for _, o := range c.Agreed() {
			if !yes[o.ID] || slices.ContainsFunc(o.Needs, func(id string) bool { return !slices.Contains(agreed, id) }) {
				t.Fatalf("%s is made without its yes or what it needs: %v", o.ID, agreed)
			}
		}
	})
}
