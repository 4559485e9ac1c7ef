package evidence

// Updates is what proposes newer versions of the actions that a repository
// pins: pins that nobody moves on grow old.
type Updates struct {
	// Dependabot is its configuration file; Path is "" when there is none.
	Dependabot WorkflowFile
	// Renovate is where Renovate is configured, "" when that is nowhere in the
	// repository. An organisation may configure it elsewhere.
	Renovate string
}
