package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

func newPlan(sys *Streams, flags *common) *cobra.Command {
	return &cobra.Command{
		Use: "plan", Short: "Every change it would make, with diffs and origins; writes nothing", Args: cobra.NoArgs,
		Long: "plan shows what lies between the world and the goal: each change as a diff, with the origin of every value,\n" +
			"in the order in which it would be made, and what is left to a person, with the page. It writes nothing.\n" +
			"With a token of crates.io in CARGO_REGISTRY_TOKEN (scope trusted-publishing) it looks at the publishers there,\n" +
			"and plans what the API can do with them; without one they are left to a person.\n\n" +
			"Exit status: 0 nothing to change; 1 there are changes to make; 4 sign-in needed and nothing could be read;\n" +
			"8 nothing to change, but something is left to a person. --json is described by docs/plan.schema.json.",
		RunE: func(cmd *cobra.Command, _ []string) error { return plan(cmd.Context(), sys, flags) },
	}
}

func plan(ctx context.Context, sys *Streams, flags *common) error {
	session, err := planner(ctx, sys, flags, "plan")
	if err != nil {
		return err
	}
	route, err := session.Look(ctx)
	if err != nil {
		return err
	}
	p := steps.PlanOf(route)
	if flags.json {
		if err := planJSON(sys, p); err != nil {
			return err
		}
	} else {
		tellPlan(sys, p)
	}
	return status(planStatus(p))
}

// planner is the walk that plan and apply look with.
func planner(ctx context.Context, sys *Streams, flags *common, command string) (*steps.Session, error) {
	if flags.offline {
		return nil, usage("%s compares with GitHub and the registries: it cannot work --offline", command)
	}
	e, err := newEyes(sys, flags)
	if err != nil {
		return nil, err
	}
	return newSession(sys, flags, e, e.name(ctx))
}

func planStatus(p steps.Plan) int {
	if code := exitStatus(p.Route.Report); code == exitSignIn {
		return code
	}
	switch {
	case len(p.Changes) > 0:
		return exitProblem
	case len(p.Left) > 0:
		return exitUnproven
	}
	return exitReady
}

func tellPlan(sys *Streams, p steps.Plan) {
	step := checks.Step("")
	head := func(s checks.Step) {
		if s != step {
			fmt.Fprintf(sys.Out, "%s\n", stepTitle(s))
			step = s
		}
	}
	var changes []change.Change
	for _, c := range p.Changes {
		changes = append(changes, c.Change)
	}
	for i, c := range p.Changes {
		head(c.Step)
		tellChange(sys, changes, i, false)
	}
	if len(p.Left) > 0 {
		fmt.Fprintln(sys.Out, "Left to a person")
	}
	for _, l := range p.Left {
		title := stepTitle(l.Step)
		if l.Title != title {
			title += ": " + evidence.CleanLine(l.Title)
		}
		fmt.Fprintf(sys.Out, "  … waiting  %s\n    %s\n", title, evidence.CleanLine(l.Why))
		if l.Page != nil {
			fmt.Fprintf(sys.Out, "    %s\n", l.Page.URL)
		}
	}
	fmt.Fprintf(sys.Out, "%s, %s left to a person.\n", count(len(p.Changes), "change"), count(len(p.Left), "thing"))
}

// tellChange shows the change of index i with its whole preview, or the beginning
// of a long one; what like changes show is shown once, after the last of them.
func tellChange(sys *Streams, changes []change.Change, i int, brief bool) {
	c := changes[i]
	fmt.Fprintf(sys.Out, "  %s  (%s)\n", evidence.CleanLine(c.Title), evidence.CleanLine(c.ID))
	if change.LikeNext(changes, i) {
		return
	}
	for i, d := range change.Briefly(c.Preview) {
		if brief && i == fewLines && len(c.Preview) > 2*fewLines {
			fmt.Fprintf(sys.Out, "    … and %d more lines, which `gh trustpub plan` shows\n", len(c.Preview)-i)
			break
		}
		origin := ""
		if d.Origin != "" {
			origin = "  (from " + evidence.CleanLine(d.Origin) + ")"
		}
		fmt.Fprintf(sys.Out, "    %c %s%s\n", d.Op, evidence.Clean(d.Text), origin)
	}
	if c.Lasting != "" {
		fmt.Fprintf(sys.Out, "    Cannot be taken back: %s\n", evidence.CleanLine(c.Lasting))
	}
}

func stepTitle(id checks.Step) string {
	for _, s := range steps.All() {
		if s.ID == id {
			return s.Title
		}
	}
	return string(id)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

type plannedJSON struct {
	ID      string     `json:"id"`
	Step    string     `json:"step"`
	Title   string     `json:"title"`
	Lasting string     `json:"lasting"`
	Before  any        `json:"before"`
	After   any        `json:"after"`
	Diff    []diffJSON `json:"diff"`
}

type diffJSON struct {
	Op     string `json:"op"`
	Text   string `json:"text"`
	Origin string `json:"origin"`
}

type leftJSON struct {
	Step  string    `json:"step"`
	Title string    `json:"title"`
	Why   string    `json:"why"`
	Page  *pageJSON `json:"page"`
}

func planJSON(sys *Streams, p steps.Plan) error {
	doc := struct {
		Schema  int           `json:"schema"`
		Tool    string        `json:"tool"`
		At      string        `json:"at"`
		Repo    *string       `json:"repository"`
		Changes []plannedJSON `json:"changes"`
		Left    []leftJSON    `json:"left"`
	}{Schema: 1, Tool: "gh-trustpub " + toolVersion(), At: p.Route.At.UTC().Format("2006-01-02T15:04:05Z"), Changes: []plannedJSON{}, Left: []leftJSON{}}
	if repo, ok := p.Route.World.Repo.Get(); ok {
		name := repo.Host + "/" + repo.String()
		doc.Repo = &name
	}
	for _, c := range p.Changes {
		one := plannedJSON{c.Change.ID, string(c.Step), c.Change.Title, c.Change.Lasting, c.Change.Before, c.Change.After, []diffJSON{}}
		for _, d := range c.Change.Preview {
			one.Diff = append(one.Diff, diffJSON{string(d.Op), d.Text, d.Origin})
		}
		doc.Changes = append(doc.Changes, one)
	}
	for _, l := range p.Left {
		one := leftJSON{Step: string(l.Step), Title: l.Title, Why: l.Why}
		if l.Page != nil {
			page := pageOf(*l.Page)
			one.Page = &page
		}
		doc.Left = append(doc.Left, one)
	}
	return json.NewEncoder(sys.Out).Encode(doc)
}
