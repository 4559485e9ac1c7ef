package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// distributing is a workflow that publishes to PyPI what a step builds.
func distributing(build string) string {
	return "on: {push: {tags: ['v*']}}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - " + strings.ReplaceAll(build, "\n", "\n        ") +
		"\n      - uses: actions/upload-artifact@v7\n  pypi:\n    needs: build\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {id-token: write}\n    steps:\n      - uses: actions/download-artifact@v8\n      - uses: " + pypiAction + "\n"
}

// projects are Python packages, each in the folder of its name but the first,
// which stands at the top.
func projects(names ...string) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		var all []evidence.Package
		for i, name := range names {
			p := project(name)
			if i > 0 {
				p.Path = name + "/pyproject.toml"
			}
			all = append(all, p)
		}
		setPackages(w, all...)
	}
}

// Each package has the publisher of the file that is seen to build it.
func TestPublishersGoWithWhatIsBuilt(t *testing.T) {
	only := func(files map[string]string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			setFile(w, publishYML, noWorkflow)
			for name, src := range files {
				setFile(w, ".github/workflows/"+name, src)
			}
		}
	}
	one := func(build string) func(*testing.T, *evidence.World) {
		return only(map[string]string{"a.yml": distributing(build)})
	}
	for _, row := range []struct {
		name   string
		change func(*testing.T, *evidence.World)
		want   string
	}{
		{"a file for each", then(projects("a", "b"), only(map[string]string{"a.yml": distributing("run: python -m build"), "b.yml": distributing("run: python -m build b")})), "a a.yml, b b.yml"},
		{"one that may build both", then(projects("a", "b"), only(map[string]string{"a.yml": distributing("run: make"), "b.yml": distributing("run: python -m build b")})), "a a.yml, b b.yml"},
		{"one file for both", then(projects("a", "b"), one("run: uv build --package a && uv build --package b")), "a a.yml, b a.yml"},
		{"examples are not built", then(projects("a", "b", "example"), one("run: uv build --package a && uv build --package b")), "a a.yml, b a.yml"},
		{"one package is chosen", then(projects("a", "example"), one("run: uv build --package a")), "a a.yml"},
		{"an example that is asked for", then(projects("a", "example"), one("run: uv build --package a"), func(_ *testing.T, w *evidence.World) { w.Wanted.Packages = []string{"example"} }), "example a.yml"},
		{"the top alone says nothing of the second", then(projects("a", "b"), one("run: python -m build")), "a a.yml, b a.yml"},
		{"nor does a script", then(projects("a", "b"), one("run: ./build.sh")), "a a.yml, b a.yml"},
		{"a folder that is no package", then(projects("a", "b"), one("run: python -m build elsewhere")), "a a.yml, b a.yml"},
		{"a build that is not read", then(projects("a", "b"), one("uses: ./.github/actions/build")), "a a.yml, b a.yml"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := ready(t)
			row.change(t, w)
			var got []string
			for _, p := range NewCase(w).Publishers {
				got = append(got, p.Package+" "+p.Workflow)
			}
			if text := strings.Join(got, ", "); text != row.want {
				t.Errorf("%s, want %s", text, row.want)
			}
		})
	}
}

func TestTwoFilesForTwoPackagesAreOne(t *testing.T) {
	w := ready(t)
	projects("a", "b")(t, w)
	setFile(w, publishYML, distributing("run: python -m build"))
	setFile(w, ".github/workflows/b.yml", distributing("run: python -m build b"))
	expect(t, Judge(NewCase(w), All(), nil).Of("one-workflow-publishes"), row{subject: "pypi", want: OK, because: "b.yml publishes b; publish.yml publishes a"})
	setFile(w, ".github/workflows/b.yml", distributing("run: uv build --package b && python -m build"))
	expect(t, Judge(NewCase(w), All(), nil).Of("one-workflow-publishes"), row{subject: "pypi", want: Unknown, because: "2 files publish to PyPI"})
}

// Crates that crates.io would refuse get no publisher beside those that it takes,
// nor where only wheels are published.
func TestCratesThatLackWhatCratesIODemands(t *testing.T) {
	inner := crate("data-ffi")
	inner.Path, inner.Description = "ffi/Cargo.toml", evidence.Absent[string](line("ffi/Cargo.toml", 1))
	wheels := func(_ *testing.T, w *evidence.World) { setFile(w, publishYML, distributing("run: python -m build")) }
	for _, row := range []struct {
		name   string
		change func(*testing.T, *evidence.World)
		want   []string
	}{
		{"beside a whole one", func(_ *testing.T, w *evidence.World) { setPackages(w, crate("data"), inner) }, []string{"data"}},
		{"asked for", func(_ *testing.T, w *evidence.World) {
			setPackages(w, crate("data"), inner)
			w.Wanted.Packages = []string{"data-ffi"}
		}, []string{"data-ffi"}},
		{"alone", func(_ *testing.T, w *evidence.World) { setPackages(w, inner) }, []string{"data-ffi"}},
		{"built into wheels", then(func(_ *testing.T, w *evidence.World) { setPackages(w, inner, project("data")) }, wheels), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := ready(t)
			row.change(t, w)
			var got []string
			for _, p := range NewCase(w).Publishers {
				if p.Registry == "crates.io" {
					got = append(got, p.Package)
				}
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

// What is set aside is advice where it lacks something, and its address is
// nobody's matter.
func TestWhatIsSetAsideHoldsNothingUp(t *testing.T) {
	inner := crate("data-ffi")
	inner.Path, inner.Description, inner.Repository = "ffi/Cargo.toml", evidence.Absent[string](line("ffi/Cargo.toml", 1)), evidence.Absent[string](line("ffi/Cargo.toml", 1))
	w := ready(t)
	setPackages(w, crate("data"), inner)
	report := Judge(NewCase(w), All(), []string{"metadata-complete", "repository-url-matches"})
	for _, res := range report.Results {
		if res.Subject == inner.Path && (res.Check.ID != "metadata-complete" || res.Level != Advice || res.Verdict != Unknown) {
			t.Errorf("%s %s %s: %s", res.Check.ID, res.Level, res.Verdict, res.Because)
		}
	}
	expect(t, report.Of("metadata-complete"), row{subject: inner.Path, want: Unknown, because: "data-ffi has no description"})
}
