package steps

import (
	"errors"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// environment says who may publish, and from which refs.
func (l *layout) environment(s *Scene) string {
	var leftOut []string
	if l.profile == Start {
		leftOut = append(leftOut, "environment-has-reviewers", "admins-cannot-bypass", "default-branch-protected", "release-tags-protected")
		s.Now = append(s.Now, Line{Text: "The profile start leaves reviewers and rulesets for later: choose solo or team in the survey to have them."})
	}
	state, reason := stand(s.Results, leftOut...)
	s.State = state
	defaults := l.environmentDefaults()
	for _, name := range l.environments() {
		c, err := l.Tools.Environment(change.StateOf(l.environmentNamed(name)), l.wish(name, defaults))
		if err != nil {
			s.Now = append(s.Now, Line{Mark: checks.Wrong, Text: err.Error()})
			continue
		}
		s.Preview = append(s.Preview, c.Preview...)
	}
	for _, c := range l.guards(defaults) {
		s.Preview = append(s.Preview, c.Preview...)
	}
	s.Wanted = append(l.environmentWanted(defaults), l.guardsWanted(defaults)...)
	if state == Done && !adds(s.Preview) {
		s.Preview = nil
		return reason
	}
	s.Ways = append([]Way{l.harden(defaults), l.environmentPage()}, l.rulesetPages(defaults)...)
	s.Ways = append(s.Ways, l.environmentCommands(defaults))
	if state == Done {
		s.Ways[0].Label = "Make it as strict as the profile " + string(l.profile) + " asks"
	}
	return reason
}

func adds(lines []change.DiffLine) bool {
	return slices.ContainsFunc(lines, func(d change.DiffLine) bool { return d.Op != ' ' })
}

func (l *layout) environmentNamed(name string) *evidence.Environment {
	for _, e := range l.World.GitHub.Environments.Or(nil) {
		if strings.EqualFold(e.Name, name) {
			return &e
		}
	}
	return nil
}

// environmentDefaults are the answers as the profile gives them.
func (l *layout) environmentDefaults() Answers {
	var reviewers []string
	people := l.possibleReviewers()
	user := l.World.GitHub.User.Or(evidence.User{})
	switch {
	case l.profile == Solo && user.Login != "":
		reviewers = []string{user.Login}
	case l.profile == Team:
		for _, p := range people[:min(len(people), 6)] {
			reviewers = append(reviewers, p.Login)
		}
	}
	self := "no"
	if l.profile == Team && len(reviewers) >= 2 {
		self = "yes"
	}
	creators, _ := l.tagCreators()
	return Answers{"reviewers": strings.Join(reviewers, ","), "self": self, "refs": strings.Join(l.refs(), ","), "tags": creators}
}

// refs are what may deploy: the default branch, for rehearsals, and the release
// tags.
func (l *layout) refs() []string {
	return []string{"branch " + l.branch, "tag " + deployPattern(l.tag)}
}

// deployPattern is a tag pattern as environments read it. They know *, ? and
// [ ], and none of the other signs of workflow triggers.
func deployPattern(tag string) string {
	if _, ok := template.Prefix(tag); ok {
		return tag
	}
	return literalPrefix(tag) + "*"
}

// literalPrefix is what a pattern begins with before its first special sign.
func literalPrefix(pattern string) string {
	if i := strings.IndexAny(pattern, `*?+[!\`); i >= 0 {
		return pattern[:i]
	}
	return pattern
}

func (l *layout) wish(name string, a Answers) change.EnvironmentWish {
	w := change.EnvironmentWish{Name: name, PreventSelfReview: a["self"] == "yes", NoBypass: l.profile != Start, Origins: map[string]string{
		"no bypass": "profile " + string(l.profile), "environment": l.environmentOrigin(name), "branch " + l.branch: "default branch", "tag " + deployPattern(l.tag): l.tagOrigin}}
	for _, login := range list(a["reviewers"]) {
		for _, p := range l.possibleReviewers() {
			if p.Login == login {
				w.Reviewers = append(w.Reviewers, change.Reviewer{Type: "User", ID: p.ID, Name: p.Login})
				w.Origins[login] = "profile " + string(l.profile)
			}
		}
	}
	if w.PreventSelfReview {
		w.Origins["prevent self-review"] = plural(len(w.Reviewers), "can approve", "can approve")
	}
	for _, ref := range list(a["refs"]) {
		kind, pattern, _ := strings.Cut(ref, " ")
		w.Refs = append(w.Refs, change.Ref{Type: kind, Pattern: pattern})
	}
	return w
}

func (l *layout) environmentWanted(a Answers) []Line {
	lines := []Line{}
	if r := list(a["reviewers"]); len(r) > 0 {
		lines = append(lines, wanted("review by one of", strings.Join(r, ", "), "profile "+string(l.profile)))
	}
	if a["self"] == "yes" {
		lines = append(lines, wanted("no review", "by the one who started the run", "profile "+string(l.profile)))
	}
	lines = append(lines, wanted("only", strings.Join(l.refs(), " and "), l.tagOrigin))
	if l.profile != Start {
		lines = append(lines, wanted("administrators", "cannot pass it by", "profile "+string(l.profile)))
	}
	return lines
}

func (l *layout) harden(defaults Answers) Way {
	reviewers := Question{ID: "reviewers", Kind: Several, Title: "Who may approve a release?", Default: defaults["reviewers"], Origin: "profile " + string(l.profile),
		Help: "One approval is enough. Whoever is set already stays.", Check: func(a string) error {
			if len(list(a)) > 6 {
				return errors.New("GitHub takes at most six")
			}
			return nil
		}}
	for _, p := range l.possibleReviewers() {
		reviewers.Options = append(reviewers.Options, Option{p.Login, p.Login})
	}
	refs := Question{ID: "refs", Kind: Several, Title: "What may publish?", Help: "The branch is for rehearsals, the tags are for releases.", Default: defaults["refs"], Origin: l.tagOrigin}
	for _, r := range l.refs() {
		refs.Options = append(refs.Options, Option{r, r})
	}
	self := Question{ID: "self", Kind: Choice, Title: "Must somebody else than its starter approve a run?", Help: "With one reviewer that would lock them out.", Default: defaults["self"],
		Options: []Option{{"yes", "yes: somebody else approves"}, {"no", "no: the starter may approve"}}}
	questions := []Question{reviewers, self, refs}
	if len(reviewers.Options) == 0 {
		questions = []Question{refs}
	}
	questions = append(questions, l.guardQuestions()...)
	return Way{Kind: Do, Label: "Do it for me", Help: "What is set already stays: nothing is weakened. GitHub's answer is read back and compared.", Questions: questions,
		Prepare: func(a Answers) ([]change.Change, error) { return l.hardenings(a) }}
}

func (l *layout) hardenings(a Answers) ([]change.Change, error) {
	var changes []change.Change
	for _, name := range l.environments() {
		c, err := l.Tools.Environment(change.StateOf(l.environmentNamed(name)), l.wish(name, a))
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return append(changes, l.guards(a)...), nil
}

func (l *layout) environmentPage() Way {
	a := l.environmentDefaults()
	page := &PageLink{Title: "Environments of " + l.repo.String(), URL: l.github("settings/environments"), Fields: []Field{{"Name", l.environments()[0], l.environmentOrigin(l.environments()[0])}},
		Note: "Choose the environment, or make it, and set these rules. The page cannot be told values in its address."}
	if a["reviewers"] != "" {
		page.Fields = append(page.Fields, Field{"Required reviewers", strings.ReplaceAll(a["reviewers"], ",", ", "), "profile " + string(l.profile)}, Field{"Prevent self-review", a["self"], ""})
	}
	for _, r := range l.refs() {
		kind, pattern, _ := strings.Cut(r, " ")
		page.Fields = append(page.Fields, Field{"Deployment " + kind, pattern, ""})
	}
	if l.profile != Start {
		page.Fields = append(page.Fields, Field{"Allow administrators to bypass configured protection rules", "no", "profile " + string(l.profile)})
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
