package runner

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// scope holds the contexts that a file's own keys may use; a job adds its own.
func (f *frame) scope(j *workflow.Job, needs map[string]*outcome) expr.Scope {
	contexts := map[string]any{"github": f.flow.github(), "inputs": f.inputs, "vars": f.variables("")}
	if j != nil {
		context := expr.NewObject()
		for _, id := range j.Needs {
			o := needs[strings.ToLower(id)]
			context.Set(id, expr.NewObject("result", string(o.result), "outputs", o.outputs))
		}
		contexts["needs"] = context
		contexts["strategy"], contexts["matrix"] = expr.NewObject(), expr.NewObject()
	}
	return expr.Scope{Contexts: contexts}
}

func orEmpty(o *expr.Object) *expr.Object {
	if o == nil {
		return expr.NewObject()
	}
	return o
}

func sortedObject(values map[string]string) *expr.Object {
	return expr.FromStrings(slices.Sorted(maps.Keys(values)), values)
}

func (f *frame) variables(environment string) *expr.Object {
	repo := f.flow.repo
	return sortedObject(f.flow.r.host.Variables(repo.Owner, repo.Name, environment))
}

// secretValues are what a job of the file can read in an environment. A called
// file that was handed secrets by name sees those, and its environment's own.
func (f *frame) secretValues(environment string) map[string]string {
	repo := f.flow.repo
	all := f.flow.r.host.Secrets(repo.Owner, repo.Name, environment)
	if f.inherits {
		return all
	}
	out := maps.Clone(f.passed)
	without := f.flow.r.host.Secrets(repo.Owner, repo.Name, "")
	for name, value := range all {
		if old, there := without[name]; !there || old != value {
			out[name] = value
		}
	}
	return out
}

func (f *frame) secrets(environment, token string) *expr.Object {
	o := sortedObject(f.secretValues(environment))
	if token != "" {
		o.Set("GITHUB_TOKEN", token)
	}
	return o
}

// refName is a ref without its kind, and the kind.
func refName(ref string) (name, kind string) {
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return name, "tag"
	}
	return strings.TrimPrefix(ref, "refs/heads/"), "branch"
}

// github is the context of that name, as far as it is the same for all jobs.
func (f *flow) github() *expr.Object {
	name, kind := refName(f.run.Ref)
	full := f.repo.FullName()
	host := f.r.host
	triggering := f.run.TriggeringActor
	if triggering == "" {
		triggering = f.run.Actor
	}
	return expr.NewObject(
		"event_name", f.run.Event, "event", f.event(), "ref", f.run.Ref, "ref_name", name, "ref_type", kind, "ref_protected", f.r.host.RefProtected(f.repo.Owner, f.repo.Name, f.run.Ref),
		"sha", f.run.SHA, "base_ref", f.run.BaseRef, "head_ref", f.run.HeadRef,
		"repository", full, "repository_owner", f.repo.Owner, "repository_id", decimal(f.repo.ID),
		"repository_owner_id", decimal(host.AccountID(f.repo.Owner)), "repositoryUrl", "git://github.com/"+full+".git",
		"actor", f.run.Actor, "actor_id", decimal(host.AccountID(f.run.Actor)), "triggering_actor", triggering,
		"workflow", f.file.Name, "workflow_ref", full+"/"+f.file.Path+"@"+f.run.Ref, "workflow_sha", f.run.SHA,
		"run_id", decimal(f.run.ID), "run_number", strconv.Itoa(f.run.Number), "run_attempt", strconv.Itoa(max(f.run.Attempt, 1)),
		"server_url", "https://github.com", "api_url", "https://api.github.com", "graphql_url", "https://api.github.com/graphql",
		"retention_days", "90", "secret_source", "Actions")
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// event is the webhook's payload, as far as publishing workflows read it.
func (f *flow) event() *expr.Object {
	repo := expr.NewObject("id", float64(f.repo.ID), "name", f.repo.Name, "full_name", f.repo.FullName(), "private", f.repo.Private,
		"fork", f.repo.Fork, "default_branch", f.repo.DefaultBranch, "owner", expr.NewObject("login", f.repo.Owner))
	o := expr.NewObject("repository", repo, "sender", expr.NewObject("login", f.run.Actor))
	name, _ := refName(f.run.Ref)
	switch f.run.Event {
	case "push":
		o.Set("ref", f.run.Ref)
		o.Set("before", f.cause.before)
		o.Set("after", f.run.SHA)
		o.Set("created", strings.Trim(f.cause.before, "0") == "")
		o.Set("deleted", false)
		o.Set("forced", false)
		o.Set("head_commit", expr.NewObject("id", f.run.SHA, "message", f.run.Title))
		o.Set("pusher", expr.NewObject("name", f.run.Actor))
	case "workflow_dispatch":
		o.Set("ref", f.run.Ref)
		o.Set("workflow", f.file.Path)
		o.Set("inputs", sortedObject(f.cause.inputs))
	case "release":
		o.Set("action", f.cause.event.Action)
		o.Set("release", expr.NewObject("tag_name", name, "name", name, "draft", false, "prerelease", f.cause.prerelease,
			"html_url", "https://github.com/"+f.repo.FullName()+"/releases/tag/"+name))
	case "workflow_run":
		o.Set("action", f.cause.event.Action)
		if from := f.cause.from; from != nil {
			branch, _ := refName(from.Ref)
			o.Set("workflow_run", expr.NewObject("id", float64(from.ID), "name", from.WorkflowName, "event", from.Event, "conclusion", string(from.Conclusion),
				"status", string(from.Status), "head_branch", branch, "head_sha", from.SHA, "path", from.WorkflowPath, "run_attempt", float64(from.Attempt)))
		}
	}
	return o
}

// workspace is the folder of the repository below a job's work folder.
func (f *flow) workspace() string { return path.Join(f.repo.Name, f.repo.Name) }
