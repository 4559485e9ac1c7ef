package tools

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// The upload addresses of the two indexes.
const (
	pypiUpload     = "https://upload.pypi.org/legacy/"
	testpypiUpload = "https://test.pypi.org/legacy/"
)

// uploadURL is the address that an option or variable names, PyPI without any.
func uploadURL(url, repository string) (string, error) {
	switch {
	case url != "":
		return url, nil
	case repository == "" || repository == "pypi":
		return pypiUpload, nil
	case repository == "testpypi":
		return testpypiUpload, nil
	}
	return "", fmt.Errorf("missing '%s' section from ~/.pypirc", repository)
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// mint gets a token of an index for this job, as twine, uv and maturin do by
// themselves on GitHub Actions.
func (k Kit) mint(ctx context.Context, c *shell.Call, url string) (string, error) {
	index, err := exchange.Index(url)
	if err != nil {
		return "", err
	}
	endpoint := exchange.Endpoint{URL: c.Env("ACTIONS_ID_TOKEN_REQUEST_URL"), Token: c.Env("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}
	if endpoint.Token == "" {
		return "", exchange.ErrNoPermission
	}
	audience, err := exchange.Audience(ctx, k.Client, index)
	if err != nil {
		return "", err
	}
	jwt, err := endpoint.IDToken(ctx, k.Client, audience)
	if err != nil {
		return "", err
	}
	token, err := exchange.PyPI(ctx, k.Client, index, jwt)
	if err == nil {
		fmt.Fprintf(c.Stdout, "::add-mask::%s\n", token)
	}
	return token, err
}

func (k Kit) twine(ctx context.Context, c *shell.Call) int {
	if len(c.Args) == 0 {
		return c.Refuse("twine without a command")
	}
	verb := c.Args[0]
	c.Args = c.Args[1:]
	switch verb {
	case "check":
		return twineCheck(c)
	case "upload":
		return k.twineUpload(ctx, c)
	case "--version":
		fmt.Fprintln(c.Stdout, "twine version 6.2.0 (practice runner)")
		return 0
	}
	return c.Refuse("twine " + verb)
}

func twineCheck(c *shell.Call) int {
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.Bool("strict", false, "") })
	if !ok {
		return 2
	}
	dists, err := distributions(c, args)
	if err != nil {
		fmt.Fprintf(c.Stderr, "ERROR    %s\n", c.Place.Shown(err.Error()))
		return 1
	}
	for _, d := range dists {
		fmt.Fprintf(c.Stdout, "Checking %s: PASSED\n", d.FileName)
	}
	return 0
}

type twineOptions struct {
	url, repository, user, password string
	skip, attest                    bool
}

func (k Kit) twineUpload(ctx context.Context, c *shell.Call) int {
	var o twineOptions
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.StringVar(&o.url, "repository-url", c.Env("TWINE_REPOSITORY_URL"), "")
		f.StringVarP(&o.repository, "repository", "r", c.Env("TWINE_REPOSITORY"), "")
		f.StringVarP(&o.user, "username", "u", c.Env("TWINE_USERNAME"), "")
		f.StringVarP(&o.password, "password", "p", c.Env("TWINE_PASSWORD"), "")
		f.BoolVar(&o.skip, "skip-existing", false, "")
		f.BoolVar(&o.attest, "attestations", false, "")
		f.Bool("non-interactive", false, "")
		f.Bool("verbose", false, "")
		f.Bool("disable-progress-bar", false, "")
	})
	if !ok {
		return 2
	}
	if o.attest {
		return c.Refuse("twine upload --attestations")
	}
	if err := k.twineSend(ctx, c, o, args); err != nil {
		fmt.Fprintf(c.Stderr, "ERROR    %s\n", indent(c.Place.Shown(err.Error()), "         "))
		return 1
	}
	return 0
}

func indent(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }

func (k Kit) twineSend(ctx context.Context, c *shell.Call, o twineOptions, files []string) error {
	url, err := uploadURL(o.url, o.repository)
	if err != nil {
		return err
	}
	dists, err := distributions(c, files)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "Uploading distributions to %s\n", url)
	if o.password == "" && (o.user == "" || o.user == "__token__") {
		fmt.Fprintln(c.Stdout, "INFO     Trying to use trusted publishing (no token was explicitly provided)")
		if o.password, err = k.mint(ctx, c, url); err != nil {
			return fmt.Errorf("TrustedPublishingFailure: %w", err)
		}
		o.user = "__token__"
	}
	return k.send(ctx, c, url, o.user, o.password, o.skip, dists)
}

