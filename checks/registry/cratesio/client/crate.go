package client

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var errBudget = errors.New("too many crates to ask for each: crates.io allows one request a second; narrow it with --package")

// crate gathers what the index and the API tell of one crate.
type crate struct {
	name  string
	lines evidence.Fact[[]line]
	// project is what is seen; err is why the API did not tell.
	project evidence.Project
	source  evidence.Source
	exists  bool
	gone    bool
	// people are the numbers of the individual owners.
	people []int64
	// carried is whether the details are those of an earlier look.
	carried bool
	err     error
}

func newCrate(name string, lines evidence.Fact[[]line]) *crate {
	c := &crate{name: name, lines: lines, source: lines.Source(), project: evidence.Project{Name: name}}
	list, seen := lines.Get()
	if !seen {
		return c
	}
	c.exists = true
	c.project.Name = list[0].Name
	for _, l := range slices.Backward(list) {
		c.project.Versions = append(c.project.Versions, evidence.Version{Number: l.Vers, Yanked: l.Yanked})
	}
	return c
}

// fact sums up. A crate that the index does not hold and the API does not know
// is absent; where one of them could not be asked the other one decides, and
// the API's word counts, since it knows other spellings of a name.
func (c *crate) fact() evidence.Fact[evidence.Project] {
	switch {
	case c.exists:
		return evidence.Seen(c.project, c.source)
	case c.gone:
		return evidence.Absent[evidence.Project](c.source)
	case c.lines.Absent():
		return transport.Unknown[evidence.Project](c.source, c.err)
	}
	return evidence.Carry[evidence.Project](c.lines)
}

type crateAnswer struct {
	Crate struct {
		Name         string
		Repository   *string
		TrustpubOnly *bool `json:"trustpub_only"`
	}
	Versions []versionAnswer
}

type versionAnswer struct {
	Num          string
	CreatedAt    time.Time `json:"created_at"`
	Yanked       bool
	PublishedBy  *struct{ Login string } `json:"published_by"`
	TrustpubData *trustpubData           `json:"trustpub_data"`
}

type trustpubData struct {
	Provider, Repository, SHA string
	RunID                     string `json:"run_id"`
}

// readCrate asks the API of the crate and its versions.
func (l *look) readCrate(ctx context.Context, c *crate) {
	if !valid(c.name) || c.carried {
		return
	}
	var got crateAnswer
	answer, err := l.get(ctx, "crates/"+url.PathEscape(c.name), nil, &got)
	if err == nil && got.Crate.Name == "" {
		err = answer.Shape("it describes no crate")
	}
	switch {
	case transport.Is(err, transport.KindNotFound):
		c.notInAPI(err)
	case err != nil:
		c.apiFailed(err)
	default:
		c.apiTold(got, answer.Source())
	}
}

// notInAPI: the API knows no such crate. If the index holds it the two
// contradict each other, and what the index shows stands.
func (c *crate) notInAPI(err error) {
	if c.exists {
		c.apiFailed(err)
		return
	}
	c.gone, c.source = true, transport.SourceOf(err, c.source)
}

func (c *crate) apiFailed(err error) {
	c.err = err
	p := &c.project
	p.Repository = transport.Unknown[string](c.source, err)
	p.TrustpubOnly = transport.Unknown[bool](c.source, err)
	for i := range p.Versions {
		p.Versions[i].Trusted = transport.Unknown[evidence.Provenance](c.source, err)
	}
}

func (c *crate) apiTold(got crateAnswer, src evidence.Source) {
	c.exists, c.source = true, src
	p := &c.project
	p.Name = got.Crate.Name
	p.Roles, p.Organization = evidence.Absent[[]evidence.ProjectRole](src), evidence.Absent[string](src)
	p.Repository = evidence.Absent[string](src)
	if r := got.Crate.Repository; r != nil && *r != "" {
		p.Repository = evidence.Seen(*r, src)
	}
	p.TrustpubOnly = evidence.Unknown[bool](src, "the answer of crates.io does not tell")
	if only := got.Crate.TrustpubOnly; only != nil {
		p.TrustpubOnly = evidence.Seen(*only, src)
	}
	p.Versions = p.Versions[:0]
	for _, v := range got.Versions {
		p.Versions = append(p.Versions, evidence.Version{Number: v.Num, CreatedAt: v.CreatedAt, Yanked: v.Yanked, Trusted: v.trusted(src)})
	}
	slices.SortStableFunc(p.Versions, func(a, b evidence.Version) int { return b.CreatedAt.Compare(a.CreatedAt) })
}

// trusted reads the registry's own record. Nothing recorded proves nothing:
// the oldest versions have no publisher on record at all.
func (v versionAnswer) trusted(src evidence.Source) evidence.Fact[evidence.Provenance] {
	d := v.TrustpubData
	switch {
	case d == nil && v.PublishedBy != nil:
		return evidence.Absent[evidence.Provenance](src)
	case d == nil:
		return evidence.Unknown[evidence.Provenance](src, "crates.io has no record of who published this version")
	case d.Provider != "github":
		return evidence.Unknown[evidence.Provenance](src, "it was published by a trusted publisher of another kind (%s)", d.Provider)
	}
	run, err := strconv.ParseInt(d.RunID, 10, 64)
	if err != nil || d.Repository == "" {
		return evidence.Unknown[evidence.Provenance](src, "the record of crates.io could not be read: run %q, repository %q", d.RunID, d.Repository)
	}
	return evidence.Seen(evidence.Provenance{Repository: d.Repository, RunID: run, SHA: d.SHA}, src)
}

func status(err error) int {
	if e, ok := errors.AsType[*transport.Error](err); ok {
		return e.Status
	}
	return 0
}
