package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// maxReviewers is how many users and teams GitHub takes for an environment
// (docs.github.com, "Deployments and environments", read 2026-08).
const maxReviewers = 6

// candidate is somebody who could review: a person, or a team.
type candidate struct {
	change.Reviewer
	role    string
	members evidence.Fact[[]string] // of a team
}

// value names a candidate in an answer; no login holds a slash.
func (c candidate) value(owner string) string {
	if c.Type == "Team" {
		return owner + "/" + c.Name
	}
	return c.Name
}

// label tells what a person may do, and who stands behind a team.
func (c candidate) label(owner string) string {
	name := c.value(owner)
	if c.Type == "Team" {
		name = "team " + name
	}
	text := name + "  " + c.role
	if members, seen := c.members.Get(); c.Type == "Team" && seen {
		text += ", " + plural(len(members), "person", "people")
	}
	if rank(c.role) < rank("write") {
		text += ": may approve, and not push"
	}
	return text
}

// roles are GitHub's own, lowest first; what an organisation made up is not
// known to hold more than read.
var roles = []string{"read", "triage", "write", "maintain", "admin"}

func rank(role string) int { return max(0, slices.Index(roles, role)) }

// candidates are those with access to the repository, who can most first; the
// signed-in user alone when nobody else is known.
func (l *layout) candidates() []candidate {
	var all []candidate
	for _, c := range l.World.GitHub.Collaborators.Or(nil) {
		all = append(all, candidate{Reviewer: change.Reviewer{Type: "User", ID: c.ID, Name: c.Login}, role: c.Role})
	}
	for _, t := range l.World.GitHub.Teams.Or(nil) {
		all = append(all, candidate{change.Reviewer{Type: "Team", ID: t.ID, Name: t.Slug}, t.Role, t.Members})
	}
	if user, ok := l.World.GitHub.User.Get(); ok && len(all) == 0 {
		all = append(all, candidate{Reviewer: change.Reviewer{Type: "User", ID: user.ID, Name: user.Login}, role: "you"})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(rank(b.role), rank(a.role)) })
	return all
}

// possibleReviewers are the people with at least write access; the signed-in
// user alone when nobody else is known.
func (l *layout) possibleReviewers() []evidence.User {
	var people []evidence.User
	for _, c := range l.candidates() {
		if c.Type == "User" && (rank(c.role) >= rank("write") || c.role == "you") {
			people = append(people, evidence.User{Login: c.Name, ID: c.ID})
		}
	}
	if user, ok := l.World.GitHub.User.Get(); ok && len(people) == 0 {
		people = append(people, user)
	}
	return people
}

// members are the logins in teams, by id, as far as they are known.
func (l *layout) members() map[int64][]string {
	known := map[int64][]string{}
	note := func(id int64, members evidence.Fact[[]string]) {
		if logins, seen := members.Get(); seen {
			known[id] = logins
		}
	}
	for _, t := range l.World.GitHub.Teams.Or(nil) {
		note(t.ID, t.Members)
	}
	for _, e := range l.World.GitHub.Environments.Or(nil) {
		for _, r := range e.Reviewers {
			if r.Type == "Team" {
				note(r.ID, r.Members)
			}
		}
	}
	return known
}

// reviewing are those who review in every one of the environments already, and
// room is how many more each of them takes.
func (l *layout) reviewing() (already []change.Reviewer, room int) {
	room = maxReviewers
	for i, name := range l.environments() {
		there := change.StateOf(l.environmentNamed(name)).Reviewers
		room = min(room, max(0, maxReviewers-len(there)))
		same := func(r change.Reviewer) func(change.Reviewer) bool {
			return func(o change.Reviewer) bool { return o.Type == r.Type && o.ID == r.ID }
		}
		if i == 0 {
			already = slices.Clone(there)
		}
		already = slices.DeleteFunc(already, func(r change.Reviewer) bool { return !slices.ContainsFunc(there, same(r)) })
	}
	return already, room
}

