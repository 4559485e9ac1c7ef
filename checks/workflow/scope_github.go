package workflow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// github answers for the github context as far as the run is known.
func (s scope) github(name string) (expr.Set, bool) {
	if rest, ok := strings.CutPrefix(name, "event."); ok {
		return s.event(rest)
	}
	known := map[string]string{
		"ref": s.run.Ref, "ref_name": ShortRef(s.run.Ref), "ref_type": RefType(s.run.Ref), "sha": s.run.SHA,
		"repository_owner": s.run.Owner, "event_name": s.run.Event, "repository": s.run.full(), "job": s.job.ID,
		"repository_id": decimal(s.run.RepositoryID), "repository_owner_id": decimal(s.run.OwnerID),
	}
	if s.triggered != nil {
		if known["workflow"] = s.triggered.Name; s.triggered.Name == "" {
			known["workflow"] = s.triggered.Path
		}
		if s.run.full() != "" && s.run.Ref != "" {
			known["workflow_ref"] = s.run.full() + "/" + s.triggered.Path + "@" + s.run.Ref
		}
	}
	if known[name] != "" {
		return expr.Of(known[name]), true
	}
	if name == "event_name" && s.triggered != nil {
		return expr.Of(Events(s.triggered)...), true
	}
	if (name == "base_ref" || name == "head_ref") && s.run.Event != "" && !strings.HasPrefix(s.run.Event, "pull_request") {
		return expr.Of(""), true
	}
	return expr.Set{}, false
}

func decimal(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// payloads are the parts of github.event that only some events have
// (docs.github.com, "Webhook events and payloads", read August 2026).
var payloads = map[string][]string{
	"release": {"release"}, "workflow_run": {"workflow_run"}, "client_payload": {"repository_dispatch"}, "schedule": {"schedule"},
	"pull_request": {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"},
	"issue":        {"issues", "issue_comment"}, "comment": {"issue_comment", "pull_request_review_comment", "commit_comment", "discussion_comment"},
	"head_commit": {"push"}, "inputs": {"workflow_dispatch"}, "deployment": {"deployment", "deployment_status"},
}

// event answers for github.event.
func (s scope) event(path string) (expr.Set, bool) {
	top, rest, _ := strings.Cut(path, ".")
	if events, special := payloads[top]; special && s.run.Event != "" && !slices.Contains(events, s.run.Event) {
		return expr.Nothing(), true
	}
	if top == "inputs" && rest != "" {
		return s.eventInput(rest), true
	}
	known := map[string]string{
		"repository.name": s.run.Repository, "repository.full_name": s.run.full(), "repository.owner.login": s.run.Owner,
		"repository.default_branch": s.run.DefaultBranch,
	}
	switch s.run.Event {
	case "push":
		known["ref"], known["after"] = s.run.Ref, s.run.SHA
		if path == "deleted" { // a ref that is deleted starts nothing
			return expr.One(expr.Bool(false)), true
		}
	case "workflow_dispatch":
		known["ref"] = s.run.Ref
	case "release":
		known["release.tag_name"] = ShortRef(s.run.Ref)
		if t := s.file.trigger(s.triggered, "release"); path == "action" && t != nil && len(t.Types) > 0 {
			return expr.Of(t.Types...), true
		}
	}
	if known[path] != "" {
		return expr.Of(known[path]), true
	}
	return expr.Set{}, false
}

// trigger is the started file's trigger for an event.
func (f *File) trigger(started *File, event string) *Trigger {
	if started == nil {
		started = f
	}
	return started.Trigger(event)
}
