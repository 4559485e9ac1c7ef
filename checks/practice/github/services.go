package github

import "github.com/trustpub/gh-trustpub/checks/practice/box"

// SiteHost serves the browser pages.
const SiteHost = "github.com"

// Services are the hosts of GitHub that the store answers for: the API, the
// pages, and where jobs ask for identity tokens.
func (s *Store) Services() []box.Service {
	return []box.Service{newAPI(s), newSite(s), newPipelines(s), newResults(s)}
}
