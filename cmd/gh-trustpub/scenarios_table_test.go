package main

import "os"

// exception is a problem that a scenario makes impossible to settle by a plan.
type exception struct{ check, subject, why string }

// goalLine is what is left of a scenario once the plan was applied.
type goalLine struct {
	scenario string
	// impossible are the problems of level works and safe that stay.
	impossible []exception
	// left are the steps and pages that a person has to see to; "-" is for none.
	left []string
	// lasting are the changes that cannot be taken back.
	lasting []string
	// now is the version that the manifests name, next the one that proves the
	// way without tokens; without it that is not tried. publishes is the workflow
	// file.
	now, next, publishes string
	// locks are the changes that come after the proof, and locked is what apply
	// then exits with.
	locks  []string
	locked int
	// long marks what takes minutes.
	long bool
}

// long says whether tests may take minutes.
func long() bool { return os.Getenv("TRUSTPUB_LONG") == "1" }

var goalLines = []goalLine{
	{scenario: "fresh", now: "0.1.0", next: "0.1.1", publishes: "publish.yml"},
	{scenario: "tokens"},
	{scenario: "broken"},
	{scenario: "workspace", long: true},
	{scenario: "team"},
	{scenario: "solo", now: "1.2.0", next: "1.2.1", publishes: "publish.yml"},
	{scenario: "private"},
}
