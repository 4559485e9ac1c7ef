package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// settings are what else of the repository's settings guards a release. They
// stand beside the environment, since they hold for every workflow, and not at
// its end: nothing of them waits for a proof.
func (l *layout) settings(s *Scene) {
	l.defaultToken(s)
	l.allowedActions(s)
	l.immutableReleases(s)
}

// defaultToken has jobs that name no permissions get a token that only reads. It
// is part of a plan where no job relies on more; else it is offered, with who
// does.
func (l *layout) defaultToken(s *Scene) {
	level, ok := l.World.GitHub.DefaultTokenPermission.Get()
	if !ok || level == "read" {
		return
	}
	relying := l.relyOnDefault()
	origin, help := "every job of every workflow names its own permissions", "Jobs that name their permissions keep them; those on other branches were not looked at."
	if len(relying) > 0 {
		origin = "your choice"
		help = "These name no permissions, and may write today: " + fewOf(relying) + ". Give them a permissions block first, or they may fail."
		s.Now = append(s.Now, text(l.World.GitHub.DefaultTokenPermission.Source(), "the default token stays as it is in a plan, since %s rely on it", fewOf(relying)))
	} else {
		s.Wanted = append(s.Wanted, wanted("GITHUB_TOKEN by default", "only reads", origin))
	}
	c := l.Tools.DefaultToken(level, "read", origin)
	if s.State == Done && len(s.Ways) == 0 && len(relying) == 0 {
		s.Preview = c.Preview
	}
	page := &PageLink{Title: "Actions of " + l.repo.String(), URL: l.github("settings/actions"), Note: "Under Workflow permissions choose “Read repository contents and packages permissions”. " + help}
	s.Ways = append(s.Ways,
		Way{Kind: Do, Settles: "default-token", Offer: len(relying) > 0, Label: "Make the default token read-only", Help: help,
			Prepare: func(Answers) ([]change.Change, error) { return []change.Change{c}, nil }},
		Way{Kind: Page, Settles: "default-token", Offer: len(relying) > 0, Label: "Open the page of the default token", Help: page.Note, Open: page},
		Way{Kind: Commands, Settles: "default-token", Label: "Show me the command for the default token", Lines: l.Tools.DefaultTokenCommands()})
}

// relyOnDefault names the jobs whose token the default makes; a file that could
// not be read may hold some.
func (l *layout) relyOnDefault() []string {
	var found []string
	for _, f := range l.World.Workflows.Or(nil) {
		if !f.Content.Seen() {
			found = append(found, f.Path+" (not read)")
		}
	}
	if l.World.Workflows.Unknown() {
		found = append(found, "the workflows, which could not be seen,")
	}
	for _, f := range l.Case.Files {
		if f.Remote != "" || f.Permissions != nil || calledOnly(f) {
			continue
		}
		for _, j := range f.Jobs {
			if j.Permissions == nil {
				found = append(found, fmt.Sprintf("%s (%s)", f.Base(), j.ID))
			}
		}
		if len(f.Jobs) == 0 && len(f.Problems) > 0 {
			found = append(found, f.Base()+" (not understood)")
		}
	}
	return found
}

// calledOnly is whether a file is started by calls alone: then the permissions
// are those of the calling job.
func calledOnly(f *workflow.File) bool {
	return len(f.Triggers) > 0 && !slices.ContainsFunc(f.Triggers, func(t workflow.Trigger) bool { return t.Event != "workflow_call" })
}

// fewOf names the first few of many.
func fewOf(all []string) string {
	const most = 5
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// immutableReleases offers to fix what was released: whether that suits how a
// project releases is its own to know.
func (l *layout) immutableReleases(s *Scene) {
	fact := l.World.GitHub.ImmutableReleases
	now, ok := fact.Get()
	if !ok || now.Enabled {
		return
	}
	help := "The tag and the files of a release can then not be changed once it is published, by anybody. Files are added to a draft before."
	if late := l.lateUploads(); len(late) > 0 {
		help += " To look at first: " + fewOf(late) + "."
	}
	c := l.Tools.ImmutableReleases(true, "your choice")
	s.Ways = append(s.Ways,
		Way{Kind: Do, Settles: "immutable-releases", Offer: true, Label: "Turn immutable releases on", Help: help,
			Prepare: func(Answers) ([]change.Change, error) { return []change.Change{c}, nil }},
		Way{Kind: Commands, Settles: "immutable-releases", Label: "Show me the command for immutable releases", Lines: l.Tools.ImmutableReleasesCommands()})
}

// lateUploads are the steps that may add files to a release that is out already,
// as far as their names tell (the actions' own descriptions, 2026-08).
func (l *layout) lateUploads() []string {
	var found []string
	for _, f := range l.Case.Files {
		for _, j := range f.Jobs {
			for _, step := range j.Steps {
				name, _, _ := strings.Cut(strings.ToLower(step.Uses), "@")
				known := slices.Contains([]string{"softprops/action-gh-release", "ncipollo/release-action", "actions/upload-release-asset", "svenstaro/upload-release-action"}, name)
				if f.Remote == "" && (known || strings.Contains(step.Run, "gh release upload")) {
					found = append(found, where(f.Base(), step.Line)+" adds files to a release")
				}
			}
		}
	}
	return found
}

// allowedActions offers to let in what the workflows that publish use and the
// settings do not: a list is only ever made longer by somebody's own choice.
func (l *layout) allowedActions(s *Scene) {
	policy := l.World.GitHub.Actions.Or(evidence.ActionsPolicy{})
	selected, ok := policy.Selected.Get()
	if !ok {
		return
	}
	patterns, origin := l.lacking()
	if len(patterns) == 0 {
		return
	}
	c := l.Tools.AllowActions(selected.Patterns, patterns, origin)
	s.Ways = append(s.Ways, Way{Kind: Do, Settles: "allowed-actions", Offer: true, Label: "Allow " + fewOf(patterns),
		Help:    "Adds them to the list of allowed actions, at every version, and changes nothing else of it.",
		Prepare: func(Answers) ([]change.Change, error) { return []change.Change{c}, nil }})
}

// lacking are patterns for the actions that the list does not let in; what it
// blocks is left alone.
func (l *layout) lacking() (patterns []string, origin string) {
	for _, r := range l.Report.Of("actions-allowed") {
		uses, ok := strings.CutPrefix(r.Because, checks.NotLetIn)
		if !ok || r.Verdict != checks.Wrong {
			continue
		}
		if name, _, named := strings.Cut(uses, "@"); named && r.Where != nil {
			patterns, origin = with(patterns, name+"@*"), where(r.Where.File, r.Where.Line)
		}
	}
	return patterns, origin
}
