package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// noWrite says why the signed-in person cannot write into the repository; "" if
// they can, or if nobody is signed in: git has credentials of its own.
func (l *layout) noWrite() string {
	r, seen := l.World.GitHub.Repository.Get()
	user, signedIn := l.World.GitHub.User.Get()
	switch {
	case seen && r.Archived:
		return l.repo.String() + " is archived: nobody can push to it until it is unarchived in its settings"
	case !seen || !signedIn || r.Push || r.Maintain || r.Admin:
		return ""
	case slices.Contains([]string{"admin", "maintain", "write"}, l.World.GitHub.Role.Or("")):
		return fmt.Sprintf("%s may push to %s, and this token does not pass that on: give a classic token the scope repo (gh auth refresh -h %s -s repo,workflow), a fine-grained one “Contents”, “Workflows” and “Pull requests: write”", user.Login, l.repo, l.repo.Host)
	}
	return fmt.Sprintf("%s may not push to %s: ask %s", user.Login, l.repo, l.whoMay(write))
}

// noScope says that the token may not change workflow files, which are among the
// edits; "" if it may, as far as GitHub tells.
func (l *layout) noScope(edits []fileEdit) string {
	token, ok := l.World.GitHub.Token.Get()
	changes := slices.ContainsFunc(edits, func(e fileEdit) bool { return strings.HasPrefix(e.path, workflow.Dir) })
	if !ok || !token.Classic || slices.Contains(token.Scopes, "workflow") || !changes {
		return ""
	}
	return fmt.Sprintf("the token lacks the scope workflow, without which GitHub lets it change no file in %s: gh auth refresh -h %s -s workflow, then come back", workflow.Dir, l.repo.Host)
}

// noPull says why no pull request can be opened through the API; "" if one can.
func (l *layout) noPull(edits []fileEdit) string {
	judged, known := l.World.Judged.Get()
	switch {
	case !l.World.GitHub.User.Seen():
		return "a pull request is opened by somebody who is signed in: gh auth login -h " + l.repo.Host + ", then come back"
	case l.World.Judged.Absent():
		return l.noCommit()
	case !known:
		return "where " + l.branch + " stands on GitHub is not known: " + l.World.Judged.Reason()
	case judged.Ref != "refs/heads/"+l.branch:
		return "another ref than " + l.branch + " was looked at"
	}
	if why := l.noWrite(); why != "" {
		return why
	}
	return l.noScope(edits)
}

func (l *layout) noCommit() string {
	return fmt.Sprintf("%s has no commit on GitHub yet: push a first one (git push -u %s %s), then come back", l.branch, l.remote(), l.branch)
}

// noPush says why the program cannot push the edits to the default branch; "" if
// it can.
func (l *layout) noPush(edits []fileEdit) string {
	if why := l.checkout(); why != "" {
		return why
	}
	if why := l.noWrite(); why != "" {
		return why
	}
	if why, passable := l.pushRule(); why != "" && !passable {
		return why
	}
	if why := l.noScope(edits); why != "" && !l.pushesBySSH() {
		return why
	}
	return ""
}

// pushesBySSH says whether git pushes with a key, which has no scopes.
func (l *layout) pushesBySSH() bool {
	for _, r := range l.World.Tree.Git.Or(evidence.Git{}).Remotes {
		if r.Name == l.remote() {
			return strings.HasPrefix(r.URL, "ssh://") || !strings.Contains(r.URL, "://") && strings.Contains(r.URL, "@")
		}
	}
	return false
}

// pushRules are the rules of rulesets that a push without a pull request meets
// with a refusal (docs.github.com, "Available rules for rulesets", read 2026-08).
var pushRules = map[string]string{
	"pull_request": "asks for pull requests", "update": "restricts updates", "required_status_checks": "asks for status checks first",
	"required_deployments": "asks for deployments first", "merge_queue": "asks for the merge queue", "workflows": "asks for workflows to pass first",
	"code_scanning": "asks for results of code scanning first",
}

// pushRule names what stands against a push to the default branch without a pull
// request, and whether the signed-in person may pass it by.
func (l *layout) pushRule() (why string, passable bool) {
	branch := l.World.GitHub.DefaultBranch.Or(evidence.BranchProtection{})
	for _, r := range branch.Rules.Or(nil) {
		what, against := pushRules[r.Type]
		if !against {
			continue
		}
		set := l.rulesetOf(r.RulesetID)
		why, passable = fmt.Sprintf("%s: the ruleset %q %s", l.branch, set.Name, what), set.YouBypass == "always" || set.YouBypass == "exempt"
		if !passable {
			return why, false
		}
	}
	if c, ok := branch.Classic.Get(); ok && (c.PullRequests || c.RestrictsPushes) {
		return l.branch + ": branch protection asks for pull requests, or says who may push", !c.EnforceAdmins && l.World.GitHub.Repository.Or(evidence.Repository{}).Admin
	}
	if branch.Protected.Or(false) && branch.Classic.Unknown() && why == "" {
		return l.branch + " is protected, and GitHub shows to administrators only how", true
	}
	return why, passable
}

func (l *layout) rulesetOf(id int64) evidence.Ruleset {
	for _, s := range l.World.GitHub.Rulesets.Or(nil) {
		if s.ID == id {
			return s
		}
	}
	return evidence.Ruleset{Name: fmt.Sprint(id)}
}

// inStep says whether the checkout stands where GitHub's default branch does, so
// that a push takes nothing else along.
func (l *layout) inStep() bool {
	return l.World.Tree.Git.Or(evidence.Git{}).Head.Or("") == l.World.Judged.Or(evidence.Commit{}).SHA
}
