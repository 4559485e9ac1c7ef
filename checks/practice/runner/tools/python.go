package tools

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

var pip = func(ctx context.Context, c *shell.Call) int {
	if len(c.Args) > 0 && (c.Args[0] == "install" || c.Args[0] == "--version") {
		return needless("build, twine, uv and maturin are part of it")(ctx, c)
	}
	return c.Refuse("pip " + strings.Join(c.Args, " "))
}

func (k Kit) python(ctx context.Context, c *shell.Call) int {
	if len(c.Args) == 1 && (c.Args[0] == "--version" || c.Args[0] == "-V") {
		fmt.Fprintln(c.Stdout, "Python 3.14.0 (practice runner)")
		return 0
	}
	if len(c.Args) < 2 || c.Args[0] != "-m" {
		return c.Refuse("running Python code")
	}
	module := c.Args[1]
	c.Name, c.Args = module, c.Args[2:]
	switch module {
	case "build":
		return k.pythonBuild(ctx, c)
	case "twine":
		return k.twine(ctx, c)
	case "pip":
		return pip(ctx, c)
	case "maturin":
		return k.maturin(ctx, c)
	case "uv":
		return k.uv(ctx, c)
	}
	return c.Refuse("python -m " + module)
}

// make builds what is asked for from the project in dir into out, and returns
// the file names; sdist first, as the builders do.
func (k Kit) make(ctx context.Context, c *shell.Call, dir, out string, sdist, wheel bool) ([]string, error) {
	p, err := build.LoadProject(dir)
	if err != nil {
		return nil, err
	}
	var archives []*build.Archive
	if sdist {
		a, err := p.Sdist(ctx)
		if err != nil {
			return nil, err
		}
		archives = append(archives, a)
	}
	if wheel {
		a, err := p.Wheel(ctx, k.Platform)
		if err != nil {
			return nil, err
		}
		archives = append(archives, a)
	}
	var names []string
	for _, a := range archives {
		if _, err := write(c, out, a); err != nil {
			return nil, err
		}
		names = append(names, a.FileName)
	}
	if p.IsMaturin() && wheel {
		fmt.Fprintf(c.Stderr, "practice runner: the native module of %s was not compiled; a text is in its place\n", p.Name)
	}
	return names, nil
}

// pythonBuild is `python -m build`.
func (k Kit) pythonBuild(ctx context.Context, c *shell.Call) int {
	var sdist, wheel bool
	var out string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&sdist, "sdist", "s", false, "")
		f.BoolVarP(&wheel, "wheel", "w", false, "")
		f.StringVarP(&out, "outdir", "o", "", "")
		f.BoolP("no-isolation", "n", false, "")
		f.BoolP("skip-dependency-check", "x", false, "")
		f.BoolP("verbose", "v", false, "")
		f.String("installer", "", "")
	})
	if !ok || len(args) > 1 {
		return 2
	}
	dir, err := c.Path(strings.Join(args, ""))
	if err != nil {
		return c.Fail(err)
	}
	if out == "" {
		out = filepath.Join(dir, "dist")
	}
	both := !sdist && !wheel
	names, err := k.make(ctx, c, dir, out, sdist || both, wheel || both)
	if err != nil {
		fmt.Fprintf(c.Stderr, "ERROR %s\n", c.Place.Shown(err.Error()))
		return 1
	}
	fmt.Fprintf(c.Stdout, "Successfully built %s\n", strings.Join(names, " and "))
	return 0
}

type maturinOptions struct {
	out, manifest, repository, url, user, password string
	target, compatibility, manylinux               string
	sdist, skipExisting, noSdist                   bool
}

// maturin runs one maturin command, for PyO3/maturin-action too.
func (k Kit) maturin(ctx context.Context, c *shell.Call) int {
	if len(c.Args) == 0 {
		return c.Refuse("maturin without a command")
	}
	verb := c.Args[0]
	c.Args = c.Args[1:]
	var o maturinOptions
	args, ok := c.Flags(o.define)
	if !ok {
		return 2
	}
	switch verb {
	case "--version", "-V":
		fmt.Fprintln(c.Stdout, "maturin 1.9.0 (practice runner)")
		return 0
	case "build", "sdist":
		return k.maturinBuild(ctx, c, o, o.sdist || verb == "sdist", verb == "build")
	case "upload":
		return k.maturinUpload(ctx, c, o, args)
	case "publish":
		if code := k.maturinBuild(ctx, c, o, !o.noSdist, true); code != 0 {
			return code
		}
		return k.maturinUpload(ctx, c, o, []string{filepath.Join(o.folder(c), "*")})
	}
	return c.Refuse("maturin " + verb)
}

func (o *maturinOptions) define(f *pflag.FlagSet) {
	f.StringVarP(&o.out, "out", "o", "", "")
	f.StringVarP(&o.manifest, "manifest-path", "m", "", "")
	f.BoolVar(&o.sdist, "sdist", false, "")
	f.BoolVar(&o.noSdist, "no-sdist", false, "")
	f.BoolVar(&o.skipExisting, "skip-existing", false, "")
	f.StringVarP(&o.repository, "repository", "r", "", "")
	f.StringVar(&o.url, "repository-url", "", "")
	f.StringVarP(&o.user, "username", "u", "", "")
	f.StringVarP(&o.password, "password", "p", "", "")
	for _, name := range []string{"strip", "locked", "find-interpreter", "zig", "all-features", "non-interactive"} {
		f.Bool(name, false, "")
	}
	f.BoolP("release", "", false, "")
	f.BoolP("version", "V", false, "")
	f.CountP("verbose", "v", "")
	f.StringArrayP("interpreter", "i", nil, "")
	f.StringVar(&o.target, "target", "", "")
	f.StringVar(&o.compatibility, "compatibility", "", "")
	f.StringVar(&o.manylinux, "manylinux", "", "")
	for _, name := range []string{"profile", "auditwheel"} {
		f.String(name, "", "")
	}
	f.StringArrayP("features", "F", nil, "")
}

func (o maturinOptions) project(c *shell.Call) (string, error) {
	if o.manifest == "" {
		return c.Dir, nil
	}
	full, err := c.Path(o.manifest)
	return filepath.Dir(full), err
}

func (o maturinOptions) folder(c *shell.Call) string {
	if o.out != "" {
		return o.out
	}
	return filepath.Join(c.Dir, "target", "wheels")
}

func (k Kit) maturinBuild(ctx context.Context, c *shell.Call, o maturinOptions, sdist, wheel bool) int {
	dir, err := o.project(c)
	if err != nil {
		return c.Fail(err)
	}
	k.Platform = platformFor(o.target, first(o.compatibility, o.manylinux), k.Platform)
	names, err := k.make(ctx, c, dir, o.folder(c), sdist, wheel)
	if err != nil {
		fmt.Fprintf(c.Stderr, "💥 maturin failed\n  Caused by: %s\n", c.Place.Shown(err.Error()))
		return 1
	}
	for _, name := range names {
		fmt.Fprintf(c.Stderr, "📦 Built %s\n", name)
	}
	return 0
}
