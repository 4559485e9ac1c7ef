package gitrepo

import (
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/cli/go-gh/v2/pkg/ssh"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// remote is a git remote with what its configuration says.
type remote struct {
	evidence.Remote
	// resolved is gh's mark: "base", or OWNER/REPO of the base repository.
	resolved string
}

// remotes reads the configured remotes, sorted as gh prefers them: upstream,
// github, origin, then by name. What url.insteadOf makes of an address is not
// the repository's identity, so the configuration itself is read.
func (r reader) remotes() ([]remote, error) {
	out, err := r.git.run("config", "--null", "--get-regexp", `^remote\..*\.(url|pushurl|gh-resolved)$`)
	if err != nil && !none(err) {
		return nil, err
	}
	type entry struct{ url, push, resolved string }
	found := map[string]*entry{}
	for _, record := range strings.Split(strings.TrimSuffix(out, "\x00"), "\x00") {
		key, value, _ := strings.Cut(record, "\n")
		name, field := splitKey(key)
		if name == "" {
			continue
		}
		if found[name] == nil {
			found[name] = &entry{}
		}
		switch e := found[name]; {
		case field == "url" && e.url == "":
			e.url = value
		case field == "pushurl" && e.push == "":
			e.push = value
		case field == "gh-resolved":
			e.resolved = value
		}
	}
	var remotes []remote
	for name, e := range found {
		if e.url == "" {
			e.url = e.push
		}
		if e.url != "" {
			remotes = append(remotes, r.remote(name, e.url, e.push, e.resolved))
		}
	}
	sort.Slice(remotes, func(i, j int) bool {
		a, b := remotes[i].Name, remotes[j].Name
		if rank(a) != rank(b) {
			return rank(a) < rank(b)
		}
		return a < b
	})
	return remotes, nil
}

// splitKey takes "remote.NAME.FIELD" apart; NAME may contain dots.
func splitKey(key string) (name, field string) {
	rest, ok := strings.CutPrefix(key, "remote.")
	dot := strings.LastIndex(rest, ".")
	if !ok || dot <= 0 {
		return "", ""
	}
	return rest[:dot], rest[dot+1:]
}

func rank(name string) int {
	if i := slices.Index([]string{"upstream", "github", "origin"}, strings.ToLower(name)); i >= 0 {
		return i
	}
	return 3
}

func (r reader) remote(name, address, push, resolved string) remote {
	src := r.source("git remote " + name)
	repo := r.identify(name, address, src)
	if !repo.Seen() && push != "" && push != address {
		if other := r.identify(name, push, src); other.Seen() {
			repo = other
		}
	}
	return remote{
		Remote: evidence.Remote{
			Name: evidence.CleanLine(name), URL: withoutSecrets(address), Repo: repo, Base: resolved != "",
		},
		resolved: resolved,
	}
}

// identify is the GitHub repository that an address names. Aliases are
// followed where the address itself names no host that is known: ssh's
// (~/.ssh/config), then git's url.insteadOf.
func (r reader) identify(name, address string, src evidence.Source) evidence.Fact[evidence.RepoName] {
	u := parseAddress(address)
	if repo, ok := repository(u); ok && r.knows(repo.Host) {
		return evidence.Seen(repo, src)
	}
	if u != nil && u.Scheme == "ssh" && hostName.MatchString(u.Hostname()) {
		if repo, ok := repository(r.translate(u)); ok && r.knows(repo.Host) {
			src.Name += " (through an ssh alias)"
			return evidence.Seen(repo, src)
		}
	}
	if u == nil || !strings.Contains(u.Hostname(), ".") {
		if out, err := r.git.run("ls-remote", "--get-url", "--", name); err == nil {
			if repo, ok := repository(parseAddress(strings.TrimSpace(out))); ok && r.knows(repo.Host) {
				src.Name += " (through url.insteadOf)"
				return evidence.Seen(repo, src)
			}
		}
	}
	return elsewhere(u, src)
}

// elsewhere says why an address names no GitHub repository: it is certain of a
// path and of the well-known other hosts; any other host could be a GitHub
// Enterprise one that nobody signed in to.
func elsewhere(u *url.URL, src evidence.Source) evidence.Fact[evidence.RepoName] {
	if u == nil {
		return evidence.Absent[evidence.RepoName](src)
	}
	host := strings.ToLower(u.Hostname())
	if host == "github.com" || slices.Contains(otherHosts, host) {
		return evidence.Absent[evidence.RepoName](src)
	}
	return evidence.Unknown[evidence.RepoName](src,
		"its host %s is no GitHub host that gh is signed in to", evidence.CleanLine(host))
}

var otherHosts = []string{
	"gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "gitea.com", "sourceforge.net", "salsa.debian.org",
	"gitee.com", "localhost",
}

func (r reader) knows(host string) bool {
	return slices.ContainsFunc(r.opts.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}

func (r reader) translate(u *url.URL) *url.URL {
	if r.opts.Translate != nil {
		return r.opts.Translate(u)
	}
	return ssh.NewTranslator().Translate(u)
}

// base is the remote that stands for the repository; nil without one on a
// known host.
func base(remotes []remote) *remote {
	var first *remote
	for i := range remotes {
		rem := &remotes[i]
		if !rem.Repo.Seen() {
			continue
		}
		if rem.resolved != "" {
			return rem
		}
		if first == nil {
			first = rem
		}
	}
	return first
}

// name is the repository that GH_REPO or the remotes name.
func (r reader) name(remotes []remote) evidence.Fact[evidence.RepoName] {
	if r.opts.Repo != "" {
		src := r.source(r.opts.RepoFrom)
		repo, ok := parseWanted(r.opts.Repo, r.opts.Hosts[0])
		if !ok {
			return evidence.Unknown[evidence.RepoName](src,
				"%s is %q, where [HOST/]OWNER/REPO or an address was expected", src, evidence.CleanLine(withoutSecrets(r.opts.Repo)))
		}
		return evidence.Seen(repo, src)
	}
	if len(remotes) == 0 {
		return evidence.Absent[evidence.RepoName](r.source("git remotes"))
	}
	chosen := base(remotes)
	if chosen == nil {
		return noneOf(remotes, r.source("git remotes"))
	}
	if chosen.resolved != "" && chosen.resolved != "base" {
		host := chosen.Repo.Or(evidence.RepoName{}).Host
		if repo, ok := parseWanted(chosen.resolved, host); ok {
			return evidence.Seen(repo, r.source(fmt.Sprintf("git remote %s (marked by gh)", chosen.Name)))
		}
	}
	return chosen.Repo
}

// noneOf is the fact where no remote is on GitHub for certain.
func noneOf(remotes []remote, src evidence.Source) evidence.Fact[evidence.RepoName] {
	for _, rem := range remotes {
		if rem.Repo.Unknown() {
			return rem.Repo
		}
	}
	return evidence.Absent[evidence.RepoName](src)
}
