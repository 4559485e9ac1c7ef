package github

import (
	"net/http"
	"slices"
	"strings"
)

func unprocessable(message string) *Refusal {
	return &Refusal{Status: http.StatusUnprocessableEntity, Message: message}
}

// forbids tells why rules or branch protection keep a person from a change of
// a ref through the API or the pages, or nil. A push by path does not pass it.
func (s *Store) forbids(repo *Repository, p Push, forced, merge bool) *Refusal {
	if violations := s.violations(repo, p, forced, merge); len(violations) > 0 {
		return unprocessable("Repository rule violations found\n\n" + strings.Join(violations, "\n\n") + "\n\n")
	}
	why := s.protects(repo, p, forced, merge)
	switch {
	case why == "":
		return nil
	case why == byPullRequest:
		return &Refusal{Status: http.StatusConflict, Message: "Could not update file: " + why}
	}
	return unprocessable(why)
}

// violations are the rules of active rulesets that a change of a ref breaks, and
// that its author may not pass by.
func (s *Store) violations(repo *Repository, p Push, forced, merge bool) []string {
	var found []string
	for _, rule := range s.rulesFor(repo, p.Ref) {
		if merge && rule.Type == "pull_request" {
			continue
		}
		why, may := rule.against(p, forced), s.bypass(rule.From, repo, p.Pusher)
		if why != "" && !slices.Contains(found, why) && (may == "never" || may == "pull_requests_only" && !merge) {
			found = append(found, why)
		}
	}
	return found
}

const byPullRequest = "Changes must be made through a pull request."

// protects tells why branch protection keeps a person from a change, or "".
func (s *Store) protects(repo *Repository, p Push, forced, merge bool) string {
	kind, short := refParts(p.Ref)
	protection := repo.protectionOf(short)
	if kind != "branch" || protection == nil || p.Created() {
		return ""
	}
	passes := s.roleOf(p.Pusher, repo) == Admin && !protection.EnforceAdmins
	switch {
	case p.Deleted() && !protection.AllowDeletions:
		return "Cannot delete this protected branch"
	case forced && !protection.AllowForcePushes:
		return "Cannot force-push to this protected branch"
	case ((protection.Reviews != nil && !merge) || protection.LockBranch) && !passes && !p.Deleted():
		return byPullRequest
	}
	return ""
}

func (r activeRule) against(p Push, forced bool) string {
	switch r.Type {
	case "creation":
		if p.Created() {
			return "Cannot create ref due to creations being restricted."
		}
	case "deletion":
		if p.Deleted() {
			return "Cannot delete this ref due to deletions being restricted."
		}
	case "update":
		if !p.Created() && !p.Deleted() {
			return "Cannot update this protected ref."
		}
	case "non_fast_forward":
		if forced {
			return "Cannot force-push to this branch"
		}
	case "pull_request":
		if !p.Created() && !p.Deleted() {
			return "Changes must be made through a pull request."
		}
	}
	return ""
}
