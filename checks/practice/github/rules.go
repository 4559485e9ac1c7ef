package github

import "slices"

// activeRule is a rule that is in force on a ref, with where it comes from.
type activeRule struct {
	Rule
	From *Ruleset
}

// rulesFor lists the rules of active rulesets that cover a full ref.
func (s *Store) rulesFor(repo *Repository, ref string) []activeRule {
	kind, _ := refParts(ref)
	if !s.hasRules(repo) {
		return nil // they are kept, and not in force
	}
	var rules []activeRule
	for _, set := range repo.Rulesets {
		if set.Enforcement != "active" || set.Target != kind || !set.covers(repo, ref) {
			continue
		}
		for _, rule := range set.Rules {
			rules = append(rules, activeRule{rule, set})
		}
	}
	return rules
}

func (set *Ruleset) covers(repo *Repository, ref string) bool {
	match := func(pattern string) bool {
		switch pattern {
		case "~ALL":
			return true
		case "~DEFAULT_BRANCH":
			return ref == "refs/heads/"+repo.DefaultBranch
		default:
			return matches(pattern, ref)
		}
	}
	return slices.ContainsFunc(set.Include, match) && !slices.ContainsFunc(set.Exclude, match)
}

// bypass tells whether a person may pass a ruleset by: "always",
// "pull_requests_only", "exempt" or "never".
func (s *Store) bypass(set *Ruleset, repo *Repository, login string) string {
	role := s.roleOf(login, repo)
	for _, a := range set.Bypass {
		if !s.isActor(a, repo, login, role) {
			continue
		}
		switch a.Mode {
		case "pull_request":
			return "pull_requests_only"
		case "exempt":
			return "exempt"
		default:
			return "always"
		}
	}
	return "never"
}

// The ids of GitHub's own repository roles in rulesets (docs.github.com,
// "REST API endpoints for rules", read August 2026).
const (
	maintainRoleID = 2
	writeRoleID    = 4
	adminRoleID    = 5
)

func (s *Store) isActor(a BypassActor, repo *Repository, login string, role Role) bool {
	var id int64
	if a.ActorID != nil {
		id = *a.ActorID
	}
	switch a.ActorType {
	case "User":
		who := s.accountByID(id)
		return who != nil && who.Login == login
	case "Team":
		team := s.teamByID(id)
		return team != nil && slices.Contains(team.Members, login)
	case "OrganizationAdmin":
		owner := s.account(repo.Owner)
		return owner != nil && owner.Members[login] == "admin"
	case "RepositoryRole":
		need := map[int64]Role{maintainRoleID: Maintain, writeRoleID: Write, adminRoleID: Admin}[id]
		return need != NoRole && role >= need
	default:
		return false
	}
}
