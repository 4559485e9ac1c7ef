package steps

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

const tokenHelp = "Scope trusted-publishing, the shortest expiry: https://crates.io/settings/tokens/new"

// tokenQuestion asks for a token of crates.io, which is not shown.
func tokenQuestion() Question {
	return Question{ID: "token", Kind: Masked, Title: "A token of crates.io", Check: checkToken, Help: tokenHelp}
}

// listsAll says whether crates.io shows the publishers of every crate that it has.
func (l *layout) listsAll() bool {
	return !slices.ContainsFunc(l.of(identity.CratesIO), func(p identity.Publisher) bool {
		project, ok := l.project(p).Get()
		return ok && !project.Publishers.Seen()
	})
}

// offers let us look with a token where crates.io shows publishers: one that is
// typed, or the one that cargo keeps.
func (l *layout) offers() []Way {
	ways := []Way{{Kind: Do, Choices: true, Label: "Let me look on crates.io with a token",
		Help:      "crates.io shows publishers only to a token. It stays in memory until you quit.",
		Questions: []Question{tokenQuestion()},
		Prepare: func(a Answers) ([]change.Change, error) {
			return []change.Change{l.Offer(strings.TrimSpace(a["token"]))}, nil
		}}}
	if file := l.Tools.CargoToken.File; file != "" && !l.Offered {
		ways = append(ways, l.cargoToken(file))
	}
	return ways
}

// cargoToken takes the token that cargo keeps, after a yes that names its file.
func (l *layout) cargoToken(file string) Way {
	return Way{Kind: Do, Choices: true, Label: "Let me look on crates.io with the token that cargo keeps",
		Help: "It is read from " + file + ", stays in memory until you quit, and is sent to crates.io alone.",
		Questions: []Question{{ID: "read", Kind: Choice, Title: "Read the token in " + file + "?", Default: "no",
			Options: []Option{{"no", "No"}, {"yes", "Yes, read that file"}}, Help: "What cargo login stored may do more than this needs; a new token with the scope trusted-publishing alone may do less."}},
		Prepare: func(a Answers) ([]change.Change, error) {
			if a["read"] != "yes" {
				return nil, errors.New(file + " was not read")
			}
			token, err := l.Tools.CargoToken.Read()
			if err != nil {
				return nil, err
			}
			return []change.Change{l.Offer(token)}, nil
		}}
}

// elsewhere says where cargo keeps a token that is not read here.
func (l *layout) elsewhere() []Line {
	if where := l.Tools.CargoToken.Elsewhere; where != "" && !l.Offered {
		return []Line{{Text: "cargo keeps its token with " + where + ", which is not read here; a token can be typed in."}}
	}
	return nil
}

// sourced is a publisher with the origins that the layout knows.
func (l *layout) sourced(p identity.Publisher) identity.Publisher {
	origins := map[identity.Field]string{}
	for _, f := range identity.Fields() {
		origins[f] = l.origin(p, f)
	}
	p.Origin = origins
	return p
}

// registerWay registers publishers through the API. Without a token it asks for
// one, and is no part of a plan then.
func (l *layout) registerWay(settles string, crates []identity.Publisher, asks bool) Way {
	label := "crates.io: register it for me"
	if len(crates) > 1 {
		label = fmt.Sprintf("crates.io: register all %d for me", len(crates))
	}
	way := Way{Kind: Do, Settles: settles, Label: label, Offer: asks,
		Help: fmt.Sprintf("Through the API of crates.io, which takes a request a second: about %d s. What is registered already is left as it is.", len(crates)+2)}
	var list []identity.Publisher
	seen := map[string]evidence.Fact[[]identity.Publisher]{}
	for _, p := range crates {
		list, seen[p.Package] = append(list, l.sourced(p)), l.listed(p)
	}
	if asks {
		way.Questions = []Question{tokenQuestion()}
		way.Help += " It asks for a token, which stays in memory until you quit."
	}
	way.Prepare = func(a Answers) ([]change.Change, error) {
		token := strings.TrimSpace(a["token"])
		changes := l.Tools.RegisterPublishers(list, token, seen)
		if token != "" {
			changes = append([]change.Change{l.Offer(token)}, changes...)
		}
		return changes, nil
	}
	return way
}

// listed are the publishers that crates.io shows of a crate.
func (l *layout) listed(p identity.Publisher) evidence.Fact[[]identity.Publisher] {
	return l.project(p).Or(evidence.Project{}).Publishers
}
