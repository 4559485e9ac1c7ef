package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/plain"
)

func newOpen(sys *Streams, flags *common) *cobra.Command {
	return &cobra.Command{
		Use: "open [PAGE]", Short: "Open a page of the route, with the values filled in", Args: cobra.MaximumNArgs(1),
		Long: "open goes to a page of the route: a registry's publisher form, the environment, the rules, the secrets.\n" +
			"What the page does not take from its address is printed, to be entered there, and on a terminal copied,\n" +
			"value by value, at each Enter.\n\n" +
			"Without PAGE it lists them. --no-browser prints the address; --package chooses where there are several.",
		RunE: func(cmd *cobra.Command, args []string) error { return openPage(cmd.Context(), sys, flags, args) },
	}
}

func openPage(ctx context.Context, sys *Streams, flags *common, args []string) error {
	pages, err := directory(ctx, sys, flags)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return listPages(sys, flags, pages)
	}
	chosen := slices.DeleteFunc(slices.Clone(pages), func(n steps.Named) bool { return !strings.EqualFold(n.Name, args[0]) })
	switch {
	case len(chosen) == 0:
		return usage("open %q: there is no such page here; there are %s", args[0], strings.Join(pageNames(pages), ", "))
	case len(chosen) > 1:
		var packages []string
		for _, n := range chosen {
			packages = append(packages, n.Package)
		}
		return usage("open %s: it is a page of each package; choose one with --package: %s", args[0], strings.Join(packages, ", "))
	case flags.json:
		return listPages(sys, flags, chosen)
	}
	return show(ctx, sys, flags, chosen[0].Link)
}

// directory looks at the world and gives the pages that belong to it.
func directory(ctx context.Context, sys *Streams, flags *common) ([]steps.Named, error) {
	e, err := newEyes(sys, flags)
	if err != nil {
		return nil, err
	}
	world, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	return steps.Directory(basis(world, nil)), nil
}

// basis is what pages follow from: the evidence and its judgement by some of
// the checks; none are needed where only the identity counts.
func basis(world *evidence.World, r *checks.Report) steps.Basis {
	c := checks.NewCase(world)
	if r == nil {
		judged := checks.Judge(c, nil, nil)
		r = &judged
	}
	return steps.Basis{World: world, Case: c, Report: *r}
}

func pageNames(pages []steps.Named) []string {
	var names []string
	for _, n := range pages {
		names = append(names, n.Name)
	}
	return slices.Compact(names)
}

// show prints what belongs into the page, and opens it.
func show(ctx context.Context, sys *Streams, flags *common, p steps.PageLink) error {
	fmt.Fprintf(sys.Out, "%s\n%s\n", evidence.CleanLine(p.Title), p.URL)
	if p.Note != "" {
		fmt.Fprintln(sys.Out, evidence.Clean(p.Note))
	}
	for _, f := range p.Fields {
		fmt.Fprintf(sys.Out, "  %s: %s\n", f.Label, evidence.CleanLine(f.Value))
	}
	if err := browserFor(sys, flags).Open(ctx, p.URL, change.Hands{Terminal: attached(sys)}); err != nil {
		return err
	}
	if copies := lineClipboard(sys); copies != nil && !flags.noBrowser && !p.Filled {
		return plain.Values(ctx, sys.In, sys.Out, p.Fields, copies)
	}
	return nil
}

// attached gives a browser of the terminal's own, such as lynx, the terminal.
func attached(sys *Streams) func(*exec.Cmd) error {
	return func(child *exec.Cmd) error {
		shown := sys.Err
		if copied := child.Stderr; copied != nil {
			shown = io.MultiWriter(shown, copied)
		}
		child.Stdin, child.Stdout, child.Stderr = sys.In, sys.Out, shown
		return child.Run()
	}
}

type pageJSON struct {
	Name    string      `json:"name,omitempty"`
	Package string      `json:"package,omitempty"`
	Title   string      `json:"title"`
	URL     string      `json:"url"`
	Note    string      `json:"note,omitempty"`
	Fields  []fieldJSON `json:"fields"`
}

type fieldJSON struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

func listPages(sys *Streams, flags *common, pages []steps.Named) error {
	if flags.json {
		return json.NewEncoder(sys.Out).Encode(map[string]any{"schema": 1, "pages": inJSON(pages)})
	}
	for _, n := range pages {
		fmt.Fprintf(sys.Out, "%-18s %s\n", n.Name, n.Link.URL)
	}
	return nil
}

func inJSON(pages []steps.Named) []pageJSON {
	out := make([]pageJSON, 0, len(pages))
	for _, n := range pages {
		p := pageOf(n.Link)
		p.Name, p.Package = n.Name, n.Package
		out = append(out, p)
	}
	return out
}

func pageOf(l steps.PageLink) pageJSON {
	p := pageJSON{Title: l.Title, URL: l.URL, Note: l.Note, Fields: []fieldJSON{}}
	for _, f := range l.Fields {
		p.Fields = append(p.Fields, fieldJSON(f))
	}
	return p
}
