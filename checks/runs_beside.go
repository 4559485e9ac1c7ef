package checks

import "github.com/trustpub/gh-trustpub/checks/workflow"

// RunsBeside names an event of which a run comes to the place's job and to none
// of its uploads; "" for none. Starts by hand are left out: they rehearse.
func (c *Case) RunsBeside(p workflow.Publishing) string {
	if p.Triggered == nil {
		return ""
	}
	atJob := p
	atJob.Step = nil
	for _, event := range workflow.Events(p.Triggered) {
		if event == "workflow_dispatch" || event == "workflow_call" {
			continue
		}
		for _, run := range c.runsBy(p.Triggered.Trigger(event)) {
			if job, _ := workflow.Foresee(atJob, run); job != workflow.Skipped && !c.comesTo(p, run) {
				return event
			}
		}
	}
	return ""
}
