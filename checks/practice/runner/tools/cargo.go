package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// cargoFailed is the exit status of a cargo command that failed.
const cargoFailed = 101

type cargoOptions struct {
	dryRun, noVerify, workspace, dirty, quiet, list bool
	packages, exclude                               []string
	manifest, token, registry, target               string
}

func (k Kit) cargo(ctx context.Context, c *shell.Call) int {
	if len(c.Args) > 0 && strings.HasPrefix(c.Args[0], "+") {
		c.Args = c.Args[1:] // a toolchain
	}
	if len(c.Args) == 0 {
		return c.Refuse("cargo without a command")
	}
	verb := c.Args[0]
	c.Args = c.Args[1:]
	switch verb {
	case "--version", "-V", "version":
		fmt.Fprintln(c.Stdout, "cargo 1.95.0 (practice runner)")
		return 0
	case "publish":
		return k.cargoDo(ctx, c, k.cargoPublish)
	case "package":
		return k.cargoDo(ctx, c, k.cargoPackage)
	case "build", "check", "test", "clippy", "fmt", "doc", "b", "t":
		return k.cargoDo(ctx, c, func(_ context.Context, c *shell.Call, _ cargoOptions, crates []*build.Crate) error {
			for _, crate := range crates {
				fmt.Fprintf(c.Stderr, "   Compiling %s\n", c.Place.Shown(crate.String()))
			}
			fmt.Fprintf(c.Stderr, "practice runner: the manifests were read; `cargo %s` compiles and runs nothing here\n", verb)
			return nil
		})
	case "metadata":
		return k.cargoMetadata(c)
	case "pkgid":
		return k.cargoPackageID(c)
	}
	fmt.Fprintf(c.Stderr, "practice runner: `cargo %s` is not in practice\n", verb)
	return cargoFailed
}

func (o *cargoOptions) define(f *pflag.FlagSet) {
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "")
	f.BoolVar(&o.noVerify, "no-verify", false, "")
	f.BoolVar(&o.workspace, "workspace", false, "")
	f.BoolVar(&o.workspace, "all", false, "")
	f.BoolVar(&o.dirty, "allow-dirty", false, "")
	f.BoolVarP(&o.list, "list", "l", false, "")
	f.StringArrayVarP(&o.packages, "package", "p", nil, "")
	f.StringArrayVar(&o.exclude, "exclude", nil, "")
	f.StringVar(&o.manifest, "manifest-path", "", "")
	f.StringVar(&o.token, "token", "", "")
	f.StringVar(&o.registry, "registry", "crates-io", "")
	f.StringVar(&o.target, "target-dir", "", "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	f.CountP("verbose", "v", "")
	for _, name := range []string{"locked", "offline", "frozen", "all-features", "no-default-features", "release", "all-targets", "keep-going",
		"lib", "bins", "tests", "examples", "benches", "doc", "no-run", "no-fail-fast", "check", "fix", "no-deps"} {
		f.Bool(name, false, "")
	}
	for _, name := range []string{"features", "target", "color", "profile", "message-format", "config", "bin", "test"} {
		f.String(name, "", "")
	}
	f.StringP("jobs", "j", "", "")
}

func (k Kit) cargoDo(ctx context.Context, c *shell.Call, do func(context.Context, *shell.Call, cargoOptions, []*build.Crate) error) int {
	var o cargoOptions
	if end := slices.Index(c.Args, "--"); end >= 0 {
		c.Args = c.Args[:end] // what follows is for the program, not for cargo
	}
	args, ok := c.Flags(o.define)
	if !ok || len(args) > 0 && do == nil {
		return cargoFailed
	}
	crates, err := o.selected(c)
	if err == nil {
		err = do(ctx, c, o, crates)
	}
	if err != nil {
		return problem(c, err, cargoFailed)
	}
	return 0
}

func (o cargoOptions) load(c *shell.Call) (*build.Workspace, error) {
	dir := c.Dir
	if o.manifest != "" {
		full, err := c.Path(o.manifest)
		if err != nil {
			return nil, err
		}
		dir = filepath.Dir(full)
	}
	return build.LoadWorkspace(dir, c.Place.Home())
}

