package change

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cli/safeexec"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Distribution is a Python project whose first files are built and uploaded by
// hand.
type Distribution struct {
	Registry identity.Registry `json:"registry"`
	Name     string            `json:"name"`
	// Version is "" when the build backend computes it.
	Version string `json:"version"`
	// Dir is the folder of its pyproject.toml, slash-separated, from the top of
	// the repository; "." is the top.
	Dir string `json:"dir"`
	// UV and Maturin are what the project itself is made for.
	UV      bool `json:"uv,omitempty"`
	Maturin bool `json:"maturin,omitempty"`
}

// program is a way to call a Python tool: several are modules as well.
type program []string

func (p program) String() string { return strings.Join(p, " ") }

// Programs in the order in which they are taken. Debian calls build's own
// command pyproject-build.
var (
	uv       = []program{{"uv"}}
	maturin  = []program{{"maturin"}}
	builders = []program{{"pyproject-build"}, {"python3", "-m", "build"}, {"python", "-m", "build"}}
	twine    = []program{{"twine"}, {"python3", "-m", "twine"}, {"python", "-m", "twine"}}
)

// installPython is said where no tool is there that could do it.
const installPython = "install one: python -m pip install build twine (https://packaging.python.org), or uv (https://docs.astral.sh/uv/)"

// kit is what builds and what uploads a project.
type kit struct{ build, upload program }

// kitOf chooses by what the project is made for and the machine has. A tool is
// there only if has says so.
func kitOf(d Distribution, has func(program) bool) (kit, error) {
	first := func(all ...[]program) program {
		for _, some := range all {
			for _, p := range some {
				if has(p) {
					return p
				}
			}
		}
		return nil
	}
	var k kit
	switch {
	case d.UV:
		k.build = first(uv, builders)
	case d.Maturin:
		k.build = first(maturin, builders, uv)
	default:
		k.build = first(builders, uv)
	}
	if k.build == nil {
		return k, errors.New("nothing here builds Python distributions: " + installPython)
	}
	switch k.build[0] {
	case "uv":
		k.upload = first(uv)
	case "maturin":
		k.upload = first(twine, uv, maturin)
	default:
		k.upload = first(twine, uv)
	}
	if k.upload == nil {
		return k, errors.New("nothing here uploads Python distributions: " + installPython)
	}
	return k, nil
}

// onPath says whether a program's name can be found, without running it.
func onPath(p program) bool {
	_, err := safeexec.LookPath(p[0])
	return err == nil
}

// works says whether a program runs: what is on the PATH may be a shim of
// something that is not installed. Its version goes to the person.
func (t *Tools) works(ctx context.Context, h Hands) func(program) bool {
	return func(p program) bool {
		cmd, err := t.child(ctx, p[0], append(p[1:len(p):len(p)], "--version")...)
		if err != nil {
			return false
		}
		cmd.Env = Scrub(t.env())
		out, err := cmd.Output()
		if err != nil {
			return false
		}
		version, _, _ := strings.Cut(evidence.Clean(string(out)), "\n")
		h.progress("%s is here: %s", p, strings.TrimSpace(version))
		return true
	}
}

// buildArgs make an sdist and a wheel of the folder d.Dir in the folder out. They
// run in the project's folder.
func (k kit) buildArgs(out string) []string {
	switch k.build[0] {
	case "uv":
		return []string{"build", "--out-dir", out}
	case "maturin":
		return []string{"build", "--release", "--sdist", "--out", out}
	}
	return append(k.build[1:len(k.build):len(k.build)], "--outdir", out, ".")
}

// uploadArgs send files to an index. The token is in no argument.
func (k kit) uploadArgs(r identity.Registry, files []string) []string {
	var args []string
	switch k.upload[0] {
	case "uv":
		args = []string{"publish", "--trusted-publishing", "never", "--publish-url", uploadURL(r)}
	case "maturin":
		args = []string{"upload", "--non-interactive", "--repository-url", uploadURL(r)}
	default:
		args = append(k.upload[1:len(k.upload):len(k.upload)], "upload", "--non-interactive", "--disable-progress-bar", "--repository-url", uploadURL(r))
	}
	return append(args, files...)
}

// uploadEnv gives the token to the one that uploads.
func (k kit) uploadEnv(token string) []string {
	switch k.upload[0] {
	case "uv":
		return []string{"UV_PUBLISH_TOKEN=" + token}
	case "maturin":
		return []string{"MATURIN_PYPI_TOKEN=" + token}
	}
	return []string{"TWINE_USERNAME=__token__", "TWINE_PASSWORD=" + token}
}

// uploadURL is where an index takes files (docs.pypi.org, "Using TestPyPI", read
// 2026-08).
func uploadURL(r identity.Registry) string {
	if r == identity.TestPyPI {
		return "https://test.pypi.org/legacy/"
	}
	return "https://upload.pypi.org/legacy/"
}

// DistributionCommands are the commands that do it by hand, with the token in
// the environment.
func DistributionCommands(d Distribution) []string {
	k, err := kitOf(d, onPath)
	if err != nil {
		return []string{"# " + err.Error()}
	}
	var lines []string
	if d.Dir != "." {
		lines = append(lines, "cd "+filepath.FromSlash(d.Dir))
	}
	lines = append(lines, line(k.build[0], k.buildArgs("dist")))
	if has(k.upload, "twine") {
		lines = append(lines, line(k.upload[0], append(k.upload[1:len(k.upload):len(k.upload)], "check", "--strict", "dist/*")))
	}
	for _, name := range k.uploadEnv("") {
		name, value, _ := strings.Cut(name, "=")
		if value != "" {
			lines = append(lines, "export "+name+"="+value)
			continue
		}
		lines = append(lines, fmt.Sprintf("read -rs %s && export %s", name, name))
		defer func() { lines = append(lines, "unset "+name) }()
	}
	return append(lines, line(k.upload[0], k.uploadArgs(d.Registry, []string{"dist/*"})))
}

func has(p program, word string) bool { return p[len(p)-1] == word }
