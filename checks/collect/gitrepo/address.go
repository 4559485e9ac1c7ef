package gitrepo

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var (
	hostName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)
	ownerName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	repoName  = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	scpLike   = regexp.MustCompile(`^(?:([^@/\s]+)@)?([^/:@\s]{2,}):([^\\].*)$`)
)

// parseAddress reads a remote's address, also in ssh's short form
// user@host:path; nil for a path of the file system.
func parseAddress(raw string) *url.URL {
	if !strings.Contains(raw, "://") {
		parts := scpLike.FindStringSubmatch(raw)
		if parts == nil {
			return nil
		}
		u := &url.URL{Scheme: "ssh", Host: parts[2], Path: "/" + strings.TrimPrefix(parts[3], "/")}
		if parts[1] != "" {
			u.User = url.User(parts[1])
		}
		return u
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	switch u.Scheme {
	case "git+ssh", "ssh+git":
		u.Scheme = "ssh"
	case "git+https":
		u.Scheme = "https"
	case "ssh", "git", "http", "https":
	default:
		return nil
	}
	return u
}

// repository is the repository that an address names; ok is false when it has
// not the form HOST/OWNER/NAME.
func repository(u *url.URL) (evidence.RepoName, bool) {
	if u == nil {
		return evidence.RepoName{}, false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if host == "ssh.github.com" { // ssh over port 443
		host = "github.com"
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 2 {
		return evidence.RepoName{}, false
	}
	return checked(host, parts[0], strings.TrimSuffix(parts[1], ".git"))
}

func checked(host, owner, name string) (evidence.RepoName, bool) {
	ok := hostName.MatchString(host) && ownerName.MatchString(owner) && repoName.MatchString(name) && name != "." && name != ".."
	return evidence.RepoName{Host: host, Owner: owner, Name: name}, ok
}

// parseWanted reads what GH_REPO or -R may say: [HOST/]OWNER/REPO or an
// address.
func parseWanted(text, defaultHost string) (evidence.RepoName, bool) {
	if u := parseAddress(text); u != nil {
		return repository(u)
	}
	parts := strings.Split(text, "/")
	switch len(parts) {
	case 2:
		return checked(defaultHost, parts[0], parts[1])
	case 3:
		return checked(strings.ToLower(parts[0]), parts[1], parts[2])
	}
	return evidence.RepoName{}, false
}

// withoutSecrets is an address as it may be shown: over http everything before
// the host can be a token, and so can a query.
func withoutSecrets(raw string) string {
	u, err := url.Parse(raw)
	if err == nil && u.Scheme != "" && u.Host != "" {
		if u.User != nil && u.Scheme == "ssh" {
			u.User = url.User(u.User.Username())
		} else {
			u.User = nil
		}
		u.RawQuery, u.Fragment = "", ""
		return evidence.CleanLine(u.String())
	}
	if scheme, rest, ok := strings.Cut(raw, "://"); ok { // broken, and may hold a password all the same
		if _, after, ok := strings.Cut(rest, "@"); ok {
			return evidence.CleanLine(scheme + "://" + after[strings.LastIndex(after, "@")+1:])
		}
		return evidence.CleanLine(raw)
	}
	if userinfo, after, ok := strings.Cut(raw, "@"); ok && strings.Contains(userinfo, ":") {
		return evidence.CleanLine(after)
	}
	return evidence.CleanLine(raw)
}
