package workflow

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Admission is GitHub's answer to a job that wants to deploy from a ref.
type Admission struct {
	// Admitted is whether the ref may deploy; it counts only if Known.
	Admitted, Known bool
	// By is the rule that admits, or what the environment asks for.
	By string
	// Text is what GitHub writes into the run when it refuses.
	Text string
	// Why says why the answer is not known.
	Why string
}

// EnvironmentAdmits judges a full ref by an environment's deployment branch
// policy. Branch rules never match tags, and tag rules never branches.
// protected is whether the branch is protected, which only the policy
// "protected branches" asks for. Reviewers and timers are another matter: they
// delay, they do not refuse.
func EnvironmentAdmits(env evidence.Environment, ref string, protected evidence.Fact[bool]) Admission {
	switch env.Policy {
	case evidence.RefsAll:
		return Admission{Admitted: true, Known: true, By: "every ref may deploy"}
	case evidence.RefsProtected:
		return byProtection(env.Name, ref, protected)
	case evidence.RefsCustom:
		return byRules(env, ref)
	}
	return Admission{Why: "the deployment branch policy was not seen"}
}

func byRules(env evidence.Environment, ref string) Admission {
	rules, seen := env.Refs.Get()
	if !seen && !env.Refs.Absent() {
		return Admission{Why: "its branch and tag rules could not be seen: " + env.Refs.Reason()}
	}
	kind := RefType(ref)
	for _, r := range rules {
		if r.Type == kind && MatchPolicy(r.Pattern, policyName(ref)) {
			return Admission{Admitted: true, Known: true, By: r.Type + " " + r.Pattern}
		}
	}
	return refused(env.Name, ref, "it admits "+described(rules))
}

// byProtection judges the policy "protected branches". While no branch of the
// repository is protected, GitHub lets every branch deploy, so an unprotected
// branch alone proves nothing.
func byProtection(environment, ref string, protected evidence.Fact[bool]) Admission {
	if RefType(ref) == "tag" {
		return refused(environment, ref, "it admits protected branches only, which no tag is")
	}
	isProtected, seen := protected.Get()
	switch {
	case !seen:
		return Admission{Why: "whether " + ShortRef(ref) + " is protected could not be seen: " + protected.Reason()}
	case isProtected:
		return Admission{Admitted: true, Known: true, By: ShortRef(ref) + " is protected"}
	}
	return Admission{Why: ShortRef(ref) + " is not protected; GitHub refuses it only if some other branch is"}
}

func refused(environment, ref, by string) Admission {
	kind := RefType(ref)
	text := fmt.Sprintf("%s %q is not allowed to deploy to %s due to environment protection rules.",
		strings.ToUpper(kind[:1])+kind[1:], policyName(ref), environment)
	return Admission{Known: true, By: by, Text: text}
}

// policyName is what the rules are held against: a pull request's ref keeps its
// full name.
func policyName(ref string) string {
	if strings.HasPrefix(ref, "refs/pull/") {
		return ref
	}
	return ShortRef(ref)
}

func described(rules []evidence.RefRule) string {
	if len(rules) == 0 {
		return "no ref at all"
	}
	var words []string
	for _, r := range rules {
		words = append(words, r.Type+" "+r.Pattern)
	}
	return strings.Join(words, ", ")
}
