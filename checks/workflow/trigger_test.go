package workflow

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// The rows of GitHub's own cheat sheet (docs.github.com, "Workflow syntax:
// filter pattern cheat sheet", read August 2026), and traps.
func TestMatchFilter(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"feature/*", []string{"feature/my-branch", "feature/your-branch"}, []string{"feature/a/b", "feature"}},
		{"feature/**", []string{"feature/beta-a/my-branch", "feature/your-branch", "feature/mona/the/octocat"}, []string{"feature"}},
		{"main", []string{"main"}, []string{"Main", "main2", "xmain"}},
		{"releases/mona-the-octocat", []string{"releases/mona-the-octocat"}, nil},
		{"*", []string{"main", "releases"}, []string{"all/the/branches"}},
		{"**", []string{"all/the/branches", "every/tag", "x"}, nil},
		{"*feature", []string{"mona-feature", "feature", "ver-10-feature"}, []string{"a/feature"}},
		{"v2*", []string{"v2", "v2.0", "v2.9"}, []string{"v1", "v3"}},
		{"v[12].[0-9]+.[0-9]+", []string{"v1.10.1", "v2.0.0"}, []string{"v3.0.0", "v1.10", "v1.x.1"}},
		{"v[0-9]+.[0-9]+.[0-9]+", []string{"v1.2.3", "v10.20.30"}, []string{"v1.2", "1.2.3", "v1.2.3-rc1"}},
		{"v?1", []string{"v1", "1"}, []string{"vv1"}},
		{"*.js?", []string{"a.js", "a.j"}, []string{"a.jsx"}},
		{"v1.0", []string{"v1.0"}, []string{"v1x0"}},
		{"[!a]b", []string{"ab", "!b"}, []string{"bb"}}, // ! means something at the beginning of a pattern only
		{"v[^1]", []string{"v1", "v^"}, []string{"v2"}},
		{"**/README.md", []string{"README.md", "js/README.md", "a/b/README.md"}, []string{"xREADME.md"}},
		{"docs/**/*.md", []string{"docs/hello.md", "docs/mona/hello-world.md", "docs/a/markdown/file.md"}, []string{"docsx/a.md"}},
		{"**/*-post.md", []string{"my-post.md", "path/their-post.md"}, []string{"post.md"}},
		{"a**/b", []string{"a/b", "axy/z/b"}, []string{"ab"}},
		{"+x", nil, []string{"+x", "x"}}, // nothing stands before the +
		{"**/+", nil, []string{"a/", ""}},
		{"[]a]", nil, []string{"a", "]"}},
		{"v1.0+meta", []string{"v1.0meta", "v1.00meta"}, []string{"v1.0+meta"}}, // the trap: + must be written \\+
		{`v1.0\+meta`, []string{"v1.0+meta"}, []string{"v1.00meta"}},
		{"", []string{""}, []string{"x"}},
		{"v[", nil, []string{"v[", "v"}},
		{"a++", nil, []string{"a", "a+"}},
		{`v\*`, []string{"v*"}, []string{"v1"}},
		{"release-ü*", []string{"release-ü1"}, []string{"release-u1"}},
	} {
		for _, name := range c.yes {
			if !MatchFilter(c.pattern, name) {
				t.Errorf("%q does not match %q", c.pattern, name)
			}
		}
		for _, name := range c.no {
			if MatchFilter(c.pattern, name) {
				t.Errorf("%q matches %q", c.pattern, name)
			}
		}
	}
}

