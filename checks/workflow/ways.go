package workflow

import (
	"fmt"
	"slices"
	"sync"
)

// maxWays bounds the combinations of all matrices on the way to a job.
const maxWays = 256

// ways are the scope in each combination of the matrices on the way to its job,
// as far as the texts read them.
func (e *engine) ways(s scope, steps []*Step) []scope {
	ways := spread(s, steps)
	if len(ways) > 1 {
		if e.budget -= len(ways) * max(len(steps), 1); e.budget < 0 {
			return []scope{undecided(s)}
		}
	}
	return ways
}

// spread goes through the calls from the outside in, and takes the combinations
// of each calling job, and of the job itself.
func spread(s scope, steps []*Step) []scope {
	decided := [][]combination{nil}
	for n := 0; n <= len(s.callers); n++ {
		var next [][]combination
		for _, before := range decided {
			at := s.at(n, before)
			for _, c := range narrowed(at.combinations(), at.texts(steps)) {
				next = append(next, append(slices.Clone(before), c))
			}
		}
		if decided = next; len(decided) > maxWays {
			return []scope{undecided(s)}
		}
	}
	ways := make([]scope, len(decided))
	for i, d := range decided {
		ways[i] = s
		ways[i].matrices = d
	}
	return ways
}

// at is the scope of the n-th calling job, or of the job itself, where the
// matrices before it are decided.
func (s scope) at(n int, before []combination) scope {
	out := s
	if n < len(s.callers) {
		out = newScope(route{s.triggered, s.callers[:n], s.files}, s.callers[n].File, s.callers[n].Job, s.run)
	}
	out.matrices = before
	return out
}

// undecided is a scope in which nothing is known of any matrix.
func undecided(s scope) scope {
	s.matrices = nil
	for range len(s.callers) + 1 {
		s.matrices = append(s.matrices, combination{open: "the matrices have too many combinations"})
	}
	return s
}

// texts are those of a job that may read its matrix.
func (s scope) texts(steps []*Step) []string {
	j := s.job
	var texts []string
	add := func(tables ...map[string]string) {
		for _, t := range tables {
			for _, text := range t {
				texts = append(texts, text)
			}
		}
	}
	if add(j.With, j.Env, j.Secrets); j.Environment != nil {
		texts = append(texts, j.Environment.Name)
	}
	if j.Uses != "" {
		return texts
	}
	for _, step := range steps {
		texts = append(append(texts, step.If, step.Run), step.outer...)
		add(step.With, step.Env)
	}
	return texts
}

// waysOf remembers the combinations of a place for each run that was asked about:
// every check asks about the same few.
type waysOf struct {
	mu    sync.Mutex
	known map[string][]scope
}

// ways are the combinations in which the job comes to the place in a run, with
// the run's own values in expressions.
func (p Publishing) ways(run Run) []scope {
	if !p.found() {
		return spread(newScope(route{p.Triggered, p.Callers, p.files}, p.File, p.Job, run), p.Job.Steps)
	}
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	key := fmt.Sprintf("%+v", run)
	ways, done := p.cache.known[key]
	if !done {
		ways = p.findWays(run)
		p.cache.known[key] = ways
	}
	fresh := slices.Clone(ways)
	for i := range fresh { // what scopes remember is not shared
		fresh[i].results, fresh[i].insides = map[jobAt]result{}, new(int)
	}
	return fresh
}

func (p Publishing) findWays(run Run) []scope {
	var ways []scope
	for _, way := range spread(newScope(route{p.Triggered, p.Callers, p.files}, p.File, p.Job, run), p.steps) {
		if slices.ContainsFunc(detect(way, p.steps), func(q Publishing) bool { return q.step == p.step && q.Registry == p.Registry }) {
			ways = append(ways, way)
		}
	}
	return ways
}
