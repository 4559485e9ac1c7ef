package repair

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// pypiAction uploads to PyPI, by a token that it exchanges unless it gets one.
const pypiAction = "pypa/gh-action-pypi-publish"

// exchanging are references to releases of the action that exchange tokens (its
// release notes: from v1.8.0 of March 2023 on), as a ref or in the comment behind
// a commit.
var exchanging = regexp.MustCompile(`(?:@(?:release/|unstable/)?v1|@v?1\.(?:[89]|\d\d)(?:\.\d+)?|@[0-9a-f]{40}['"]? +# *v?1\.(?:[89]|\d\d)\S*)(?:['"\s]|$)`)

// dropPassword lets the action exchange a token by giving it none.
func (d *draft) dropPassword(file string, places []workflow.Publishing) error {
	for _, p := range places {
		at := in(p.Job.ID, "steps", p.Step.Index)
		for _, name := range []string{"password", "user"} {
			if err := d.dropFrom(file, at, "with", name); err != nil {
				return err
			}
		}
		d.tell("take the token out of the inputs of %s, which then exchanges one", pypiAction)
		if err := d.renewAction(file, p); err != nil {
			return err
		}
	}
	return nil
}

// renewAction writes a release that exchanges tokens in the place of an older
// one, or of one whose age nothing tells.
func (d *draft) renewAction(file string, p workflow.Publishing) error {
	if n := p.Step.UsesLine; n > 0 && n <= len(p.File.Lines) && exchanging.MatchString(p.File.Lines[n-1]) {
		return nil
	}
	pin, version, err := d.pinned(pypiAction, "")
	if err != nil {
		return err
	}
	d.tell("use %s %s: what stood there may be too old to exchange", pypiAction, version)
	return d.edit(file, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Set(in(p.Job.ID, "steps", p.Step.Index, "uses"), yamltext.Snippet(pin), version)
	})
}

// uvPublish is a call of uv that publishes, and the tokens among its arguments.
var (
	uvPublish = regexp.MustCompile(`\buv publish\b`)
	uvToken   = regexp.MustCompile(`[ \t]+(?:--token|-t|--username|-u|--password|-p)(?:=|[ \t]+)("?\$\{\{[^}]*\}\}"?|"?\$\{?\w+\}?"?|__token__)`)
)

