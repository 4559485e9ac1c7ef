package checks

// All lists every check in the order of the route. A check that is not here is
// not run.
func All() []Check {
	return []Check{
		repositoryOnGitHub(),
		youCanAdminister(),
		packagesFound(),
		metadataComplete(),
		versionsAgree(),
		repositoryURLMatches(),
		testsRunInCI(),

		nameAvailable(),
		firstReleaseDone(),
		youOwnThePackage(),
		pendingPublisherAlive(),

		workflowOnDefaultBranch(),
		workflowLints(),
		oneWorkflowPublishes(),
		workflowGrantsIDToken(),
		idTokenOnlyWhereNeeded(),
		publishJobCanCheckOut(),
		publishJobNamesEnvironment(),
		publishJobNotReusable(),
		eventAccepted(),
		triggerFires(),
		environmentAdmitsTrigger(),
		tokenIsExchanged(),
		noTokenSecretUsed(),
		buildApartFromPublish(),
		oneIndexPerJob(),
		actionsPinned(),
		forksCannotPublish(),
		releaseComesFromDefaultBranch(),
		rehearsalPossible(),
		tokenOutlivesPublish(),

		environmentExists(),
		environmentHasReviewers(),
		someoneCanApprove(),
		environmentLimitsRefs(),
		adminsCannotBypass(),
		defaultBranchProtected(),
		releaseTagsProtected(),
		actionsAllowed(),
		defaultTokenReadOnly(),

		publisherRegistered(),
		publisherMatches(),
		publishersNotTooMany(),

		rehearsalPassed(),
		lastReleaseTrusted(),
		attestationsPresent(),

		noPublishingSecrets(),
		trustedPublishingOnly(),
		runbookPresent(),
		driftWatched(),
		failedAttemptsSeen(),
	}
}

// Docs is where a check is explained, relative to the repository.
func Docs(id string) string { return "docs/checks.md#" + id }
