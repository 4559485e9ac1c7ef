package actions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
)

// publish is one use of pypa/gh-action-pypi-publish. What it prints follows
// oidc-exchange.py and twine-upload.sh of its release branch.
type publish struct {
	step           *Step
	url, index     string
	user, password string
	dir            string
	trusted        bool
}

func pypiPublish(ctx context.Context, s *Step) error {
	p := publish{step: s, url: s.Input("repository-url", "https://upload.pypi.org/legacy/"), user: s.Input("user", "__token__"), password: s.Input("password", "")}
	var err error
	if p.index, err = exchange.Index(p.url); err != nil {
		return err
	}
	if p.dir, err = s.Place.Path(s.Workspace, s.Input("packages-dir", s.Input("packages_dir", "dist"))); err != nil {
		return err
	}
	if err := p.credentials(ctx); err != nil {
		return err
	}
	dists, err := p.distributions()
	if err != nil {
		return err
	}
	attestations, err := p.attestations(ctx, dists)
	if err != nil {
		return err
	}
	s.Say("Uploading distributions to %s", p.url)
	for i, d := range dists {
		if err := p.upload(ctx, d, attestations[i]); err != nil {
			return err
		}
	}
	return nil
}

// credentials takes the password given, or gets a token by the exchange.
func (p *publish) credentials(ctx context.Context) error {
	s := p.step
	if p.user != "__token__" || p.password != "" {
		if p.password == "" {
			return errors.New("EnvironmentError: a `user` other than __token__ needs a `password`")
		}
		s.Say("::add-mask::%s", p.password)
		if p.user == "__token__" && !strings.HasPrefix(p.password, "pypi-") {
			s.Say("::warning::It looks like you are trying to use an API token to authenticate in the package index and your token value does not start with \"pypi-\" as it typically should. This may cause an authentication error.")
		}
		return nil
	}
	s.Say("::notice::Attempting to perform trusted publishing exchange to retrieve a temporary short-lived API token for authentication against %s due to __token__ username with no supplied password field", p.url)
	p.trusted = true
	audience, err := exchange.Audience(ctx, s.Client, p.index)
	if err != nil {
		return failure("audience retrieval failed: " + err.Error())
	}
	jwt, err := s.Endpoint.IDToken(ctx, s.Client, audience)
	if err != nil {
		return failure(retrievalFailed(err))
	}
	s.Say("::add-mask::%s", jwt)
	token, err := exchange.PyPI(ctx, s.Client, p.index, jwt)
	var refused *exchange.Refusal
	if errors.As(err, &refused) {
		return failure(refusedExchange(refused, jwt))
	}
	if err != nil {
		return failure(err.Error())
	}
	s.Say("::add-mask::%s", token)
	p.password = token
	return nil
}

func failure(message string) error {
	return fmt.Errorf("Trusted publishing exchange failure: \n%s", message) //nolint:staticcheck // the action's own text
}

func retrievalFailed(err error) string {
	if errors.Is(err, exchange.ErrNoPermission) {
		err = fmt.Errorf("missing or insufficient OIDC token permissions, %w", err)
	}
	return fmt.Sprintf("OpenID Connect token retrieval failed: %v\n\nThis generally indicates a workflow configuration error, such as insufficient\n"+
		"permissions. Make sure that your workflow has `id-token: write` configured\nat the job level, e.g.:\n\n"+
		"```yaml\npermissions:\n  id-token: write\n```\n\nLearn more at %s.", err, permissionsHelp)
}

// shownClaims are those that the action prints, in its order.
var shownClaims = []string{"sub", "repository", "repository_owner", "repository_owner_id", "workflow_ref", "job_workflow_ref", "ref", "environment"}

func refusedExchange(r *exchange.Refusal, jwt string) string {
	var out strings.Builder
	out.WriteString("Token request failed: the server refused the request for the following reasons:\n\n")
	for _, reason := range r.Reasons {
		fmt.Fprintf(&out, "* `%s`: %s\n", reason.Code, reason.Text)
	}
	out.WriteString("\nThis generally indicates a trusted publisher configuration error, but could\nalso indicate an internal error on GitHub or PyPI's part.\n\n\n" +
		"The claims rendered below are **for debugging purposes only**. You should **not**\n" +
		"use them to configure a trusted publisher unless they already match your expectations.\n\n" +
		"If a claim is not present in the claim set, then it is rendered as `MISSING`.\n\n")
	claims, err := exchange.Claims(jwt)
	if err != nil {
		return out.String() + err.Error()
	}
	for _, name := range shownClaims {
		value, ok := claims[name].(string)
		if !ok {
			value = "MISSING"
		}
		fmt.Fprintf(&out, "* `%s`: `%s`\n", name, value)
	}
	out.WriteString("\nSee https://docs.pypi.org/trusted-publishers/troubleshooting/ for more help.\n")
	if called, caller := claims["job_workflow_ref"], claims["workflow_ref"]; called != caller {
		fmt.Fprintf(&out, "\nThe claims in this token suggest that the calling workflow is a reusable workflow.\n\n"+
			"In particular, this action was initiated by:\n\n    %v\n\nWhereas its parent workflow is:\n\n    %v\n\n"+
			"Reusable workflows are **not currently supported** by PyPI's Trusted Publishing\nfunctionality, and are subject to breakage.", called, caller)
	}
	return strings.TrimRight(out.String(), "\n")
}

func (p *publish) distributions() ([]*build.Distribution, error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil || len(entries) == 0 {
		p.step.Say("::warning::It looks like there are no Python distribution packages to publish in the directory '%s/'. Please verify that they are in place should you face this problem.", p.step.Input("packages-dir", "dist"))
		return nil, fmt.Errorf("InvalidDistribution: Cannot find file (or expand pattern): '%s/*'", p.step.Input("packages-dir", "dist"))
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), attestationSuffix) {
			names = append(names, e.Name())
		}
	}
	// Wheels go before source distributions, as twine sorts them.
	sort.SliceStable(names, func(i, j int) bool {
		return strings.HasSuffix(names[i], ".whl") && !strings.HasSuffix(names[j], ".whl")
	})
	var out []*build.Distribution
	for _, n := range names {
		d, err := build.ReadDistribution(filepath.Join(p.dir, n))
		if err != nil {
			return nil, err
		}
		p.step.Say("Checking %s: PASSED", n)
		if p.step.Flag("print-hash", false) {
			p.step.Say("%s  %s", d.SHA256(), n)
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("InvalidDistribution: no distributions in '%s'", p.step.Input("packages-dir", "dist"))
	}
	return out, nil
}

func (p *publish) upload(ctx context.Context, d *build.Distribution, attestations string) error {
	p.step.Say("Uploading %s", d.FileName)
	err := d.Upload(ctx, p.step.Client, p.url, p.user, p.password, attestations)
	var refused *build.UploadError
	if p.step.Flag("skip-existing", false) && errors.As(err, &refused) && refused.AlreadyExists() {
		p.step.Say("WARNING  Skipping %s because it appears to already exist", d.FileName)
		return nil
	}
	return err
}
