package github

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

type subject struct {
	UseDefault *bool    `json:"use_default"`
	Keys       []string `json:"include_claim_keys"`
	Immutable  bool     `json:"use_immutable_subject"`
	Prefix     string   `json:"sub_claim_prefix"`
}

func (s subject) evidence() evidence.SubjectSettings {
	return evidence.SubjectSettings{Default: s.UseDefault != nil && *s.UseDefault, Keys: s.Keys, Immutable: s.Immutable, Prefix: s.Prefix}
}

// readSubject reads how the repository's sub claim is made.
func (l *look) readSubject(ctx context.Context) evidence.Fact[evidence.SubjectSettings] {
	path := l.base + "/actions/oidc/customization/sub"
	if !l.SignedIn() {
		return anonymous[evidence.SubjectSettings](l.Source(path), rightWrite)
	}
	var s subject
	answer, err := l.Get(ctx, path, &s)
	if err == nil && s.UseDefault == nil {
		err = answer.Shape("it does not say whether the default is used")
	}
	if err != nil {
		return withheld[evidence.SubjectSettings](ctx, l, l.Source(path), err, rightWrite)
	}
	return evidence.Seen(s.evidence(), answer.Source())
}

// readOrganizationSubject reads the organisation's template. 404 does not tell
// an organisation without one from one whose settings the token may not read.
func (l *look) readOrganizationSubject(ctx context.Context) evidence.Fact[evidence.SubjectSettings] {
	if l.repo.OwnerType == "User" {
		return evidence.Absent[evidence.SubjectSettings](l.Source(l.base))
	}
	path := "orgs/" + rest.Path(l.repo.Name.Owner) + "/actions/oidc/customization/sub"
	if !l.SignedIn() {
		return evidence.Unknown[evidence.SubjectSettings](l.Source(path), "not signed in; only the organisation's members see its settings")
	}
	var s subject
	answer, err := l.Get(ctx, path, &s)
	switch {
	case transport.Is(err, transport.KindNotFound):
		return evidence.Unknown[evidence.SubjectSettings](l.Source(path), "%s has no template of its own, or this token may not read the organisation's settings (read:org)", l.repo.Name.Owner)
	case err != nil:
		return transport.Unknown[evidence.SubjectSettings](l.Source(path), err)
	}
	return evidence.Seen(s.evidence(), answer.Source())
}
