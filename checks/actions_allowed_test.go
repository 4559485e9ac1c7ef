package checks

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// policy sets the Actions settings of a repository that belongs to a person.
func policy(p evidence.ActionsPolicy) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		p.Enabled = true
		w.GitHub.Actions = evidence.Seen(p, api)
		changedRepository(func(r *evidence.Repository) { r.OwnerType = "User" })(t, w)
	}
}

func selected(s evidence.SelectedActions) evidence.ActionsPolicy {
	return evidence.ActionsPolicy{Allowed: "selected", Selected: evidence.Seen(s, api)}
}

// uses puts one step in the place of the first checkout.
func uses(ref string, p evidence.ActionsPolicy) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		edit(t, w, "      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n      - run: python", "      - uses: "+ref+"\n      - run: python")
		policy(p)(t, w)
	}
}

// inOrganization makes the owner an organisation, which may be in an enterprise.
func inOrganization(change func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		change(t, w)
		changedRepository(func(r *evidence.Repository) { r.OwnerType = "Organization" })(t, w)
	}
}

func TestActionsAllowed(t *testing.T) {
	const id, job = "actions-allowed", publishYML + "#build "
	local, own := evidence.ActionsPolicy{Allowed: "local_only"}, evidence.SelectedActions{GitHubOwned: true}
	pinned := evidence.ActionsPolicy{Allowed: "all", ShaPinning: true}
	with := func(patterns ...string) evidence.ActionsPolicy {
		return selected(evidence.SelectedActions{GitHubOwned: true, Patterns: patterns})
	}
	ours := []string{"rust-lang/crates-io-auth-action@*", "pypa/*"}
	runRows(t, []row{
		{"all", id, nothing, "", OK, "every action may be used"},
		{"turned off", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Actions = evidence.Seen(evidence.ActionsPolicy{}, api)
		}, "", Wrong, "turned off"},
		{"out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Actions = evidence.Unknown[evidence.ActionsPolicy](api, "needs admin rights")
		}, "", Unknown, "needs admin rights"},
		{"of a kind that is not known", id, policy(evidence.ActionsPolicy{Allowed: "some"}), publishYML + "#crates-io rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18", Unknown, `"some"`},

		{"local only", id, policy(local), publishYML + "#pypi pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33", Wrong, "they allow what belongs to acme"},
		{"local only, and of the owner", id, uses("Acme/setup@v1", local), publishYML + "#crates-io rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18", Wrong, "do not let in"},
		{"local only, for somebody who may be of the enterprise", id, inOrganization(uses("other/setup@v1", local)), job + "other/setup@v1", Unknown, "the same enterprise"},
		{"local only, for what is made for everybody", id, inOrganization(policy(local)), publishYML + "#pypi pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33", Wrong, "do not let in"},

		{"selected, all of them", id, policy(with(ours...)), publishYML, OK, "let in what it uses (4)"},
		{"selected, without ours", id, policy(selected(own)), publishYML + "#crates-io rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18", Wrong, "add it to the allowed actions"},
		{"selected, without GitHub's own", id, policy(selected(evidence.SelectedActions{Patterns: ours})), job + "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", Wrong, "pypa/*"},
		{"selected, everything", id, policy(with("*")), publishYML, OK, ""},
		{"selected, and blocked", id, policy(with("*", "!pypa/*")), publishYML + "#pypi pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33", Wrong, "by !pypa/*"},
		{"blocked in another version", id, uses("pypa/build@v1", with("!pypa/build@v2", "*")), publishYML, OK, ""},
		{"verified creators", id, policy(selected(evidence.SelectedActions{GitHubOwned: true, Verified: true, Patterns: ours[1:]})), publishYML + "#crates-io rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18", Unknown, "verified"},
		{"a pattern without a version", id, uses("a/b@v1", with(append(ours, "a/b")...)), job + "a/b@v1", Unknown, "covers it is not documented"},
		{"a pattern of the repository, for a folder of it", id, uses("a/b/sub@v1", with(append(ours, "a/b@*")...)), job + "a/b/sub@v1", Unknown, "covers it is not documented"},
		{"a pattern of a version, for a folder of it", id, uses("a/b/sub@v1", with(append(ours, "a/b@v1")...)), job + "a/b/sub@v1", Unknown, "covers it is not documented"},
		{"a block without a version", id, uses("a/b@v1", with("*", "!a/b")), job + "a/b@v1", Unknown, "blocks it is not documented"},
		{"the list out of sight", id, policy(evidence.ActionsPolicy{Allowed: "selected", Selected: evidence.Unknown[evidence.SelectedActions](api, "403")}), job + "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", Unknown, "403"},

		{"pins are asked for, and all are", id, policy(pinned), publishYML, OK, ""},
		{"pins are asked for, and one is not", id, uses("actions/checkout@v7", pinned), job + "actions/checkout@v7", Wrong, notPinned},
		{"an image", id, uses("docker://alpine:3", pinned), job + "docker://alpine:3", Unknown, "an image"},
		{"an action of the repository", id, uses("./.github/actions/setup", pinned), job + "./.github/actions/setup", Unknown, "in turn was not read"},
	})
}

