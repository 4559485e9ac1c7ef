package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// maxReviewers is how many users and teams GitHub takes for an environment
// (docs.github.com, "Deployments and environments", read 2026-08).
const maxReviewers = 6

// MaxWaitMinutes is the longest wait timer, 30 days (GitHub's description of the
// API, read 2026-11).
const MaxWaitMinutes = 43200

// maxRules is how many protection rules an environment can have in force, those
// of apps among them (docs.github.com, "Deployments and environments", read
// 2026-08).
const maxRules = 6

// EnvironmentState is an environment's protection, as read or as asked for.
type EnvironmentState struct {
	Exists            bool       `json:"exists"`
	WaitMinutes       int        `json:"wait_minutes,omitempty"`
	PreventSelfReview bool       `json:"prevent_self_review,omitempty"`
	Reviewers         []Reviewer `json:"reviewers,omitempty"`
	// Policy is which refs may deploy.
	Policy evidence.RefPolicy `json:"policy"`
	// Refs are the rules when Policy is custom.
	Refs []Ref `json:"refs,omitempty"`
	// NoBypass is whether admins may not pass the rules by.
	NoBypass bool `json:"no_bypass,omitempty"`
	// Apps are the custom protection rules in force, and Others the rules of kinds
	// that we do not know. Neither is ours to set, and both are to stay.
	Apps   []string `json:"apps,omitempty"`
	Others []string `json:"others,omitempty"`
}

// rules counts the protection rules in force.
func (s EnvironmentState) rules() int {
	n := len(s.Apps) + len(s.Others)
	for _, on := range []bool{s.WaitMinutes > 0, len(s.Reviewers) > 0, s.Policy != evidence.RefsAll} {
		if on {
			n++
		}
	}
	return n
}

// Reviewer is a user or a team.
type Reviewer struct {
	Type string `json:"type"` // "User" or "Team"
	ID   int64  `json:"id"`
	Name string `json:"name"` // login or slug
}

// Ref is a rule for refs.
type Ref struct {
	Type    string `json:"type"` // "branch" or "tag"
	Pattern string `json:"pattern"`
}

// String is the rule as people say it: "tag v*".
func (r Ref) String() string { return r.Type + " " + r.Pattern }

// EnvironmentWish is what an environment should have at least.
type EnvironmentWish struct {
	Name      string
	Reviewers []Reviewer
	// Members are the logins in teams, by team id, as far as they are known.
	Members           map[int64][]string
	PreventSelfReview bool
	// WaitMinutes is the least wait timer; 0 asks for none.
	WaitMinutes int
	// NoBypass keeps administrators from passing the rules by.
	NoBypass bool
	Refs     []Ref
	// Drop are rules for refs that are to go: to drop one lets less in.
	Drop []Ref
	// Origins says where a value came from: by login, by Ref.String(), and
	// "prevent self-review", "wait timer" and "no bypass".
	Origins map[string]string
}

// Merge is the state that fulfils a wish and weakens nothing: what is there
// stays, and only a policy by which other refs than the wished ones get in gives
// way, and rules that are to go. It fails when GitHub would not take it, or
// nobody could approve any more.
func Merge(now EnvironmentState, wish EnvironmentWish) (EnvironmentState, error) {
	merged := now
	merged.Exists = true
	merged.Reviewers, merged.Refs = slices.Clone(now.Reviewers), slices.Clone(now.Refs)
	for _, r := range wish.Reviewers {
		if !reviews(merged.Reviewers, r) {
			merged.Reviewers = append(merged.Reviewers, r)
		}
	}
	merged.PreventSelfReview = now.PreventSelfReview || wish.PreventSelfReview
	merged.NoBypass = now.NoBypass || wish.NoBypass
	merged.WaitMinutes = max(now.WaitMinutes, wish.WaitMinutes)
	merged.setRefs(wish)
	if err := unaskable(now, merged, wish); err != nil {
		return now, err
	}
	return merged, nil
}

