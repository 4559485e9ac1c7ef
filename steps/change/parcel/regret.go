package parcel

import (
	"path"
	"slices"
	"strings"
)

// named are patterns of file names with what they hold.
var named = []struct {
	patterns []string
	why      string
}{
	{[]string{".env", ".env.*", "*.env"}, "holds settings that are often secret"},
	{[]string{"*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk", "*.kdbx", "*.asc.key"}, "may hold a private key"},
	{[]string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}, "is a private key"},
	{[]string{".pypirc", ".netrc", "_netrc", ".npmrc", ".git-credentials", ".dockercfg", "credentials", "credentials.toml", "credentials.json", "service-account*.json", "secrets.*", ".htpasswd", "*.tfstate", "*.tfvars"}, "holds credentials"},
	{[]string{"*.sqlite", "*.sqlite3", "*.db", "*.dump", "*.sql.gz", "core", "*.core"}, "holds data"},
	{[]string{"*.pyc", ".ds_store", "thumbs.db", "*.swp", "*.orig", "*.rej"}, "is left over from work here"},
}

// harmless are names that the patterns hit and that hold nothing.
var harmless = []string{".env.example", ".env.sample", ".env.template", ".env.dist", "example.env", "sample.env", "*.pub.pem", "cacert.pem"}

// folders with what they hold.
var folders = map[string]string{
	".git": "is the repository itself", ".ssh": "holds keys", ".aws": "holds credentials", ".gnupg": "holds keys", "node_modules": "is installed, not written",
	"__pycache__": "is left over from work here", ".venv": "is installed, not written", "venv": "is installed, not written", ".tox": "is left over from work here",
	".pytest_cache": "is left over from work here", ".mypy_cache": "is left over from work here", ".idea": "is an editor's", ".vscode": "is an editor's",
}

// regretted says why a file, named in lower case, had better stay at home; ""
// for no reason.
func regretted(name string) string {
	parts := strings.Split(name, "/")
	base := parts[len(parts)-1]
	if matches(harmless, base) {
		return ""
	}
	for _, n := range named {
		if matches(n.patterns, base) {
			return n.why
		}
	}
	for _, folder := range parts[:len(parts)-1] {
		if why := folders[folder]; why != "" {
			return why
		}
	}
	return ""
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, _ := path.Match(pattern, name) // patterns are constants
		return match
	})
}
