package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// wouldSay is what the program answers without a credential.
func (c *Case) wouldSay(p workflow.Publishing) string {
	if !slices.Contains([]workflow.Means{workflow.MeansCargo, workflow.MeansCargoRelease, workflow.MeansCargoWorkspaces}, p.Means) {
		return ""
	}
	said := "; cargo would say: no token found"
	if p.Grant(c.defaultPermission()).IDToken.Level == "write" {
		return said + ". `id-token: write` alone exchanges nothing"
	}
	return said
}

// withAttestations is what an index answers to attestations beside a token
// (warehouse commit 6b62157, 2026-08-21). PyPI's action then leaves them out with
// a warning, where other programs upload them.
func withAttestations(p workflow.Publishing) string {
	if wish := p.Settings.Attestations; !wish.Known || wish.Text != "true" {
		return ""
	}
	return "; with one there are no attestations either: “Attestations are only supported when using Trusted Publishing”"
}

var (
	// otherSystems are labels of runners on which no container action runs.
	otherSystems = regexp.MustCompile(`^(windows|macos)(-|$)`)
	// beforeContainers are releases of the PyPI action that also run inside other
	// actions (its issue 299: not from v1.12.0, 2024-11, on).
	beforeContainers = regexp.MustCompile(`@v1\.([0-9]|1[01])(\.|$)`)
)

// cannotRun says why PyPI's action does not run where the job uses it: it is a
// container, which needs Linux, and it finds its image by the step that uses it
// (pypa/gh-action-pypi-publish issues 54, 299 and 338, read November 2026).
func cannotRun(p workflow.Publishing) string {
	if p.Means != workflow.MeansPyPIAction {
		return ""
	}
	for _, label := range p.Job.RunsOn {
		if otherSystems.MatchString(strings.ToLower(label)) {
			return "the job runs on " + label + ", and “Container action is only supported on Linux”"
		}
	}
	if p.Inner != nil && knownVersionOf(p.Inner) && !beforeContainers.MatchString(p.Inner.Uses) {
		return "it is used inside the action " + p.Step.Uses + ", where it looks for its image under the wrong name: nesting is not supported"
	}
	return ""
}

func knownVersionOf(s *workflow.Step) bool { return !commitID.MatchString(s.Uses) }

// judgeTwice: release-plz exchanges a token itself when it releases. One that
// another step exchanges before it is made at every run and for nothing.
func (c *Case) judgeTwice(p workflow.Publishing) []Finding {
	if p.Means != workflow.MeansReleasePlz || p.Exchange == nil || p.Exchange == p.Step {
		return nil
	}
	path := pathOf(p.File)
	return []Finding{finding(Wrong, placeSubject(p)+" twice", "%s, line %d, exchanges a token at every run, and release-plz would exchange one itself when there is something to release",
		orElse(p.Exchange.Uses, "a script"), p.Exchange.Line).seen(c.fileSource(path)).at(path, p.Exchange.Line).as(Advice).
		advise("%s", fmt.Sprintf("take the step at line %d out, and CARGO_REGISTRY_TOKEN with it", p.Exchange.Line))}
}
