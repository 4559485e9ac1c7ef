package checks

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func repositoryURLMatches() Check {
	return Check{
		ID: "repository-url-matches", Step: Survey, Level: Advice,
		Claim: "The manifest's repository address names this repository.",
		Why:   "crates.io fills its publisher form in from that address, and readers follow it to see what was built from where.",
		Judge: judgeAddresses,
	}
}

func judgeAddresses(c *Case) []Finding {
	var findings []Finding
	for _, p := range c.World.Tree.Packages.Or(nil) {
		name, ok := p.Name.Get()
		if !ok || !p.Publish.Or(true) || !packageWanted(c.World.Wanted, p.Ecosystem.Registry(), name) || c.setAside(p) {
			continue
		}
		findings = append(findings, c.judgeAddress(p))
		if f, ok := c.judgeShownAddress(p, name); ok {
			findings = append(findings, f)
		}
	}
	return findings
}

func (c *Case) judgeAddress(p evidence.Package) Finding {
	address, ok := p.Repository.Get()
	src := manifest(p.Repository.Source(), p.Path)
	this, _, from := repositoryName(c.World)
	switch {
	case p.Repository.Unknown():
		return c.blind(p.Path, "the repository's address", p.Repository)
	case p.Repository.Absent():
		return finding(Wrong, p.Path, "%s names no repository", p.Path).seen(src).advise("%s", addressFix(p, this))
	case from == "":
		return finding(Unknown, p.Path, "the address is %s; which repository this is: %s", address, c.nowhere()).seen(src)
	}
	named, understood := repositoryIn(address)
	switch {
	case ok && understood && sameRepository(named, this):
		return finding(OK, p.Path, "the address is %s: this repository", address).seen(src)
	case !c.World.GitHub.Repository.Seen(): // a repository that moved has two names
		return finding(Unknown, p.Path, "the address is %s, and %s names %s; whether both are one repository cannot be told: %s",
			address, from, this, c.reason(c.World.GitHub.Repository)).seen(src)
	}
	return finding(Wrong, p.Path, "the address is %s, and this repository is %s", address, this).seen(src).
		advise("%s", addressFix(p, this)).at(src.Name, src.Line)
}

// nowhere says why it is not known which repository this is.
func (c *Case) nowhere() string {
	if c.World.Repo.Absent() {
		return "no git remote names one on GitHub"
	}
	return c.reason(c.World.Repo)
}

// judgeShownAddress is for a crate whose newest release showed another address
// than the manifest has now: crates.io knows the released one only.
func (c *Case) judgeShownAddress(p evidence.Package, name string) (Finding, bool) {
	project := c.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}].Or(evidence.Project{})
	shown, ok := project.Repository.Get()
	this := c.World.GitHub.Repository.Or(evidence.Repository{}).Name
	if p.Ecosystem != evidence.Cargo || !ok || this.Name == "" {
		return Finding{}, false
	}
	if named, ok := repositoryIn(shown); ok && sameRepository(named, this) {
		return Finding{}, false
	}
	return finding(Wrong, string(identity.CratesIO)+":"+name, "crates.io shows %s as the repository of %s, and this is %s", shown, name, this).
		seen(project.Repository.Source()).
		advise("correct owner and repository when crates.io fills its publisher form in; the next release brings the manifest's address along"), true
}

func addressFix(p evidence.Package, this evidence.RepoName) string {
	address := "its address on GitHub"
	if this.Name != "" {
		address = "https://github.com/" + this.String()
	}
	if p.Ecosystem == evidence.Cargo {
		return `set repository = "` + address + `" in ` + p.Path
	}
	return "name " + address + " as Repository among the project's addresses ([project.urls], or project_urls) in " + p.Path
}

func sameRepository(a, b evidence.RepoName) bool {
	host := b.Host
	if host == "" {
		host = "github.com"
	}
	return strings.EqualFold(a.Host, host) && strings.EqualFold(a.Owner, b.Owner) && strings.EqualFold(a.Name, b.Name)
}

var shortSSH = regexp.MustCompile(`^[^/@:\s]+@([^/@:\s]+):(.+)$`)

// repositoryIn is the repository that a web or git address leads to: the first
// two parts of its path. Folders behind them are part of it ("/tree/main/py").
func repositoryIn(address string) (evidence.RepoName, bool) {
	address = strings.TrimPrefix(strings.TrimSpace(address), "git+")
	if m := shortSSH.FindStringSubmatch(address); m != nil {
		address = "ssh://" + m[1] + "/" + m[2]
	} else if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return evidence.RepoName{}, false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if u.Hostname() == "" || len(parts) < 2 {
		return evidence.RepoName{}, false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	found := evidence.RepoName{Host: host, Owner: parts[0], Name: strings.TrimSuffix(parts[1], ".git")}
	return found, found.Owner != "" && found.Name != ""
}
