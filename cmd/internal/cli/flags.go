package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cli/go-gh/v2/pkg/repository"
	"github.com/spf13/cobra"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// common are the flags that every command has.
type common struct {
	repo, dir, workflow, environment string
	registries, packages             []string
	plain, noBrowser, json, offline  bool
	noColor                          bool
}

func (c *common) register(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVarP(&c.repo, "repo", "R", "", "the repository, as `[HOST/]OWNER/REPO`, instead of the one that the checkout names")
	f.StringVarP(&c.dir, "dir", "C", ".", "the `DIR` of the checkout")
	f.StringVar(&c.workflow, "workflow", "", "the workflow `FILE` that publishes, a name inside .github/workflows")
	f.StringVar(&c.environment, "environment", "", "the `NAME` of the GitHub environment that publishing jobs run in")
	f.StringSliceVar(&c.registries, "registry", nil, "only these registries: a `LIST` of crates.io, pypi, testpypi")
	f.StringSliceVar(&c.packages, "package", nil, "only these packages: a `LIST` of names")
	f.BoolVar(&c.plain, "plain", false, "line by line, for screen readers and dumb terminals")
	f.BoolVar(&c.noBrowser, "no-browser", false, "print addresses instead of opening them")
	f.BoolVar(&c.json, "json", false, "print JSON (its schemas are in docs/)")
	f.BoolVar(&c.offline, "offline", false, "read the working tree and nothing else")
	f.BoolVar(&c.noColor, "no-color", false, "no colours")
}

// wanted checks the choices that the flags make.
func (c *common) wanted() (evidence.Wanted, error) {
	w := evidence.Wanted{Workflow: c.workflow, Environment: c.environment, Packages: c.packages}
	for _, name := range c.registries {
		r, err := registryNamed(name)
		if err != nil {
			return w, err
		}
		w.Registries = append(w.Registries, r)
	}
	if c.workflow != "" && filepath.Base(c.workflow) != c.workflow {
		w.Workflow = strings.TrimPrefix(filepath.ToSlash(c.workflow), ".github/workflows/")
	}
	if strings.Contains(w.Workflow, "/") {
		return w, usage("--workflow %q: a file name inside .github/workflows is meant, such as publish.yml", c.workflow)
	}
	return w, nil
}

func registryNamed(name string) (identity.Registry, error) {
	for _, r := range identity.Registries() {
		if strings.EqualFold(name, string(r)) || strings.EqualFold(name, r.Title()) {
			return r, nil
		}
	}
	return "", usage("--registry %q: there are crates.io, pypi and testpypi", name)
}

// override is the repository that -R names, nil without it.
func (c *common) override() (*evidence.RepoName, error) {
	if c.repo == "" {
		return nil, nil
	}
	r, err := repository.Parse(c.repo)
	if err != nil {
		return nil, usage("-R %q: OWNER/REPO or HOST/OWNER/REPO is meant: %v", c.repo, err)
	}
	return &evidence.RepoName{Host: r.Host, Owner: r.Owner, Name: r.Name}, nil
}

// folder is the absolute path of -C.
func (c *common) folder() (string, error) {
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return "", fmt.Errorf("finding the folder %q: %w", c.dir, err)
	}
	return dir, nil
}
