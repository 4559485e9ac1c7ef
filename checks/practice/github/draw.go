package github

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"time"
)

// nodeID is an opaque id, as GraphQL's are.
func nodeID(kind string, id any) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%v", kind, id))
}

// stamp writes a time as the API does; nil for one that has not been.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// orNull is nil for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func drawUser(a *Account) obj {
	if a == nil {
		return nil
	}
	kind := "User"
	if a.Organization {
		kind = "Organization"
	}
	u := obj{
		"login": a.Login, "id": a.ID, "node_id": nodeID("User", a.ID), "gravatar_id": "", "type": kind, "site_admin": false,
		"avatar_url": fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", a.ID),
		"url":        apiURL + "/users/" + a.Login, "html_url": siteURL + "/" + a.Login,
	}
	for key, tail := range map[string]string{
		"followers_url": "/followers", "following_url": "/following{/other_user}", "gists_url": "/gists{/gist_id}",
		"starred_url": "/starred{/owner}{/repo}", "subscriptions_url": "/subscriptions", "organizations_url": "/orgs",
		"repos_url": "/repos", "events_url": "/events{/privacy}", "received_events_url": "/received_events",
	} {
		u[key] = apiURL + "/users/" + a.Login + tail
	}
	return u
}

// user draws a person by login; the bot of jobs has no account of its own.
func (s *Store) user(login string) obj {
	if a := s.account(login); a != nil {
		return drawUser(a)
	}
	const botID = 41898282 // the id of github-actions[bot] on github.com
	bot := drawUser(&Account{ID: botID, Login: login})
	bot["type"] = "Bot"
	return bot
}

func drawTeam(s *Store, t *Team) obj {
	base := fmt.Sprintf("%s/organizations/%d/team/%d", apiURL, s.account(t.Organization).ID, t.ID)
	return obj{
		"id": t.ID, "node_id": nodeID("Team", t.ID), "name": t.Name, "slug": t.Slug, "description": nil,
		"privacy": "closed", "notification_setting": "notifications_enabled", "permission": "pull", "type": "organization",
		"url": base, "members_url": base + "/members{/member}", "repositories_url": base + "/repos",
		"html_url": siteURL + "/orgs/" + t.Organization + "/teams/" + t.Slug, "parent": nil,
	}
}

// repositoryLinks are the addresses of every repository's answer: the name of
// the field, and what follows the repository's own address.
var repositoryLinks = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
	"comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
	"contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}",
	"git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
	"issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
	"languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}

func (r *Repository) url() string  { return apiURL + "/repos/" + r.FullName() }
func (r *Repository) page() string { return siteURL + "/" + r.FullName() }

// drawRepository draws what the minimal and the full form share.
func (s *Store) drawRepository(r *Repository) obj {
	o := obj{
		"id": r.ID, "node_id": nodeID("Repository", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private,
		"owner": drawUser(s.account(r.Owner)), "html_url": r.page(), "description": orNull(r.Description), "fork": r.Fork,
		"url": r.url(),
	}
	for key, tail := range repositoryLinks {
		o[key] = r.url() + tail
	}
	return o
}

// drawFull draws a repository with everything, and what its reader may do.
func (s *Store) drawFull(r *Repository, role Role) obj {
	o := s.drawRepository(r)
	maps.Copy(o, obj{
		"clone_url": r.page() + ".git", "git_url": "git://github.com/" + r.FullName() + ".git",
		"ssh_url": "git@github.com:" + r.FullName() + ".git", "svn_url": r.page(), "mirror_url": nil, "homepage": nil,
		"language": nil, "license": nil, "default_branch": r.DefaultBranch, "visibility": r.visibility(),
		"archived": r.Archived, "disabled": false, "size": 1, "is_template": false, "topics": []string{},
		"forks": 0, "forks_count": 0, "network_count": 0, "subscribers_count": 1, "stargazers_count": 0, "watchers": 0,
		"watchers_count": 0, "open_issues": 0, "open_issues_count": 0, "has_issues": true, "has_projects": true,
		"has_wiki": true, "has_pages": false, "has_downloads": true, "has_discussions": false,
		"allow_forking": true, "web_commit_signoff_required": false,
		"created_at": stamp(r.CreatedAt), "updated_at": stamp(r.PushedAt), "pushed_at": stamp(r.PushedAt),
		"permissions": permissions(role),
	})
	if owner := s.account(r.Owner); owner != nil && owner.Organization {
		o["organization"] = drawUser(owner)
	}
	return o
}

func permissions(role Role) obj {
	return obj{
		"admin": role >= Admin, "maintain": role >= Maintain, "push": role >= Write, "triage": role >= Triage, "pull": role >= Read,
	}
}

// escape makes an environment's or workflow's name fit for a path.
func escape(name string) string { return strings.ReplaceAll(name, "/", "%2F") }
