package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Ruleset makes a change that adds a ruleset to the repository, or adds to the
// one of that name. seen is that one as it stood when the change was made, nil
// without one; the change reads again before it writes. Undo deletes what was
// not there before, by its name, which is unique in a repository.
func (t *Tools) Ruleset(seen *evidence.Ruleset, wish RulesetWish) Change {
	before, verb := RulesetState{}, "Add"
	if seen != nil {
		before, verb = rulesetOf(seen), "Extend"
	}
	return Change{
		ID:      "ruleset:" + wish.Name,
		Title:   verb + " the ruleset " + wish.Name,
		Preview: wish.preview(seen),
		Before:  before, After: before.fulfil(wish),
		Perform: func(ctx context.Context, h Hands) error { return t.guard(ctx, h, wish) },
	}
}

// rulesetOf is a ruleset as it was seen, without the parameters of its rules.
func rulesetOf(e *evidence.Ruleset) RulesetState {
	s := RulesetState{Exists: true, ID: e.ID, Name: e.Name, Target: e.Target, Enforcement: e.Enforcement, Include: e.Include, Exclude: e.Exclude}
	for _, r := range e.Rules {
		s.Rules = append(s.Rules, json.RawMessage(fmt.Sprintf(`{"type":%q}`, r.Type)))
	}
	for _, a := range e.Bypass.Or(nil) {
		s.Bypass = append(s.Bypass, json.RawMessage(fmt.Sprintf(`{"actor_id":%d,"actor_type":%q,"bypass_mode":%q}`, a.ID, a.Type, a.Mode)))
	}
	return s
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
	now, err := t.findRuleset(ctx, api, wish)
	if err != nil {
		return err
	}
	if now.Exists && len(now.lacks(wish)) == 0 {
		return nil // made by an earlier, interrupted try
	}
	h.progress("Writing the ruleset %s", wish.Name)
	id, err := t.writeRuleset(ctx, api, now, now.fulfil(wish))
	if err != nil {
		return fmt.Errorf("write the ruleset %s: %w%s", wish.Name, err, rulesetHint(err))
	}
	h.progress("Reading back what GitHub stored")
	got, err := t.readRuleset(ctx, api, id)
	if err != nil {
		return fmt.Errorf("read back the ruleset %s: %w", wish.Name, err)
	}
	if missing := got.lacks(wish); len(missing) > 0 {
		return fmt.Errorf("GitHub took the ruleset %s and did not store %s: see https://github.com/%s/rules/%d", wish.Name, strings.Join(missing, ", "), t.Repo, id)
	}
	return nil
}

// findRuleset reads the repository's own ruleset of the wish's name; one that is
// not there is a state too.
func (t *Tools) findRuleset(ctx context.Context, api API, wish RulesetWish) (RulesetState, error) {
	const most = 100
	var list []struct {
		ID         int64
		Name       string
		SourceType string `json:"source_type"`
	}
	if _, err := api.Do(ctx, http.MethodGet, fmt.Sprintf("%s?includes_parents=false&per_page=%d", t.rulesets(), most), nil, &list); err != nil {
		return RulesetState{}, fmt.Errorf("read the rulesets: %w%s", err, rulesetHint(err))
	}
	if len(list) == most {
		return RulesetState{}, fmt.Errorf("read the rulesets: there are %d or more", most)
	}
	for _, one := range list {
		if one.Name != wish.Name {
			continue
		}
		now, err := t.readRuleset(ctx, api, one.ID)
		if err == nil && now.Target != wish.Target {
			err = fmt.Errorf("it is for a %s, and one for a %s is to have this name: rename it, then come back", now.Target, wish.Target)
		}
		if err != nil {
			return now, fmt.Errorf("read the ruleset %s: %w", wish.Name, err)
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

func (t *Tools) writeRuleset(ctx context.Context, api API, now, asked RulesetState) (int64, error) {
	if now.Exists {
		_, err := api.Do(ctx, http.MethodPut, fmt.Sprintf("%s/%d", t.rulesets(), now.ID), asked.body(), nil)
		return now.ID, err
	}
	var made struct{ ID int64 }
	_, err := api.Do(ctx, http.MethodPost, t.rulesets(), asked.body(), &made)
	if err == nil && made.ID == 0 {
		err = errors.New("GitHub's answer has no id")
	}
	return made.ID, err
}

// rulesetHint follows a refusal: GitHub gives 403 ("Upgrade to GitHub Pro or make
// this repository public to enable this feature.") where the plan does not have
// rulesets, and 404 to those who may not make them.
func rulesetHint(err error) string {
	if transport.Is(err, transport.KindForbidden, transport.KindNotFound, transport.KindInvalid) {
		return "; rulesets are an administrator's, and a private repository has them on GitHub Pro, Team and Enterprise only"
	}
	return ""
}

// RulesetCommands are the calls of gh that fulfil a wish where no ruleset of its
// name is there.
func RulesetCommands(repo evidence.RepoName, wish RulesetWish) []string {
	body, err := json.Marshal(RulesetState{}.fulfil(wish).body())
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
