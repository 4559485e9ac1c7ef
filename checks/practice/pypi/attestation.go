package pypi

import (
	"encoding/base64"
	"encoding/json"
	"slices"
)

// predicates are the kinds of attestation that the index takes, one of each
// for a file (warehouse/attestations/services.py).
var predicates = []string{"https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1"}

// statement is what an attestation says, and about which file.
type statement struct {
	Subject []struct {
		Name   string
		Digest map[string]string
	}
	PredicateType string
}

// attestations checks what was uploaded beside a file and returns it as the
// provenance that the index shows. Signatures are not checked: the practice
// world has no Sigstore.
func (s *Service) attestations(who identity, text string, d dist) (json.RawMessage, error) {
	list, err := readAttestations(who, text)
	if err != nil {
		return nil, badRequest("Invalid attestations supplied during upload: %s", err)
	}
	var seen []string
	for _, one := range list {
		kind, err := verifyAttestation(one, d)
		if err == nil && slices.Contains(seen, kind) {
			err = because("Multiple attestations for the same file with the same predicate type (%s) are not supported", kind)
		}
		if err != nil {
			return nil, badRequest("Invalid attestations supplied during upload: %s", err)
		}
		seen = append(seen, kind)
	}
	publisher := map[string]any{
		"kind": "GitHub", "repository": who.publisher.repository(), "workflow": who.publisher.Workflow, "environment": nil,
	}
	if who.publisher.Environment != "" {
		publisher["environment"] = who.publisher.Environment
	}
	return json.Marshal(map[string]any{
		"version":             1,
		"attestation_bundles": []any{map[string]any{"publisher": publisher, "attestations": list}},
	})
}

func readAttestations(who identity, text string) ([]json.RawMessage, error) {
	if who.publisher == nil {
		return nil, because("Attestations are only supported when using Trusted Publishing")
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, because("Malformed attestations: %s", err)
	}
	if len(list) == 0 {
		return nil, because("Malformed attestations: an empty attestation set is not permitted")
	}
	if len(list) > len(predicates) {
		return nil, because("A maximum of %d attestations per file are supported", len(predicates))
	}
	return list, nil
}

// verifyAttestation tells what kind an attestation is, and refuses one that is
// about another file.
func verifyAttestation(raw json.RawMessage, d dist) (kind string, err error) {
	var a struct {
		Version              int
		VerificationMaterial *json.RawMessage `json:"verification_material"`
		Envelope             *struct{ Statement, Signature string }
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return "", because("Malformed attestations: %s", err)
	}
	if a.Version != 1 || a.Envelope == nil || a.VerificationMaterial == nil || a.Envelope.Signature == "" {
		return "", because("Malformed attestations: version, verification_material and envelope are required")
	}
	unverified := func(problem string) error {
		return because("Could not verify the uploaded artifact using the included attestation: %s", problem)
	}
	var said statement
	text, err := base64.StdEncoding.DecodeString(a.Envelope.Statement)
	if err != nil || json.Unmarshal(text, &said) != nil {
		return "", unverified("invalid statement")
	}
	switch {
	case len(said.Subject) != 1:
		return "", unverified("too many subjects in statement (must be exactly one)")
	case said.Subject[0].Name != d.name:
		return "", unverified("subject does not match distribution name: " + said.Subject[0].Name + " != " + d.name)
	case said.Subject[0].Digest["sha256"] != sha256Hex(d.content):
		return "", unverified("subject does not match distribution digest")
	case !slices.Contains(predicates, said.PredicateType):
		return "", because("Attestation with unsupported predicate type: %s", said.PredicateType)
	}
	return said.PredicateType, nil
}
