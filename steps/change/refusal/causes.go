package refusal

import "regexp"

// cause is a text by which tools and registries are known to refuse.
type cause struct {
	kind Kind
	text *regexp.Regexp
	// next may use what text captured.
	next, page string
}

var tryAgain = regexp.MustCompile(`[Tt]ry again after ([A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT)`)

const (
	profile     = "https://crates.io/settings/profile"
	crateTokens = "https://crates.io/settings/tokens"
	account     = "https://pypi.org/manage/account/"
	pypiTokens  = "https://pypi.org/manage/account/token/"
)

func text(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }

// causes in the order in which they are looked for: a text that holds another's
// comes first. The texts are those of crates.io (commit 57fa000), PyPI's
// warehouse (commit 6b62157, both 2026-08-21), cargo 1.95, twine 4.0.2 and uv's
// source (2026-08), and as they stand in the issues of pypa/twine,
// rust-lang/cargo and astral-sh/uv.
var causes = append(append([]cause{}, cratesCauses...), append(pypiCauses, toolCauses...)...)

var cratesCauses = []cause{
	{RateLimited, text(`You have published too many (new crates|updates to existing crates|versions of this crate)[^.]*\.`), "Wait until crates.io takes more; what is out stays out, and the rest goes on from there", ""},
	{EmailUnverified, text(`A verified email address is required to publish crates to crates\.io\.`), "Set the address and follow the link in the mail, then go on", profile},
	{TrustedOnly, text(`New versions of this crate can only be published using Trusted Publishing`), "Publish by the workflow, or turn that setting off for as long as it takes", ""},
	{NameTaken, text(`this crate exists but you don't seem to be an owner\.`), "Choose another name in Cargo.toml, or ask an owner to add you (cargo owner --add)", ""},
	{NameRefused, text(`cannot upload a crate with a reserved name`), "Choose another name in Cargo.toml", ""},
	{NameRefused, text("A crate with the name `([^`]+)` was recently deleted\\. Reuse of this name will be available after (\\S+?)\\.( |$)"), "Wait until $2, or choose another name in Cargo.toml", ""},
	{NameRefused, text("crate was previously named `([^`]+)`"), "Spell the name $1 in Cargo.toml: names that differ in - and _ or case are one", ""},
	{AlreadyThere, text("crate version `([^`]+)` is already uploaded"), "Nothing is to be done for $1; a change needs a new version", ""},
	{AlreadyThere, text(`crate (\S+@\S+) already exists on crates\.io index`), "Nothing is to be done for $1; a change needs a new version", ""},
	{Metadata, text(`missing or empty metadata fields: ([a-z_, -]+)\.`), "Add to Cargo.toml: $1", "https://doc.rust-lang.org/cargo/reference/manifest.html"},
	{Metadata, text(`unknown or invalid license expression`), "Give license in Cargo.toml as an SPDX expression, or license-file", "https://spdx.org/licenses/"},
	{Metadata, text(`expected at most 5 (keywords|categories) per crate`), "Leave at most five $1 in Cargo.toml", ""},
	{Metadata, text(`"([^"]*)" is an invalid keyword`), "Change the keyword $1 in Cargo.toml: at most 20 letters, digits, - and _, beginning with a letter or digit", ""},
	{Metadata, text(`The following category slugs are not currently supported on crates\.io: ([^.]+)\.?`), "Take categories of the list into Cargo.toml in the place of $1", "https://crates.io/category_slugs"},
	{Metadata, text("The `description` is too long"), "Shorten description in Cargo.toml to 1000 characters", ""},
	{Metadata, text("URL for field `([^`]+)` must begin with http"), "Correct $1 in Cargo.toml", ""},
	{Metadata, text("wildcard \\(`\\*`\\) dependency constraints are not allowed on crates\\.io"), "Give that dependency a version in Cargo.toml", ""},
	{Metadata, text("all dependencies must have a version (?:requirement )?specified when publishing\\. dependency `([^`]+)` does not specify a version"), "Add version to the dependency $1 in Cargo.toml, beside its path", ""},
	{DependencyMissing, text("no known crate named `([^`]+)`"), "Publish $1 first", ""},
	{DependencyMissing, text("no matching package named `([^`]+)` found"), "Publish $1 first, or correct its name", ""},
	{DependencyMissing, text("failed to select a version for the requirement `([^`]+)`"), "Publish a version of it that fits $1 first", ""},
	{TooLarge, text(`max upload size is: (\d+)`), "Leave files out by exclude or include in Cargo.toml: crates.io takes $1 bytes (cargo package --list shows what goes in)", ""},
	{TokenRefused, text(`this token does not have the required permissions to perform this action`), "Make a token with the scopes publish-new and publish-update for these crates", crateTokens + "/new"},
	{TokenRefused, text(`The given API token does not match the format used by crates\.io`), "Copy the whole token, or make a new one", crateTokens + "/new"},
	{TokenRefused, text(`status 403[^)]*\): (authentication failed|this action requires authentication)`), "The token is revoked or expired: make a new one", crateTokens + "/new"},
	{TokenRefused, text("(no token found|please provide a non-empty token)"), "Give the token when it is asked for", crateTokens + "/new"},
}

