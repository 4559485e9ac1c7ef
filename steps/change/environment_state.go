package change

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// maxReviewers is how many users and teams GitHub takes for an environment
// (docs.github.com, "Deployments and environments", read 2026-08).
const maxReviewers = 6

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
	Name              string
	Reviewers         []Reviewer
	PreventSelfReview bool
	// NoBypass keeps administrators from passing the rules by.
	NoBypass bool
	Refs     []Ref
	// Origins says where a value came from: by login, by Ref.String(), and
	// "prevent self-review" and "no bypass".
	Origins map[string]string
}

// Merge is the state that fulfils a wish and weakens nothing: what is there
// stays, and only a policy by which other refs than the wished ones get in gives
// way. It fails when GitHub would not take it, or nobody could approve any more.
func Merge(now EnvironmentState, wish EnvironmentWish) (EnvironmentState, error) {
	merged := now
	merged.Exists = true
	merged.Reviewers, merged.Refs = slices.Clone(now.Reviewers), slices.Clone(now.Refs)
	for _, r := range wish.Reviewers {
		if !slices.ContainsFunc(merged.Reviewers, func(o Reviewer) bool { return o.Type == r.Type && o.ID == r.ID }) {
			merged.Reviewers = append(merged.Reviewers, r)
		}
	}
	if len(merged.Reviewers) > maxReviewers {
		return now, fmt.Errorf("the environment %s would have %d reviewers, and GitHub takes %d: choose fewer, or a team", wish.Name, len(merged.Reviewers), maxReviewers)
	}
	merged.PreventSelfReview = now.PreventSelfReview || wish.PreventSelfReview
	if wish.PreventSelfReview && !now.PreventSelfReview && alone(merged.Reviewers) {
		return now, fmt.Errorf("with %s as the only reviewer of %s and no self-review, nobody could approve a run of theirs: add a reviewer, or allow self-review", names(merged.Reviewers), wish.Name)
	}
	merged.NoBypass = now.NoBypass || wish.NoBypass
	merged.addRefs(wish.Refs)
	return merged, nil
}

func (s *EnvironmentState) addRefs(refs []Ref) {
	if len(refs) == 0 {
		return
	}
	if s.Policy != evidence.RefsCustom {
		s.Policy, s.Refs = evidence.RefsCustom, nil
	}
	for _, r := range refs {
		if !slices.Contains(s.Refs, r) {
			s.Refs = append(s.Refs, r)
		}
	}
}

// alone says whether one person, and no team, is all there is; without any
// reviewer the rule has no subject, and GitHub does not keep it.
func alone(reviewers []Reviewer) bool {
	return len(reviewers) == 0 || len(reviewers) == 1 && reviewers[0].Type == "User"
}

func names(reviewers []Reviewer) string {
	if len(reviewers) == 0 {
		return "nobody"
	}
	var all []string
	for _, r := range reviewers {
		all = append(all, r.Name)
	}
	return strings.Join(all, ", ")
}

// lacking names what was asked for and is not there.
func lacking(asked, got EnvironmentState) []string {
	var missing []string
	for _, r := range asked.Reviewers {
		if !slices.ContainsFunc(got.Reviewers, func(o Reviewer) bool { return o.Type == r.Type && o.ID == r.ID }) {
			missing = append(missing, "the reviewer "+r.Name)
		}
	}
	if asked.PreventSelfReview && !got.PreventSelfReview {
		missing = append(missing, "the ban on self-review")
	}
	if asked.WaitMinutes != got.WaitMinutes {
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
		missing = append(missing, "that administrators cannot pass the rules by: turn “Allow administrators to bypass” off on the settings page")
	}
	return missing
}

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
		add(mark(slices.Contains(now.Reviewers, r)), "reviewer "+r.Name, wish.Origins[r.Name])
	}
	if then.PreventSelfReview {
		add(mark(now.PreventSelfReview), "prevent self-review", wish.Origins["prevent self-review"])
	}
	if then.NoBypass {
		add(mark(now.NoBypass), "administrators cannot pass the rules by", wish.Origins["no bypass"])
	}
	if then.WaitMinutes > 0 {
		add(' ', "wait timer "+strconv.Itoa(then.WaitMinutes)+" minutes", "")
	}
	if now.Exists && now.Policy != then.Policy {
		add('-', "deployment from: "+refsText(now.Policy), "")
	}
	for _, r := range then.Refs {
		add(mark(slices.Contains(now.Refs, r)), "deployment from "+r.String(), wish.Origins[r.String()])
	}
	return lines
}

func refsText(p evidence.RefPolicy) string {
	if p == evidence.RefsProtected {
		return "protected branches"
	}
	return "any branch or tag"
}
