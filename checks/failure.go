package checks

import (
	"regexp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Failure is a known cause of a failed publishing run, as a job's log or GitHub
// names it.
type Failure struct {
	// Text is the sentence as it stands in the log.
	Text string
	// Cause says what is behind it, and Fix what to do; one sentence each.
	Cause, Fix string
}

// ReadFailure finds the last known cause in a job's log: a registry's refusal of
// the exchange (see [ReadRefusal]), or what stopped the run elsewhere.
func ReadFailure(log string) (Failure, bool) {
	log = evidence.Clean(log)
	last, found := -1, Failure{}
	for _, s := range knownFailures {
		all := s.form.FindAllStringIndex(log, -1)
		if len(all) > 0 && all[len(all)-1][0] > last {
			at := all[len(all)-1]
			last, found = at[0], Failure{log[at[0]:at[1]], s.cause, s.fix}
		}
	}
	if last >= 0 {
		return found, true
	}
	for _, r := range identity.Registries() {
		if refusal, ok := ReadRefusal(r, log); ok {
			return Failure{refusal.Text, r.Title() + " refused the token or the upload", "see publisher-matches"}, true
		}
	}
	return Failure{}, false
}

// knownFailure is one sentence of a log.
type knownFailure struct {
	form       *regexp.Regexp
	cause, fix string
}

func failure(form, cause, fix string) knownFailure {
	return knownFailure{regexp.MustCompile(form), cause, fix}
}

// knownFailures are the words of crates.io (commit 57fa000, 2026-08-21), PyPI
// (warehouse commit 6b62157, 2026-08-21), their actions, cargo, uv and GitHub, as
// they stand in public logs and threads (read November 2026).
var knownFailures = []knownFailure{
	failure("missing or insufficient OIDC token permissions|Please ensure the 'id-token' permission is set to 'write'|is the `id-token: write` permission missing",
		"GitHub gave the job no identity: its permissions lack id-token, or it is a pull request from a fork", "add `id-token: write` to the permissions of the job itself"),
	failure(`no token found, please run`, "cargo was given no token: nothing exchanged one, or its output was not handed on", "see token-is-exchanged"),
	failure(`The given API token does not match the format used by crates\.io`, "what was handed to cargo is no token of crates.io, such as the job's own identity", "exchange the identity first, and hand over the answer's `token`"),
	failure(`New versions of this crate can only be published using Trusted Publishing`, "a token was used, and the crate takes trusted publishing only", "see trusted-publishing-only"),
	failure(`(?i)invalid authentication token`, "the token ran out or was revoked before the upload", "see token-outlives-publish"),
	failure(`You have published too many [^\n"]*`, "crates.io's limit for new crates or versions by a user's token", "go on after the time that it names"),
	failure(`A verified email address is required[^\n"]*`, "the crates.io account has no verified e-mail", "verify it at https://crates.io/settings/profile"),
	failure(`Attestations are only supported when using Trusted Publishing`, "attestations were uploaded with a token", "take the password or token out of the step"),
	failure(`Invalid attestations supplied during upload[^\n"<]*`, "the attestation names the file that was started, the publisher the called one", "see publish-job-not-reusable"),
	failure(`already has a publish attestation`, "the job uploaded to another index before, and left its attestations", "see one-index-per-job"),
	failure(`The name '[^'\n]*' (?:is too similar to an existing project|isn't allowed)`, "the index takes no project of that name", "choose another name"),
	failure(`(?:Branch|Tag) "[^"\n]*" is not allowed to deploy to [^\n]* due to environment protection rules\.?`, "the environment does not let the ref in", "see environment-admits-trigger"),
	failure(`The nested job '[^'\n]*' is requesting '[^'\n]*', but is only allowed '[^'\n]*'`, "the calling job gives the called workflow too little", "see workflow-grants-id-token"),
	failure(`Container action is only supported on Linux`, "PyPI's action is a container", "publish in a job on ubuntu-latest"),
	failure(`create-docker-action\.py': \[Errno 2\][^\n]*|Unable to find image 'ghcr\.io/[^'\n]*' locally`, "PyPI's action was used inside another action or a foreign workflow", "use it directly in a job of the workflow"),
	failure(`(?i)repository '?[^'\n]*'? ?not found`, "the checkout of a private repository without `contents: read`", "see publish-job-can-check-out"),
}
