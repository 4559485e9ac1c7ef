package steps

import (
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
	"github.com/trustpub/gh-trustpub/steps/repair"
)

// Basis is what a route is laid from.
type Basis struct {
	World  *evidence.World
	Case   *checks.Case
	Report checks.Report
	Memory journal.Memory
	// Tools make the changes. Laying makes none and reads nothing with them.
	Tools *change.Tools
	// Remember makes the change that records choices.
	Remember func(journal.Choices) change.Change
	// Offer makes the change that keeps a crates.io token in memory to look
	// with; Offered is whether there is one.
	Offer   func(token string) change.Change
	Offered bool
}

// Profile is how strict the maintainer begins.
type Profile string

// The profiles.
const (
	// Start guards the refs of the environment only.
	Start Profile = "start"
	// Solo has the one maintainer approve each release.
	Solo Profile = "solo"
	// Team has a second person approve each release.
	Team Profile = "team"
)

// layout is one laying: the input with what follows from it for all steps.
type layout struct {
	Basis
	profile       Profile
	profileOrigin string
	tag           string
	tagOrigin     string
	repo          evidence.RepoName
	branch        string
	// repairs are those of the workflow files. What comes behind them is laid out
	// as they leave the files.
	repairs repair.Proposal
}

func newLayout(in Basis) *layout {
	l := &layout{Basis: in, branch: "main"}
	l.repo = in.World.Repo.Or(evidence.RepoName{})
	if r, ok := in.World.GitHub.Repository.Get(); ok {
		l.repo, l.branch = r.Name, r.DefaultBranch
	} else if g, ok := in.World.Tree.Git.Get(); ok {
		l.branch = g.DefaultBranch.Or(l.branch)
	}
	if l.repo.Host == "" {
		l.repo.Host = "github.com"
	}
	if l.needsRepair() {
		l.repairs = repair.Propose(repair.Basis{World: in.World, Pin: l.pin})
		l.Report.Publishers = l.settled()
	}
	l.profile, l.profileOrigin = l.settleProfile()
	l.tag, l.tagOrigin = l.settleTag()
	return l
}

const chosen = "your choice"

func (l *layout) choices() journal.Choices {
	if l.Memory.Choices == nil {
		return journal.Choices{}
	}
	return *l.Memory.Choices
}

// settleProfile: where one person alone could review, a rule that asks for two
// would lock everybody out.
func (l *layout) settleProfile() (Profile, string) {
	if p := Profile(l.choices().Profile); p != "" {
		return p, chosen
	}
	people := l.possibleReviewers()
	if !l.World.GitHub.Collaborators.Seen() {
		return Solo, "who else could review is not known"
	}
	if len(people) > 1 {
		return Team, plural(len(people), "person", "people") + " could review"
	}
	return Solo, "one person could review"
}

// settleTag: what the workflow that publishes listens to comes before what the
// tags look like, since that is what starts a run.
func (l *layout) settleTag() (pattern, origin string) {
	if t := l.choices().TagPattern; t != "" {
		return t, chosen
	}
	for _, p := range l.Case.Publishing {
		if p.Triggered == nil || p.DryRun {
			continue
		}
		if t := p.Triggered.Trigger("push"); t != nil && len(t.Tags) > 0 {
			return t.Tags[0], where(p.Triggered.Base(), t.Line)
		}
	}
	if g, ok := l.World.Tree.Git.Get(); ok && g.TagPattern.Seen() {
		return g.TagPattern.Or(""), g.TagPattern.Source().String()
	}
	return "v*", "the usual pattern"
}

// origin says where a field of a publisher came from; what was chosen in the
// survey comes to the checks as if it had been named on the command line.
func (l *layout) origin(p identity.Publisher, f identity.Field) string {
	c := l.choices()
	if f == identity.FieldWorkflow && c.Workflow != "" && c.Workflow == p.Workflow ||
		f == identity.FieldEnvironment && c.Environment != "" && c.Environment == p.Environment {
		return chosen
	}
	return p.Origin[f]
}

// of gives the publishers of a registry.
func (l *layout) of(r identity.Registry) []identity.Publisher {
	return slices.DeleteFunc(slices.Clone(l.Report.Publishers), func(p identity.Publisher) bool { return p.Registry != r })
}

// workflowName is the file that is to publish, and where that came from.
func (l *layout) workflowName() (name, origin string) {
	for _, p := range l.Report.Publishers {
		return p.Workflow, l.origin(p, identity.FieldWorkflow)
	}
	return checks.DefaultWorkflow, "our default"
}

