package workflow

import (
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// tokenUser is the name under which indexes take API tokens.
const tokenUser = "__token__"

// settings are what an action that publishes is told.
func (u uploader) settings(s scope) Settings {
	out := Settings{Index: setting(s, input(s.step, u.urlInputs), ""), User: known("")}
	if u.home != identity.CratesIO {
		out.User = setting(s, input(s.step, []string{"user", "username", "repository_username", "publish_registry_username"}), tokenUser)
	}
	out.SkipExisting = setting(s, input(s.step, []string{"skip-existing", "skip_existing"}), "false")
	out.Attestations = known("false")
	if u.means == MeansPyPIAction {
		out.Attestations = setting(s, input(s.step, []string{"attestations"}), attestsByDefault(s))
	}
	return out
}

// setting evaluates an input; an empty one is the default.
func setting(s scope, text, otherwise string) Claim {
	return claimOf(s.values(text).Mapped(func(v expr.Value) expr.Value {
		if v.Text() == "" {
			return expr.String(otherwise)
		}
		return expr.String(v.Text())
	}))
}

var (
	// withoutAttestations are releases of the PyPI action that upload none unless
	// they are asked to (its release notes: v1.11.0, 2024-10).
	withoutAttestations = regexp.MustCompile(`^v?1\.(\d|10)(\.|$)`)
	// comment is the version that stands behind a pinned commit.
	comment = regexp.MustCompile(`#\s*(?:tag=|release/)?(v?\d[\w.-]*)`)
)

// attestsByDefault is what the PyPI action does where nothing is said.
func attestsByDefault(s scope) string {
	if withoutAttestations.MatchString(versionUsed(s)) {
		return "false"
	}
	return "true"
}

// versionUsed is the version of the action that a step uses: the tag, or what the
// comment behind a commit says; "" when neither tells.
func versionUsed(s scope) string {
	_, ref, _ := strings.Cut(s.step.Uses, "@")
	if !commitID.MatchString(ref) {
		return ref
	}
	n := s.step.UsesLine
	if len(s.step.via) > 0 || n < 1 || n > len(s.file.Lines) {
		return ""
	}
	if m := comment.FindStringSubmatch(s.file.Lines[n-1]); m != nil {
		return m[1]
	}
	return ""
}

// settings are what a tool's call is told.
func (c call) settings(s scope) Settings {
	out := Settings{User: known(""), Attestations: known("false"), SkipExisting: known("false")}
	text, ok := c.setting(s, c.tool.urlFlags, c.tool.urlEnv)
	if !ok || text == "" {
		text, _ = c.setting(s, c.tool.repositoryFlags, c.tool.repositoryEnv)
	}
	out.Index = setting(s, text, "")
	if c.tool.home == identity.CratesIO {
		return out
	}
	user, _ := c.setting(s, c.tool.userFlags, c.tool.userEnv)
	out.User = setting(s, user, tokenUser)
	if _, check := c.setting(s, c.tool.checkFlags, c.tool.checkEnv); check || c.has([]string{"--skip-existing"}) {
		out.SkipExisting = known("true")
	}
	switch {
	case c.tool.means == MeansUV && c.has([]string{"--no-attestations"}):
	case c.tool.means == MeansUV:
		out.Attestations = Claim{Why: "uv uploads the attestations that lie beside the files"}
	case c.has([]string{"--attestations"}):
		out.Attestations = known("true")
	}
	return out
}
