package change

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// How often a run is looked at, and how long at most. GitHub allows 5,000
// requests an hour; at this pace a run costs 1,200 at most.
const (
	watchPace     = 3 * time.Second
	watchPatience = time.Hour
)

type runAnswer struct {
	ID         int64  `json:"id"`
	Number     int    `json:"run_number"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	URL        string `json:"html_url"`
}

type jobAnswer struct {
	Name       string `json:"name"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Steps      []struct {
		Name       string `json:"name"`
		Conclusion string `json:"conclusion"`
	} `json:"steps"`
}

type pendingAnswer struct {
	Environment struct {
		Name string `json:"name"`
	} `json:"environment"`
	CanApprove bool `json:"current_user_can_approve"`
	Reviewers  []struct {
		Reviewer struct {
			Login string `json:"login"`
			Slug  string `json:"slug"`
		} `json:"reviewer"`
	} `json:"reviewers"`
}

// watch follows a run, telling each turn, until it has ended or waits for a
// review: that is a person's to give, on the run's page.
func (t *Tools) watch(ctx context.Context, h Hands, api API, id int64) error {
	told := ""
	for range int(watchPatience / watchPace) {
		var run runAnswer
		path := t.actions(fmt.Sprintf("runs/%d", id))
		if _, err := api.Do(ctx, http.MethodGet, path, nil, &run); err != nil {
			return fmt.Errorf("look at run %d: %w", id, err)
		}
		jobs, err := t.jobs(ctx, api, path)
		if err != nil {
			return err
		}
		if run.Status == "completed" {
			return ended(h, run, jobs)
		}
		if text := turn(run, jobs); text != told {
			told = text
			h.progress("%s", text)
		}
		if run.Status == "waiting" {
			if stop, err := t.review(ctx, h, api, path, run); stop || err != nil {
				return err
			}
		}
		if err := t.sleep(ctx, watchPace); err != nil {
			return err
		}
	}
	return fmt.Errorf("run %d has not ended within %s: it goes on by itself, come back later", id, watchPatience)
}

func (t *Tools) jobs(ctx context.Context, api API, run string) ([]jobAnswer, error) {
	var answer struct {
		Jobs []jobAnswer `json:"jobs"`
	}
	if _, err := api.Do(ctx, http.MethodGet, run+"/jobs?per_page=100", nil, &answer); err != nil {
		return nil, fmt.Errorf("look at the jobs of the run: %w", err)
	}
	return answer.Jobs, nil
}

// turn says how the run stands: "Run 4: Build and verify is in progress".
func turn(run runAnswer, jobs []jobAnswer) string {
	var parts []string
	for _, j := range jobs {
		state := j.Status
		if j.Status == "completed" {
			state = j.Conclusion
		}
		parts = append(parts, fmt.Sprintf("%s: %s", evidence.CleanLine(j.Name), words(state)))
	}
	if len(parts) == 0 {
		parts = []string{words(run.Status)}
	}
	return fmt.Sprintf("Run %d: %s", run.Number, strings.Join(parts, "; "))
}

func words(status string) string { return strings.ReplaceAll(status, "_", " ") }

// review tells who may approve. It stops the watch when a review is what the
// run waits for, rather than a wait timer.
func (t *Tools) review(ctx context.Context, h Hands, api API, path string, run runAnswer) (stop bool, err error) {
	var pending []pendingAnswer
	if _, err := api.Do(ctx, http.MethodGet, path+"/pending_deployments", nil, &pending); err != nil {
		return false, fmt.Errorf("look at what run %d waits for: %w", run.Number, err)
	}
	for _, p := range pending {
		if len(p.Reviewers) == 0 {
			continue
		}
		var who []string
		for _, r := range p.Reviewers {
			who = append(who, evidence.CleanLine(r.Reviewer.Login+r.Reviewer.Slug))
		}
		text := fmt.Sprintf("Waiting for a review of %s by %s: %s", evidence.CleanLine(p.Environment.Name), strings.Join(who, " or "), run.URL)
		if p.CanApprove {
			text = fmt.Sprintf("Waiting for your review of %s: %s", evidence.CleanLine(p.Environment.Name), run.URL)
		}
		h.progress("%s", text)
		stop = true
	}
	return stop, nil
}

// ended judges a run that has completed: it names the step that failed.
func ended(h Hands, run runAnswer, jobs []jobAnswer) error {
	if run.Conclusion == "success" {
		h.progress("%s", turn(run, jobs))
		return nil
	}
	for _, j := range jobs {
		for _, s := range j.Steps {
			if s.Conclusion == "failure" {
				return fmt.Errorf("run %d ended with %s: the step %q of the job %q failed; the step's scene says what was refused, if a registry refused, and the log is at %s",
					run.Number, words(run.Conclusion), evidence.CleanLine(s.Name), evidence.CleanLine(j.Name), run.URL)
			}
		}
	}
	return fmt.Errorf("run %d ended with %s: see %s", run.Number, words(run.Conclusion), run.URL)
}
