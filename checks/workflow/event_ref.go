package workflow

import "strings"

// EventRef is the ref that a run of an event has, when ref is what was pushed,
// released, created or named at the dispatch. Events that are about no ref run
// on the default branch; a pull request runs on the merge of it, of which the
// number is not known (docs.github.com, "Events that trigger workflows", read
// August 2026; for pull_request_target as of December 2025).
func EventRef(event, ref, defaultBranch string) string {
	switch event {
	case "push", "create", "release", "workflow_dispatch", "registry_package", "deployment", "deployment_status":
		return ref
	case "pull_request", "pull_request_review", "pull_request_review_comment":
		if strings.HasPrefix(ref, "refs/pull/") {
			return ref
		}
		return "refs/pull/N/merge"
	}
	return "refs/heads/" + defaultBranch
}

// FullRef spells out what a person calls a ref: "v1.2.0", "main" or
// "refs/tags/v1.2.0". A short name is a branch if it is among the branches, and
// a tag otherwise.
func FullRef(name string, branches ...string) string {
	if strings.HasPrefix(name, "refs/") {
		return name
	}
	if short, ok := strings.CutPrefix(name, "heads/"); ok {
		return "refs/heads/" + short
	}
	if short, ok := strings.CutPrefix(name, "tags/"); ok {
		return "refs/tags/" + short
	}
	for _, b := range branches {
		if b == name {
			return "refs/heads/" + name
		}
	}
	return "refs/tags/" + name
}

// DefaultInputs are the inputs of a dispatch that names none: GitHub takes a
// default, false for a boolean, and the first option of a choice.
func (t *Trigger) DefaultInputs() map[string]string {
	inputs := map[string]string{}
	for _, name := range t.Inputs {
		value, ok := t.Defaults[name]
		of := t.InputValues[name]
		switch {
		case ok:
		case len(of) == 2 && of[0] == "true" && of[1] == "false":
			value = "false"
		case len(of) > 0:
			value = of[0]
		}
		inputs[name] = value
	}
	return inputs
}
