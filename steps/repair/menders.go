package repair

import "github.com/trustpub/gh-trustpub/checks"

// mender repairs the problems of one check: ways are tried in order until one
// leads there.
type mender struct {
	check string
	ways  []func(*draft, checks.Result) error
}

// menders are in the order in which problems are repaired: what starts at all,
// who may mint, what is exchanged, what runs beside it.
var menders = []mender{
	{"workflow-lints", ways(spell)},
	{"trigger-fires", ways(renameGuard)},
	{"workflow-grants-id-token", ways(grantIDToken, grantCaller)},
	{"token-is-exchanged", ways(exchange)},
	{"no-token-secret-used", ways(exchange)},
	{"id-token-only-where-needed", ways(withdrawIDToken)},
	{"publish-job-can-check-out", ways(grantContents)},
	{"publish-job-names-environment", ways(nameEnvironment)},
	{"actions-pinned", ways(pinAction, installRust)},
	{"token-outlives-publish", ways(mintLast)},
	{"build-apart-from-publish", ways(verifyApart, buildApart)},
	{"one-index-per-job", ways(testFirst)},
	{"release-comes-from-default-branch", ways(guardTags, guardAll)},
	{"forks-cannot-publish", ways(guardForks)},
	{"rehearsal-possible", ways(rehearseByInput, rehearseByHand)},
}

func ways(list ...func(*draft, checks.Result) error) []func(*draft, checks.Result) error { return list }

// byHand says for each check that nothing here repairs why that is so.
var byHand = map[string]string{
	"workflow-on-default-branch":        "a file is brought onto the default branch, and no edit in it does that",
	"workflow-lints":                    "what the line was meant to say only its author knows",
	"one-workflow-publishes":            "which of the files is to publish only their author knows",
	"publish-job-not-reusable":          "moving the job to another file changes what the publishers that are registered must name",
	"event-accepted":                    "what starts a release is decided by whoever makes releases",
	"trigger-fires":                     "whether the tags or the filter are meant to change only whoever makes releases knows",
	"environment-admits-trigger":        "the environment decides it, and not the file",
	"token-is-exchanged":                "the step publishes in a way for which no edit is known",
	"no-token-secret-used":              "the step publishes in a way for which no edit is known",
	"build-apart-from-publish":          "what the steps hand to each other the file does not show",
	"one-index-per-job":                 "what the steps hand to each other the file does not show",
	"actions-pinned":                    "nothing tells the commit of the action",
	"forks-cannot-publish":              "what starts a release is decided by whoever makes releases",
	"release-comes-from-default-branch": "where the check belongs the file does not show",
	"rehearsal-possible":                "what else a start by hand would do the file does not show",
	"token-outlives-publish":            "which steps need the token the file does not show",
}
