package practice

import (
	"path/filepath"
	"slices"
	"strings"
)

// personal are variables that carry the person's own credentials or settings:
// none of them gets into the world. Names that end in "*" are prefixes.
var personal = []string{
	"GH_*", "GITHUB_*", "GIT_*", "CARGO_REGISTRY_*", "CARGO_REGISTRIES_*", "CARGO_HTTP_*", "CARGO_NET_*", "CARGO_HOME",
	"TWINE_*", "UV_*", "PYPI_*", "TEST_PYPI_*", "MATURIN_*", "POETRY_*", "FLIT_*", "HATCH_*", "PDM_*", "PIP_*",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", "SSH_AUTH_SOCK",
	"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "BROWSER", "TRUSTPUB_*",
}

// strip takes the person's own settings out of an environment.
func strip(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.ContainsFunc(personal, func(p string) bool {
			prefix, many := strings.CutSuffix(p, "*")
			return name == p || many && strings.HasPrefix(name, prefix)
		})
	})
}

// Variables that tell the program's own children in the world where they are.
const (
	// EnvPractice is the scenario's name: a badge in the header, no more.
	EnvPractice = "TRUSTPUB_PRACTICE"
	// EnvPages is the address of the loopback pages for the opener.
	EnvPages = "TRUSTPUB_PRACTICE_PAGES"
	// EnvBrowser is the browser that the person had set outside, for the opener.
	EnvBrowser = "TRUSTPUB_PRACTICE_BROWSER"
)

// Env is the environment of a program that runs inside the world: outer
// without the person's own settings, and with the world's. opener is the
// command that opens a page, as one word per element.
func (w *World) Env(outer []string, opener ...string) []string {
	home := func(parts ...string) string { return filepath.Join(append([]string{w.dir, "home"}, parts...)...) }
	env := append(strip(outer), w.box.Env()...)
	return append(env,
		"GH_TOKEN="+w.setting.Token, "GH_CONFIG_DIR="+home("gh"), "GH_NO_UPDATE_NOTIFIER=1", "GH_BROWSER="+command(opener),
		"XDG_CONFIG_HOME="+home("config"), "XDG_STATE_HOME="+home("state"), "XDG_DATA_HOME="+home("data"), "XDG_CACHE_HOME="+home("cache"),
		"CARGO_HOME="+home("cargo"), "CARGO_TERM_PROGRESS_WHEN=never",
		"GIT_CONFIG_GLOBAL="+w.setting.GitConfig, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		EnvPractice+"="+w.scenario, EnvPages+"="+w.box.Pages(), EnvBrowser+"="+outerBrowser(outer),
	)
}

// command quotes words for GH_BROWSER, which gh splits as a shell does.
func command(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
	}
	return strings.Join(quoted, " ")
}

func outerBrowser(outer []string) string {
	for _, name := range []string{"GH_BROWSER=", "BROWSER="} {
		for _, v := range outer {
			if browser, ok := strings.CutPrefix(v, name); ok && browser != "" {
				return browser
			}
		}
	}
	return ""
}
