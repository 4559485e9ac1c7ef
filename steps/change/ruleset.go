package change

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Ruleset makes a change that adds a ruleset to the repository. Rulesets add up,
// so that those which are there are left as they are. Undo deletes it, by its
// name, which is unique in a repository.
func (t *Tools) Ruleset(wish RulesetWish) Change {
	return Change{
		ID:      "ruleset:" + wish.Name,
		Title:   "Add the ruleset " + wish.Name,
		Preview: wish.preview(),
		Before:  RulesetState{}, After: wish.state(),
		Perform: func(ctx context.Context, h Hands) error { return t.guard(ctx, h, wish) },
	}
}

func (t *Tools) rulesets() string {
	return fmt.Sprintf("repos/%s/%s/rulesets", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name))
}

func (t *Tools) guard(ctx context.Context, h Hands, wish RulesetWish) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Reading the rulesets")
	now, err := t.findRuleset(ctx, api, wish.Name)
	switch missing := now.lacks(wish); {
	case err != nil:
		return err
	case now.Exists && len(missing) == 0:
		return nil // made by an earlier, interrupted try
	case now.Exists:
		return fmt.Errorf("add the ruleset %s: one of that name is there, and lacks %s: look again, or change it on https://%s/%s/rules/%d", wish.Name, strings.Join(missing, ", "), t.Repo.Host, t.Repo, now.ID)
	}
	h.progress("Writing the ruleset %s", wish.Name)
	var made struct{ ID int64 }
	if _, err := api.Do(ctx, http.MethodPost, t.rulesets(), wish.state().body(), &made); err != nil {
		return fmt.Errorf("write the ruleset %s: %w%s", wish.Name, err, rulesetHint(err))
	}
	h.progress("Reading back what GitHub stored")
	got, err := t.readRuleset(ctx, api, made.ID)
	if err != nil {
		return fmt.Errorf("read back the ruleset %s: %w", wish.Name, err)
	}
	if missing := got.lacks(wish); len(missing) > 0 {
		return fmt.Errorf("GitHub took the ruleset %s and did not store %s: see https://%s/%s/rules/%d", wish.Name, strings.Join(missing, ", "), t.Repo.Host, t.Repo, made.ID)
	}
	return nil
}

// findRuleset reads the repository's own ruleset of a name; one that is not there
// is a state too.
func (t *Tools) findRuleset(ctx context.Context, api API, name string) (RulesetState, error) {
	const most = 100
	var list []struct {
		ID   int64
		Name string
	}
	if _, err := api.Do(ctx, http.MethodGet, fmt.Sprintf("%s?includes_parents=false&per_page=%d", t.rulesets(), most), nil, &list); err != nil {
		return RulesetState{}, fmt.Errorf("read the rulesets: %w%s", err, rulesetHint(err))
	}
	if len(list) == most {
		return RulesetState{}, fmt.Errorf("read the rulesets: there are %d or more", most)
	}
	for _, one := range list {
		if one.Name != name {
			continue
		}
		now, err := t.readRuleset(ctx, api, one.ID)
		if err != nil {
			return now, fmt.Errorf("read the ruleset %s: %w", name, err)
		}
		return now, nil
	}
	return RulesetState{}, nil
}

func (t *Tools) readRuleset(ctx context.Context, api API, id int64) (RulesetState, error) {
	var answer struct {
		Name, Target, Enforcement string
		Conditions                struct {
			RefName struct{ Include, Exclude []string } `json:"ref_name"`
		}
		Rules  []json.RawMessage
		Bypass []json.RawMessage `json:"bypass_actors"`
	}
	if _, err := api.Do(ctx, http.MethodGet, fmt.Sprintf("%s/%d", t.rulesets(), id), nil, &answer); err != nil {
		return RulesetState{}, err
	}
	return RulesetState{Exists: true, ID: id, Name: answer.Name, Target: answer.Target, Enforcement: answer.Enforcement,
		Include: answer.Conditions.RefName.Include, Exclude: answer.Conditions.RefName.Exclude, Rules: answer.Rules, Bypass: answer.Bypass}, nil
}

// rulesetHint follows a refusal: GitHub gives 403 ("Upgrade to GitHub Pro or make
// this repository public to enable this feature.") where the plan does not have
// rulesets, and 404 to those who may not make them.
func rulesetHint(err error) string {
	if transport.Is(err, transport.KindForbidden, transport.KindScope, transport.KindNotFound) {
		return "; rulesets are an administrator's, and a private repository has them on GitHub Pro, Team and Enterprise only"
	}
	return ""
}

// RulesetCommands are the calls of gh that fulfil a wish.
func RulesetCommands(repo evidence.RepoName, wish RulesetWish) []string {
	body, err := json.Marshal(wish.state().body())
	if err != nil {
		return nil
	}
	return []string{"gh api" + hostFlag(repo) + " --method POST repos/" + repo.String() + "/rulesets --input - <<'END'", string(body), "END"}
}

// hostFlag names the host for gh api, where it is not the usual one.
func hostFlag(repo evidence.RepoName) string {
	if repo.Host != "" && repo.Host != "github.com" {
		return " --hostname " + repo.Host
	}
	return ""
}
