package steps

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/dependabot"
)

const (
	// settlesWorkflow and settlesUpdates are what deliveries of this step settle.
	settlesWorkflow = "workflow"
	settlesUpdates  = "updates"

	updatesMessage = "Have Dependabot propose newer actions"
)

// updates has somebody propose newer versions of the pinned actions where nobody
// does. What brings a workflow brings that along: see deliver.
func (l *layout) updates(s *Scene) {
	edits, why := l.updateEdits()
	if why != "" {
		s.Now = append(s.Now, Line{Mark: checks.Unknown, Text: why, Source: l.World.Updates.Source()})
	}
	if len(edits) == 0 || s.State == Waiting {
		return
	}
	brought := slices.ContainsFunc(s.Ways, func(w Way) bool { return w.Settles == settlesWorkflow && (w.Kind == Do || w.Kind == Page) && !w.Offer })
	if !brought && !l.pinsActions() {
		return
	}
	s.Wanted = append(s.Wanted, wanted("newer actions", "proposed by Dependabot, weekly", "nothing in the repository does"))
	s.Preview = append(s.Preview, change.Diff(edits[0].path, string(edits[0].before), string(edits[0].after))...)
	if !brought {
		s.Ways = append(s.Ways, l.deliver(settlesUpdates, updatesMessage, edits)...)
	}
}

// pinsActions is whether a workflow of the repository names an action by its commit.
func (l *layout) pinsActions() bool {
	for _, f := range l.Case.Files {
		for _, u := range f.Uses() {
			if f.Remote == "" && u.Pinned() {
				return true
			}
		}
	}
	return false
}

// updateEdits is the file with which Dependabot looks at the actions; none where
// something does already, or where that could not be seen. why says what cannot
// be done by a program.
func (l *layout) updateEdits() (edits []fileEdit, why string) {
	u, ok := l.World.Updates.Get()
	switch {
	case !ok || u.Renovate != "":
		return nil, ""
	case u.Dependabot.Path == "":
		return []fileEdit{{path: dependabot.File, after: dependabot.New(l.ownActions())}}, ""
	}
	before, ok := u.Dependabot.Content.Get()
	if !ok {
		return nil, "what Dependabot looks at is not known: " + u.Dependabot.Content.Missing()
	}
	if covered, err := dependabot.Covers(before); err == nil && covered {
		return nil, ""
	}
	after, err := dependabot.Add(before, l.ownActions())
	if err != nil {
		return nil, u.Dependabot.Path + " has no entry for github-actions, and none is put into it: " + err.Error()
	}
	return []fileEdit{{path: u.Dependabot.Path, before: before, after: after}}, ""
}

// ownActions are the folders of the repository's own actions that its workflows
// use, as far as they were read.
func (l *layout) ownActions() []string {
	var folders []string
	for ref, fact := range l.World.Actions {
		if folder := strings.TrimSuffix(strings.TrimPrefix(ref, "./"), "/"); fact.Seen() && !strings.Contains(ref, "@") && folder != "" && folder != "." {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}
