package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func tagged(pattern string, tags ...string) worldChange {
	return func(_ *testing.T, w *evidence.World) {
		src := evidence.Source{Name: "git tags", At: now}
		g := evidence.Git{Tags: evidence.Seen(tags, src), Branch: evidence.Seen("main", src)}
		if pattern != "" {
			g.TagPattern = evidence.Seen(pattern, src)
		}
		w.Tree.Git = evidence.Seen(g, src)
	}
}

func versioned(version string) worldChange {
	return func(_ *testing.T, w *evidence.World) {
		c, p := crate("data"), project("data")
		c.Version, p.Version = evidence.Seen(version, line("Cargo.toml", 3)), evidence.Seen(version, line("pyproject.toml", 6))
		w.Tree.Packages = evidence.Seen([]evidence.Package{c, p}, w.Tree.Packages.Source())
	}
}

func TestNextRelease(t *testing.T) {
	for name, c := range map[string]struct {
		change  worldChange
		pattern string
		tag     string
		raised  bool
		origin  string
	}{
		"the present version is not out":    {versioned("0.4.0"), "", "v0.4.0", false, "the tag for 0.4.0 (Cargo.toml:3), by the pattern that publish.yml:3 waits for"},
		"it is out":                         {nothing, "", "v0.3.1", true, "the tag after 0.3.0 (Cargo.toml:3), of which crates.io has 0.3.0"},
		"its tag stands":                    {together(versioned("0.4.0"), tagged("v*", "v0.4.0", "v0.3.0")), "", "v0.4.1", true, "of which the tag v0.4.0 stands"},
		"the next one's too":                {together(versioned("0.4.0"), tagged("v*", "v0.4.1", "v0.4.0")), "", "v0.4.2", true, ""},
		"a pre-release":                     {together(versioned("0.4.0-rc.1"), tagged("v*", "v0.4.0-rc.1")), "", "v0.4.0", true, ""},
		"two numbers":                       {together(versioned("1.9"), tagged("v*", "v1.9")), "", "v1.10", true, ""},
		"by the habit":                      {together(versioned("0.4.0"), tagged("release-*", "release-0.2"), rewritten("['v*']", "['release-*', 'v*']")), "", "release-0.4.0", false, "by the pattern release-* of the git tags"},
		"the habit does not start it":       {together(versioned("0.4.0"), tagged("release-*", "release-0.2")), "", "v0.4.0", false, "publish.yml:3 waits for"},
		"by choice":                         {versioned("0.4.0"), "data-v*", "data-v0.4.0", false, "by the pattern data-v*"},
		"no filter, no habit":               {together(versioned("0.4.0"), rewritten("    tags: ['v*']\n", "    branches: [main]\n")), "", "v0.4.0", false, "by the usual pattern v*"},
		"no manifest tells a version":       {func(_ *testing.T, w *evidence.World) { w.Tree.Packages = evidence.Absent[[]evidence.Package](api) }, "", "v1.0.0", false, "an example: no manifest tells a version"},
		"a registry that only tries counts": {together(versioned("0.5.0"), func(_ *testing.T, w *evidence.World) { setProject(w, identity.TestPyPI, tokenVersion("0.5.0", 1)) }), "", "v0.5.0", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			c.change(t, w)
			got := NewCase(w).NextRelease(c.pattern)
			if got.Ref != "refs/tags/"+c.tag || got.Raised != c.raised || !strings.Contains(got.Origin, c.origin) {
				t.Errorf("%+v, want %s, raised %v, because %q", got, c.tag, c.raised, c.origin)
			}
		})
	}
}

func TestTheTagAndTheVersion(t *testing.T) {
	more := func(version string) worldChange {
		return func(t *testing.T, w *evidence.World) {
			secondCrate(t, w)
			list := w.Tree.Packages.Or(nil)
			list[2].Version = evidence.Seen(version, line("more/Cargo.toml", 3))
		}
	}
	computed := func(_ *testing.T, w *evidence.World) {
		p := project("data")
		p.Version = evidence.Unknown[string](api, "computed")
		w.Tree.Packages = evidence.Seen([]evidence.Package{p}, api)
	}
	for name, c := range map[string]struct {
		change worldChange
		tag    string
		want   Verdict // "" for no remark
	}{
		"the same":                      {nothing, "v0.3.0", ""},
		"another":                       {nothing, "v0.4.0", Wrong},
		"Python spells it otherwise":    {versioned("0.4.0rc1"), "v0.4.0-rc.1", ""},
		"the build computes it":         {computed, "v9.0.0", ""},
		"one of two":                    {more("0.9.0"), "v0.3.0", Unknown},
		"the package that the tag says": {more("0.9.0"), "more-v0.9.0", ""},
		"the wrong one of two":          {more("0.9.0"), "more-v0.3.0", Wrong},
		"by an at sign":                 {more("0.9.0"), "more@0.9.0", ""},
		"no version":                    {nothing, "nightly", Unknown},
		"digits at once":                {nothing, "0.3.0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			c.change(t, w)
			got := NewCase(w).tagVersion(c.tag)
			if len(got) > 1 || (len(got) == 0) != (c.want == "") || len(got) == 1 && got[0].Verdict != c.want {
				t.Errorf("%+v, want %q", got, c.want)
			}
		})
	}
}

func TestKnowsTag(t *testing.T) {
	w := ready(t)
	tagged("v*", "v1")(t, w)
	c := NewCase(w)
	for ref, want := range map[string]evidence.State{"refs/tags/v1": evidence.StateSeen, "refs/tags/v2": evidence.StateSeen, "refs/heads/main": evidence.StateUnknown} {
		if got := c.KnowsTag(ref); got.State() != want || want == evidence.StateSeen && got.Or(false) != (ref == "refs/tags/v1") {
			t.Errorf("%s: %+v", ref, got)
		}
	}
}

func TestFilesThatDiffer(t *testing.T) {
	w := ready(t)
	p := asked("refs/tags/v0.3.0", "")
	src := evidence.Source{Name: "other", At: now}
	others := []evidence.WorkflowFile{{Path: ".github/workflows/new.yml", Content: evidence.Seen([]byte(""), src)}}
	for _, f := range w.Workflows.Or(nil) {
		if f.Path == publishYML {
			f.Content = evidence.Seen([]byte("on: push\n"), src)
		}
		others = append(others, f)
	}
	p.Default = evidence.Seen(others, src)
	got := NewCase(w).Foresee(p).Differs
	if strings.Join(got, " ") != ".github/workflows/new.yml "+publishYML {
		t.Errorf("%v", got)
	}
}
