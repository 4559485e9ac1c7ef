package steps

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change"
)

// environmentDefaults are the answers as the profile gives them.
func (l *layout) environmentDefaults() Answers {
	creators, _ := l.tagCreators()
	var refs, drop []string
	for _, name := range l.environments() {
		for _, r := range l.refs(name) {
			refs = with(refs, r.String())
		}
		for _, r := range l.toDrop(name) {
			drop = with(drop, r.String())
		}
	}
	a := Answers{"self": "no", "wait": strconv.Itoa(l.leastWait()), "refs": strings.Join(refs, ","), "drop": strings.Join(drop, ","), "tags": creators}
	if l.limits().NoReviews || l.profile == Start {
		return a
	}
	suggested := l.suggested()
	a["reviewers"] = strings.Join(suggested, ",")
	already, _ := l.reviewing()
	if l.profile == Team && l.several(append(already, l.chosenReviewers(a["reviewers"])...)) >= 2 {
		a["self"] = "yes"
	}
	return a
}

// leastWait is the shortest wait timer that the environments have already.
func (l *layout) leastWait() int {
	least := change.MaxWaitMinutes
	for _, name := range l.environments() {
		least = min(least, change.StateOf(l.environmentNamed(name)).WaitMinutes)
	}
	return least
}

// minutes reads an answer; what is no number was refused before.
func minutes(answer string) int {
	n, _ := strconv.Atoi(answer)
	return n
}

// toDrop are the rules that go unless that is answered otherwise: those that let
// any branch in, where no other job is seen to need that.
func (l *layout) toDrop(name string) []change.Ref {
	if slices.ContainsFunc(l.tenants(name), func(t tenant) bool { return t.open }) {
		return nil
	}
	return slices.DeleteFunc(l.beyond(name), func(r change.Ref) bool { return !letsAnyBranchIn(r) })
}

// environmentQuestions asks for what can be had, and for no more than is open.
func (l *layout) environmentQuestions(defaults Answers) []Question {
	var questions []Question
	if !l.limits().NoReviews {
		if q := l.reviewerQuestion(defaults["reviewers"]); len(q.Options) > 0 && q.Most > 0 {
			questions = append(questions, q)
		}
		if !l.nobodyReviewsOwn() {
			questions = append(questions, l.selfQuestion(defaults["self"]))
		}
		questions = append(questions, l.waitQuestion(defaults["wait"]))
	}
	questions = append(questions, l.refsQuestion(defaults["refs"]))
	if q := l.dropQuestion(defaults["drop"]); len(q.Options) > 0 {
		questions = append(questions, q)
	}
	return append(questions, l.guardQuestions()...)
}

// nobodyReviewsOwn says whether every environment prevents self-review already.
func (l *layout) nobodyReviewsOwn() bool {
	return !slices.ContainsFunc(l.environments(), func(name string) bool {
		return !change.StateOf(l.environmentNamed(name)).PreventSelfReview
	})
}

func (l *layout) waitQuestion(now string) Question {
	least := minutes(now)
	help := "0 is none; 43200 (30 days) is the longest."
	if least > 0 {
		help = now + " minutes are set already, and are not shortened; 43200 (30 days) is the longest."
	}
	return Question{ID: "wait", Kind: Input, Title: "How many minutes is a release to wait before it goes out?", Help: help, Default: now, Check: func(a string) error {
		n, err := strconv.Atoi(a)
		switch {
		case err != nil || n < 0 || n > change.MaxWaitMinutes:
			return fmt.Errorf("a number of minutes from 0 to %d", change.MaxWaitMinutes)
		case n < least:
			return fmt.Errorf("%d minutes are set already, and nothing is weakened: shorten it on the settings page", least)
		}
		return nil
	}}
}

func (l *layout) refsQuestion(all string) Question {
	q := Question{ID: "refs", Kind: Several, Title: "What may publish?", Help: "The default branch is for rehearsals, the rest is what starts the workflow.", Default: all, Origin: l.tagOrigin}
	for _, name := range l.environments() {
		for _, r := range l.refs(name) {
			o := Option{r.String(), r.String() + "  (" + r.origin + ")"}
			if !slices.ContainsFunc(q.Options, func(p Option) bool { return p.Value == o.Value }) {
				q.Options = append(q.Options, o)
			}
		}
	}
	return q
}

// dropQuestion asks which rules are to go that let in more than is needed.
func (l *layout) dropQuestion(suggested string) Question {
	q := Question{ID: "drop", Kind: Several, Title: "Which rules are to go?", Default: suggested,
		Help: "They let in what no trigger of a workflow that publishes starts at. What is not chosen stays."}
	var others []string
	for _, name := range l.environments() {
		for _, r := range l.beyond(name) {
			if o := (Option{r.String(), r.String() + "  (" + name + ")"}); !strings.Contains(o.Value, ",") && !slices.Contains(q.Options, o) {
				q.Options = append(q.Options, o)
			}
		}
		for _, t := range l.tenants(name) {
			others = with(others, t.at)
		}
	}
	if len(others) > 0 {
		q.Help += " Also used by " + strings.Join(others, ", ") + "."
	}
	return q
}

func (l *layout) environmentWanted(a Answers) []Line {
	lines := []Line{}
	profile := "profile " + string(l.profile)
	already, _ := l.reviewing()
	if all := append(already, l.chosenReviewers(a["reviewers"])...); len(all) > 0 {
		lines = append(lines, wanted("review by one of", reviewerNames(all), profile))
	}
	if a["self"] == "yes" {
		lines = append(lines, wanted("no review", "by the one who started the run", profile))
	}
	lines = append(lines, wanted("only", strings.Join(list(a["refs"]), " and "), l.tagOrigin))
	if l.profile != Start && !l.limits().noBypass {
		lines = append(lines, wanted("administrators", "cannot pass it by", profile))
	}
	return lines
}

func (l *layout) environmentPage(a Answers) Way {
	profile := "profile " + string(l.profile)
	page := &PageLink{Title: "Environments of " + l.repo.String(), URL: l.github("settings/environments"), Fields: []Field{{"Name", l.environments()[0], l.environmentOrigin(l.environments()[0])}},
		Note: "Choose the environment, or make it, and set these rules. The page cannot be told values in its address."}
	if a["reviewers"] != "" {
		page.Fields = append(page.Fields, Field{"Required reviewers", strings.ReplaceAll(a["reviewers"], ",", ", "), profile}, Field{"Prevent self-review", a["self"], ""})
	}
	for _, r := range list(a["refs"]) {
		kind, pattern, _ := strings.Cut(r, " ")
		page.Fields = append(page.Fields, Field{"Deployment " + kind, pattern, ""})
	}
	for _, r := range list(a["drop"]) {
		page.Fields = append(page.Fields, Field{"Remove", r, "lets in more than is needed"})
	}
	if l.profile != Start {
		page.Fields = append(page.Fields, Field{"Allow administrators to bypass configured protection rules", "no", profile})
	}
	return Way{Kind: Page, Label: "Open the settings page", Help: page.Note, Open: page}
}

func (l *layout) environmentCommands(defaults Answers) Way {
	var lines []string
	for _, name := range l.environments() {
		lines = append(lines, change.EnvironmentCommands(l.repo, change.StateOf(l.environmentNamed(name)), l.wish(name, defaults))...)
	}
	for _, w := range l.rulesetWishes(defaults) {
		lines = append(lines, change.RulesetCommands(l.repo, w)...)
	}
	return Way{Kind: Commands, Label: "Show me the commands", Lines: lines}
}
