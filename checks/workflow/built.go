package workflow

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// Built is one thing that a job builds.
type Built struct {
	// Name is the package as the builder was told it; "" when the folder tells.
	Name string
	// Dir is the folder of the package, relative to the repository; "." is its
	// top.
	Dir string
}

// Builds lists the Python packages that a job of a way builds. known is false
// when some step of it may build what the file does not show.
func Builds(triggered *File, callers []Caller, f *File, j *Job) (list []Built, known bool) {
	b := &buildReader{scope: newScope(route{triggered: triggered, callers: callers}, f, j, Run{}), known: true}
	for _, step := range j.Steps {
		b.scope.step = step
		b.step()
	}
	return b.list, b.known
}

// buildReader reads the steps of one job.
type buildReader struct {
	scope scope
	list  []Built
	known bool
}

// builder is how a program is told what to build.
type builder struct {
	// words start it; a program without any builds whenever it is called.
	words []string
	// positional is whether its first free argument is the folder.
	positional bool
	// dirs take a folder, files a file in it, names a package; values take
	// something else.
	dirs, files, names, values []string
	// all are flags with which it builds every package.
	all []string
}

// builders are the programs that build Python distributions, by their manuals
// as of August 2026.
var builders = map[string]builder{
	"build":           {positional: true, values: []string{"-o", "--outdir", "-C", "--config-setting", "--installer"}},
	"pyproject-build": {positional: true, values: []string{"-o", "--outdir", "-C", "--config-setting", "--installer"}},
	"cibuildwheel":    {positional: true, values: []string{"--platform", "--archs", "--output-dir", "--config-file", "--only"}},
	"uv": {words: []string{"build"}, positional: true, dirs: []string{"--directory", "--project"}, names: []string{"--package"}, all: []string{"--all-packages", "--all"},
		values: []string{"-o", "--out-dir", "-p", "--python", "-C", "--config-setting", "-b", "--build-constraints", "--index", "--default-index"}},
	"hatch":   {words: []string{"build"}},
	"poetry":  {words: []string{"build"}, dirs: []string{"-C", "--directory", "-P", "--project"}},
	"pdm":     {words: []string{"build"}, dirs: []string{"-p", "--project"}},
	"flit":    {words: []string{"build"}, files: []string{"-f", "--ini-file"}},
	"maturin": {words: []string{"build", "sdist", "publish"}, files: []string{"-m", "--manifest-path"}},
}

// taskPrograms start tasks of the repository, which may build anything.
var taskPrograms = []string{"make", "just", "task", "tox", "nox", "poe", "invoke", "inv", "mise", "bazel", "pixi", "docker"}

func (b *buildReader) step() {
	s := b.scope.step
	if s.Uses != "" {
		b.action(s)
		return
	}
	sc := readScript(b.scope)
	if sc.Partial {
		b.known = false
	}
	dir := path.Clean(b.text(cmp.Or(s.Dir, b.scope.job.Dir, ".")))
	for _, c := range sc.Commands {
		if starts(c.Args, "cd") || starts(c.Args, "pushd") {
			dir = path.Join(dir, b.text(last(c.Args[1:], ".")))
			continue
		}
		b.command(c, dir)
	}
	for name, value := range sc.Exports {
		b.scope.exports[name] = value
	}
}

// text is the one value that a text has; where it is not known, neither is what
// is built.
func (b *buildReader) text(t string) string {
	v, ok := b.scope.values(t).Only()
	if !ok || strings.Contains(v.Text(), "$") {
		b.known = false
		return ""
	}
	return v.Text()
}

func (b *buildReader) command(c script.Command, dir string) {
	if len(c.Args) == 0 {
		return
	}
	program, args := c.Args[0], c.Args[1:]
	how, is := builders[program]
	switch {
	case is && len(how.words) == 0:
		b.add(how, args, dir)
	case is && len(args) > 0 && slices.Contains(how.words, args[0]):
		b.add(how, args[1:], dir)
	case isInterpreter(program) && len(args) > 1 && args[0] == "setup.py" && slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "bdist") || a == "sdist" }):
		b.list = append(b.list, Built{Dir: dir})
	case starts(c.Args, "gh", "release", "download"), starts(c.Args, "gh", "run", "download"):
		b.known = false // what was built elsewhere
	case slices.Contains(taskPrograms, program), isScript(program), starts(c.Args, "hatch", "run"), isInterpreter(program) && len(args) > 0 && args[0] != "setup.py" && isScript(args[0]):
		b.known = false
	}
}

func isScript(name string) bool { return path.Ext(name) == ".sh" || path.Ext(name) == ".py" }

// add notes what one call builds.
func (b *buildReader) add(how builder, args []string, dir string) {
	it := Built{Dir: dir}
	free := ""
	for i := 0; i < len(args); i++ {
		flag, value, joined := strings.Cut(args[i], "=")
		switch {
		case slices.Contains(how.all, flag):
			b.known = false
			return
		case !strings.HasPrefix(flag, "-"):
			free = cmp.Or(free, args[i])
			continue
		case !joined && i+1 < len(args) && how.takes(flag):
			i++
			value = args[i]
		}
		switch {
		case slices.Contains(how.names, flag):
			it = Built{Name: b.text(value)}
			b.known = b.known && it.Name != ""
		case slices.Contains(how.dirs, flag):
			it.Dir = path.Join(dir, b.text(value))
		case slices.Contains(how.files, flag):
			it.Dir = path.Join(dir, path.Dir(b.text(value)))
		}
	}
	if how.positional && free != "" && it.Name == "" {
		it.Dir = path.Join(it.Dir, b.text(free))
	}
	b.list = append(b.list, it)
}

func (how builder) takes(flag string) bool {
	return slices.Contains(slices.Concat(how.names, how.dirs, how.files, how.values), flag)
}

// mayBuild is in the names of actions that build packages; publishes in those
// that take what was built.
var mayBuild = regexp.MustCompile(`(?i)build|wheel|dist|maturin|package|release`)

// inert are actions with such names that build no Python package (their own
// descriptions, August 2026).
var inert = []string{
	"pypa/gh-action-pypi-publish", "rust-lang/crates-io-auth-action", "softprops/action-gh-release", "ncipollo/release-action", "googleapis/release-please-action",
	"docker/setup-buildx-action", "re-actors/checkout-python-sdist", "actions/attest-build-provenance", "taiki-e/create-gh-release-action",
}

func (b *buildReader) action(s *Step) {
	switch name := actionName(s.Uses); {
	case name == "pypa/cibuildwheel":
		b.list = append(b.list, Built{Dir: path.Clean(b.text(cmp.Or(s.With["package-dir"], ".")))})
	case name == "hynek/build-and-inspect-python-package":
		b.list = append(b.list, Built{Dir: path.Clean(b.text(cmp.Or(s.With["path"], ".")))})
	case slices.Contains(maturinActions, name):
		words := cmp.Or(s.With["command"], "build") + " " + strings.ReplaceAll(s.With["args"], "\n", " ")
		for _, c := range script.Read("maturin "+words, nil).Commands {
			b.command(c, path.Clean(b.text(cmp.Or(s.With["working-directory"], "."))))
		}
	case name == "actions/download-artifact" && s.With["run-id"] != "":
		b.known = false // what another run built
	case !slices.Contains(inert, name) && mayBuild.MatchString(s.Uses):
		b.known = false
	}
}