// send uploads files one after the other and stops at the first refusal.
func (k Kit) send(ctx context.Context, c *shell.Call, url, user, password string, skip bool, dists []*build.Distribution) error {
	for _, d := range dists {
		fmt.Fprintf(c.Stdout, "Uploading %s\n", d.FileName)
		err := d.Upload(ctx, k.Client, url, user, password, "")
		var refused *build.UploadError
		if skip && errors.As(err, &refused) && refused.AlreadyExists() {
			fmt.Fprintf(c.Stderr, "WARNING  Skipping %s because it appears to already exist\n", d.FileName)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (k Kit) maturinUpload(ctx context.Context, c *shell.Call, o maturinOptions, files []string) int {
	url, err := uploadURL(first(o.url, c.Env("MATURIN_REPOSITORY_URL")), first(o.repository, c.Env("MATURIN_REPOSITORY")))
	if err != nil {
		return problem(c, err, 1)
	}
	dists, err := distributions(c, files)
	if err != nil {
		return problem(c, err, 1)
	}
	user, password := first(o.user, c.Env("MATURIN_USERNAME")), first(o.password, c.Env("MATURIN_PASSWORD"))
	if token := c.Env("MATURIN_PYPI_TOKEN"); token != "" {
		user, password = "__token__", token
	}
	if password == "" {
		if password, err = k.mint(ctx, c, url); err != nil {
			fmt.Fprintf(c.Stderr, "⚠️ Warning: Failed to get trusted publishing token: %v\n💥 maturin failed\n  Caused by: no credentials for %s\n", err, url)
			return 1
		}
		user = "__token__"
	}
	if err := k.send(ctx, c, url, user, password, o.skipExisting, dists); err != nil {
		fmt.Fprintf(c.Stderr, "💥 maturin failed\n  Caused by: 💥 Failed to upload\n  Caused by: %s\n", err)
		return 1
	}
	fmt.Fprintln(c.Stdout, "✨ Packages uploaded successfully")
	return 0
}

func (k Kit) uv(ctx context.Context, c *shell.Call) int {
	if len(c.Args) == 0 {
		return c.Refuse("uv without a command")
	}
	verb := c.Args[0]
	if verb == "tool" && len(c.Args) > 2 && c.Args[1] == "run" || verb == "x" {
		return c.Refuse("uv tool run")
	}
	switch verb {
	case "build":
		c.Args = c.Args[1:]
		return k.uvBuild(ctx, c)
	case "publish":
		c.Args = c.Args[1:]
		return k.uvPublish(ctx, c)
	case "--version", "version", "-V":
		fmt.Fprintln(c.Stdout, "uv 0.11.0 (practice runner)")
		return 0
	case "sync", "pip", "python", "venv", "lock":
		return needless("build, twine, uv and maturin are part of it")(ctx, c)
	}
	return c.Refuse("uv " + strings.Join(c.Args, " "))
}

func (k Kit) uvBuild(ctx context.Context, c *shell.Call) int {
	var sdist, wheel bool
	var out string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVar(&sdist, "sdist", false, "")
		f.BoolVar(&wheel, "wheel", false, "")
		f.StringVarP(&out, "out-dir", "o", "", "")
		f.Bool("no-sources", false, "")
		f.BoolP("quiet", "q", false, "")
		f.StringP("python", "p", "", "")
	})
	if !ok || len(args) > 1 {
		return 2
	}
	dir, err := c.Path(strings.Join(args, ""))
	if err != nil {
		return problem(c, err, 2)
	}
	if out == "" {
		out = filepath.Join(dir, "dist")
	}
	both := !sdist && !wheel
	names, err := k.make(ctx, c, dir, out, sdist || both, wheel || both)
	if err != nil {
		return problem(c, err, 2)
	}
	for _, n := range names {
		fmt.Fprintf(c.Stderr, "Successfully built %s\n", c.Place.Shown(filepath.Join(out, n)))
	}
	return 0
}

type uvPublishOptions struct {
	url, index, token, user, password, trusted string
	dryRun                                     bool
}

func (k Kit) uvPublish(ctx context.Context, c *shell.Call) int {
	var o uvPublishOptions
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.StringVar(&o.url, "publish-url", c.Env("UV_PUBLISH_URL"), "")
		f.StringVar(&o.index, "index", "", "")
		f.StringVarP(&o.token, "token", "t", c.Env("UV_PUBLISH_TOKEN"), "")
		f.StringVarP(&o.user, "username", "u", c.Env("UV_PUBLISH_USERNAME"), "")
		f.StringVarP(&o.password, "password", "p", c.Env("UV_PUBLISH_PASSWORD"), "")
		f.StringVar(&o.trusted, "trusted-publishing", "automatic", "")
		f.String("check-url", "", "")
		f.BoolVar(&o.dryRun, "dry-run", false, "")
		f.BoolP("quiet", "q", false, "")
		f.Bool("no-attestations", false, "")
	})
	if !ok {
		return 2
	}
	if len(args) == 0 {
		args = []string{"dist/*"}
	}
	if err := k.uvSend(ctx, c, o, args); err != nil {
		return problem(c, err, 2)
	}
	return 0
}

func (k Kit) uvSend(ctx context.Context, c *shell.Call, o uvPublishOptions, files []string) error {
	if o.index != "" && o.index != "pypi" && o.index != "testpypi" {
		return fmt.Errorf("practice runner: --index %s: only pypi and testpypi are in practice", o.index)
	}
	url, err := uploadURL(o.url, o.index)
	if err != nil {
		return err
	}
	dists, err := distributions(c, files)
	if err != nil {
		return fmt.Errorf("no files found to publish: %w", err)
	}
	fmt.Fprintf(c.Stderr, "Publishing %d files to %s\n", len(dists), url)
	if o.token != "" {
		o.user, o.password = "__token__", o.token
	}
	if o.password == "" && o.trusted != "never" {
		o.user = "__token__"
		if o.password, err = k.mint(ctx, c, url); errors.Is(err, exchange.ErrNoPermission) {
			err = errors.New("Environment variable ACTIONS_ID_TOKEN_REQUEST_TOKEN not set, is the `id-token: write` permission missing?") //nolint:staticcheck // uv's own text
		}
		if err != nil {
			return fmt.Errorf("Failed to obtain token for trusted publishing\n  Caused by: %w", err) //nolint:staticcheck // uv's own text
		}
	}
	if o.password == "" {
		return fmt.Errorf("Failed to publish to %s\n  Caused by: Missing credentials for %s", url, url) //nolint:staticcheck // uv's own text
	}
	if o.dryRun {
		fmt.Fprintln(c.Stderr, "practice runner: --dry-run: nothing was uploaded")
		return nil
	}
	return k.send(ctx, c, url, o.user, o.password, false, dists)
}
