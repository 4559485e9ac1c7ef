package collect

import (
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// elsewhere moves what GitHub answers to the API of another host.
func elsewhere(base string) *internet {
	n := acme()
	for path, body := range n.answers {
		if rest, ours := strings.CutPrefix(path, "api.github.com/"); ours {
			n.answers[base+rest] = body
			delete(n.answers, path)
		}
	}
	return n
}

func TestHostsBesideGitHubCom(t *testing.T) {
	tokens := map[string]string{"github.com": "gho_public", "git.acme.example": "ghp_server", "acme.ghe.com": "gho_resident"}
	for host, base := range map[string]string{"git.acme.example": "git.acme.example/api/v3/", "acme.ghe.com": "api.acme.ghe.com/"} {
		t.Run(host, func(t *testing.T) {
			n := elsewhere(base)
			way, err := transport.New(transport.Options{Base: n, Timeout: 300 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			c := New(Options{Transport: way, Token: func(h string) string { return tokens[h] }, Hosts: []string{"github.com", host}})
			dir := checkout(t, "git@"+host+":acme/market-data.git", map[string]string{"pyproject.toml": pyproject, "Cargo.toml": crate, "src/lib.rs": ""})
			w := live(t, c, Request{Dir: dir})
			repo := w.GitHub.Repository.Or(evidence.Repository{})
			if repo.Name.Host != host || !w.Workflows.Seen() || !w.GitHub.Environments.Seen() || !strings.HasPrefix(w.GitHub.Repository.Source().Name, base) {
				t.Errorf("repository %+v (%s), workflows %s", repo, w.GitHub.Repository.Reason(), w.Workflows.Reason())
			}
			if !w.Projects[key("pypi", "market-data")].Seen() || !w.Projects[key("crates.io", "market-core")].Seen() {
				t.Errorf("the registries are asked all the same: %v", w.Projects)
			}
			if n.askedFor("github.com/") {
				t.Errorf("github.com was asked: %v", n.asked)
			}
			for address, token := range n.tokens {
				if !strings.HasPrefix(address, base) || token != "token "+tokens[host] {
					t.Errorf("%s got %q", address, token)
				}
			}
			if len(n.tokens) == 0 {
				t.Error("nobody got a token")
			}
		})
	}
}
