package change

import "slices"

// Consent asks for the yes that some changes need: one for all together that
// can be taken back, and one of its own for each that cannot. It only keeps the
// answers; a user interface puts the questions.
type Consent struct {
	changes []Change
	// answers are by index; what has none was not asked about yet.
	answers map[int]bool
}

// Ask begins to ask about changes, in their order.
func Ask(changes []Change) *Consent { return &Consent{changes: changes, answers: map[int]bool{}} }

// together is whose question a change belongs to: its own if it lasts, that of
// the last lasting one that it needs, or -1 for the first.
func (c *Consent) together(i int) int {
	if c.changes[i].Lasting != "" {
		return i
	}
	with := -1
	for _, at := range c.needs(i) {
		with = max(with, c.together(at))
	}
	return with
}

// needs are the changes before it that a change needs. What is not among them is
// there already.
func (c *Consent) needs(i int) []int {
	var all []int
	for at, one := range c.changes[:i] {
		if slices.Contains(c.changes[i].Needs, one.ID) {
			all = append(all, at)
		}
	}
	return all
}

// Next are the changes that the next question is about: first all that can be
// taken back, then the others one by one, each with what is made for its sake;
// none when all is settled. What needs something that is left out is not asked
// about.
func (c *Consent) Next() []Change {
	var about []Change
	for _, i := range c.next() {
		about = append(about, c.changes[i])
	}
	return about
}

func (c *Consent) next() []int {
	for question := -1; question < len(c.changes); question++ {
		var about []int
		for i := range c.changes {
			if c.together(i) == question && !c.lacks(i) {
				about = append(about, i)
			}
		}
		if len(about) == 0 {
			continue
		}
		switch yes, asked := c.answers[about[0]]; {
		case !asked:
			return about
		case !yes && question < 0:
			return nil // who does not want these wants nothing of it
		}
	}
	return nil
}

// Answer is the answer to the question that Next gave.
func (c *Consent) Answer(yes bool) {
	for _, i := range c.next() {
		c.answers[i] = yes
	}
}

// lacks says whether a change needs another one that is left out: one that got
// a no, or itself lacks something.
func (c *Consent) lacks(i int) bool {
	return slices.ContainsFunc(c.needs(i), func(at int) bool {
		yes, asked := c.answers[at]
		return asked && !yes || c.lacks(at)
	})
}

// Later are the lasting changes that are not asked about yet.
func (c *Consent) Later() []Change {
	var later []Change
	for i, one := range c.changes {
		if _, asked := c.answers[i]; one.Lasting != "" && !asked && !c.lacks(i) {
			later = append(later, one)
		}
	}
	return later
}

// Agreed are the changes to make, LeftOut the others.
func (c *Consent) Agreed() []Change  { return c.part(true) }
func (c *Consent) LeftOut() []Change { return c.part(false) }

func (c *Consent) part(agreed bool) []Change {
	var part []Change
	for i, one := range c.changes {
		if (c.answers[i] && !c.lacks(i)) == agreed {
			part = append(part, one)
		}
	}
	return part
}