// unaskable says why a state is none to ask for.
func unaskable(now, merged EnvironmentState, wish EnvironmentWish) error {
	switch {
	case len(merged.Reviewers) > max(maxReviewers, len(now.Reviewers)):
		return fmt.Errorf("the environment %s would have %d reviewers, and GitHub takes %d: choose fewer, or a team", wish.Name, len(merged.Reviewers), maxReviewers)
	case wish.WaitMinutes < 0 || wish.WaitMinutes > MaxWaitMinutes:
		return fmt.Errorf("the wait timer of %s is to be %d minutes, and GitHub takes 0 to %d", wish.Name, wish.WaitMinutes, MaxWaitMinutes)
	case merged.rules() > max(maxRules, now.rules()):
		return fmt.Errorf("the environment %s would have %d protection rules with those of its apps (%s), and GitHub takes %d: turn one off first", wish.Name, merged.rules(), strings.Join(now.Apps, ", "), maxRules)
	case now.Policy == evidence.RefsCustom && len(now.Refs) > 0 && len(merged.Refs) == 0:
		return fmt.Errorf("no branch or tag would be left that may use the environment %s, and nothing could publish: keep one, or name what may", wish.Name)
	case wish.PreventSelfReview && !now.PreventSelfReview && alone(merged.Reviewers, wish.Members):
		return fmt.Errorf("with %s as the only reviewer of %s and no self-review, nobody could approve a run of theirs: add a reviewer, or allow self-review", soleReviewer(merged.Reviewers, wish.Members), wish.Name)
	}
	return nil
}

func reviews(all []Reviewer, r Reviewer) bool {
	return slices.ContainsFunc(all, func(o Reviewer) bool { return o.Type == r.Type && o.ID == r.ID })
}

func (s *EnvironmentState) setRefs(wish EnvironmentWish) {
	if len(wish.Refs) > 0 && s.Policy != evidence.RefsCustom {
		s.Policy, s.Refs = evidence.RefsCustom, nil
	}
	s.Refs = slices.DeleteFunc(s.Refs, func(r Ref) bool { return slices.Contains(wish.Drop, r) && !slices.Contains(wish.Refs, r) })
	for _, r := range wish.Refs {
		if !slices.Contains(s.Refs, r) {
			s.Refs = append(s.Refs, r)
		}
	}
}

// alone says whether one person is all there is for certain; a team whose
// members are not known may be more. Without any reviewer the rule has no
// subject, and GitHub does not keep it.
func alone(reviewers []Reviewer, members map[int64][]string) bool {
	people := map[string]bool{}
	for _, r := range reviewers {
		if r.Type == "User" {
			people[strings.ToLower(r.Name)] = true
			continue
		}
		logins, known := members[r.ID]
		if !known {
			return false
		}
		for _, login := range logins {
			people[strings.ToLower(login)] = true
		}
	}
	return len(people) < 2
}

// soleReviewer names who is alone, and the team that is nobody else.
func soleReviewer(reviewers []Reviewer, members map[int64][]string) string {
	var all []string
	for _, r := range reviewers {
		name := r.Name
		if r.Type != "User" {
			name = "the team " + r.Name + " (" + orNobody(strings.Join(members[r.ID], ", ")) + ")"
		}
		all = append(all, name)
	}
	return orNobody(strings.Join(all, ", "))
}

func orNobody(names string) string {
	if names == "" {
		return "nobody"
	}
	return names
}

// MissingBypass begins what is said where GitHub did not store that administrators
// cannot pass the rules by.
const MissingBypass = "that administrators cannot pass the rules by"

// lacking names what was asked for and is not there.
func lacking(asked, got EnvironmentState) []string {
	var missing []string
	for _, r := range asked.Reviewers {
		if !reviews(got.Reviewers, r) {
			missing = append(missing, "the reviewer "+r.Name)
		}
	}
	if asked.PreventSelfReview && !got.PreventSelfReview {
		missing = append(missing, "the ban on self-review")
	}
	if asked.WaitMinutes > got.WaitMinutes {
		missing = append(missing, fmt.Sprintf("the wait timer of %d minutes", asked.WaitMinutes))
	}
	if asked.Policy != got.Policy {
		missing = append(missing, "the policy "+string(asked.Policy)+" for refs")
	}
	for _, r := range asked.Refs {
		if !slices.Contains(got.Refs, r) {
			missing = append(missing, "the rule for "+r.String())
		}
	}
	if asked.NoBypass && !got.NoBypass {
		missing = append(missing, MissingBypass+": turn “Allow administrators to bypass” off on the settings page")
	}
	for _, app := range asked.Apps {
		if !slices.Contains(got.Apps, app) {
			missing = append(missing, "the protection rule of the app "+app)
		}
	}
	for _, kind := range asked.Others {
		if !slices.Contains(got.Others, kind) {
			missing = append(missing, "the protection rule of the kind "+kind)
		}
	}
	return missing
}