// A called workflow may be named by a tag where actions must be pinned, and what
// it uses counts for the caller.
func TestActionsOfACalledWorkflow(t *testing.T) {
	const id, remote = "actions-allowed", "acme/shared/.github/workflows/publish.yml@v1"
	called := func(uses string, p evidence.ActionsPolicy) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			shared(source("on: workflow_call\njobs:\n  publish:\n    runs-on: x\n    environment: release\n    permissions: {contents: read, id-token: write}\n    steps:\n      - uses: "+uses+"\n"))(t, w)
			policy(p)(t, w)
		}
	}
	pinned := evidence.ActionsPolicy{Allowed: "all", ShaPinning: true}
	runRows(t, []row{
		{"by a tag", id, called("pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33", pinned), callingYML, OK, ""},
		{"its action by a tag", id, called("pypa/gh-action-pypi-publish@release/v1", pinned), remote + "#publish pypa/gh-action-pypi-publish@release/v1", Wrong, notPinned},
		{"its action is not selected", id, called("pypa/gh-action-pypi-publish@release/v1", selected(evidence.SelectedActions{})), remote + "#publish pypa/gh-action-pypi-publish@release/v1", Wrong, "do not let in"},
		{"a branch with a slash", id, called("pypa/gh-action-pypi-publish@release/v1", selected(evidence.SelectedActions{Patterns: []string{"pypa/*"}})), remote, OK, ""},
	})
}

// What a composite action uses counts, as far as it was read.
func TestActionsOfCompositeActions(t *testing.T) {
	const id, local = "actions-allowed", publishYML + "#build ./.github/actions/setup"
	const remote = "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33"
	pinned := evidence.ActionsPolicy{Allowed: "all", ShaPinning: true}
	composed := func(ref, uses string, change func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			change(t, w)
			text := "runs:\n  using: composite\n  steps:\n    - uses: " + uses + "\n    - uses: ./generated\n"
			w.Actions = map[string]evidence.Fact[evidence.ActionFile]{ref: evidence.Seen(evidence.ActionFile{Path: "action.yml", Content: []byte(text)}, api)}
		}
	}
	setup := uses("./.github/actions/setup", pinned)
	runRows(t, []row{
		{"of the repository, and one is not pinned", id, composed(".github/actions/setup", "actions/cache@v6", setup), local, Wrong, "GitHub would refuse actions/cache@v6: all actions must be pinned to a full-length commit SHA (used by ./.github/actions/setup)"},
		{"of the repository, and what it uses was not read", id, composed(".github/actions/setup", "actions/cache@55cc8345863c7cc4c66a329aec7e433d2d1c52a9", setup), local, Unknown, "(used by"},
		{"of another repository, and one is not pinned", id, composed(remote, "actions/setup-python@v6", policy(pinned)), publishYML + "#pypi " + remote, Wrong, "actions/setup-python@v6"},
		{"of another repository, and all are", id, composed(remote, "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065", policy(pinned)), publishYML, OK, ""},
		{"in circles", id, composed(".github/actions/setup", "./.github/actions/setup", setup), local, Unknown, "generated"},
	})
}

// Whatever the list, a reference that it blocks by name is never let in, and one
// that it names is, unless it is blocked.
func TestWhatIsBlockedIsBlocked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		others := rapid.SliceOf(rapid.SampledFrom([]string{"*", "a/*", "a/b@*", "a/b", "!a/c@*", "*/b@v1"})).Draw(t, "patterns")
		s := evidence.SelectedActions{GitHubOwned: rapid.Bool().Draw(t, "own"), Verified: rapid.Bool().Draw(t, "verified"), Patterns: append(others, "a/b@v1")}
		if v, _ := selectedAdmits(s, "a", "a/b@v1"); v != OK {
			t.Fatalf("named, and %s", v)
		}
		at := rapid.IntRange(0, len(s.Patterns)).Draw(t, "at")
		s.Patterns = append(append(append([]string{}, s.Patterns[:at]...), "!a/b@v1"), s.Patterns[at:]...)
		if v, why := selectedAdmits(s, "a", "a/b@v1"); v != Wrong || why == "" {
			t.Fatalf("blocked, and %s", v)
		}
	})
}
