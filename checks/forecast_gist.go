package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// maxGist is how many sentences the gist of a forecast has at most.
const maxGist = 3

// Gist is the forecast in at most three sentences: what would happen, and what
// decides it.
func (f Forecast) Gist() []string {
	lead := f.lead()
	switch f.Outlook() {
	case WouldPublish:
		return []string{lead + ", it would be published: " + strings.Join(f.uploads(), ", ")}
	case NothingPublishes:
		return []string{lead + ", nothing would be published: " + f.nothing()}
	case WouldFail:
		return behind(lead+", it would fail", f.reasons(Refused))
	}
	return behind(lead+", nothing that can be seen would refuse it", append(f.reasons(Waits), f.reasons(Open)...))
}

// lead names what is supposed to happen.
func (f Forecast) lead() string {
	name := workflow.ShortRef(f.Ref)
	switch {
	case f.Event != "" && f.Event != "push":
		return "if " + f.Event + " started a run on " + name + " now"
	case workflow.RefType(f.Ref) == "branch":
		return "if " + name + " were pushed now"
	}
	return "if the tag " + name + " were pushed now"
}

// behind puts the first reason behind the lead, and the others after it.
func behind(lead string, reasons []string) []string {
	if len(reasons) == 0 {
		return []string{lead}
	}
	all := append([]string{lead + ": " + reasons[0]}, reasons[1:]...)
	return all[:min(len(all), maxGist)]
}

// nothing says why no run comes to a registry.
func (f Forecast) nothing() string {
	for _, r := range f.Runs {
		for _, j := range r.Jobs {
			if j.Fate == Skipped {
				return j.Subject + " is " + j.Because
			}
		}
	}
	if len(f.Idle) > 0 {
		return f.Idle[0].Because
	}
	return "no workflow publishes"
}

// uploads are the packages with their versions and registries.
func (f Forecast) uploads() []string {
	var all []string
	for _, r := range f.Runs {
		for _, j := range r.Jobs {
			for _, reg := range j.Registries {
				for _, p := range reg.Packages {
					if text := strings.TrimSpace(p.Name+" "+p.Version) + " on " + reg.Registry.Title(); reg.Uploads && !slices.Contains(all, text) {
						all = append(all, text)
					}
				}
			}
		}
	}
	return all
}

// reasons are why something has a fate, each once, with the words of a refusal.
func (f Forecast) reasons(fate Fate) []string {
	var all []string
	add := func(who string, of Fate, because, text string) {
		if of != fate {
			return
		}
		if text != "" {
			because = who + " would say: " + text
		}
		if !slices.Contains(all, because) {
			all = append(all, because)
		}
	}
	for _, r := range f.Remarks {
		add("", map[Verdict]Fate{Wrong: Refused, Unknown: Open}[r.Verdict], r.Text, "")
	}
	for _, r := range f.Runs {
		add("", r.Fate, r.Because, "")
		for _, j := range r.Jobs {
			add("GitHub", j.Fate, j.Because, j.Text)
			for _, reg := range j.Registries {
				add(reg.Registry.Title(), reg.Fate, reg.Registry.Title()+": "+reg.Because, reg.Text)
				for _, p := range reg.Packages {
					if p.Because != reg.Because {
						add(reg.Registry.Title(), p.Fate, reg.Registry.Title()+", "+p.Name+": "+p.Because, p.Text)
					}
				}
			}
		}
	}
	return all
}