// exchangeByUV lets uv exchange a token, and fail where it cannot.
func (d *draft) exchangeByUV(file string, places []workflow.Publishing) error {
	for _, p := range places {
		run := in(p.Job.ID, "steps", p.Step.Index, "run")
		for _, flag := range uvToken.FindAllString(p.Step.Run, -1) {
			if err := d.edit(file, func(t *yamltext.Text) (*yamltext.Text, error) { return t.Replace(run, flag, "") }); err != nil {
				return err
			}
		}
		if len(uvPublish.FindAllString(p.Step.Run, -1)) == 1 && !strings.Contains(p.Step.Run, "--trusted-publishing") {
			err := d.edit(file, func(t *yamltext.Text) (*yamltext.Text, error) {
				return t.Replace(run, "uv publish", "uv publish --trusted-publishing always")
			})
			if err != nil {
				return err
			}
		}
		d.tell("let uv exchange a token at %s", d.line(file, p.Line))
	}
	return d.dropEnv(file, places, "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "UV_PUBLISH_USERNAME")
}

// uploadByAction puts the action in the place of a step that does nothing but
// upload with twine.
func (d *draft) uploadByAction(file string, places []workflow.Publishing) error {
	for _, p := range slices.Backward(places) {
		if !unixShell(p.Job) || p.Job.Container != "" {
			return fmt.Errorf("%s runs on Linux only, outside of containers: publish in a job of its own", pypiAction)
		}
		inputs, err := twineInputs(p)
		if err != nil {
			return err
		}
		uses, err := d.step(pypiAction)
		if err != nil {
			return err
		}
		if err := d.replaceStep(file, p, uses, inputs); err != nil {
			return err
		}
		d.tell("upload with %s, which exchanges a token, in the place of twine at %s", pypiAction, d.line(file, p.Line))
	}
	return d.dropEnv(file, places, "TWINE_PASSWORD", "TWINE_USERNAME")
}

func (d *draft) replaceStep(file string, p workflow.Publishing, uses string, inputs []string) error {
	lines := "- " + uses
	if p.Step.Name != "" {
		lines = "- name: " + text(p.Step.Name) + "\n  " + uses
	}
	if p.Step.If != "" {
		lines += "\n  if: " + text(p.Step.If)
	}
	if len(inputs) > 0 {
		lines += "\n  with:\n  \t" + strings.Join(inputs, "\n  \t")
	}
	steps := in(p.Job.ID, "steps")
	return d.edit(file, func(t *yamltext.Text) (*yamltext.Text, error) {
		next, err := t.Insert(steps, p.Step.Index, yamltext.Snippet(lines))
		if err != nil {
			return nil, err
		}
		return next.Remove(steps, p.Step.Index+1)
	})
}

// twineInputs are the inputs of the action that do what a step does with twine;
// an error where the step does more.
func twineInputs(p workflow.Publishing) ([]string, error) {
	var inputs []string
	for _, c := range script.Read(p.Step.Run, nil).Commands {
		args := c.Args
		if len(args) > 2 && strings.HasPrefix(args[0], "python") && args[1] == "-m" {
			args = args[2:]
		}
		switch {
		case len(args) > 1 && strings.HasPrefix(args[0], "pip") && args[1] == "install" && onlyTwine(args[2:]), len(args) > 1 && args[0] == "twine" && args[1] == "check", len(args) > 0 && args[0] == "set":
		case len(args) > 2 && args[0] == "twine" && args[1] == "upload":
			more, err := uploadInputs(args[2:])
			if err != nil {
				return nil, err
			}
			inputs = append(inputs, more...)
		default:
			return nil, fmt.Errorf("the step does more than to upload: %s", strings.Join(c.Args, " "))
		}
	}
	if p.Registry == identity.TestPyPI && !slices.ContainsFunc(inputs, func(i string) bool { return strings.HasPrefix(i, "repository-url: ") }) {
		inputs = append(inputs, "repository-url: "+testUpload)
	}
	return inputs, nil
}

// testUpload is where TestPyPI takes uploads.
const testUpload = "https://test.pypi.org/legacy/"

func onlyTwine(args []string) bool {
	return !slices.ContainsFunc(args, func(a string) bool {
		return !strings.HasPrefix(a, "-") && a != "pip" && !strings.HasPrefix(a, "twine")
	})
}

func uploadInputs(args []string) ([]string, error) {
	var inputs []string
	for i := 0; i < len(args); i++ {
		flag, value, inline := strings.Cut(args[i], "=")
		takes := slices.Contains([]string{"-u", "--username", "-p", "--password", "-r", "--repository", "--repository-url"}, flag)
		if takes && !inline && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch {
		case flag == "--skip-existing":
			inputs = append(inputs, "skip-existing: true")
		case flag == "--verbose":
			inputs = append(inputs, "verbose: true")
		case flag == "--repository-url" && !strings.ContainsAny(value, "$ "), (flag == "-r" || flag == "--repository") && value == "testpypi":
			if !strings.Contains(value, "://") {
				value = testUpload
			}
			inputs = append(inputs, "repository-url: "+value)
		case (flag == "-r" || flag == "--repository") && value == "pypi", flag == "-u", flag == "--username", flag == "-p", flag == "--password", flag == "--non-interactive", flag == "--disable-progress-bar":
		case strings.HasPrefix(flag, "-") || path.Base(flag) != "*" || strings.ContainsAny(flag, "$ "):
			return nil, fmt.Errorf("the action has nothing for the argument %q of twine", args[i])
		case path.Dir(flag) != "dist":
			inputs = append(inputs, "packages-dir: "+path.Dir(flag)+"/")
		}
	}
	return inputs, nil
}
