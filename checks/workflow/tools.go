package workflow

import "github.com/trustpub/gh-trustpub/checks/identity"

// exchanges tells whether a program mints its token by itself.
type exchanges int

const (
	// never: it needs a token from elsewhere.
	never exchanges = iota
	// ifGranted: it mints when it has no token and the job may.
	ifGranted
	// always: it mints when it has no token, and fails if the job may not.
	always
)

// tool is a program that publishes: how it is called, and where it takes its
// registry and its token from.
type tool struct {
	means Means
	home  identity.Registry
	// commands are the words that start it, each alternative a list.
	commands [][]string
	// repository names a configured index, url gives an address; flags first,
	// then variables.
	repositoryFlags, repositoryEnv []string
	urlFlags, urlEnv               []string
	tokenFlags, tokenEnv           []string
	// user is the name to sign in with, check an index to compare with first.
	userFlags, userEnv, checkFlags, checkEnv []string
	dryFlags                                 []string
	// execute are flags without one of which the tool only plans; none when it
	// always publishes.
	execute []string
	// refrains are flags with which it does everything but publish.
	refrains []string
	mints    exchanges
}

// cratesTokens are the variables in which cargo and its helpers look for a
// token of crates.io (doc.rust-lang.org/cargo/reference/environment-variables,
// read August 2026).
var cratesTokens = []string{"CARGO_REGISTRIES_CRATES_IO_TOKEN", "CARGO_REGISTRY_TOKEN"}

// tools are the programs that are known, from their manuals and sources as of
// August 2026.
var tools = []tool{
	{
		means: MeansCargo, home: identity.CratesIO,
		commands:        [][]string{{"cargo", "publish"}, {"cargo", "hakari", "publish"}, {"cargo", "publish-workspace"}, {"cargo", "publish-all"}, {"cargo", "hack", "publish"}},
		repositoryFlags: []string{"--registry"}, repositoryEnv: []string{"CARGO_REGISTRY_DEFAULT"}, urlFlags: []string{"--index"},
		tokenFlags: []string{"--token"}, tokenEnv: cratesTokens, dryFlags: []string{"--dry-run", "-n"},
	},
	{
		means: MeansCargoWorkspaces, home: identity.CratesIO,
		commands:        [][]string{{"cargo", "workspaces", "publish"}, {"cargo", "ws", "publish"}},
		repositoryFlags: []string{"--registry"}, tokenFlags: []string{"--token"}, tokenEnv: cratesTokens, dryFlags: []string{"--dry-run"},
	},
	{
		means: MeansCargoRelease, home: identity.CratesIO,
		commands:        [][]string{{"cargo", "release"}, {"cargo-release", "release"}, {"cargo", "smart-release"}},
		repositoryFlags: []string{"--registry"}, tokenFlags: []string{"--token"}, tokenEnv: cratesTokens,
		execute: []string{"--execute", "-x"}, refrains: []string{"--no-publish"},
	},
	{
		means: MeansReleasePlz, home: identity.CratesIO,
		commands:        [][]string{{"release-plz", "release"}},
		repositoryFlags: []string{"--registry"}, tokenFlags: []string{"--token"}, tokenEnv: cratesTokens, dryFlags: []string{"--dry-run"},
		mints: always,
	},
	{
		means: MeansTwine, home: identity.PyPI,
		commands:        [][]string{{"twine", "upload"}},
		repositoryFlags: []string{"-r", "--repository"}, repositoryEnv: []string{"TWINE_REPOSITORY"},
		urlFlags: []string{"--repository-url"}, urlEnv: []string{"TWINE_REPOSITORY_URL"},
		tokenFlags: []string{"-p", "--password"}, tokenEnv: []string{"TWINE_PASSWORD"}, mints: ifGranted,
		userFlags: []string{"-u", "--username"}, userEnv: []string{"TWINE_USERNAME"},
	},
	{
		means: MeansUV, home: identity.PyPI,
		commands:        [][]string{{"uv", "publish"}},
		repositoryFlags: []string{"--index"}, repositoryEnv: []string{"UV_PUBLISH_INDEX"},
		urlFlags: []string{"--publish-url"}, urlEnv: []string{"UV_PUBLISH_URL"},
		tokenFlags: []string{"-t", "--token", "-p", "--password"}, tokenEnv: []string{"UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD"},
		userFlags: []string{"-u", "--username"}, userEnv: []string{"UV_PUBLISH_USERNAME"},
		checkFlags: []string{"--check-url"}, checkEnv: []string{"UV_PUBLISH_CHECK_URL"},
		dryFlags: []string{"--dry-run"}, mints: always,
	},
	{
		means: MeansMaturin, home: identity.PyPI,
		commands:        [][]string{{"maturin", "publish"}, {"maturin", "upload"}},
		repositoryFlags: []string{"-r", "--repository"}, repositoryEnv: []string{"MATURIN_REPOSITORY"},
		urlFlags: []string{"--repository-url"}, urlEnv: []string{"MATURIN_REPOSITORY_URL"},
		tokenFlags: []string{"-p", "--password"}, tokenEnv: []string{"MATURIN_PYPI_TOKEN", "MATURIN_PASSWORD"}, mints: ifGranted,
		userFlags: []string{"-u", "--username"}, userEnv: []string{"MATURIN_USERNAME"},
	},
	{
		means: MeansPoetry, home: identity.PyPI,
		commands:        [][]string{{"poetry", "publish"}},
		repositoryFlags: []string{"-r", "--repository"}, tokenFlags: []string{"-p", "--password"},
		tokenEnv: []string{"POETRY_PYPI_TOKEN_*", "POETRY_HTTP_BASIC_*_PASSWORD"}, dryFlags: []string{"--dry-run"},
		userFlags: []string{"-u", "--username"}, userEnv: []string{"POETRY_HTTP_BASIC_*_USERNAME"},
	},
	{
		means: MeansHatch, home: identity.PyPI,
		commands:        [][]string{{"hatch", "publish"}},
		repositoryFlags: []string{"-r", "--repo"}, repositoryEnv: []string{"HATCH_INDEX_REPO"},
		tokenFlags: []string{"-a", "--auth"}, tokenEnv: []string{"HATCH_INDEX_AUTH"},
		userFlags: []string{"-u", "--user"}, userEnv: []string{"HATCH_INDEX_USER"},
	},
	{
		means: MeansFlit, home: identity.PyPI,
		commands:        [][]string{{"flit", "publish"}},
		repositoryFlags: []string{"--repository"}, urlEnv: []string{"FLIT_INDEX_URL"}, tokenEnv: []string{"FLIT_PASSWORD"},
		userEnv: []string{"FLIT_USERNAME"},
	},
	{
		means: MeansPDM, home: identity.PyPI,
		commands:        [][]string{{"pdm", "publish"}},
		repositoryFlags: []string{"-r", "--repository"}, repositoryEnv: []string{"PDM_PUBLISH_REPO"},
		tokenFlags: []string{"-P", "--password"}, tokenEnv: []string{"PDM_PUBLISH_PASSWORD"}, mints: ifGranted,
		userFlags: []string{"-u", "--username"}, userEnv: []string{"PDM_PUBLISH_USERNAME"},
	},
	{
		means: MeansRye, home: identity.PyPI,
		commands:        [][]string{{"rye", "publish"}},
		repositoryFlags: []string{"-r", "--repository"}, urlFlags: []string{"--repository-url"},
		tokenFlags: []string{"--token"}, tokenEnv: []string{"RYE_TOKEN"},
	},
}
