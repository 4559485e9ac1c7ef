package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
)

// ask puts the questions one after the other, each until its answer is
// accepted.
func (w *wizard) ask(ctx context.Context, questions []steps.Question) (steps.Answers, error) {
	answers := steps.Answers{}
	for _, q := range questions {
		for {
			answer, err := w.question(ctx, q)
			if err != nil {
				return nil, err
			}
			if q.Check == nil {
				answers[q.ID] = answer
				break
			}
			if wrong := q.Check(answer); wrong != nil {
				w.say("That will not do: %s", evidence.CleanLine(wrong.Error()))
				continue
			}
			answers[q.ID] = answer
			break
		}
	}
	return answers, nil
}

func (w *wizard) question(ctx context.Context, q steps.Question) (string, error) {
	w.say("%s", evidence.CleanLine(q.Title))
	if q.Help != "" {
		w.say("  %s", evidence.CleanLine(q.Help))
	}
	if q.Origin != "" {
		w.say("  Filled in from: %s", evidence.CleanLine(q.Origin))
	}
	w.options(q)
	switch q.Kind {
	case steps.Masked:
		return w.lines.secret(ctx, "  Answer (not shown): ")
	case steps.Choice:
		return w.chosen(ctx, q)
	case steps.Several:
		return w.several(ctx, q)
	}
	line, err := w.lines.ask(ctx, fmt.Sprintf("  Answer [%s]: ", evidence.CleanLine(q.Default)))
	if line == "" {
		line = q.Default
	}
	return line, err
}

func (w *wizard) chosen(ctx context.Context, q steps.Question) (string, error) {
	picked, err := w.numbers(ctx, q, "Number", false)
	if err != nil || len(picked) == 0 {
		return q.Default, err
	}
	return picked[0], nil
}

func (w *wizard) several(ctx context.Context, q steps.Question) (string, error) {
	picked, err := w.numbers(ctx, q, "Numbers, with commas", true)
	if err != nil || picked == nil {
		return q.Default, err
	}
	return strings.Join(picked, ","), nil
}

// few is how many options are read out without being asked for.
const few = 20

// options lists them, or the first of many: the rest is found by a part of it.
func (w *wizard) options(q steps.Question) {
	for i, o := range q.Options {
		if i == few && len(q.Options) > few+1 {
			w.say("  … and %d more: type a part of one to find it.", len(q.Options)-few)
			break
		}
		w.say("  %d. %s", i+1, evidence.CleanLine(o.Label))
	}
	if q.Most > 0 {
		w.say("  At most %d.", q.Most)
	}
}

// numbers reads the numbers of options; nil means the default. "none" is no
// option at all, where several may be picked. What is neither a number nor an
// answer is searched for.
func (w *wizard) numbers(ctx context.Context, q steps.Question, what string, none bool) ([]string, error) {
	hint := what
	if none {
		hint += ", or none"
	}
	for {
		line, err := w.lines.ask(ctx, fmt.Sprintf("  %s [%s]: ", hint, numbered(q)))
		if err != nil || line == "" {
			return nil, err
		}
		if none && line == "none" {
			return []string{}, nil
		}
		picked, err := pick(q.Options, line)
		switch {
		case err != nil && w.found(q.Options, line):
		case err != nil:
			w.say("  %v", err)
		case none && q.Most > 0 && len(picked) > q.Most:
			w.say("  These are %d, and at most %d can be.", len(picked), q.Most)
		default:
			return picked, nil
		}
	}
}

// found lists the options that hold what was typed, with their numbers.
func (w *wizard) found(options []steps.Option, part string) bool {
	if strings.Trim(part, "0123456789, -") == "" {
		return false
	}
	hits := 0
	for i, o := range options {
		if !strings.Contains(strings.ToLower(o.Label), strings.ToLower(part)) {
			continue
		}
		if hits++; hits <= few {
			w.say("  %d. %s", i+1, evidence.CleanLine(o.Label))
		}
	}
	if hits > few {
		w.say("  … and %d more that hold it: type more of it.", hits-few)
	}
	return hits > 0
}

// pick reads numbers of options, or their values.
func pick(options []steps.Option, line string) ([]string, error) {
	var picked []string
	for part := range strings.SplitSeq(line, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.Atoi(part)
		if i := slices.IndexFunc(options, func(o steps.Option) bool { return o.Value == part }); i >= 0 {
			n, err = i+1, nil
		}
		if err != nil || n < 1 || n > len(options) {
			return nil, fmt.Errorf("%q is not a number from 1 to %d", evidence.CleanLine(part), len(options))
		}
		if value := options[n-1].Value; !slices.Contains(picked, value) {
			picked = append(picked, value)
		}
	}
	return picked, nil
}

// numbered writes the default as the numbers of its options.
func numbered(q steps.Question) string {
	var numbers []string
	for i, o := range q.Options {
		for part := range strings.SplitSeq(q.Default, ",") {
			if o.Value == part {
				numbers = append(numbers, strconv.Itoa(i+1))
			}
		}
	}
	if len(numbers) == 0 {
		return "none"
	}
	return strings.Join(numbers, ",")
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }
