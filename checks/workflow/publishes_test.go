package workflow

import (
	"fmt"
	"strings"
	"testing"
)

// job wraps steps into a workflow with one job "p"; head goes before steps.
func job(head, steps string) string {
	return "on: {push: {tags: ['v*']}}\njobs:\n  p:\n    runs-on: ubuntu-latest\n" + indent(head, 4) + "    steps:\n" + indent(steps, 6)
}

func indent(text string, n int) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if l != "" {
			b.WriteString(strings.Repeat(" ", n) + l + "\n")
		}
	}
	return b.String()
}

const granted = "permissions: {id-token: write}"

// inBrief is a publishing place in one line: registry, means, credential,
// secrets, "<step of the exchange", "dry".
func inBrief(found []Publishing) string {
	var out []string
	for _, p := range found {
		words := []string{string(p.Registry), string(p.Means), string(p.Credential)}
		words = append(words, p.Secrets...)
		if p.Exchange != nil {
			words = append(words, fmt.Sprintf("<%d", p.Exchange.Index))
		}
		if p.DryRun {
			words = append(words, "dry")
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}

const auth = "- {id: auth, uses: rust-lang/crates-io-auth-action@v1}\n"

func TestPublishes(t *testing.T) {
	for name, c := range map[string]struct{ head, steps, want string }{
		"crates: wired at the step": {granted, auth + "- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}'}",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired at the job": {granted + "\nenv: {CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}'}", auth + "- run: cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired by flag": {granted, auth + "- run: cargo publish --token ${{ steps.auth.outputs.token }}",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired by prefix": {granted, auth + "- run: CARGO_REGISTRY_TOKEN=${{ steps.auth.outputs.token }} cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired by variable": {granted, auth + "- run: cargo publish --token \"$T\"\n  env: {T: '${{ steps.auth.outputs.token }}'}",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired through GITHUB_ENV": {granted, auth + "- run: echo \"CARGO_REGISTRY_TOKEN=${{ steps.auth.outputs.token }}\" >> $GITHUB_ENV\n- run: cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: wired by login": {granted, auth + "- run: |\n    cargo login ${{ steps.auth.outputs.token }}\n    cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: not wired": {granted, auth + "- run: cargo publish",
			"crates.io token exchange trusted publishing <0; crates.io cargo publish none found"},
		"crates: exchange alone": {granted, auth, "crates.io token exchange trusted publishing <0"},
		"crates: exchange beside a secret": {granted, auth + "- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}",
			"crates.io token exchange trusted publishing <0; crates.io cargo publish secret T"},
		"crates: secret":                {"", "- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.CRATES_TOKEN }}'}", "crates.io cargo publish secret CRATES_TOKEN"},
		"crates: secret by login":       {"", "- run: cargo login ${{ secrets.T }}\n- run: cargo publish", "crates.io cargo publish secret T"},
		"crates: secret piped":          {"", "- run: echo ${{ secrets.T }} | cargo login\n- run: cargo publish", "crates.io cargo publish secret T"},
		"crates: secret or exchange":    {granted, auth + "- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: \"${{ secrets.T || steps.auth.outputs.token }}\"}", "crates.io cargo publish secret T <0"},
		"crates: secret in lower case":  {"", "- run: cargo publish --token ${{ secrets.crates_token }}", "crates.io cargo publish secret CRATES_TOKEN"},
		"crates: dry run":               {"", "- run: cargo publish --dry-run", "crates.io cargo publish none found dry"},
		"crates: toolchain and options": {"", "- run: cargo +nightly -Z x --locked publish -n -p a", "crates.io cargo publish none found dry"},
		"crates: another registry":      {"", "- run: cargo publish --registry internal --token x", ""},
		"crates: named by address":      {"", "- run: cargo publish --index https://github.com/rust-lang/crates.io-index", "crates.io cargo publish none found"},
		"crates: help":                  {"", "- run: cargo publish --help", ""},
		"crates: workspaces":            {"", "- run: cargo workspaces publish --from-git --token ${{ secrets.T }} -y", "crates.io cargo workspaces publish secret T"},
		"crates: ws":                    {"", "- run: cargo ws publish --dry-run", "crates.io cargo workspaces publish none found dry"},
		"crates: release plans":         {"", "- run: cargo release patch", "crates.io cargo release none found dry"},
		"crates: release executes":      {"", "- run: cargo release publish --execute --no-confirm\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "crates.io cargo release secret T"},
		"crates: release refrains":      {"", "- run: cargo release --execute --no-publish", ""},
		"crates: release-plz mints":     {granted, "- uses: release-plz/action@v0.5\n  with: {command: release}\n  env: {GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}'}", "crates.io release-plz trusted publishing <0"},
		"crates: release-plz default":   {granted, "- uses: MarcoIeni/release-plz-action@v0.5", "crates.io release-plz trusted publishing <0"},
		"crates: release-plz secret":    {"", "- uses: release-plz/action@v0.5\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "crates.io release-plz secret T"},
		"crates: release-plz pr":        {"", "- uses: release-plz/action@v0.5\n  with: {command: release-pr}", ""},
		"crates: release-plz pr secret": {"", "- uses: release-plz/action@v0.5\n  with: {command: release-pr}\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "crates.io release-plz secret T dry"},
		"crates: release-plz program":   {"", "- run: release-plz release --git-token x", "crates.io release-plz trusted publishing <0"},
		"crates: katyo":                 {"", "- uses: katyo/publish-crates@v2\n  with: {registry-token: '${{ secrets.T }}'}", "crates.io publishing action secret T"},
		"crates: katyo dry":             {"", "- uses: katyo/publish-crates@v2\n  with: {dry-run: true}", "crates.io publishing action none found dry"},
		"crates: actions-rs":            {"", "- uses: actions-rs/cargo@v1\n  with: {command: publish, args: --token x}", "crates.io cargo publish secret"},
		"crates: by hand": {granted, "- run: |\n    T=$(curl -s -X POST https://crates.io/api/v1/trusted_publishing/tokens -d \"$J\" | jq -r .token)\n    CARGO_REGISTRY_TOKEN=$T cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: by hand, step before": {granted, "- run: curl https://crates.io/api/v1/trusted_publishing/tokens -d @j >> $GITHUB_ENV\n- run: cargo publish",
			"crates.io cargo publish trusted publishing <0"},
		"crates: by hand, output": {granted, "- id: m\n  run: curl https://crates.io/api/v1/trusted_publishing/tokens -d @j\n- run: cargo publish\n  env: {CARGO_REGISTRY_TOKEN: '${{ steps.m.outputs.t }}'}",
			"crates.io cargo publish trusted publishing <0"},
		"crates: revoked":                            {granted, "- run: curl -X DELETE https://crates.io/api/v1/trusted_publishing/tokens", ""},
		"crates: exchange in python":                 {granted, "- shell: python\n  run: |\n    # https://pypi.org/_/oidc/mint-token\n    post('https://crates.io/api/v1/trusted_publishing/tokens')", "crates.io token exchange trusted publishing <0"},
		"crates: exchange in github-script":          {granted, "- uses: actions/github-script@v8\n  with: {script: \"fetch('https://crates.io/api/v1/trusted_publishing/tokens')\"}", "crates.io token exchange trusted publishing <0"},
		"crates: tried again":                        {"", "- uses: nick-fields/retry@v3\n  with: {timeout_minutes: 5, command: cargo publish}\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "crates.io cargo publish secret T"},
		"crates: unknown program":                    {granted, auth + "- run: cargo xtask release\n  env: {CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}'}", "crates.io another program trusted publishing <0"},
		"crates: unknown program, secret":            {"", "- run: ./publish.sh\n  env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "crates.io another program secret T"},
		"crates: unknown program, secret of the job": {"env: {CARGO_REGISTRY_TOKEN: '${{ secrets.T }}'}", "- run: make release", "crates.io another program secret T"},
		"crates: unknown action":                     {"", "- uses: some/publisher@v1\n  with: {token: '${{ secrets.CARGO_REGISTRY_TOKEN }}'}", "crates.io another program secret CARGO_REGISTRY_TOKEN"},

		"pypi: action":             {granted, "- uses: pypa/gh-action-pypi-publish@release/v1", "pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: action by commit":   {granted, "- uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1", "pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: action, any case":   {granted, "- uses: PyPA/gh-action-pypi-publish@v1.14", "pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: action, too old":    {granted, "- uses: pypa/gh-action-pypi-publish@v1.5.0", "pypi pypa/gh-action-pypi-publish none found"},
		"pypi: action, secret":     {"", "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {user: __token__, password: '${{ secrets.PYPI_API_TOKEN }}'}", "pypi pypa/gh-action-pypi-publish secret PYPI_API_TOKEN"},
		"pypi: action to TestPyPI": {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: https://test.pypi.org/legacy/}", "testpypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: old spelling":       {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository_url: https://test.pypi.org/legacy/}", "testpypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: action elsewhere":   {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: https://nexus.example.org/}", ""},
		"pypi: action by event":    {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: \"${{ github.event_name == 'x' && 'https://test.pypi.org/legacy/' || '' }}\"}", "pypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: matrix of indexes": {granted + "\nstrategy: {matrix: {url: ['https://upload.pypi.org/legacy/', 'https://test.pypi.org/legacy/']}}", "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: '${{ matrix.url }}'}",
			"pypi pypa/gh-action-pypi-publish trusted publishing <0; testpypi pypa/gh-action-pypi-publish trusted publishing <0"},
		"pypi: uv":                           {granted, "- run: uv publish", "pypi uv publish trusted publishing <0"},
		"pypi: uv, TestPyPI":                 {granted, "- run: uv publish --index testpypi", "testpypi uv publish trusted publishing <0"},
		"pypi: uv, address":                  {granted, "- run: uv publish --publish-url=https://test.pypi.org/legacy/", "testpypi uv publish trusted publishing <0"},
		"pypi: uv, by variable":              {granted, "- run: uv publish\n  env: {UV_PUBLISH_URL: 'https://test.pypi.org/legacy/'}", "testpypi uv publish trusted publishing <0"},
		"pypi: uv, always":                   {granted, "- run: uv publish --trusted-publishing always", "pypi uv publish trusted publishing <0"},
		"pypi: uv, never":                    {granted, "- run: uv publish --trusted-publishing never", "pypi uv publish none found"},
		"pypi: uv, secret":                   {"", "- run: uv publish\n  env: {UV_PUBLISH_TOKEN: '${{ secrets.T }}'}", "pypi uv publish secret T"},
		"pypi: uv, flag":                     {"", "- run: uv publish -t ${{ secrets.T }}", "pypi uv publish secret T"},
		"pypi: uv, dry":                      {granted, "- run: uv publish --dry-run", "pypi uv publish trusted publishing <0 dry"},
		"pypi: uv, elsewhere":                {granted, "- run: uv publish --publish-url https://nexus.example.org/", ""},
		"pypi: twine, secret":                {"", "- run: twine upload dist/*\n  env: {TWINE_USERNAME: __token__, TWINE_PASSWORD: '${{ secrets.T }}'}", "pypi twine upload secret T"},
		"pypi: twine, flag":                  {"", "- run: python -m twine upload -u __token__ -p ${{ secrets.T }} dist/*", "pypi twine upload secret T"},
		"pypi: twine, TestPyPI":              {"", "- run: twine upload -r testpypi dist/* -p ${{ secrets.T }}", "testpypi twine upload secret T"},
		"pypi: twine, address":               {"", "- run: |\n    twine upload \\\n      --repository-url https://test.pypi.org/legacy/ \\\n      -p ${{ secrets.T }} dist/*", "testpypi twine upload secret T"},
		"pypi: twine mints":                  {granted, "- run: twine upload dist/*", "pypi twine upload trusted publishing <0"},
		"pypi: twine may not":                {"", "- run: twine upload dist/*", "pypi twine upload none found"},
		"pypi: twine, pypirc":                {"", "- run: |\n    cat > ~/.pypirc <<EOF\n    [pypi]\n    password = ${{ secrets.T }}\n    EOF\n    twine upload dist/*", "pypi twine upload secret T"},
		"pypi: twine check":                  {"", "- run: twine check dist/*", ""},
		"pypi: twine elsewhere":              {"", "- run: twine upload -r internal dist/* -p x", ""},
		"pypi: maturin, secret":              {"", "- run: maturin publish\n  env: {MATURIN_PYPI_TOKEN: '${{ secrets.T }}'}", "pypi maturin publish secret T"},
		"pypi: maturin upload":               {granted, "- run: maturin upload --skip-existing wheels/*", "pypi maturin publish trusted publishing <0"},
		"pypi: maturin-action":               {granted, "- uses: PyO3/maturin-action@v1\n  with: {command: upload, args: --non-interactive --skip-existing dist/*}", "pypi maturin publish trusted publishing <0"},
		"pypi: maturin-action, secret":       {"", "- uses: PyO3/maturin-action@v1\n  env: {MATURIN_PYPI_TOKEN: '${{ secrets.T }}'}\n  with: {command: publish, args: '-r testpypi'}", "testpypi maturin publish secret T"},
		"pypi: maturin-action builds":        {"", "- uses: PyO3/maturin-action@v1\n  with: {command: build}", ""},
		"pypi: poetry":                       {"", "- run: poetry publish --build\n  env: {POETRY_PYPI_TOKEN_PYPI: '${{ secrets.T }}'}", "pypi poetry publish secret T"},
		"pypi: poetry configured":            {"", "- run: |\n    poetry config pypi-token.pypi ${{ secrets.T }}\n    poetry publish", "pypi poetry publish secret T"},
		"pypi: poetry dry":                   {"", "- run: poetry publish --dry-run", "pypi poetry publish none found dry"},
		"pypi: hatch":                        {"", "- run: hatch publish -r test\n  env: {HATCH_INDEX_AUTH: '${{ secrets.T }}'}", "testpypi hatch publish secret T"},
		"pypi: flit":                         {"", "- run: flit publish\n  env: {FLIT_USERNAME: __token__, FLIT_PASSWORD: '${{ secrets.T }}'}", "pypi flit publish secret T"},
		"pypi: pdm mints":                    {granted, "- run: pdm publish", "pypi pdm publish trusted publishing <0"},
		"pypi: rye":                          {"", "- run: rye publish --token ${{ secrets.T }} --yes", "pypi rye publish secret T"},
		"pypi: by hand":                      {granted, "- run: |\n    T=$(curl -X POST https://test.pypi.org/_/oidc/mint-token -d x)\n    twine upload -r testpypi -p $T dist/*", "testpypi twine upload trusted publishing <0"},
		"crates: by hand in python":          {granted, "- run: |\n    python3 - <<'EOF'\n    import requests\n    requests.post('https://crates.io/api/v1/trusted_publishing/tokens', json={'jwt': jwt})\n    EOF", "crates.io token exchange trusted publishing <0"},
		"crates: by hand in javascript":      {granted, "- uses: actions/github-script@v7\n  with: {script: \"await fetch('https://crates.io/api/v1/trusted_publishing/tokens', {method: 'POST'})\"}", "crates.io token exchange trusted publishing <0"},
		"crates: by hand, with jq":           {granted, "- run: |\n    T=$(curl -s -d \"$(jq -n --arg j \"$J\" '{jwt: $j}')\" https://crates.io/api/v1/trusted_publishing/tokens | jq -r .token)\n    cargo publish --token \"$T\"", "crates.io cargo publish trusted publishing <0"},
		"crates: by hand, another shell":     {granted, "- shell: python\n  run: |\n    import urllib.request\n    urllib.request.urlopen('https://crates.io/api/v1/trusted_publishing/tokens')", "crates.io token exchange trusted publishing <0"},
		"crates: token given back":           {granted, "- run: curl -X DELETE https://crates.io/api/v1/trusted_publishing/tokens", ""},
		"pypi: by hand in python":            {granted, "- run: |\n    python -c \"\n    base = 'https://test.pypi.org'\n    post(base + '/_/oidc/mint-token')\n    \"", "testpypi token exchange trusted publishing <0"},
		"pypi: by hand, both named":          {granted, "- shell: python\n  run: |\n    base = 'https://test.pypi.org' if test else 'https://pypi.org'\n    post(base + '/_/oidc/mint-token')", "pypi token exchange trusted publishing <0"},
		"pypi: by hand, a comment":           {granted, "- shell: python\n  run: |\n    # https://pypi.org/_/oidc/mint-token\n    x()", ""},
		"pypi: by hand, index in a variable": {granted, "- run: curl \"$INDEX/_/oidc/mint-token\" -d x\n  env: {INDEX: 'https://test.pypi.org'}", "testpypi token exchange trusted publishing <0"},
		"pypi: poetry action":                {"", "- uses: JRubics/poetry-publish@v2\n  with: {pypi_token: '${{ secrets.T }}'}", "pypi poetry publish secret T"},
		"pypi: two uploads": {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: https://test.pypi.org/legacy/}\n- uses: pypa/gh-action-pypi-publish@release/v1",
			"testpypi pypa/gh-action-pypi-publish trusted publishing <0; pypi pypa/gh-action-pypi-publish trusted publishing <1"},

		"none: quoted":        {"", "- run: echo \"cargo publish\"", ""},
		"none: comment":       {"", "- run: |\n    # cargo publish\n    cargo build", ""},
		"none: named so":      {"", "- name: cargo publish\n  run: cargo build", ""},
		"none: install":       {"", "- run: cargo install cargo-publish && pip install twine", ""},
		"none: text file":     {"", "- run: |\n    cat > README <<EOF\n    twine upload dist/*\n    EOF", ""},
		"none: github token":  {"", "- uses: some/action@v1\n  with: {token: '${{ secrets.GITHUB_TOKEN }}'}", ""},
		"none: another cloud": {granted, "- uses: aws-actions/configure-aws-credentials@v4\n  with: {role-to-assume: x}", ""},
		"none: npm":           {granted, "- run: npm publish", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(job(c.head, c.steps)))
			if len(f.Problems) > 0 {
				t.Fatalf("the test's own workflow: %+v", f.Problems)
			}
			found := Publishes([]*File{f})
			if got := inBrief(found); got != c.want {
				t.Errorf("found %q\nwant  %q", got, c.want)
			}
			for _, p := range found {
				if p.Step == nil || p.Job == nil || p.File != f || p.Triggered != f || p.Line < 1 || p.Line > len(f.Lines) {
					t.Errorf("incomplete: %+v", p)
				}
			}
		})
	}
}

func TestPublishingLines(t *testing.T) {
	f := Parse(Dir+"publish.yml", []byte(job("", "- uses: actions/checkout@v4\n- run: |\n    cargo build\n\n    cargo publish --token x\n- run: cargo publish --dry-run\n")))
	for i, p := range Publishes([]*File{f}) {
		if line := f.Lines[p.Line-1]; !strings.Contains(line, "cargo publish") {
			t.Errorf("place %d points at line %d, %q", i, p.Line, line)
		}
	}
}

func TestDoubt(t *testing.T) {
	for name, c := range map[string]struct{ head, steps, want string }{
		"index at run time": {granted, "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: '${{ vars.INDEX }}'}", "vars.index"},
		"token of a vault":  {"", "- {id: v, uses: some/vault@v1}\n- run: cargo publish --token ${{ steps.v.outputs.t }}", "step v"},
		"token from needs":  {"", "- run: cargo publish --token ${{ needs.x.outputs.t }}", "needs.x.outputs.t"},
		"token by hand":     {"", "- run: cargo publish --token \"$(cat t)\"", "$(…)"},
		"unknown program":   {"", "- run: ./x\n  env: {TWINE_PASSWORD: '${{ secrets.T }}'}", "does not show"},
		"nothing to doubt":  {granted, "- run: uv publish", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(job(c.head, c.steps)))
			found := Publishes([]*File{f})
			if len(found) != 1 || !strings.Contains(found[0].Doubt, c.want) || (c.want == "") != (found[0].Doubt == "") {
				t.Errorf("found %s, doubt %+v, want %q", inBrief(found), found, c.want)
			}
		})
	}
}