func TestMatchPolicy(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"main", []string{"main"}, []string{"Main", "main/x"}},
		{"v*", []string{"v1", "v1.2.3"}, []string{"v1/x", "1"}},
		{"release/*", []string{"release/1"}, []string{"release/1/2", "release"}},
		{"release/*/*", []string{"release/1/2"}, []string{"release/1"}},
		{"**/x", []string{"x", "a/x", "a/b/x"}, []string{"ax", "x/a"}},
		{"**", []string{"main"}, []string{"a/b"}},
		{"qa/**/*", []string{"qa/foo", "qa/foo/bar/foobar/hello-world"}, []string{"qa", "qax/foo"}},
		{"qa**/**/*", []string{"qa/foo", "qax/foo/bar"}, []string{"qa"}},
		{"v?.0", []string{"v1.0"}, []string{"v10.0", "v/.0"}},
		{"v[0-9]", []string{"v1"}, []string{"va", "v12"}},
		{"v[!0-9]", []string{"va"}, []string{"v1"}},
		{"v1.0", []string{"v1.0"}, []string{"v1x0"}},
		// What follows was compared with ruby 3.1.2, a million random cases and these.
		{"v[", nil, []string{"v", "v["}},
		{"*", []string{"a"}, []string{".a"}},
		{"**/x", nil, []string{".a/x", "a/.b/x"}},
		{".*", []string{".a"}, []string{"a"}},
		{"[.]a", nil, []string{".a"}},
		{"a*", []string{"a.b", "a."}, nil},
		{"[]", nil, []string{"a", "]"}},
		{"[!]", []string{"a"}, []string{"ab"}},
		{"v[z-a]", []string{"va", "vz"}, []string{"vb"}},
		{"v[a-]", []string{"va", "v-"}, []string{"vb"}},
		{`v\*`, []string{"v*"}, []string{"v1"}},
		{`a[\]]`, []string{"a]"}, []string{`a\`}},
		{"{a,b}", []string{"{a,b}"}, []string{"a"}},
		{"release/**", []string{"release/1"}, []string{"release/1/2", "release"}},
	} {
		for _, name := range c.yes {
			if !MatchPolicy(c.pattern, name) {
				t.Errorf("%q does not match %q", c.pattern, name)
			}
		}
		for _, name := range c.no {
			if MatchPolicy(c.pattern, name) {
				t.Errorf("%q matches %q", c.pattern, name)
			}
		}
	}
}

// A pattern without special characters matches itself and nothing else.
func TestPlainPatterns(t *testing.T) {
	plain := rapid.StringMatching(`[a-zA-Z0-9._/-]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := plain.Draw(t, "a"), plain.Draw(t, "b")
		for name, match := range map[string]func(p, n string) bool{"filter": MatchFilter, "policy": MatchPolicy} {
			if !match(a, a) || match(a, b) != (a == b) {
				t.Fatalf("%s %q on %q", name, a, b)
			}
		}
	})
}

func TestTriggerFires(t *testing.T) {
	const tag, main = "refs/tags/v1.2.0", "refs/heads/main"
	for name, c := range map[string]struct {
		on, event, ref string
		want           bool
		why            string
	}{
		"no trigger":               {"release", "push", tag, false, "no push trigger; it is started by release"},
		"plain push, tag":          {"push", "push", tag, true, "every push"},
		"plain push, branch":       {"push", "push", main, true, "every push"},
		"tag filter fits":          {"{push: {tags: ['v*']}}", "push", tag, true, "[v*] matches v1.2.0"},
		"tag filter does not":      {"{push: {tags: ['release-*']}}", "push", tag, false, "does not match v1.2.0"},
		"star stops at a slash":    {"{push: {tags: ['*']}}", "push", "refs/tags/a/b", false, "does not match"},
		"tags only, branch":        {"{push: {tags: ['v*']}}", "push", main, false, "no branches start it"},
		"branches only, tag":       {"{push: {branches: [main]}}", "push", tag, false, "no tags start it"},
		"both, tag":                {"{push: {branches: [main], tags: ['v*']}}", "push", tag, true, "tags [v*]"},
		"both, branch":             {"{push: {branches: [main], tags: ['v*']}}", "push", main, true, "branches [main]"},
		"ignored but for one":      {"{push: {tags-ignore: ['v*', '!v1.2*']}}", "push", tag, true, "tags-ignore"},
		"ignored tag":              {"{push: {tags-ignore: ['v1*']}}", "push", tag, false, "tags-ignore"},
		"tag that is not ignored":  {"{push: {tags-ignore: ['v2*']}}", "push", tag, true, "tags-ignore"},
		"tags-ignore only, branch": {"{push: {tags-ignore: ['v2*']}}", "push", main, false, "no branches"},
		"excluded again":           {"{push: {tags: ['v*', '!v1*']}}", "push", tag, false, "does not match"},
		"excluded, then in again":  {"{push: {tags: ['v*', '!v1*', 'v1.2.*']}}", "push", tag, true, "matches"},
		"excluded first":           {"{push: {tags: ['!v1*', 'v*']}}", "push", tag, true, "matches"},
		"paths, tag":               {"{push: {paths: ['src/**']}}", "push", tag, true, "every push"},
		"paths, branch":            {"{push: {paths: ['src/**']}}", "push", main, true, "given a change in [src/**]"},
		"release with types":       {"{release: {types: [published]}}", "release", tag, true, "given type published"},
		"dispatch on a tag":        {"workflow_dispatch", "workflow_dispatch", tag, true, "workflow_dispatch starts it"},
		"pull request, other base": {"{pull_request: {branches: [main]}}", "pull_request", "refs/heads/dev", false, "does not match dev"},
		"pull request, base":       {"{pull_request: {branches: [main]}}", "pull_request", main, true, "matches main"},
		"started by nothing":       {"workflow_call", "push", tag, false, "started by nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte("on: "+c.on+"\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n"))
			got, why := TriggerFires(f, c.event, c.ref)
			if got != c.want || !strings.Contains(why, c.why) {
				t.Errorf("%v because %q, want %v because %q", got, why, c.want, c.why)
			}
		})
	}
}