// suggested are the reviewers of a profile beyond those who review already: the
// maintainer alone, or enough people that one is not their own.
func (l *layout) suggested() []string {
	already, room := l.reviewing()
	var names []string
	people := l.possibleReviewers()
	switch user := l.World.GitHub.User.Or(evidence.User{}); {
	case l.profile == Solo && user.Login != "" && len(already) == 0:
		names = []string{user.Login}
	case l.profile == Team && l.several(already) < 2:
		for _, p := range people {
			if !slices.ContainsFunc(already, func(r change.Reviewer) bool { return r.Type == "User" && r.ID == p.ID }) {
				names = append(names, p.Login)
			}
		}
	}
	return names[:min(len(names), room)]
}

// several counts the people behind reviewers; a team that is not known counts as
// two.
func (l *layout) several(reviewers []change.Reviewer) int {
	people, known := map[string]bool{}, l.members()
	for _, r := range reviewers {
		if r.Type == "User" {
			people[r.Name] = true
			continue
		}
		logins, seen := known[r.ID]
		if !seen {
			return 2
		}
		for _, login := range logins {
			people[login] = true
		}
	}
	return len(people)
}

// chosenReviewers turns an answer into reviewers.
func (l *layout) chosenReviewers(answer string) []change.Reviewer {
	var chosen []change.Reviewer
	for _, name := range list(answer) {
		for _, c := range l.candidates() {
			if c.value(l.repo.Owner) == name {
				chosen = append(chosen, c.Reviewer)
			}
		}
	}
	return chosen
}

// reviewerQuestion asks who reviews. Who does already stays, and is no option.
func (l *layout) reviewerQuestion(suggested string) Question {
	already, room := l.reviewing()
	q := Question{ID: "reviewers", Kind: Several, Title: "Who may approve a release?", Default: suggested, Origin: "profile " + string(l.profile), Most: room,
		Help: "One approval is enough. GitHub takes six people and teams.",
		Check: func(a string) error {
			if n := len(list(a)); n > room {
				return fmt.Errorf("%d are chosen, and %s", n, roomFor(room))
			}
			return nil
		}}
	if len(already) > 0 {
		q.Help = reviewerNames(already) + " may already, and stay; " + roomFor(room) + ". One approval is enough."
	}
	if teams := l.World.GitHub.Teams; teams.Unknown() {
		q.Help += " Teams cannot be shown: " + teams.Reason() + "."
	}
	for _, c := range l.candidates() {
		if !slices.ContainsFunc(already, func(r change.Reviewer) bool { return r.Type == c.Type && r.ID == c.ID }) {
			q.Options = append(q.Options, Option{c.value(l.repo.Owner), c.label(l.repo.Owner)})
		}
	}
	return q
}

func roomFor(room int) string {
	switch room {
	case 0:
		return "there is room for nobody more"
	case maxReviewers:
		return "GitHub takes six"
	}
	return "there is room for " + strconv.Itoa(room) + " more"
}

func reviewerNames(reviewers []change.Reviewer) string {
	var names []string
	for _, r := range reviewers {
		if r.Type == "Team" {
			names = append(names, "the team "+r.Name)
			continue
		}
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// selfQuestion asks whether somebody else must approve, where that is not so
// already.
func (l *layout) selfQuestion(suggested string) Question {
	help := "With one reviewer that would lock them out, and is refused."
	if unseen := l.unseenTeams(); unseen != "" {
		help += " Who is in " + unseen + " cannot be seen: were it one person, nobody could approve what they start."
	}
	return Question{ID: "self", Kind: Choice, Title: "Must somebody else than its starter approve a run?", Help: help, Default: suggested,
		Options: []Option{{"yes", "yes: somebody else approves"}, {"no", "no: the starter may approve"}}}
}

func (l *layout) unseenTeams() string {
	var names []string
	for _, t := range l.World.GitHub.Teams.Or(nil) {
		if !t.Members.Seen() {
			names = append(names, t.Slug)
		}
	}
	return strings.Join(names, ", ")
}