// selected are the crates that the options name; of a whole workspace, those
// that may be published.
func (o cargoOptions) selected(c *shell.Call) ([]*build.Crate, error) {
	w, err := o.load(c)
	if err != nil {
		return nil, err
	}
	if len(o.packages) > 0 {
		return named(w, o.packages)
	}
	if w.Here != nil && !o.workspace {
		return []*build.Crate{w.Here}, nil
	}
	var out []*build.Crate
	for _, crate := range w.Crates {
		if crate.Publishable() && !slices.Contains(o.exclude, crate.Name) {
			out = append(out, crate)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no package of the workspace may be published")
	}
	return out, nil
}

func named(w *build.Workspace, names []string) ([]*build.Crate, error) {
	var out []*build.Crate
	for _, name := range names {
		name, _, _ = strings.Cut(name, "@")
		i := slices.IndexFunc(w.Crates, func(crate *build.Crate) bool { return crate.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("package ID specification `%s` did not match any packages", name)
		}
		out = append(out, w.Crates[i])
	}
	return out, nil
}

func (k Kit) client(c *shell.Call, o cargoOptions) build.Cargo {
	token := o.token
	if token == "" {
		token = c.Env("CARGO_REGISTRY_TOKEN")
	}
	return build.Cargo{Client: k.Client, Out: shown{c}, Token: token, DryRun: o.dryRun, NoVerify: o.noVerify, AllowDirty: o.dirty, Poll: k.Poll}
}

// shown writes cargo's messages to standard error, with the runner's paths.
type shown struct{ c *shell.Call }

func (s shown) Write(p []byte) (int, error) {
	_, err := fmt.Fprint(s.c.Stderr, s.c.Place.Shown(string(p)))
	return len(p), err
}

func (k Kit) cargoPublish(ctx context.Context, c *shell.Call, o cargoOptions, crates []*build.Crate) error {
	if o.registry != "crates-io" {
		return fmt.Errorf("registry `%s` is not in practice: only crates-io is", o.registry)
	}
	folder, err := o.made(c)
	if err != nil {
		return err
	}
	cargo := k.client(c, o)
	cargo.Keep = func(a *build.Archive) error { _, err := write(c, folder, a); return err }
	return cargo.Publish(ctx, crates)
}

// made is the folder in which cargo leaves the packages that it makes.
func (o cargoOptions) made(c *shell.Call) (string, error) {
	if target := first(o.target, c.Env("CARGO_TARGET_DIR")); target != "" {
		return filepath.Join(target, "package"), nil
	}
	w, err := o.load(c)
	if err != nil {
		return "", err
	}
	return filepath.Join(w.Root, "target", "package"), nil
}

func (k Kit) cargoPackage(ctx context.Context, c *shell.Call, o cargoOptions, crates []*build.Crate) error {
	folder, err := o.made(c)
	if err != nil {
		return err
	}
	cargo := k.client(c, o)
	for _, crate := range crates {
		a, err := cargo.Pack(ctx, crate)
		if err != nil {
			return err
		}
		if o.list {
			fmt.Fprintln(c.Stdout, strings.Join(a.Files, "\n"))
			continue
		}
		if _, err := write(c, folder, a); err != nil {
			return err
		}
	}
	return nil
}

func packageID(crate *build.Crate) string {
	return (&url.URL{Scheme: "path+file", Path: filepath.ToSlash(crate.Dir)}).String() + "#" + crate.Name + "@" + crate.Version
}

func (k Kit) cargoPackageID(c *shell.Call) int {
	return k.cargoDo(context.Background(), c, func(_ context.Context, c *shell.Call, _ cargoOptions, crates []*build.Crate) error {
		fmt.Fprintln(c.Stdout, packageID(crates[0]))
		return nil
	})
}

// cargoMetadata prints what scripts ask `cargo metadata --no-deps` for.
func (k Kit) cargoMetadata(c *shell.Call) int {
	var o cargoOptions
	if _, ok := c.Flags(func(f *pflag.FlagSet) {
		o.define(f)
		f.String("format-version", "1", "")
	}); !ok {
		return cargoFailed
	}
	w, err := o.load(c)
	if err != nil {
		return problem(c, err, cargoFailed)
	}
	var packages []map[string]any
	var members []string
	for _, crate := range w.Crates {
		entry := map[string]any{"name": crate.Name, "version": crate.Version, "id": packageID(crate), "source": nil,
			"manifest_path": filepath.Join(crate.Dir, "Cargo.toml"), "publish": nil}
		if !crate.Publishable() {
			entry["publish"] = []string{}
		}
		packages, members = append(packages, entry), append(members, packageID(crate))
	}
	raw, err := json.Marshal(map[string]any{"packages": packages, "workspace_members": members, "workspace_root": w.Root,
		"target_directory": filepath.Join(w.Root, "target"), "version": 1, "resolve": nil, "metadata": nil})
	if err != nil {
		return problem(c, err, cargoFailed)
	}
	fmt.Fprintf(c.Stdout, "%s\n", raw)
	return 0
}
