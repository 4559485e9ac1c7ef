package change

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// Rehearsal says which workflow is started by hand.
type Rehearsal struct {
	// Workflow is the file's name inside .github/workflows, Branch the branch it
	// is started on.
	Workflow, Branch string
	// Input is the name of the boolean input that makes it a rehearsal; "" for
	// none.
	Input string
	// Upload is the name of a further input, by which a development version goes
	// to TestPyPI; "" for none.
	Upload string
}

func (r Rehearsal) inputs() map[string]string {
	inputs := map[string]string{}
	for _, name := range []string{r.Input, r.Upload} {
		if name != "" {
			inputs[name] = "true"
		}
	}
	return inputs
}

// Rehearse makes a change that starts a rehearsal and follows its run until it
// ends, or waits for a person's review.
func (t *Tools) Rehearse(r Rehearsal) Change {
	text := fmt.Sprintf("start %s on %s", r.Workflow, r.Branch)
	for _, name := range slices.Sorted(maps.Keys(r.inputs())) {
		text += fmt.Sprintf(" with %s=true", name)
	}
	title, lasting := "Rehearse: exchange tokens, publish nothing", "the run stays in the repository's list of runs"
	if r.Upload != "" {
		title = "Rehearse, and upload a development version to TestPyPI"
		lasting += ", and the version on TestPyPI"
	}
	return Change{
		ID:      "rehearsal:" + r.Workflow,
		Title:   title,
		Preview: []DiffLine{{Op: '+', Text: text}},
		Lasting: lasting,
		After:   map[string]string{"workflow": r.Workflow, "branch": r.Branch},
		Perform: func(ctx context.Context, h Hands) error { return t.rehearse(ctx, h, r) },
	}
}

func (t *Tools) rehearse(ctx context.Context, h Hands, r Rehearsal) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Starting %s on %s", r.Workflow, r.Branch)
	id, err := t.dispatch(ctx, api, r)
	if err != nil {
		return fmt.Errorf("start %s on %s: %w", r.Workflow, r.Branch, err)
	}
	return t.watch(ctx, h, api, id)
}

func (t *Tools) actions(rest string) string {
	return fmt.Sprintf("repos/%s/%s/actions/%s", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name), rest)
}

// dispatch starts the run and finds its number: told by GitHub since
// 2026-02-19, looked for among the runs on older servers.
func (t *Tools) dispatch(ctx context.Context, api API, r Rehearsal) (int64, error) {
	before, err := t.newestRun(ctx, api, r.Workflow, "event=workflow_dispatch")
	if err != nil {
		return 0, err
	}
	body := map[string]any{"ref": r.Branch, "return_run_details": true}
	if inputs := r.inputs(); len(inputs) > 0 {
		body["inputs"] = inputs
	}
	var told struct {
		ID int64 `json:"workflow_run_id"`
	}
	path := t.actions("workflows/" + url.PathEscape(r.Workflow) + "/dispatches")
	_, err = api.Do(ctx, http.MethodPost, path, body, &told)
	if transport.Is(err, transport.KindInvalid) && strings.Contains(err.Error(), "return_run_details") {
		delete(body, "return_run_details")
		_, err = api.Do(ctx, http.MethodPost, path, body, nil)
	}
	if err != nil || told.ID != 0 {
		return told.ID, err
	}
	return t.appeared(ctx, api, r.Workflow, "event=workflow_dispatch", before)
}

// newestRun is the highest id among the newest runs of a workflow; 0 for none.
func (t *Tools) newestRun(ctx context.Context, api API, workflow, filter string) (int64, error) {
	var answer struct {
		Runs []struct {
			ID int64 `json:"id"`
		} `json:"workflow_runs"`
	}
	_, err := api.Do(ctx, http.MethodGet, t.actions("workflows/"+url.PathEscape(workflow)+"/runs?per_page=10&"+filter), nil, &answer)
	if err != nil {
		return 0, fmt.Errorf("list the runs of %s: %w", workflow, err)
	}
	newest := int64(0)
	for _, run := range answer.Runs {
		newest = max(newest, run.ID)
	}
	return newest, nil
}

// How often and how long a run is looked for.
const (
	runPace     = 2 * time.Second
	runPatience = 60 * time.Second
)

// appeared waits for a run with a higher id than before.
func (t *Tools) appeared(ctx context.Context, api API, workflow, filter string, before int64) (int64, error) {
	for range int(runPatience / runPace) {
		id, err := t.newestRun(ctx, api, workflow, filter)
		if err != nil || id > before {
			return id, err
		}
		if err := t.sleep(ctx, runPace); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("no run of %s appeared within %s: see https://%s/%s/actions", workflow, runPatience, t.Repo.Host, t.Repo)
}
