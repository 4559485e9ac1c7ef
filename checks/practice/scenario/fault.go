package scenario

import (
	"context"
	"errors"
)

// fault is one way in which trusted publishing fails for people. Each is the
// world ready with one thing broken, and, where nothing but a refused run shows
// it, with that run.
type fault struct {
	// number is the failure's place among them, the commonest first.
	number      int
	name, about string
	harm        func(context.Context, Stage) error
}

// faults are the failures that people meet.
var faults = []fault{
	{1, "pypi-publisher-differs", "PyPI trusts another repository: no corresponding publisher", pypiPublisherDiffers},
	{2, "no-id-token", "the job that publishes has no id-token: write", noIDToken},
	{3, "pypi-job-without-environment", "PyPI's publisher names an environment, the job does not", pypiJobWithoutEnvironment},
	{4, "reusable-publish-job", "the job that publishes sits in a called workflow", reusablePublishJob},
	{5, "new-member", "a member of the workspace was never published", newMember},
	{6, "no-config", "crates.io has no config for the repository", noConfig},
	{7, "workflow-renamed", "the workflow file was renamed after it was registered", workflowRenamed},
	{8, "member-without-config", "one crate of two has no config: half of a release is out", memberWithoutConfig},
	{9, "tag-not-allowed", "the environment lets no release tag in", tagNotAllowed},
	{10, "branch-not-allowed", "the environment lets tags in alone, and the run starts on a branch", branchNotAllowed},
	{11, "blocked-event", "workflow_run starts the workflow, which crates.io refuses", blockedEvent},
	{12, "environment-differs", "crates.io's config names another environment", environmentDiffers},
	{13, "token-refused", "the workflow uses a token, and the crate takes trusted publishing alone", tokenRefused},
	{14, "stale-pending", "a pending publisher waits for a project that exists already", stalePending},
	{15, "wrong-index", "the publisher is registered on PyPI and not on TestPyPI", wrongIndex},
	{16, "project-renamed", "the name in the manifest is not the one that PyPI's publisher stands at", projectRenamed},
	{17, "no-contents", "permissions without contents: a private repository cannot be checked out", noContents},
	{18, "leftover-password", "a password is left at the action that uploads with attestations", leftoverPassword},
	{19, "two-indexes-one-job", "one job uploads to TestPyPI and to PyPI", twoIndexesOneJob},
	{20, "owner-recreated", "the owner has another id than the one that crates.io stored", ownerRecreated},
	{21, "slow-publish", "the token is minted long before the last upload", slowPublish},
	{22, "silent-release", "the release is made with GITHUB_TOKEN, which starts nothing", silentRelease},
	{23, "publish-on-pull-request", "pull requests start the job that publishes, and forks get no token", publishOnPullRequest},
	{24, "bare-environment", "the environment was made by a run, without any rule", bareEnvironment},
	{25, "nobody-can-approve", "the only reviewer may not approve runs of their own", nobodyCanApprove},
}

func (f fault) scenario() scenario {
	return scenario{about: f.about, people: two, build: ready,
		live: func(ctx context.Context, s Stage) error {
			if err := prove(ctx, s); err != nil {
				return err
			}
			return f.harm(ctx, s)
		}}
}

// refused starts the workflow by hand and wants it to fail: the log of that
// run is what shows the fault.
func (s Stage) refused(ctx context.Context, file, ref string) error {
	run, err := s.Rehearse(ctx, file, ref)
	if err == nil && well(run) == nil {
		err = errors.New("nothing refused the rehearsal of a broken world")
	}
	return err
}
