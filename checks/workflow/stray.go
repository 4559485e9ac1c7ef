package workflow

import "slices"

// inputsOf are the inputs that the actions know, from their own descriptions as
// of August 2026. An action warns of others, and does without them.
var inputsOf = map[string][]string{
	authAction: {"url"},
	"pypa/gh-action-pypi-publish": {
		"user", "password", "repository-url", "repository_url", "packages-dir", "packages_dir", "verify-metadata", "verify_metadata",
		"skip-existing", "skip_existing", "verbose", "print-hash", "print_hash", "attestations",
	},
}

// StrayInputs are inputs that a step gives to an action that does not know them,
// such as the environment of the job. It tells only of the auth action of
// crates.io and the PyPI action.
func StrayInputs(s *Step) []string {
	known, is := inputsOf[actionName(s.Uses)]
	if !is {
		return nil
	}
	var stray []string
	for _, name := range sorted(s.With) {
		if !slices.Contains(known, name) {
			stray = append(stray, name)
		}
	}
	return stray
}
