package steps

import (
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

const (
	checkout      = "actions/checkout"
	tableCheckout = "3d3c42e5aac5ba805825da76410c181273ba90b1" // v7.0.1
	otherSHA      = "2222222222222222222222222222222222222222"
)

// looked is a world in which actions were looked up: by "owner/name[@ref]" the
// version and the commit, or why there is none.
func looked(facts map[string][2]string) *evidence.World {
	w := &evidence.World{At: at, Pins: map[string]evidence.Fact[evidence.Pin]{}}
	for name, f := range facts {
		action, ref, _ := strings.Cut(name, "@")
		src := evidence.Source{Name: "api.github.com/repos/" + action, At: at.Add(time.Second)}
		if f[1] == "" {
			w.Pins[evidence.PinKey(action, ref)] = evidence.Unknown[evidence.Pin](src, "%s", f[0])
			continue
		}
		w.Pins[evidence.PinKey(action, ref)] = evidence.Seen(evidence.Pin{Version: f[0], Commit: f[1]}, src)
	}
	return w
}

func TestPinOf(t *testing.T) {
	const live, table = "api.github.com/repos/actions/checkout, seen now", template.TableSource
	for name, row := range map[string]struct {
		facts       map[string][2]string
		action, ref string
		want        string // version@commit from origin; "" for none
		warns       bool
	}{
		"nothing was looked up":              {nil, checkout, "", "v7.0.1@" + tableCheckout + " from " + table, false},
		"GitHub says the same":               {map[string][2]string{checkout: {"v7.0.1", tableCheckout}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + live, false},
		"a newer release":                    {map[string][2]string{checkout: {"v7.2.0", otherSHA}}, checkout, "", "v7.2.0@" + otherSHA + " from " + live, false},
		"a newer one in a folder":            {map[string][2]string{checkout: {"v7.2.0", otherSHA}}, checkout + "/sub", "", "v7.2.0@" + otherSHA + " from " + live, false},
		"a new major version":                {map[string][2]string{checkout: {"v8.0.0", otherSHA}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + table, false},
		"a new major, and the table's seen":  {map[string][2]string{checkout: {"v8.0.0", otherSHA}, checkout + "@v7.0.1": {"v7.0.1", tableCheckout}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + live, false},
		"an older release is called latest":  {map[string][2]string{checkout: {"v7.0.0", otherSHA}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + table, false},
		"the table's tag was moved":          {map[string][2]string{checkout: {"v7.0.1", otherSHA}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + table + "; GitHub shows another commit now, as if the tag was moved", true},
		"it was moved, and a newer one came": {map[string][2]string{checkout: {"v7.0.2", otherSHA}, checkout + "@v7.0.1": {"v7.0.1", otherSHA}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + table + "; GitHub shows another commit now, as if the tag was moved", true},
		"GitHub did not answer":              {map[string][2]string{checkout: {"there was no time left to ask", ""}}, checkout, "", "v7.0.1@" + tableCheckout + " from " + table, false},

		"a ref":                            {map[string][2]string{checkout + "@v4": {"v4.3.1", otherSHA}}, checkout, "v4", "v4.3.1@" + otherSHA + " from " + live, false},
		"a ref at the table's":             {map[string][2]string{checkout + "@v7": {"v7.0.1", tableCheckout}}, checkout, "v7", "v7.0.1@" + tableCheckout + " from " + live, false},
		"a ref at the table's, moved":      {map[string][2]string{checkout + "@v7": {"v7.0.1", otherSHA}}, checkout, "v7", "v7.0.1@" + tableCheckout + " from " + table + "; GitHub shows another commit now, as if the tag was moved", true},
		"another ref of a moved action":    {map[string][2]string{checkout + "@v4": {"v4.3.1", otherSHA}, checkout: {"v7.0.1", otherSHA}}, checkout, "v4", "", true},
		"a ref that was not looked up":     {nil, checkout, "v7", "v7.0.1@" + tableCheckout + " from " + table, false},
		"a ref of another line":            {nil, checkout, "v4", "", false},
		"a ref like another":               {nil, checkout, "v70", "", false},
		"a branch":                         {nil, checkout, "main", "", false},
		"an action of nobody's table":      {map[string][2]string{"acme/deploy@v1": {"v1.2.0", otherSHA}}, "acme/deploy", "v1", "v1.2.0@" + otherSHA + " from api.github.com/repos/acme/deploy, seen now", false},
		"one of nobody's table, not found": {map[string][2]string{"acme/deploy@v1": {"404", ""}}, "acme/deploy", "v1", "", false},
	} {
		p, ok := pinOf(looked(row.facts), row.action, row.ref)
		got := ""
		if ok {
			got = p.Version + "@" + p.Commit + " from " + p.origin
		}
		if got != row.want || (p.warning != "") != row.warns {
			t.Errorf("%s: %s, warning %q", name, got, p.warning)
		}
	}
}

func TestWhatWasSeenBeforeSaysWhen(t *testing.T) {
	w := looked(map[string][2]string{checkout: {"v7.0.1", tableCheckout}})
	w.At = at.Add(5 * time.Minute)
	if p, _ := pinOf(w, checkout, ""); p.origin != "api.github.com/repos/actions/checkout, seen 12:00 UTC" {
		t.Error(p.origin)
	}
}

// TestTheWorkflowIsWrittenWithWhatGitHubTells: the newer release is in the file,
// its origin in the preview, of the scene and of the change.
func TestTheWorkflowIsWrittenWithWhatGitHubTells(t *testing.T) {
	s := fresh(t)
	s.world.Pins = looked(map[string][2]string{checkout: {"v7.3.0", otherSHA}}).Pins
	scene := s.scene(checks.Workflow)
	for name, lines := range map[string][]change.DiffLine{"scene": scene.Preview, "change": onlyWritten(t, scene).Preview} {
		origins := map[string]string{}
		for _, d := range lines {
			if _, uses, ok := strings.Cut(d.Text, "uses: "); ok {
				origins[uses] = d.Origin
			}
		}
		if got := origins[checkout+"@"+otherSHA+" # v7.3.0"]; got != "api.github.com/repos/actions/checkout, seen now" {
			t.Errorf("%s: the origin of the newer release is %q in %v", name, got, origins)
		}
		if auth, _ := template.Known("rust-lang/crates-io-auth-action"); origins[auth.Uses()] != template.TableSource {
			t.Errorf("%s: the origin of what was not looked up is %q", name, origins[auth.Uses()])
		}
	}
}

// TestAMovedTagIsNotTaken: it is told, and the commit of the table is written.
func TestAMovedTagIsNotTaken(t *testing.T) {
	s := fresh(t)
	s.world.Pins = looked(map[string][2]string{checkout: {"v7.0.1", otherSHA}}).Pins
	scene := s.scene(checks.Workflow)
	told := ""
	for _, line := range scene.Now {
		told += line.Text + " " + line.Source.Name + "\n"
	}
	if !strings.Contains(told, "v7.0.1 of actions/checkout is commit 2222222 now and was 3d3c42e in August 2026: its tag was moved") || !strings.Contains(told, "api.github.com/repos/actions/checkout\n") {
		t.Errorf("what is told: %s", told)
	}
	for _, d := range scene.Preview {
		if strings.Contains(d.Text, otherSHA) {
			t.Errorf("the moved tag's commit is written: %s", d.Text)
		}
	}
}

// onlyWritten is the change of a scene that writes a file and pushes nothing.
func onlyWritten(t *testing.T, scene Scene) change.Change {
	t.Helper()
	for _, w := range scene.Ways {
		if !strings.HasPrefix(w.Label, "Only write") {
			continue
		}
		if changes, err := w.Prepare(nil); err != nil || len(changes) != 1 {
			t.Errorf("%s: %v, %v", w.Label, changes, err)
		} else {
			return changes[0]
		}
	}
	return change.Change{}
}