var pypiCauses = []cause{
	{EmailUnverified, text(`does not have a verified primary email address`), "Verify the address, then go on", account},
	{NoTwoFactor, text(`does not have two-factor authentication enabled`), "Turn two-factor authentication on, then go on", account},
	{AlreadyThere, text(`File already exists(?: \('([^']+)')?`), "Nothing is to be done for this file; a change needs a new version", ""},
	{AlreadyThere, text(`(This filename (?:was previously used by a file that has since been deleted|has already been used))`), "Take a new version: a file's name is never used twice", ""},
	{NameRefused, text(`The name '([^']+)' is too similar to an existing project`), "Choose another name than $1 in pyproject.toml", ""},
	{NameRefused, text(`The name '([^']+)' isn't allowed`), "Choose another name than $1 in pyproject.toml", ""},
	{NameTaken, text(`The name '([^']+)' conflicts with an existing project`), "Choose another name than $1 in pyproject.toml", ""},
	{NameTaken, text(`The user '([^']+)' isn't allowed to upload to project '([^']+)'`), "$2 is somebody else's: choose another name in pyproject.toml, or ask its owners to add $1", ""},
	{NameRefused, text(`Non-user identities cannot create new projects`), "Register a pending publisher under exactly the name in pyproject.toml", "https://pypi.org/manage/account/publishing/"},
	{TokenRefused, text(`Invalid API Token: project-scoped token is not valid for project: '([^']+)'`), "A first release needs a token for the whole account; delete it afterwards", pypiTokens},
	{TokenRefused, text(`Invalid API Token: token is expired`), "Make a new token", pypiTokens},
	{TokenRefused, text(`Username/Password authentication is no longer supported`), "Give a token of PyPI: the user name is __token__", pypiTokens},
	{TokenRefused, text(`Invalid or non-existent authentication information`), "Copy the whole token, and mind that PyPI and TestPyPI have tokens of their own", pypiTokens},
	{RateLimited, text(`Too many new projects created`), "Wait a while before the next new project", ""},
	{Metadata, text(`The description failed to render (?:for|in) '?([^' .]+)'?`), "Correct the readme: twine check shows where", ""},
	{Metadata, text("`?(?:long_description` has|The description has) (?:syntax errors in markup|invalid)[^.]*"), "Correct the readme: twine check shows where", ""},
	{Metadata, text(`'([^']+)' is (?:an invalid value for Classifier|not a valid classifier)`), "Take $1 out of the classifiers, or spell it as the list has it", "https://pypi.org/classifiers/"},
	{Metadata, text(`The use of local versions in '?([^' ]+)'? is not allowed`), "Take a version without the part after +", ""},
	{TooLarge, text(`File too large\. Limit for project '([^']+)' is (\d+) MB`), "Leave files out of the distribution: PyPI takes $2 MB a file", ""},
	{TooLarge, text(`status code 413|413 (?:Client Error|Request Entity Too Large)`), "Leave files out of the distribution", ""},
	{Metadata, text(`Uploading new files to releases older than 14 days is not allowed`), "Take a new version", ""},
	{Metadata, text(`InvalidDistribution: ([^.]+)\.`), "Build again with a current build and twine: $1", ""},
	{TokenRefused, text(`Attestations are only supported when using Trusted Publishing`), "Turn attestations off for an upload with a token", ""},
}

var toolCauses = []cause{
	{Uncommitted, text(`(\d+) files? in the working directory contain changes that were not yet committed into git`), "Commit or put aside $1 changed files, then go on", ""},
	{RateLimited, text(`(?:status 429|429 (?:Client Error|Too Many Requests)|status code 429)[^.]*`), "Wait a while, then go on", ""},
	{Network, text(`(?i)(?:could not resolve host|failed to resolve|name or service not known|temporary failure in name resolution|dns error)[^.)]*`), "Look at the connection, then go on", ""},
	{Network, text(`(?i)(?:connection refused|connection reset|connection aborted|failed to connect|couldn't connect to server|network is unreachable|remotedisconnected|proxyerror)[^.)]*`), "Look at the connection and the proxy, then go on", ""},
	{Network, text(`(?i)(?:certificate verify failed|SSL certificate problem|self[- ]signed certificate|invalid peer certificate)[^.)]*`), "Something between here and the registry changes the traffic: see that its certificate is trusted (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CARGO_HTTP_CAINFO)", ""},
	{Network, text(`(?i)(?:operation timed out|timed out|timeout was reached|spurious network error)[^.)]*`), "Try again: what is out stays out", ""},
	{Network, text(`(?:status 5\d\d [A-Z][A-Za-z ]+|5\d\d Server Error[^.]*|status code 5\d\d[^.]*)`), "The registry has a problem of its own: try again later", "https://status.crates.io or https://status.python.org"},
	{ToolBroken, text(`No module named '?(build|twine)'?`), "Install it: python -m pip install $1", ""},
	{ToolBroken, text(`rustup could not choose a version of cargo to run`), "Run rustup default stable", ""},
}
