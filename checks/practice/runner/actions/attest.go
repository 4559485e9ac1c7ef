package actions

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
)

// attestationSuffix is what the action puts after a distribution's name for the
// attestation beside it.
const attestationSuffix = ".publish.attestation"

// attestations makes for each distribution the JSON list that goes with its
// upload; all are empty where none are made.
func (p *publish) attestations(ctx context.Context, dists []*build.Distribution) ([]string, error) {
	out := make([]string, len(dists))
	wanted := p.step.Flag("attestations", true)
	switch {
	case !wanted:
		return out, nil
	case !p.trusted:
		if _, asked := p.step.Inputs["attestations"]; asked {
			p.step.Say("::warning::The workflow was run with the 'attestations: true' input, but an explicit password was also set, disabling Trusted Publishing. As a result, the attestations input is ignored.")
		}
		return out, nil
	}
	for _, d := range dists {
		if _, err := os.Stat(filepath.Join(p.dir, d.FileName+attestationSuffix)); err == nil {
			return nil, fmt.Errorf("Attestation generation failure:\n\n%s already has a publish attestation: %s", d.FileName, d.FileName+attestationSuffix) //nolint:staticcheck // the action's own text
		}
	}
	jwt, err := p.step.Endpoint.IDToken(ctx, p.step.Client, "sigstore")
	if err != nil {
		return nil, fmt.Errorf("Attestation generation failure:\n\n%w", err) //nolint:staticcheck // the action's own text
	}
	signer, err := newSigner(jwt)
	if err != nil {
		return nil, fmt.Errorf("Attestation generation failure:\n\n%w", err) //nolint:staticcheck // the action's own text
	}
	for i, d := range dists {
		a, err := signer.attest(d)
		if err != nil {
			return nil, fmt.Errorf("attesting %s: %w", d.FileName, err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, d.FileName+attestationSuffix), a, 0o644); err != nil {
			return nil, fmt.Errorf("keeping the attestation of %s: %w", d.FileName, err)
		}
		p.step.Say("Generating and uploading digital attestations: %s", d.FileName)
		out[i] = "[" + string(a) + "]"
	}
	return out, nil
}

// signer signs with a key of its own and a certificate that names the workflow,
// as Fulcio's would; nobody outside the practice world trusts it.
type signer struct {
	key  *ecdsa.PrivateKey
	cert []byte
}

// fulcioIssuer is the certificate extension that holds the token's issuer
// (github.com/sigstore/fulcio, docs/oid-info.md).
var fulcioIssuer = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}

func newSigner(jwt string) (*signer, error) {
	claims, err := exchange.Claims(jwt)
	if err != nil {
		return nil, err
	}
	workflow, _ := claims["job_workflow_ref"].(string)
	identity, err := url.Parse("https://github.com/" + workflow)
	if err != nil {
		return nil, fmt.Errorf("the workflow's name in the identity token: %w", err)
	}
	issuer, _ := claims["iss"].(string)
	extension, err := asn1.MarshalWithParams(issuer, "utf8")
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{Organization: []string{"gh-trustpub practice"}},
		NotBefore: now, NotAfter: now.Add(10 * time.Minute), URIs: []*url.URL{identity}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: fulcioIssuer, Value: extension}}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return &signer{key, cert}, err
}

// attest makes one attestation object (PEP 740): an in-toto statement about the
// file, signed in a DSSE envelope. Its transparency log entries are empty: the
// practice world has no such log.
func (g *signer) attest(d *build.Distribution) ([]byte, error) {
	statement, err := json.Marshal(map[string]any{"_type": "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": d.FileName, "digest": map[string]string{"sha256": d.SHA256()}}},
		"predicateType": "https://docs.pypi.org/attestations/publish/v1", "predicate": nil})
	if err != nil {
		return nil, err
	}
	const kind = "application/vnd.in-toto+json"
	sum := sha256.Sum256(fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(statement), statement))
	signature, err := ecdsa.SignASN1(rand.Reader, g.key, sum[:])
	if err != nil {
		return nil, err
	}
	encode := base64.StdEncoding.EncodeToString
	return json.Marshal(map[string]any{"version": 1,
		"envelope":              map[string]string{"statement": encode(statement), "signature": encode(signature)},
		"verification_material": map[string]any{"certificate": encode(g.cert), "transparency_entries": []any{}}})
}
