package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// owners publish actions that do nothing at a package registry by themselves.
var owners = []string{"actions", "github", "docker", "aws-actions", "google-github-actions", "azure", "hashicorp", "sigstore", "slsa-framework", "cachix", "determinatesystems"}

// harmlessActions are widely used and publish nothing at our registries (their
// own descriptions, August 2026).
var harmlessActions = []string{
	"astral-sh/setup-uv", "swatinem/rust-cache", "dtolnay/rust-toolchain", "actions-rs/toolchain", "actions-rust-lang/setup-rust-toolchain",
	"moonrepo/setup-rust", "pre-commit/action", "codecov/codecov-action", "softprops/action-gh-release", "ncipollo/release-action",
	"step-security/harden-runner", "taiki-e/install-action", "taiki-e/create-gh-release-action", "taiki-e/upload-rust-binary-action",
	"pypa/cibuildwheel", "hynek/build-and-inspect-python-package", "peaceiris/actions-gh-pages", "peter-evans/create-pull-request",
	"mozilla-actions/sccache-action", "ilammy/msvc-dev-cmd", "conda-incubator/setup-miniconda", "mamba-org/setup-micromamba",
	"extractions/setup-just", "arduino/setup-protoc", "jetli/wasm-pack-action", "pdm-project/setup-pdm", "snok/install-poetry",
	"prefix-dev/setup-pixi", "jdx/mise-action", "dorny/paths-filter", "googleapis/release-please-action", "release-drafter/release-drafter",
	"cargo-bins/cargo-binstall", "embarkstudios/cargo-deny-action", "rustsec/audit-check", "crazy-max/ghaction-import-gpg",
}

// isKnownAction reports whether what an action does at a registry is known here:
// something that is detected, or nothing.
func isKnownAction(uses string) bool {
	name := actionName(uses)
	owner, _, _ := strings.Cut(name, "/")
	_, uploads := uploaders[name]
	return uploads || name == authAction || slices.Contains(cargoActions, name) || slices.Contains(maturinActions, name) ||
		slices.Contains(retriers, name) || slices.Contains(harmlessActions, name) || slices.Contains(owners, owner)
}

// matters reports whether an action of another repository is worth a look: the
// job may have an identity, or hands the action a publishing token.
func (x *expansion) matters(s *Step) bool {
	if isKnownAction(s.Uses) {
		return false
	}
	return x.mayMint() || handsToken(s)
}

func (x *expansion) mayMint() bool {
	return effective(x.file, x.job, x.route.callers, "").IDToken.Level != "none"
}

func handsToken(s *Step) bool {
	for _, level := range []map[string]string{s.With, s.Env} {
		for name, text := range level {
			if _, is := tokenRegistry(name); is && strings.Contains(text, "secrets.") {
				return true
			}
		}
	}
	return false
}

// publishingName is the name of an action that sounds as if it published.
var publishingName = regexp.MustCompile(`(?i)publish|release|upload|pypi|crate`)

// hides reports whether an action that is no composite may well exchange a token
// by itself: its job may, and its name says that it publishes.
func (x *expansion) hides(s *Step, a *Action) bool {
	return !isKnownAction(s.Uses) && x.mayMint() && publishingName.MatchString(s.Uses) && a.Using != ""
}
