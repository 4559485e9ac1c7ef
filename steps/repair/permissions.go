package repair

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// grantIDToken gives the job that exchanges a token the permission for it.
func grantIDToken(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	if f, j := d.job(path, job); j == nil || workflow.Effective(f, j, "").IDToken.Level == "write" {
		return errors.New("what is granted lies with the job that calls it")
	}
	return d.grant(path, job, permission{"id-token", "write"})
}

// grantCaller gives the job that calls a workflow of this repository what the
// called file asks for: it never gets more than its caller has.
func grantCaller(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	for _, p := range d.places(path, job) {
		if len(p.Callers) == 0 {
			continue
		}
		if err := grantIDToken(d, r); err != nil && workflow.Effective(p.File, p.Job, "").IDToken.Level != "write" {
			return err
		}
		caller := p.Callers[len(p.Callers)-1]
		return d.grant(caller.File.Path, caller.Job.ID, asked(p.File)...)
	}
	return errors.New("what is granted lies with the job that calls it")
}

// asked is what a file asks for in all its blocks, and an identity.
func asked(f *workflow.File) []permission {
	levels := map[string]string{"id-token": "write"}
	blocks := []*workflow.Permissions{f.Permissions}
	for _, j := range f.Jobs {
		blocks = append(blocks, j.Permissions)
	}
	for _, b := range blocks {
		if b == nil {
			continue
		}
		for scope, level := range b.Scopes {
			if levels[scope] != "write" && level != "none" {
				levels[scope] = level
			}
		}
	}
	var list []permission
	for _, scope := range slices.Sorted(maps.Keys(levels)) {
		list = append(list, permission{scope, levels[scope]})
	}
	return list
}

// grantContents lets the job read the repository.
func grantContents(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	return d.grant(path, job, permission{"contents", "read"})
}

// grant gives a job permissions and leaves it all that it had: a block at the job
// replaces the one of the workflow, and that the default.
func (d *draft) grant(path, job string, more ...permission) error {
	f, j := d.job(path, job)
	if j == nil {
		return fmt.Errorf("%s has no job %s", path, job)
	}
	var words []string
	for _, p := range more {
		words = append(words, p.scope+": "+p.level)
	}
	d.tell("grant %s to the job %s", strings.Join(words, ", "), job)
	if j.Permissions == nil {
		had, err := d.had(f, j)
		if err != nil {
			return err
		}
		return d.ownBlock(path, job, merged(had, more))
	}
	for _, p := range more {
		if held(j.Permissions.Scopes[p.scope], p.level) {
			continue
		}
		err := d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
			return permit(t, in(job, "permissions"), p.scope, p.level)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// held says whether one level includes another.
func held(has, wanted string) bool { return has == wanted || has == "write" && wanted == "read" }

// merged are some permissions with more, each scope once.
func merged(had, more []permission) []permission {
	list := slices.Clone(had)
	for _, p := range more {
		i := slices.IndexFunc(list, func(q permission) bool { return q.scope == p.scope })
		switch {
		case i < 0:
			list = append(list, p)
		case !held(list[i].level, p.level):
			list[i] = p
		}
	}
	return list
}

// permission is one line of a permissions block.
type permission struct{ scope, level string }

// ownBlock writes a block at the job.
func (d *draft) ownBlock(path, job string, list []permission) error {
	lines := "permissions:"
	for _, p := range list {
		lines += "\n\t" + p.scope + ": " + p.level
	}
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Add(in(job), yamltext.Snippet(lines), "environment", "runs-on")
	})
}

// permit sets a permission in a block that is there.
func permit(t *yamltext.Text, block yamltext.Path, scope, level string) (*yamltext.Text, error) {
	if all := t.Value(block); all != "" {
		return nil, fmt.Errorf("`permissions: %s` cannot be added to: name each permission that the job needs, and `%s: %s`", all, scope, level)
	}
	if t.Has(block.Of(scope)) {
		return t.Set(block.Of(scope), yamltext.Snippet(level), "")
	}
	return t.Append(block, yamltext.Snippet(scope+": "+level))
}

// had is what a job without a block of its own has.
func (d *draft) had(f *workflow.File, j *workflow.Job) ([]permission, error) {
	if f.Permissions != nil {
		if f.Permissions.All != "" && f.Permissions.All != "{}" {
			return nil, fmt.Errorf("the workflow has `permissions: %s`, of which the job would lose all that is not named: name at the job what it needs, and what is asked for here", f.Permissions.All)
		}
		return inherited(d.texts[f.Path]), nil
	}
	if d.c.World.GitHub.DefaultTokenPermission.Or("") != "read" {
		if s := mayWrite(j); s != "" {
			return nil, fmt.Errorf("the job may write by the repository's default, and whether it does in %s the file does not show: give it a permissions block with what it needs and what is asked for here", s)
		}
	}
	return []permission{{"contents", "read"}}, nil
}

func inherited(t *yamltext.Text) []permission {
	if t == nil {
		return nil
	}
	var list []permission
	for _, scope := range t.Order(yamltext.Path{"permissions"}) {
		list = append(list, permission{scope, t.Value(yamltext.Path{"permissions", scope})})
	}
	return list
}

// readers are actions that need no more of the job's token than to read the
// repository (their own descriptions, August 2026).
var readers = []string{
	"actions/checkout", "actions/setup-", "actions/cache", "actions/upload-artifact", "actions/download-artifact", "dtolnay/rust-toolchain",
	"swatinem/rust-cache", "actions-rust-lang/setup-rust-toolchain", "taiki-e/install-action", "rust-lang/crates-io-auth-action",
	"pypa/gh-action-pypi-publish", "pyo3/maturin-action", "astral-sh/setup-uv", "hynek/build-and-inspect-python-package",
}

// mayWrite names the first step of a job that may use its token for more than
// reading; "" where none does.
func mayWrite(j *workflow.Job) string {
	if j.Uses != "" {
		return "`" + j.Uses + "`"
	}
	for _, s := range j.Steps {
		uses := strings.ToLower(s.Uses)
		known := slices.ContainsFunc(readers, func(r string) bool { return strings.HasPrefix(uses, r) })
		if uses != "" && !known {
			return "`" + s.Uses + "`"
		}
		if tokenUsed(s) {
			return fmt.Sprintf("the step at line %d", s.Line)
		}
	}
	return ""
}

// tokenUsed says whether a step's script may use the job's token: it is handed
// it, or pushes with what the checkout left.
func tokenUsed(s *workflow.Step) bool {
	text := s.Run
	for _, v := range s.Env {
		text += "\n" + v
	}
	return usesToken.MatchString(text)
}

// usesToken is what a script says that uses the job's token.
var usesToken = regexp.MustCompile(`github\.token|GITHUB_TOKEN|GH_TOKEN|\bgit push\b|(^|[\s;&|(])gh\s`)
