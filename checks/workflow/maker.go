package workflow

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// Maker is a step that makes a tag or publishes a release. What a step makes
// with GITHUB_TOKEN starts no workflow, other than by workflow_dispatch and
// repository_dispatch (docs.github.com, "Triggering a workflow from a
// workflow", read August 2026).
type Maker struct {
	File *File
	Job  *Job
	Step *Step
	// By names what makes it: an action, or the command.
	By string
	// Tag and Release say what it makes.
	Tag, Release bool
	// OwnToken is whether it works with GITHUB_TOKEN; it counts only without a
	// Doubt, which says what cannot be told from the file.
	OwnToken bool
	Doubt    string
	Line     int
}

// making is how an action makes tags and releases.
type making struct {
	tag, release bool
	// tokenInputs and tokenEnv hold its token for GitHub; with none of them set it
	// takes GITHUB_TOKEN if own is set, and else what git has stored.
	tokenInputs, tokenEnv []string
	own                   bool
	// tagInputs name the tag; without it the action takes the run's own.
	tagInputs []string
	// draft is the input that leaves publishing to a person; publish the one
	// without which it does.
	draft, publish string
	// elsewhere is whether a file that is not read here can turn it into a draft
	// or off; settled names an input that shows that there is none.
	elsewhere, settled string
}

// makings are the actions that are known, from their own descriptions as of
// August 2026.
var makings = map[string]making{
	"googleapis/release-please-action":                releasePlease,
	"google-github-actions/release-please-action":     releasePlease,
	"softprops/action-gh-release":                     {tag: true, release: true, tagInputs: []string{"tag_name"}, tokenInputs: []string{"token"}, tokenEnv: []string{"GITHUB_TOKEN"}, own: true, draft: "draft"},
	"ncipollo/release-action":                         {tag: true, release: true, tagInputs: []string{"tag"}, tokenInputs: []string{"token"}, own: true, draft: "draft"},
	"actions/create-release":                          {tag: true, release: true, tokenEnv: []string{"GITHUB_TOKEN"}, draft: "draft"},
	"marvinpinto/action-automatic-releases":           {tag: true, release: true, tokenInputs: []string{"repo_token"}, draft: "draft"},
	"release-drafter/release-drafter":                 {tag: true, release: true, tokenInputs: []string{"token"}, tokenEnv: []string{"GITHUB_TOKEN"}, own: true, publish: "publish"},
	"cycjimmy/semantic-release-action":                {tag: true, release: true, tokenEnv: []string{"GH_TOKEN", "GITHUB_TOKEN"}, elsewhere: "its own configuration"},
	"python-semantic-release/python-semantic-release": {tag: true, release: true, tokenInputs: []string{"github_token"}, elsewhere: "its own configuration"},
	"release-plz/action":                              {tag: true, release: true, tokenEnv: []string{"GITHUB_TOKEN"}, elsewhere: "release-plz.toml"},
	"mathieudutour/github-tag-action":                 {tag: true, tokenInputs: []string{"github_token"}},
	"anothrnick/github-tag-action":                    {tag: true, tokenEnv: []string{"GITHUB_TOKEN"}},
}

// releasePlease takes what it is to do from release-please-config.json, unless
// an input names the type of the release.
var releasePlease = making{tag: true, release: true, tokenInputs: []string{"token"}, own: true, draft: "draft", elsewhere: "release-please-config.json", settled: "release-type"}

// Makers finds the steps of the repository's own files that make tags or
// releases.
func Makers(files []*File) []Maker {
	var found []Maker
	for _, f := range files {
		if f.Remote != "" {
			continue
		}
		for _, j := range f.Jobs {
			for _, step := range j.Steps {
				s := scope{route: route{triggered: f}, file: f, job: j, step: step}
				found = append(found, makersIn(s)...)
			}
		}
	}
	return found
}

func makersIn(s scope) []Maker {
	if m, ok := makings[actionName(s.step.Uses)]; ok {
		if maker, makes := m.maker(s); makes {
			return []Maker{maker}
		}
		return nil
	}
	var found []Maker
	for _, c := range readScript(s).Commands {
		if maker, ok := commandMakes(s, c); ok {
			found = append(found, maker)
		}
	}
	return found
}

func (m making) maker(s scope) (Maker, bool) {
	made := Maker{File: s.file, Job: s.job, Step: s.step, By: actionName(s.step.Uses), Tag: m.tag, Release: m.release, Line: s.step.UsesLine}
	if m.publish != "" && s.step.With[m.publish] != "true" || m.draft != "" && s.step.With[m.draft] == "true" {
		return made, false // a person publishes the draft
	}
	if tag := input(s.step, m.tagInputs); len(m.tagInputs) > 0 && (tag == "" || isOwnRef(tag)) {
		made.Tag = false // it takes the tag that the run is of
	}
	if m.draft != "" && strings.Contains(s.step.With[m.draft], "${{") {
		made.Doubt = "whether it is a draft is " + s.step.With[m.draft]
	}
	if m.elsewhere != "" && (m.settled == "" || s.step.With[m.settled] == "") {
		made.Doubt = "what it makes is also settled by " + m.elsewhere + ", which is not read"
	}
	token := input(s.step, m.tokenInputs)
	for _, name := range m.tokenEnv {
		if value, ok := s.variable(name); ok && token == "" {
			token = value
		}
	}
	if token == "" && !m.own {
		made.Doubt = "it is given no token that the file shows"
	}
	made.tokenIs(token, s)
	return made, true
}

