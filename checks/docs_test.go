package checks

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// section is what docs/checks.md says of one check.
type section struct {
	id, text string
	// examples are the fenced workflows by their mark.
	examples map[string][]string
}

var fenced = regexp.MustCompile("(?s)```yaml (failing|passing)\n(.*?)```")

func sections(t *testing.T) []section {
	t.Helper()
	src, err := os.ReadFile("../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.ReplaceAll(string(src), "\r\n", "\n")
	var found []section
	for _, part := range strings.Split(doc, "\n## ")[1:] {
		id, text, _ := strings.Cut(part, "\n")
		s := section{id: id, text: text, examples: map[string][]string{}}
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			s.examples[m[1]] = append(s.examples[m[1]], m[2])
		}
		found = append(found, s)
	}
	return found
}

func TestEveryCheckHasItsSection(t *testing.T) {
	list, docs := All(), sections(t)
	if len(list) != len(docs) {
		t.Errorf("%d checks, %d sections", len(list), len(docs))
	}
	for i, c := range list {
		if i >= len(docs) || docs[i].id != c.ID {
			t.Fatalf("section %d is not %s", i, c.ID)
		}
		head := "Step " + string(c.Step) + ", level " + string(c.Level) + ". **" + c.Claim + "**"
		for _, part := range []string{head, c.Why, "\nFailing:", "\nPassing:", "\nFix: "} {
			if !strings.Contains(docs[i].text, part) {
				t.Errorf("the section of %s lacks %q", c.ID, part)
			}
		}
		if Docs(c.ID) != "docs/checks.md#"+docs[i].id {
			t.Errorf("%s is documented at %s", c.ID, Docs(c.ID))
		}
	}
}

func TestDocumentedWorkflowsAreJudgedAsMarked(t *testing.T) {
	ran := 0
	for _, s := range sections(t) {
		for mark, examples := range s.examples {
			for _, src := range examples {
				ran++
				t.Run(s.id+"/"+mark, func(t *testing.T) {
					w := ready(t)
					w.Workflows = evidence.Fact[[]evidence.WorkflowFile]{}
					setFile(w, publishYML, src)
					if s.id == "publish-job-can-check-out" {
						changedRepository(func(r *evidence.Repository) { r.Private = true })(t, w)
					}
					if s.id == "release-comes-from-default-branch" {
						w.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{}, api)
					}
					marked(t, Judge(NewCase(w), All(), []string{s.id}).Results, mark)
				})
			}
		}
	}
	if ran < 20 {
		t.Errorf("only %d examples were found", ran)
	}
}

// marked holds results against an example's mark.
func marked(t *testing.T, results []Result, mark string) {
	t.Helper()
	wrong, good := 0, 0
	for _, res := range results {
		switch res.Verdict {
		case Wrong:
			wrong++
		case OK:
			good++
		}
	}
	if mark == "failing" && wrong == 0 || mark == "passing" && (wrong > 0 || good == 0) {
		t.Errorf("%v", results)
	}
}
