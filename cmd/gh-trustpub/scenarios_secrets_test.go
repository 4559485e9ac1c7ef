package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// values are the values of all secrets that the world's GitHub keeps, at every
// level.
func (w *trial) values() []string {
	repo, err := w.GitHub.Repository(w.Setting().Owner, w.Setting().Name)
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[string]bool{}
	add := func(secrets []github.Secret) {
		for _, s := range secrets {
			all[s.Value] = true
		}
	}
	add(repo.Secrets)
	add(repo.DependabotSecrets)
	for _, e := range repo.Environments {
		add(e.Secrets)
	}
	for _, value := range w.GitHub.Secrets(repo.Owner, repo.Name, "") {
		all[value] = true // the organisation's are among them
	}
	return slices.Collect(maps.Keys(all))
}

// search fails the test for an exchange that has a secret in it, on whosever
// side. What proves who asks is not among what is recorded.
func (w *trial) search(x box.Exchange) {
	for what, text := range map[string]string{"asked": x.URL + string(x.RequestBody), "was answered": string(x.Body)} {
		w.conceals(x.Method+" "+x.URL+" "+what, text)
	}
	for name, values := range x.Header {
		w.conceals(x.URL+" answered in "+name, strings.Join(values, " "))
	}
}

// conceals fails the test for a text that has a secret in it, which the message
// does not repeat.
func (w *trial) conceals(what, text string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, secret := range w.secrets {
		if strings.Contains(text, secret) {
			w.t.Errorf("%s reveals the value of secret %d", what, i+1)
		}
	}
}

// keepsNone searches the files that the program writes: journals, and the
// working tree.
func (w *trial) keepsNone() {
	w.t.Helper()
	for _, dir := range []string{filepath.Join(w.Dir(), "home"), w.Setting().Checkout} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			w.conceals(path, string(text))
			return err
		})
		if err != nil {
			w.t.Error(err)
		}
	}
}
