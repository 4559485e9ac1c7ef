package change

import (
	"slices"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// previewEnvironment shows how a state becomes another, with origins.
func previewEnvironment(now, then EnvironmentState, wish EnvironmentWish) []DiffLine {
	var lines []DiffLine
	add := func(op byte, text, origin string) { lines = append(lines, DiffLine{op, text, origin}) }
	mark := func(kept bool) byte {
		if kept {
			return ' '
		}
		return '+'
	}
	add(mark(now.Exists), "environment "+wish.Name, wish.Origins["environment"])
	for _, r := range then.Reviewers {
		add(mark(reviews(now.Reviewers, r)), reviewerText(r), wish.Origins[r.Name])
	}
	if then.PreventSelfReview {
		add(mark(now.PreventSelfReview), "prevent self-review", wish.Origins["prevent self-review"])
	}
	if then.NoBypass {
		add(mark(now.NoBypass), "administrators cannot pass the rules by", wish.Origins["no bypass"])
	}
	if now.WaitMinutes > 0 && now.WaitMinutes != then.WaitMinutes {
		add('-', timerText(now.WaitMinutes), "")
	}
	if then.WaitMinutes > 0 {
		add(mark(now.WaitMinutes == then.WaitMinutes), timerText(then.WaitMinutes), wish.Origins["wait timer"])
	}
	for _, app := range then.Apps {
		add(' ', "protection rule of the app "+app, "")
	}
	if now.Exists && now.Policy != then.Policy {
		add('-', "deployment from: "+refsText(now.Policy), "")
	}
	for _, r := range now.Refs {
		if now.Policy == then.Policy && !slices.Contains(then.Refs, r) {
			add('-', "deployment from "+r.String(), wish.Origins[r.String()])
		}
	}
	for _, r := range then.Refs {
		add(mark(slices.Contains(now.Refs, r)), "deployment from "+r.String(), wish.Origins[r.String()])
	}
	return lines
}

func reviewerText(r Reviewer) string {
	if r.Type == "Team" {
		return "reviewer team " + r.Name
	}
	return "reviewer " + r.Name
}

func timerText(minutes int) string { return "wait timer " + strconv.Itoa(minutes) + " minutes" }

func refsText(p evidence.RefPolicy) string {
	if p == evidence.RefsProtected {
		return "protected branches"
	}
	return "any branch or tag"
}
