package steps

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func where(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// text is a plain line, with its source if it has one.
func text(src evidence.Source, format string, args ...any) Line {
	return Line{Text: fmt.Sprintf(format, args...), Source: src}
}

// wanted is a line of what should be there.
func wanted(what, value, origin string) Line {
	return Line{Text: what + " " + value, Source: evidence.Source{Name: origin}}
}

// fewOK is how many good results are told one by one; more are counted.
const fewOK = 4

// tell turns the results of a step into lines, what is wrong first. What to do
// is told for what is wrong, once; for the rest the step's own ways are it.
func tell(results []checks.Result) []Line {
	var lines, good []Line
	said, fixes := map[string]bool{}, map[string]bool{"": true}
	for _, verdict := range []checks.Verdict{checks.Wrong, checks.Waiting, checks.Unknown, checks.Said, checks.OK} {
		for _, r := range results {
			switch {
			case r.Verdict != verdict || r.Level == checks.Advice && verdict == checks.Unknown:
			case verdict == checks.OK:
				good = append(good, line(r))
			default:
				// Several checks can rest on one thing that is missing.
				if l := line(r); !said[string(verdict)+l.Text] {
					said[string(verdict)+l.Text] = true
					lines = append(lines, l)
				}
				if verdict == checks.Wrong && !fixes[r.Fix] {
					fixes[r.Fix] = true
					lines = append(lines, Line{Text: "Fix: " + r.Fix})
				}
			}
		}
	}
	if len(good) > fewOK {
		good = []Line{{Mark: checks.OK, Text: plural(len(good), "check is ok", "checks are ok"), Source: good[0].Source}}
	}
	return append(lines, good...)
}

func line(r checks.Result) Line {
	l := Line{Mark: r.Verdict, Text: r.Because}
	if !speaksOf(r.Because, r.Subject) {
		l.Text = named(r.Subject) + ": " + r.Because
	}
	if r.Where != nil && !strings.Contains(r.Because, r.Where.File) {
		l.Text += " (" + where(r.Where.File, r.Where.Line) + ")"
	}
	if len(r.Seen) > 0 {
		l.Source = r.Seen[0]
	}
	return l
}

// speaksOf says whether a sentence names its subject by itself.
func speaksOf(sentence, subject string) bool {
	if r := registryOf(subject); r != "" {
		name := lastWord(subject)
		return strings.Contains(sentence, r.Title()) && (name == string(r) || strings.Contains(strings.ReplaceAll(sentence, r.Title(), ""), name))
	}
	return strings.Contains(sentence, lastWord(subject))
}

// named is a subject as a person says it: "market-data on PyPI".
func named(subject string) string {
	if r := registryOf(subject); r != "" && strings.Contains(subject, ":") {
		return lastWord(subject) + " on " + r.Title()
	} else if r != "" {
		return r.Title()
	}
	return subject
}

// registryOf is the registry that a subject is about, "" for none.
func registryOf(subject string) identity.Registry {
	first, _, _ := strings.Cut(subject, ":")
	if slices.Contains(identity.Registries(), identity.Registry(first)) {
		return identity.Registry(first)
	}
	return ""
}

func lastWord(subject string) string { return subject[strings.LastIndexAny(subject, ":#")+1:] }

// list splits an answer of the kind Several.
func list(answer string) []string {
	var all []string
	for _, v := range strings.Split(answer, ",") {
		if v = strings.TrimSpace(v); v != "" {
			all = append(all, v)
		}
	}
	return all
}

func spaced(status string) string { return strings.ReplaceAll(status, "_", " ") }
