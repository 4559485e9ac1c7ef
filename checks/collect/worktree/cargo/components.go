package cargo

import (
	"container/heap"
	"slices"
)

// components are the strongly connected components of a graph (Tarjan, 1972),
// each sorted.
func components(needs [][]int) [][]int {
	t := tarjan{needs: needs, index: make([]int, len(needs)), low: make([]int, len(needs)), onStack: make([]bool, len(needs))}
	for i := range needs {
		if t.index[i] == 0 {
			t.visit(i)
		}
	}
	return t.found
}

type tarjan struct {
	needs      [][]int
	index, low []int // 1-based order of discovery; 0: not seen yet
	onStack    []bool
	stack      []int
	next       int
	found      [][]int
}

func (t *tarjan) visit(i int) {
	t.next++
	t.index[i], t.low[i] = t.next, t.next
	t.stack, t.onStack[i] = append(t.stack, i), true
	for _, j := range t.needs[i] {
		if t.index[j] == 0 {
			t.visit(j)
			t.low[i] = min(t.low[i], t.low[j])
		} else if t.onStack[j] {
			t.low[i] = min(t.low[i], t.index[j])
		}
	}
	if t.low[i] != t.index[i] {
		return
	}
	at := slices.Index(t.stack, i)
	group := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, j := range group {
		t.onStack[j] = false
	}
	slices.Sort(group)
	t.found = append(t.found, group)
}

// smallestFirst is a queue of groups, the one with the smallest number first.
type smallestFirst struct {
	groups [][]int
	ids    []int
}

func (q *smallestFirst) add(g int) { heap.Push(q, g) }
func (q *smallestFirst) take() int { return heap.Pop(q).(int) }

// Len, Less, Swap, Push and Pop make it a heap.Interface.
func (q *smallestFirst) Len() int           { return len(q.ids) }
func (q *smallestFirst) Less(i, j int) bool { return q.groups[q.ids[i]][0] < q.groups[q.ids[j]][0] }
func (q *smallestFirst) Swap(i, j int)      { q.ids[i], q.ids[j] = q.ids[j], q.ids[i] }
func (q *smallestFirst) Push(x any)         { q.ids = append(q.ids, x.(int)) }
func (q *smallestFirst) Pop() any {
	last := q.ids[len(q.ids)-1]
	q.ids = q.ids[:len(q.ids)-1]
	return last
}