// environments are the names of the environments that publishers name, or the
// default one.
func (l *layout) environments() []string {
	var names []string
	for _, p := range l.Report.Publishers {
		if p.Environment != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, p.Environment) }) {
			names = append(names, p.Environment)
		}
	}
	if len(names) == 0 {
		names = []string{checks.DefaultEnvironment}
	}
	return names
}

func (l *layout) environmentOrigin(name string) string {
	for _, p := range l.Report.Publishers {
		if strings.EqualFold(p.Environment, name) {
			return l.origin(p, identity.FieldEnvironment)
		}
	}
	return "our default"
}

// file is the parsed workflow that is to publish; nil when the judged commit
// does not have it.
func (l *layout) file() *workflow.File {
	name, _ := l.workflowName()
	for _, f := range l.Case.Files {
		if f.Path == workflow.Dir+name {
			return f
		}
	}
	return nil
}

// exchanges says whether a workflow at the judged commit publishes by an
// exchange of tokens.
func (l *layout) exchanges() bool {
	return slices.ContainsFunc(l.Case.Publishing, func(p workflow.Publishing) bool { return p.Credential == workflow.CredentialExchange })
}

// project is what a registry tells of a publisher's package.
func (l *layout) project(p identity.Publisher) evidence.Fact[evidence.Project] {
	return l.World.Projects[evidence.ProjectKey{Registry: p.Registry, Name: p.Package}]
}

// said tells whether the maintainer said that this publisher was registered,
// with the identity that it should have.
func (l *layout) said(p identity.Publisher) bool {
	return slices.ContainsFunc(l.World.Said, func(s evidence.Said) bool {
		q := s.Publisher
		return s.What == whatPublisher && q.Registry == p.Registry && p.Registry.SamePackage(q.Package, p.Package) &&
			strings.EqualFold(q.Owner, p.Owner) && strings.EqualFold(q.Repository, p.Repository) && q.Workflow == p.Workflow && strings.EqualFold(q.Environment, p.Environment)
	})
}

// whatPublisher is evidence.Said.What for a registered publisher.
const whatPublisher = "publisher"

// packageOf is the manifest of a publisher's package.
func (l *layout) packageOf(p identity.Publisher) (evidence.Package, bool) {
	for _, pkg := range l.World.Tree.Packages.Or(nil) {
		same := (pkg.Ecosystem == evidence.Cargo) == (p.Registry == identity.CratesIO)
		if same && p.Registry.SamePackage(pkg.Name.Or(""), p.Package) {
			return pkg, true
		}
	}
	return evidence.Package{}, false
}

// packages are the manifests of the registry's publishers, in publish order.
func (l *layout) packages(r identity.Registry) []evidence.Package {
	var found []evidence.Package
	for _, pkg := range l.World.Tree.Packages.Or(nil) {
		for _, p := range l.of(r) {
			same := (pkg.Ecosystem == evidence.Cargo) == (r == identity.CratesIO)
			if same && r.SamePackage(pkg.Name.Or(""), p.Package) {
				found = append(found, pkg)
				break
			}
		}
	}
	return found
}

// checkout says why the working tree cannot be committed from, "" if it can.
func (l *layout) checkout() string {
	g, ok := l.World.Tree.Git.Get()
	switch {
	case l.World.Tree.Dir == "" || !ok:
		return "there is no clone of the repository here"
	case g.Branch.Or("") != l.branch:
		return "the checkout is not on " + l.branch + " (git switch " + l.branch + ")"
	case l.World.Judged.Absent():
		return l.noCommit()
	case l.World.Judged.Or(evidence.Commit{}).SHA == "":
		return "where " + l.branch + " stands on GitHub is not known: " + l.World.Judged.Reason()
	}
	return ""
}

// remote is the git remote that is the repository.
func (l *layout) remote() string {
	g := l.World.Tree.Git.Or(evidence.Git{})
	for _, r := range g.Remotes {
		if name, ok := r.Repo.Get(); ok && strings.EqualFold(name.String(), l.World.Repo.Or(l.repo).String()) {
			return r.Name
		}
	}
	return "origin"
}

func (l *layout) push(message string, paths ...string) change.Push {
	return change.Push{Paths: paths, Message: message, Remote: l.remote(), Branch: l.branch, Base: l.World.Judged.Or(evidence.Commit{}).SHA}
}

// github is a page of the repository.
func (l *layout) github(rest string) string {
	return "https://" + path.Join(l.repo.Host, l.repo.Owner, l.repo.Name, rest)
}
