package workflow

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// Claim is one value that a run would have: a claim of the token that a job would
// present, or what a step is told.
type Claim struct {
	// Text is the value when it is Known; "" then means that the claim is
	// absent, as for a job without environment.
	Text  string
	Known bool
	// Possible are all values that it can have, when it is not known but
	// bounded; empty when it can be anything.
	Possible []string
	// Why says why it is not known.
	Why string
}

// ClaimSet is what a job's OIDC token says, of what registries read
// (docs.github.com, "OpenID Connect reference", read August 2026).
type ClaimSet struct {
	Repository, RepositoryOwner, RepositoryOwnerID Claim
	// WorkflowRef names the file that was triggered, JobWorkflowRef the one that
	// the job is written in: "OWNER/REPO/.github/workflows/FILE@REF".
	WorkflowRef, JobWorkflowRef Claim
	// WorkflowFile and JobWorkflowFile are the file names inside them, which can
	// be known when the ref is not.
	WorkflowFile, JobWorkflowFile Claim
	Environment                   Claim
	EventName, Ref, SHA           Claim
}

// Claims tells what a publishing job would present in a run. What the run
// leaves open is not known in the claims either.
func Claims(p Publishing, run Run) ClaimSet {
	c := ClaimSet{
		RepositoryOwner: given(run.Owner, "the owner"), RepositoryOwnerID: number(run.OwnerID, "the owner's id"),
		EventName: given(run.Event, "the event"), Ref: given(run.Ref, "the ref"), SHA: given(run.SHA, "the commit"),
		Repository: Claim{Why: "the repository is not known"},
	}
	if run.Owner != "" && run.Repository != "" {
		c.Repository = known(run.Owner + "/" + run.Repository)
	}
	c.WorkflowFile, c.WorkflowRef = triggeredClaims(p, c)
	c.JobWorkflowFile = known(p.File.Base())
	c.JobWorkflowRef = jobRef(p, c)
	c.Environment = p.environmentClaim(run)
	return c
}

func triggeredClaims(p Publishing, c ClaimSet) (file, ref Claim) {
	if p.Triggered == nil {
		why := "no workflow of the repository calls " + p.File.Base()
		return Claim{Why: why}, Claim{Why: why}
	}
	return known(p.Triggered.Base()), inRepository(p.Triggered, c)
}

// inRepository is the reference of one of the repository's own files.
func inRepository(f *File, c ClaimSet) Claim {
	switch {
	case !c.Repository.Known:
		return Claim{Why: c.Repository.Why}
	case !c.Ref.Known:
		return Claim{Why: c.Ref.Why}
	}
	return known(c.Repository.Text + "/" + f.Path + "@" + c.Ref.Text)
}

var commitID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// jobRef names the file that the job is written in. A file of another
// repository stands at the ref by which it is called: a tag or a branch, which
// the reference does not tell apart.
func jobRef(p Publishing, c ClaimSet) Claim {
	if p.File.Remote == "" {
		return inRepository(p.File, c)
	}
	path, version, _ := strings.Cut(p.File.Remote, "@")
	if commitID.MatchString(version) || strings.HasPrefix(version, "refs/") {
		return known(path + "@" + version)
	}
	return Claim{
		Possible: []string{path + "@refs/tags/" + version, path + "@refs/heads/" + version},
		Why:      version + " can be a tag or a branch of another repository",
	}
}

// environmentClaim is the name of the job's environment; the claim is absent
// without one, and when an expression gives an empty name. In a matrix only those
// jobs count that come to the place.
func (p Publishing) environmentClaim(run Run) Claim {
	if p.Job.Environment == nil {
		return known("")
	}
	var sets []expr.Set
	ways := p.reaching(run)
	for _, s := range ways {
		sets = append(sets, s.values(p.Job.Environment.Name))
	}
	return claimOf(expr.Union(sets...))
}

// reaching are the combinations in which the job comes to the exchange. When no
// job of this run does, they are all: what it would present.
func (p Publishing) reaching(run Run) []scope {
	var reached []scope
	for _, s := range p.ways(run) {
		if o, _ := s.through(p.minting()); o != Skipped {
			reached = append(reached, s)
		}
	}
	if len(reached) == 0 {
		return spread(newScope(route{p.Triggered, p.Callers, p.files}, p.File, p.Job, run), p.steps)
	}
	return reached
}

func claimOf(set expr.Set) Claim {
	if v, ok := set.Only(); ok {
		return known(v.Text())
	}
	c := Claim{Why: set.Why}
	switch {
	case !set.Open && len(set.Values) == 0:
		c.Why = "the matrix makes no job"
	case !set.Open:
		c.Possible = set.Texts()
		c.Why = "it can be " + strings.Join(c.Possible, " or ")
	}
	return c
}

func known(text string) Claim { return Claim{Text: text, Known: true} }

func given(text, what string) Claim {
	if text == "" {
		return Claim{Why: what + " is not known"}
	}
	return known(text)
}

func number(n int64, what string) Claim {
	if n == 0 {
		return Claim{Why: what + " is not known"}
	}
	return known(strconv.FormatInt(n, 10))
}

// Cases spreads claims that are bounded but not known over every value: a
// matrix of environments gives one set for each.
func (c ClaimSet) Cases() []ClaimSet {
	cases := []ClaimSet{c}
	for _, field := range []func(*ClaimSet) *Claim{
		func(s *ClaimSet) *Claim { return &s.Environment },
		func(s *ClaimSet) *Claim { return &s.JobWorkflowRef },
	} {
		var spread []ClaimSet
		for _, one := range cases {
			claim := *field(&one)
			if claim.Known || len(claim.Possible) == 0 {
				spread = append(spread, one)
				continue
			}
			for _, text := range claim.Possible {
				next := one
				*field(&next) = known(text)
				spread = append(spread, next)
			}
		}
		cases = spread
	}
	return cases
}
