package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func repositoryOnGitHub() Check {
	return Check{
		ID: "repository-on-github", Step: Survey, Level: Works,
		Claim: "The repository is on github.com and its workflows can run.",
		Why:   "The registries trust identities that GitHub Actions of github.com vouches for, and no others.",
		Judge: judgeRepository,
	}
}

func judgeRepository(c *Case) []Finding {
	w := c.World
	if repo, ok := w.GitHub.Repository.Get(); ok {
		return judgeSeenRepository(repo, w.GitHub.Repository.Source())
	}
	name, known := w.Repo.Get()
	switch {
	case w.Repo.Absent():
		return []Finding{finding(Wrong, "", "no git remote names a repository on GitHub").
			seen(w.Repo.Source()).advise("create it with `gh repo create --source . --push`, or name it with --repo OWNER/REPO")}
	case known && name.Host != "" && name.Host != "github.com":
		return []Finding{elsewhere(name, w.Repo.Source())}
	case w.GitHub.Repository.Absent():
		return []Finding{judgeMissingRepository(w, name)}
	case known:
		return []Finding{c.blind("", w.Repo.Source().String()+" names "+name.String()+"; whether GitHub has it cannot be told", w.GitHub.Repository)}
	}
	return []Finding{c.blind("", "which repository this is cannot be told", w.Repo)}
}

func elsewhere(name evidence.RepoName, src evidence.Source) Finding {
	kind := "a GitHub Enterprise Server"
	if strings.HasSuffix(name.Host, ".ghe.com") {
		kind = "GitHub Enterprise Cloud with data residency"
	}
	return finding(Wrong, "", "%s is on %s, %s: its workflows get identity tokens of its own issuer, and crates.io and PyPI trust the one of github.com alone (https://token.actions.githubusercontent.com)", name, name.Host, kind).
		seen(src).advise("publish from a repository on github.com, a mirror for example; what guards the repository here (workflow files, environment, rules, secrets) is judged all the same")
}

func judgeSeenRepository(repo evidence.Repository, src evidence.Source) []Finding {
	switch {
	case repo.Name.Host != "" && repo.Name.Host != "github.com":
		return []Finding{elsewhere(repo.Name, src)}
	case repo.Archived:
		return []Finding{finding(Wrong, "", "%s is archived: its workflows do not run", repo.Name).seen(src).
			advise("unarchive it in the repository's settings, under Danger Zone")}
	}
	findings := []Finding{finding(OK, "", "%s is on GitHub (repository id %d, owner id %d)", repo.Name, repo.ID, repo.OwnerID).seen(src)}
	if old := repo.MovedFrom; old != (evidence.RepoName{}) && old != repo.Name {
		findings = append(findings, finding(Wrong, "git remote", "%s is now %s: GitHub still sends on from the old name, a registry does not", old, repo.Name).
			seen(src).as(Advice).
			advise("run `git remote set-url origin https://github.com/%s.git`, and register publishers under the new name", repo.Name))
	}
	return findings
}

// judgeMissingRepository: GitHub answers 404 both for what is not there and
// for what the asker may not see.
func judgeMissingRepository(w *evidence.World, name evidence.RepoName) Finding {
	if !w.GitHub.User.Seen() {
		return finding(Unknown, "", "GitHub shows no repository %s to somebody who is not signed in: it is private, or not there", name).
			seen(w.GitHub.Repository.Source()).advise("sign in with `gh auth login`")
	}
	return finding(Wrong, "", "GitHub shows no repository %s to %s: it is not there, or not open to this account", name, w.GitHub.User.Or(evidence.User{}).Login).
		seen(w.GitHub.Repository.Source()).
		advise("create it with `gh repo create`, correct the remote, or sign in with an account that may see it")
}