func TestEnvironmentAdmits(t *testing.T) {
	src := evidence.Source{Name: "test"}
	rules := func(pairs ...string) evidence.Fact[[]evidence.RefRule] {
		list := []evidence.RefRule{}
		for _, p := range pairs {
			kind, pattern, _ := strings.Cut(p, " ")
			list = append(list, evidence.RefRule{Type: kind, Pattern: pattern})
		}
		return evidence.Seen(list, src)
	}
	yes, no := evidence.Seen(true, src), evidence.Seen(false, src)
	hidden := evidence.Unknown[bool](src, "offline")
	const tag, main = "refs/tags/v1", "refs/heads/main"
	refusedTag := `Tag "v1" is not allowed to deploy to release due to environment protection rules.`
	refusedMain := `Branch "main" is not allowed to deploy to release due to environment protection rules.`
	for name, c := range map[string]struct {
		policy    evidence.RefPolicy
		rules     evidence.Fact[[]evidence.RefRule]
		protected evidence.Fact[bool]
		ref       string
		want      string // "admitted", "unknown", or the refusal
	}{
		"all":                       {evidence.RefsAll, evidence.Fact[[]evidence.RefRule]{}, hidden, tag, "admitted"},
		"policy not seen":           {"", rules(), hidden, tag, "unknown"},
		"tag rule, tag":             {evidence.RefsCustom, rules("tag v*"), hidden, tag, "admitted"},
		"tag rule, branch":          {evidence.RefsCustom, rules("tag v*"), hidden, main, refusedMain},
		"branch rule, branch":       {evidence.RefsCustom, rules("branch main"), hidden, main, "admitted"},
		"branch rule never a tag":   {evidence.RefsCustom, rules("branch main", "branch v*", "branch *"), hidden, tag, refusedTag},
		"tag rule never a branch":   {evidence.RefsCustom, rules("tag main", "tag *"), hidden, main, refusedMain},
		"other pattern":             {evidence.RefsCustom, rules("tag release-*", "branch main"), hidden, tag, refusedTag},
		"second rule":               {evidence.RefsCustom, rules("branch main", "tag v*"), hidden, tag, "admitted"},
		"no rule":                   {evidence.RefsCustom, rules(), hidden, tag, refusedTag},
		"rules absent":              {evidence.RefsCustom, evidence.Absent[[]evidence.RefRule](src), hidden, tag, refusedTag},
		"rules not seen":            {evidence.RefsCustom, evidence.Unknown[[]evidence.RefRule](src, "403"), hidden, tag, "unknown"},
		"protected branch":          {evidence.RefsProtected, rules(), yes, main, "admitted"},
		"protected policy, tag":     {evidence.RefsProtected, rules(), yes, tag, refusedTag},
		"branch without protection": {evidence.RefsProtected, rules(), no, main, "unknown"},
		"protection not seen":       {evidence.RefsProtected, rules(), hidden, main, "unknown"},
		"pull request":              {evidence.RefsCustom, rules("branch main"), hidden, "refs/pull/5/merge", `Branch "refs/pull/5/merge" is not allowed to deploy to release due to environment protection rules.`},
	} {
		t.Run(name, func(t *testing.T) {
			env := evidence.Environment{Name: "release", Policy: c.policy, Refs: c.rules}
			a := EnvironmentAdmits(env, c.ref, c.protected)
			got := a.Text
			switch {
			case !a.Known:
				got = "unknown"
			case a.Admitted:
				got = "admitted"
			}
			if got != c.want {
				t.Errorf("%s (%+v), want %s", got, a, c.want)
			}
			if a.Known == (a.Why != "") || (a.Known && a.By == "") {
				t.Errorf("reasons: %+v", a)
			}
		})
	}
}
