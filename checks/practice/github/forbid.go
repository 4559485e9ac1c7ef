package github

import "net/http"

func unprocessable(message string) *Refusal {
	return &Refusal{Status: http.StatusUnprocessableEntity, Message: message}
}

// forbids tells why rules or branch protection keep a person from a change of
// a ref, or nil. It holds for changes through the API and the pages; a push by
// path does not pass it.
func (s *Store) forbids(repo *Repository, p Push, forced, merge bool) *Refusal {
	for _, rule := range s.rulesFor(repo, p.Ref) {
		if merge && rule.Type == "pull_request" {
			continue
		}
		if why := rule.against(p, forced); why != "" && s.bypass(rule.From, repo, p.Pusher) == "never" {
			return unprocessable("Repository rule violations found\n\n" + why + "\n\n")
		}
	}
	kind, short := refParts(p.Ref)
	protection := repo.protectionOf(short)
	if kind != "branch" || protection == nil || p.Created() {
		return nil
	}
	passes := s.roleOf(p.Pusher, repo) == Admin && !protection.EnforceAdmins
	switch {
	case p.Deleted() && !protection.AllowDeletions:
		return unprocessable("Cannot delete this protected branch")
	case forced && !protection.AllowForcePushes:
		return unprocessable("Cannot force-push to this protected branch")
	case ((protection.Reviews != nil && !merge) || protection.LockBranch) && !passes && !p.Deleted():
		return &Refusal{Status: http.StatusConflict, Message: "Could not update file: Changes must be made through a pull request."}
	}
	return nil
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