// isOwnRef reports whether a text is the name of the ref that the run is of: as a
// tag it stands already.
func isOwnRef(text string) bool {
	return slices.ContainsFunc([]string{"github.ref", "github.event.release.tag_name", "GITHUB_REF"}, func(r string) bool { return strings.Contains(text, r) })
}

// tokenIs settles whether a token is GITHUB_TOKEN. "" is the default one.
func (m *Maker) tokenIs(token string, s scope) {
	own, others := tokenSources(token, s, 0)
	switch {
	case token == "" || own && !others:
		m.OwnToken = true
	case own && m.Doubt == "":
		m.Doubt = "its token is " + token
	}
}

// tokenSources tells whether a token's text draws on GITHUB_TOKEN, and on
// anything else.
func tokenSources(text string, s scope, depth int) (own, others bool) {
	for _, p := range expr.Paths(text) {
		name, isEnv := strings.CutPrefix(p, "env.")
		value, known := "", false
		if isEnv && depth < 5 {
			value, known = s.variable(name)
		}
		switch {
		case known:
			o, x := tokenSources(value, s, depth+1)
			own, others = own || o, others || x
		case p == "github.token", strings.EqualFold(p, "secrets.GITHUB_TOKEN"):
			own = true
		default:
			others = true
		}
	}
	return own, others || !strings.Contains(text, "${{")
}

// commandMakes reads git push, gh release create and semantic-release.
func commandMakes(s scope, c script.Command) (Maker, bool) {
	made := Maker{File: s.file, Job: s.job, Step: s.step, Line: scriptLine(s, c.Line)}
	if rest, ok := after(c.Args, []string{"gh", "release", "create"}); ok && !asksHelp(rest) {
		if slices.Contains(rest, "--draft") || slices.Contains(rest, "-d") {
			return made, false
		}
		made.By, made.Release = "gh release create", true
		made.Tag = !slices.Contains(rest, "--verify-tag") && !slices.ContainsFunc(rest, isOwnRef)
		made.environmentToken(s, c, "GH_TOKEN", "GITHUB_TOKEN")
		return made, true
	}
	if rest, ok := after(c.Args, []string{"git", "push"}); ok && pushesTag(rest) {
		made.By, made.Tag = "git push", true
		made.gitToken(s)
		return made, true
	}
	if slices.Contains(c.Args, "semantic-release") && !slices.Contains(c.Args, "--dry-run") && !slices.Contains(c.Args, "install") {
		made.By, made.Tag, made.Release = "semantic-release", true, true
		made.Doubt = "what it makes is also settled by its own configuration, which is not read"
		made.environmentToken(s, c, "GH_TOKEN", "GITHUB_TOKEN")
		return made, true
	}
	return made, false
}

// pushesTag knows the flags that push tags, and refs that are written as tags.
func pushesTag(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		_, to, _ := strings.Cut(a, ":")
		return a == "--tags" || a == "--follow-tags" || strings.HasPrefix(a, "refs/tags/") || strings.HasPrefix(to, "refs/tags/")
	}) && !slices.Contains(args, "--dry-run") && !slices.Contains(args, "--delete") && !slices.Contains(args, "-d")
}

func (m *Maker) environmentToken(s scope, c script.Command, names ...string) {
	for _, name := range names {
		value, ok := c.Env[name]
		if !ok {
			value, ok = s.variable(name)
		}
		if ok && value != "" {
			m.tokenIs(value, s)
			return
		}
	}
	m.Doubt = "it is given no token that the file shows"
}

// gitToken: git pushes with what actions/checkout stored, GITHUB_TOKEN unless
// another token or a key was given to it.
func (m *Maker) gitToken(s scope) {
	for _, step := range s.job.Steps[:s.step.Index] {
		if actionName(step.Uses) != "actions/checkout" {
			continue
		}
		switch {
		case step.With["ssh-key"] != "":
			return
		case step.With["persist-credentials"] == "false":
			m.Doubt = "actions/checkout stores no token for it (persist-credentials: false)"
			return
		}
		m.tokenIs(step.With["token"], s)
		if strings.Contains(s.step.Run, "remote set-url") || strings.Contains(s.step.Run, "x-access-token") || strings.Contains(s.step.Run, "https://") {
			m.Doubt = "the step names an address of its own to push to"
		}
		return
	}
	m.Doubt = "no step stored a token for git"
}
