package cargo

import (
	"cmp"
	"slices"
)

// order sorts the counted crates so that each comes after what it needs, and
// alphabetically where that leaves a choice. Crates that need each other stand
// together, and are named as a cycle.
func (r *reader) order() (ordered []*crate, cycles [][]string) {
	nodes := slices.Clone(r.members)
	slices.SortFunc(nodes, func(a, b *crate) int {
		return cmp.Or(cmp.Compare(a.name(), b.name()), cmp.Compare(a.path, b.path))
	})
	index := make(map[*crate]int, len(nodes))
	for i, c := range nodes {
		index[c] = i
	}
	for _, group := range publishOrder(r.graph(nodes, index, true)) {
		var names []string
		for _, i := range group {
			names = append(names, nodes[i].name())
		}
		if len(group) > 1 {
			cycles = append(cycles, names)
		}
		ordered = append(ordered, r.inside(group, nodes)...)
	}
	return ordered, cycles
}

// inside orders the crates of a cycle as later releases need them, when
// development dependencies no longer matter.
func (r *reader) inside(group []int, all []*crate) []*crate {
	nodes := make([]*crate, len(group))
	index := make(map[*crate]int, len(group))
	for i, n := range group {
		nodes[i] = all[n]
		index[all[n]] = i
	}
	if len(group) == 1 {
		return nodes
	}
	var ordered []*crate
	for _, part := range publishOrder(r.graph(nodes, index, false)) {
		for _, i := range part {
			ordered = append(ordered, nodes[i])
		}
	}
	return ordered
}

// graph is, for each node, the numbers of the nodes that it needs.
func (r *reader) graph(nodes []*crate, index map[*crate]int, development bool) [][]int {
	needs := make([][]int, len(nodes))
	for i, c := range nodes {
		for _, other := range r.needs(c, development) {
			if n, among := index[other]; among {
				needs[i] = append(needs[i], n)
			}
		}
	}
	return needs
}

// publishOrder puts numbers in an order in which each comes after the ones it
// needs, the smallest possible one first. Numbers that need each other form one
// group; every other group has one number.
func publishOrder(needs [][]int) [][]int {
	groups := components(needs)
	groupOf := make([]int, len(needs))
	for g, group := range groups {
		for _, i := range group {
			groupOf[i] = g
		}
	}
	waiting := make([]int, len(groups)) // groups still to come before this one
	unlocks := make([][]int, len(groups))
	for g, group := range groups {
		for _, before := range groupsBefore(g, group, needs, groupOf) {
			waiting[g]++
			unlocks[before] = append(unlocks[before], g)
		}
	}
	return release(groups, waiting, unlocks)
}

// groupsBefore are the other groups that a group needs, each once.
func groupsBefore(g int, group []int, needs [][]int, groupOf []int) []int {
	var before []int
	for _, i := range group {
		for _, j := range needs[i] {
			if groupOf[j] != g {
				before = append(before, groupOf[j])
			}
		}
	}
	slices.Sort(before)
	return slices.Compact(before)
}

// release takes groups out one by one, always the one with the smallest number
// among those that wait for nothing.
func release(groups [][]int, waiting []int, unlocks [][]int) [][]int {
	var ready, order = &smallestFirst{groups: groups}, [][]int(nil)
	for g, count := range waiting {
		if count == 0 {
			ready.add(g)
		}
	}
	for len(ready.ids) > 0 {
		g := ready.take()
		order = append(order, groups[g])
		for _, next := range unlocks[g] {
			if waiting[next]--; waiting[next] == 0 {
				ready.add(next)
			}
		}
	}
	return order
}
