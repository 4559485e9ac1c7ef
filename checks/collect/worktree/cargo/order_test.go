package cargo

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// graphs draws what each of some nodes needs; a low share of edges leaves most
// graphs without cycles.
func graphs(t *rapid.T) [][]int {
	n := rapid.IntRange(0, 12).Draw(t, "nodes")
	needs := make([][]int, n)
	for i := range needs {
		needs[i] = rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, min(n, 3), rapid.ID[int]).Draw(t, "needs")
	}
	return needs
}

// reaches says whether b is needed by a, directly or not.
func reaches(needs [][]int, a, b int) bool {
	seen := make([]bool, len(needs))
	var walk func(int) bool
	walk = func(at int) bool {
		for _, next := range needs[at] {
			if next == b || !seen[next] && func() bool { seen[next] = true; return walk(next) }() {
				return true
			}
		}
		return false
	}
	return walk(a)
}

// TestPublishOrder: every node comes once; what a node needs comes before it or
// is in its group; and a group is exactly the nodes that need each other.
func TestPublishOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs := graphs(t)
		order := publishOrder(needs)
		place := map[int]int{}
		for g, group := range order {
			for _, i := range group {
				if _, twice := place[i]; twice {
					t.Fatalf("%d comes twice in %v", i, order)
				}
				place[i] = g
			}
		}
		if len(place) != len(needs) {
			t.Fatalf("%v has not all of %d", order, len(needs))
		}
		for i := range needs {
			for _, j := range needs[i] {
				if place[j] > place[i] {
					t.Fatalf("%d needs %d, which comes later in %v", i, j, order)
				}
			}
			for j := range needs {
				mutual := i != j && reaches(needs, i, j) && reaches(needs, j, i)
				if i != j && mutual != (place[i] == place[j]) {
					t.Fatalf("%d and %d: need each other %v, in %v", i, j, mutual, order)
				}
			}
		}
	})
}

// TestPublishOrderIsAlphabetical: without cycles, no node could have come
// before a bigger one that precedes it.
func TestPublishOrderIsAlphabetical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs := graphs(t)
		for i := range needs { // only smaller or only bigger ones: no cycles
			down := rapid.Bool().Draw(t, "down")
			needs[i] = slices.DeleteFunc(needs[i], func(j int) bool { return down == (j >= i) || !down && i%2 == j%2 })
		}
		order := publishOrder(needs)
		done := map[int]bool{}
		for _, group := range order {
			if len(group) > 1 {
				return // the draw has a cycle after all
			}
			for smaller := range group[0] {
				ready := !done[smaller] && !slices.ContainsFunc(needs[smaller], func(j int) bool { return !done[j] })
				if ready {
					t.Fatalf("%d was ready when %d came, in %v", smaller, group[0], order)
				}
			}
			done[group[0]] = true
		}
	})
}
