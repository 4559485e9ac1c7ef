package player

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// stubborn is how often a way is taken in one step before the player gives
// up on it.
const stubborn = 3

// answer types what a person would who trusts the wizard: the recommended way
// first, the values as they are filled in, yes to what was previewed.
func (p *player) answer(ctx context.Context, s screen) error {
	if s.step != "" {
		p.step = s.step
	}
	if s.failed != "" {
		return fmt.Errorf("the wizard said that it did not work: %s", s.failed)
	}
	switch {
	case strings.HasPrefix(s.prompt, "Choose a number"):
		return p.choose(ctx, s)
	case strings.HasPrefix(s.prompt, "Press Enter"):
		if s.page != "" {
			if err := p.visit(ctx, s); err != nil {
				return err
			}
		}
		return p.type_("")
	case strings.HasPrefix(s.prompt, "  Answer (not shown)"):
		return p.secret()
	case strings.HasPrefix(s.prompt, "Do it?"), strings.HasPrefix(s.prompt, "Go on?"):
		return p.type_("yes")
	}
	return p.type_("")
}

func (p *player) secret() error {
	if p.token == "" {
		return fmt.Errorf("a token is asked for, and no page has shown one yet")
	}
	token := p.token
	p.token = ""
	return p.type_(token)
}

// choose takes the first way that has not been taken yet in this step. While
// the step is under way elsewhere it types nothing: the wizard goes on by
// itself when something has changed.
func (p *player) choose(_ context.Context, s screen) error {
	for i, way := range s.ways {
		if p.leaves(way) || p.taken[p.step+way] > 0 {
			continue
		}
		p.taken[p.step+way]++
		return p.type_(strconv.Itoa(i + 1))
	}
	if s.state == "waiting" {
		return nil
	}
	return p.again(s)
}

// again takes the recommended way once more: what it does may come in parts.
func (p *player) again(s screen) error {
	if len(s.ways) == 0 || p.leaves(s.ways[0]) {
		return fmt.Errorf("no way on that a person who wants to finish would take, among %q", s.ways)
	}
	if p.taken[p.step+s.ways[0]]++; p.taken[p.step+s.ways[0]] > stubborn {
		return fmt.Errorf("%q was taken %d times and the step is still open", s.ways[0], stubborn)
	}
	return p.type_("1")
}

// leaves says whether a way would pass the step by, or is only to be read.
func (p *player) leaves(way string) bool {
	low := strings.ToLower(way)
	return strings.HasPrefix(low, "not now") || strings.Contains(low, "skip") || strings.Contains(low, "commands")
}
