package client

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// maxProvenance is how many files of a release have their provenance read; the
// simple page tells for all whether they have one.
const maxProvenance = 4

// noAttestation is what a missing attestation means, and what it does not.
const noAttestation = "no attestation was uploaded, which does not prove that a token was used"

// provenance is GET /integrity/NAME/VERSION/FILE/provenance (warehouse commit
// 6b62157, 2026-08-21).
type provenance struct {
	Bundles []struct {
		Publisher publisher
	} `json:"attestation_bundles"`
}

type publisher struct {
	Kind, Repository, Workflow string
	Environment                *string
}

// trusted says who published a release: one publisher for every file, or
// unknown. A release of which only some files carry an attestation may have
// been uploaded in part with a token.
func (l *look) trusted(ctx context.Context, files []file, src evidence.Source) evidence.Fact[evidence.Provenance] {
	with := attestedFiles(files)
	switch {
	case len(files) == 0:
		return evidence.Unknown[evidence.Provenance](src, "the newest version has no files that we can tell are its own")
	case with == 0:
		return evidence.Unknown[evidence.Provenance](src, noAttestation)
	case with < len(files):
		return evidence.Unknown[evidence.Provenance](src, "only %d of %d files carry an attestation", with, len(files))
	}
	var first evidence.Fact[evidence.Provenance]
	for i, f := range files[:min(len(files), maxProvenance)] {
		one := l.readProvenance(ctx, *f.Provenance)
		was, ok := first.Get()
		switch {
		case !one.Seen():
			return one
		case i == 0:
			first = one
		case ok && was != one.Or(was):
			return evidence.Unknown[evidence.Provenance](one.Source(), "the files of the newest version come from different publishers")
		}
	}
	return first
}

// attested says whether every file of a release carries an attestation.
func attested(files []file, src evidence.Source) evidence.Fact[bool] {
	if len(files) == 0 {
		return evidence.Unknown[bool](src, "the newest version has no files that we can tell are its own")
	}
	return evidence.Seen(attestedFiles(files) == len(files), src)
}

func attestedFiles(files []file) int {
	with := 0
	for _, f := range files {
		if f.Provenance != nil && *f.Provenance != "" {
			with++
		}
	}
	return with
}

func (l *look) readProvenance(ctx context.Context, address string) evidence.Fact[evidence.Provenance] {
	src := evidence.Source{Name: strings.TrimPrefix(address, "https://")}
	if !strings.HasPrefix(address, l.base+"integrity/") {
		return evidence.Unknown[evidence.Provenance](src, "its provenance lies at an address that we do not know")
	}
	var p provenance
	answer, err := l.get(ctx, address, "application/vnd.pypi.integrity.v1+json", &p)
	switch {
	case transport.Is(err, transport.KindNotFound):
		return evidence.Unknown[evidence.Provenance](src, noAttestation)
	case err != nil:
		return transport.Unknown[evidence.Provenance](src, err)
	case len(p.Bundles) == 0:
		return evidence.Unknown[evidence.Provenance](answer.Source(), "the provenance names no publisher")
	}
	return p.Bundles[0].Publisher.evidence(answer.Source())
}

func (p publisher) evidence(src evidence.Source) evidence.Fact[evidence.Provenance] {
	if p.Kind != "GitHub" {
		return evidence.Unknown[evidence.Provenance](src, "it was published by a trusted publisher of another kind (%s)", p.Kind)
	}
	if p.Repository == "" || p.Workflow == "" {
		return evidence.Unknown[evidence.Provenance](src, "the provenance names no repository or no workflow")
	}
	out := evidence.Provenance{Repository: p.Repository, Workflow: p.Workflow}
	if p.Environment != nil {
		out.Environment = *p.Environment
	}
	return evidence.Seen(out, src)
}
