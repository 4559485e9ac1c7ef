package checks

import (
	"regexp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// forCrates and forPython are in the names of what publishes to one of them.
var (
	forCrates = regexp.MustCompile(`(?i)crate|rust|cargo`)
	forPython = regexp.MustCompile(`(?i)pypi|python|wheel`)
)

// unseenAt gives the place that publishes to a registry by what the files do not
// show: the only one that may, where no job is seen to exchange a token for the
// registry, and none is seen to publish at all or the names tell the registry. It
// is nil where places are better than that. The place has no means.
func (c *Case) unseenAt(r identity.Registry, places []workflow.Publishing) []workflow.Publishing {
	if slices.ContainsFunc(places, func(p workflow.Publishing) bool { return mints(p) || p.Means != workflow.MeansProgram }) {
		return nil
	}
	silentFiles := len(placesThat(c.Publishing, wet)) == 0
	var found []workflow.Publishing
	for _, h := range c.hidden() {
		if h.file.OnlyCalled() || silent(h) > 0 || h.job.Uses != "" && r != identity.CratesIO || !speaksOf(h, r, silentFiles) {
			continue
		}
		if len(found) > 0 && found[0].File != h.file {
			return nil
		}
		found = append(found, workflow.Publishing{File: h.file, Job: h.job, Triggered: h.file, Registry: r, Line: h.line})
	}
	return found
}

// speaksOf says whether the names of a place speak of a registry, or of none
// where that is enough. TestPyPI is PyPI by name.
func speaksOf(h hidden, r identity.Registry, noneIsEnough bool) bool {
	of := hint(h)
	return of == "" && noneIsEnough || of == identity.CratesIO && r == of || of == identity.PyPI && r != identity.CratesIO
}

// hint is the registry of which the names of a place speak; "" for none.
func hint(h hidden) identity.Registry {
	text := h.file.Base() + " " + h.job.ID + " " + h.what
	switch crates, python := forCrates.MatchString(text), forPython.MatchString(text); {
	case crates && !python:
		return identity.CratesIO
	case python && !crates:
		return identity.PyPI
	}
	return ""
}
