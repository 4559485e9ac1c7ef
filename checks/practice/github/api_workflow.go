package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const workflowPath = actionsPath + "workflows/{workflow}"

var workflowEndpoints = []endpoint{
	{pattern: "GET " + actionsPath + "workflows", need: need{Read, "actions", "read"}, do: (*call).workflows},
	{pattern: "GET " + workflowPath, need: need{Read, "actions", "read"}, do: (*call).oneWorkflow},
	{pattern: "PUT " + workflowPath + "/enable", need: need{Write, "actions", "write"}, do: (*call).enableWorkflow},
	{pattern: "PUT " + workflowPath + "/disable", need: need{Write, "actions", "write"}, do: (*call).disableWorkflow},
	{pattern: "POST " + workflowPath + "/dispatches", need: need{Write, "actions", "write"}, free: true, do: (*call).dispatch},
	{pattern: "GET " + workflowPath + "/runs", need: need{Read, "actions", "read"}, do: (*call).runsOfWorkflow},
	{pattern: "GET " + actionsPath + "runs", need: need{Read, "actions", "read"}, do: (*call).runs},
}

func (c *call) workflows() (answer, error) {
	if err := c.s.discover(c.r.Context(), c.repo); err != nil {
		return answer{}, err
	}
	there := slices.DeleteFunc(slices.Clone(c.repo.Workflows), func(w *Workflow) bool { return w.State == "deleted" })
	return counted(c, "workflows", there, c.drawWorkflow)
}

func (c *call) drawWorkflow(w *Workflow) obj {
	return obj{
		"id": w.ID, "node_id": nodeID("Workflow", w.ID), "name": w.Name, "path": w.Path, "state": w.State,
		"created_at": stamp(w.CreatedAt), "updated_at": stamp(w.UpdatedAt),
		"url":       fmt.Sprintf("%s/actions/workflows/%d", c.repo.url(), w.ID),
		"html_url":  c.repo.page() + "/blob/" + c.repo.DefaultBranch + "/" + w.Path,
		"badge_url": c.repo.page() + "/workflows/" + escape(w.Name) + "/badge.svg",
	}
}

// pathWorkflow is the workflow of the path, or nil.
func (c *call) pathWorkflow() (*Workflow, error) {
	if err := c.s.discover(c.r.Context(), c.repo); err != nil {
		return nil, err
	}
	w := c.repo.findWorkflow(c.r.PathValue("workflow"))
	if w == nil {
		return nil, &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	return w, nil
}

func (c *call) oneWorkflow() (answer, error) {
	w, err := c.pathWorkflow()
	if err != nil {
		return answer{}, err
	}
	return ok(c.drawWorkflow(w))
}

func (c *call) enableWorkflow() (answer, error)  { return c.setWorkflowState("active") }
func (c *call) disableWorkflow() (answer, error) { return c.setWorkflowState("disabled_manually") }

func (c *call) setWorkflowState(state string) (answer, error) {
	w, err := c.pathWorkflow()
	if err != nil {
		return answer{}, err
	}
	w.State, w.UpdatedAt = state, c.s.now()
	return c.saved(noContent())
}

// dispatchBody is the request to start a workflow.
type dispatchBody struct {
	Ref        string         `json:"ref"`
	Inputs     map[string]any `json:"inputs"`
	RunDetails bool           `json:"return_run_details"`
}

const maxInputs = 25 // GitHub's description of the API

func (c *call) dispatch() (answer, error) {
	d, hook, details, err := c.prepareDispatch()
	if err != nil {
		return answer{}, err
	}
	if hook.Dispatch == nil {
		return answer{}, fmt.Errorf("no runner is there to start %s", d.WorkflowPath)
	}
	id, err := hook.Dispatch(c.r.Context(), d)
	if err != nil {
		return answer{}, err
	}
	if !details {
		return noContent()
	}
	return ok(obj{
		"workflow_run_id": id,
		"run_url":         fmt.Sprintf("%s/repos/%s/%s/actions/runs/%d", apiURL, d.Owner, d.Name, id),
		"html_url":        fmt.Sprintf("%s/%s/%s/actions/runs/%d", siteURL, d.Owner, d.Name, id),
	})
}

func (c *call) prepareDispatch() (Dispatch, Hooks, bool, error) {
	var body dispatchBody
	if err := c.decode(&body); err != nil {
		return Dispatch{}, Hooks{}, false, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	w, err := c.pathWorkflow()
	if err != nil {
		return Dispatch{}, Hooks{}, false, err
	}
	refused := &Refusal{Status: http.StatusUnprocessableEntity}
	switch {
	case w.State != "active":
		refused.Message = "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
	case len(body.Inputs) > maxInputs:
		refused.Message = "Invalid request.\n\nNo more than 25 properties are allowed for inputs."
	case body.Ref == "":
		refused.Message = "Invalid request.\n\n\"ref\" wasn't supplied."
	default:
		d := Dispatch{Owner: c.repo.Owner, Name: c.repo.Name, WorkflowPath: w.Path, Inputs: inputs(body.Inputs), Actor: c.login}
		if d.Ref, d.SHA, err = c.dispatchRef(body.Ref); err == nil {
			return d, c.s.hooks, body.RunDetails, nil
		}
		refused.Message = "No ref found for: " + body.Ref
	}
	return Dispatch{}, Hooks{}, false, refused
}

// dispatchRef finds the full ref and its commit: a branch goes before a tag of
// the same name.
func (c *call) dispatchRef(name string) (ref, sha string, err error) {
	candidates := []string{"refs/heads/" + name, "refs/tags/" + name}
	if strings.HasPrefix(name, "refs/") {
		candidates = []string{name}
	}
	for _, ref := range candidates {
		var found gitRef
		if found, err = c.s.git(c.repo).ref(c.r.Context(), ref); err == nil {
			return ref, found.Commit, nil
		}
	}
	return "", "", err
}

// inputs turns the values into the texts that workflows see.
func inputs(sent map[string]any) map[string]string {
	texts := map[string]string{}
	for name, value := range sent {
		switch v := value.(type) {
		case string:
			texts[name] = v
		default:
			text, err := json.Marshal(v)
			if err == nil {
				texts[name] = string(text)
			}
		}
	}
	return texts
}

// runsThat lists the repository's runs that fit, newest first.
func (c *call) runsThat(fits func(*Run) bool) []*Run {
	q := c.r.URL.Query()
	var runs []*Run
	for _, r := range slices.Backward(c.s.w.Runs) {
		_, short := refParts(r.Ref)
		asked := func(key string, values ...string) bool {
			return q.Get(key) == "" || slices.Contains(values, q.Get(key))
		}
		if r.Owner == c.repo.Owner && r.Name == c.repo.Name && fits(r) && asked("branch", short) && asked("event", r.Event) &&
			asked("status", string(r.Status), string(r.Conclusion)) && asked("head_sha", r.SHA) && asked("actor", r.Actor) {
			runs = append(runs, r)
		}
	}
	return runs
}

func (c *call) runs() (answer, error) {
	return counted(c, "workflow_runs", c.runsThat(func(*Run) bool { return true }), c.drawRun)
}

func (c *call) runsOfWorkflow() (answer, error) {
	w, err := c.pathWorkflow()
	if err != nil {
		return answer{}, err
	}
	return counted(c, "workflow_runs", c.runsThat(func(r *Run) bool { return r.WorkflowID == w.ID }), c.drawRun)
}
