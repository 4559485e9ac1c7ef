package practice_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

const crateSubject = "crates.io:" + name

func cratesRows(t *testing.T, w *settled) {
	other, loud := "other", "RELEASE"
	id := strconv.Itoa(w.crate.RepositoryOwnerID)
	for _, row := range []struct {
		name   string
		change func(*cratesio.Publisher)
		// listed are the values that the program must name when it sees crates.io's
		// list, refused those that crates.io's refusal holds; none: it does not matter.
		listed, refused []string
	}{
		{"owner", func(p *cratesio.Publisher) { p.RepositoryOwner = "acme-old" },
			[]string{"acme", "acme-old"}, []string{"No Trusted Publishing config found for repository `acme/market-data`"}},
		{"owner id", func(p *cratesio.Publisher) { p.RepositoryOwnerID = 77 }, []string{id, "77"}, []string{id, "77"}},
		{"repository", func(p *cratesio.Publisher) { p.RepositoryName = "market-prices" },
			[]string{"market-data", "market-prices"}, []string{"No Trusted Publishing config found for repository `acme/market-data`"}},
		{"workflow file", func(p *cratesio.Publisher) { p.WorkflowFilename = "release.yml" },
			[]string{"publish.yml", "release.yml"}, []string{"`publish.yml`", "`release.yml`"}},
		{"environment", func(p *cratesio.Publisher) { p.Environment = &other }, []string{"release", "other"}, []string{"`release`", "`other`"}},
		{"capitals", func(p *cratesio.Publisher) {
			p.RepositoryOwner, p.RepositoryName, p.Environment = "ACME", "Market-Data", &loud
		}, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			changed := w.crate
			row.change(&changed)
			must(t, w.Crates.SetPublisher(changed))
			if row.listed == nil {
				ended(t, w.rehearse(t, "main"), "crates-io", github.Success)
				w.ready(t, listed)
				must(t, w.Crates.SetPublisher(w.crate))
				return
			}
			foretold := answer(t, wrong(t, w.judge(t, listed), "publisher-matches", crateSubject, row.listed...))
			ended(t, w.rehearse(t, "main"), "crates-io", github.Failure, foretold)
			wrong(t, w.judge(t, hidden), "publisher-matches", crateSubject, row.refused...)
			must(t, w.Crates.SetPublisher(w.crate))
			ended(t, w.rehearse(t, "main"), "crates-io", github.Success)
			w.ready(t, listed)
		})
	}
}

// restore pushes the workflow as it should be: all must be well again.
func (w *settled) restore(t *testing.T, job string) {
	t.Helper()
	w.push(t, w.workflow)
	ended(t, w.rehearse(t, "main"), job, github.Success)
	w.ready(t, hidden)
}

// index is one of the two Python indexes with its publisher and its job.
type index struct {
	registry  identity.Registry
	service   *pypi.Service
	publisher pypi.Publisher
	job       string
}

func (w *settled) indexes() (main, test index) {
	return index{identity.PyPI, w.PyPI, w.project, "pypi"}, index{identity.TestPyPI, w.TestPyPI, w.test, "testpypi"}
}

func (i index) subject() string { return string(i.registry) + ":" + name }

// indexRow is one change of a publisher at an index.
type indexRow struct {
	name   string
	change func(*pypi.Identity)
	// values are the job's and the registered one; none: it does not matter.
	values []string
}

func indexRows(t *testing.T, w *settled) {
	main, test := w.indexes()
	for _, row := range []indexRow{
		{"owner", func(i *pypi.Identity) { i.Owner = "acme-old" }, []string{"acme", "acme-old"}},
		{"owner id", func(i *pypi.Identity) { i.OwnerID = "77" }, []string{w.project.OwnerID, "77"}},
		{"repository", func(i *pypi.Identity) { i.Repository = "market-prices" }, []string{"market-data", "market-prices"}},
		{"capitals of the repository", func(i *pypi.Identity) { i.Repository = "Market-Data" }, []string{"market-data", "Market-Data"}},
		{"workflow file", func(i *pypi.Identity) { i.Workflow = "release.yml" }, []string{"publish.yml", "release.yml"}},
		{"environment", func(i *pypi.Identity) { i.Environment = "other" }, []string{"release", "other"}},
		{"any environment", func(i *pypi.Identity) { i.Environment = "" }, nil},
	} {
		t.Run(row.name, func(t *testing.T) { w.indexRow(t, main, test, row) })
	}
	t.Run("TestPyPI environment", func(t *testing.T) {
		w.indexRow(t, test, main, indexRow{"", func(i *pypi.Identity) { i.Environment = "other" }, []string{"release", "other"}})
	})
	t.Run("id-token", func(t *testing.T) {
		w.withoutIDToken(t, "pypi", "ACTIONS_ID_TOKEN_REQUEST_TOKEN: unbound variable")
	})
	t.Run("no environment of the job", func(t *testing.T) {
		w.push(t, inJob(t, w.workflow, "pypi", "    environment: release\n", ""))
		ended(t, w.rehearse(t, "main"), "pypi", github.Failure, "invalid-publisher")
		wrong(t, w.judge(t, before), "publisher-matches", main.subject(), "environment (none)")
		w.restore(t, "pypi")
	})
}

// indexRow: no interface shows what is registered, so that both values are known
// only where the maintainer has said what stands there; else the refused run
// shows what the job presented. The other index has its own publisher, and must
// not mind.
func (w *settled) indexRow(t *testing.T, i, other index, row indexRow) {
	t.Helper()
	changed := i.publisher
	row.change(&changed.Identity)
	must(t, i.service.SetPublisher(changed))
	if row.values == nil {
		ended(t, w.rehearse(t, "main"), i.job, github.Success)
		w.ready(t, before)
		must(t, i.service.SetPublisher(i.publisher))
		return
	}
	foretold := answer(t, wrong(t, w.judge(t, before, i.said(t, changed)), "publisher-matches", i.subject(), row.values...))
	run := w.rehearse(t, "main")
	ended(t, run, i.job, github.Failure, foretold)
	ended(t, run, other.job, github.Success)
	r := w.judge(t, before)
	right(t, r, "publisher-matches", other.subject())
	wrong(t, r, "publisher-matches", i.subject(), "Publisher with matching claims was not found", row.values[0])
	must(t, i.service.SetPublisher(i.publisher))
	ended(t, w.rehearse(t, "main"), i.job, github.Success)
	w.ready(t, before)
}

// said is the maintainer's word that a publisher stands at the index.
func (i index) said(t *testing.T, p pypi.Publisher) evidence.Said {
	t.Helper()
	id, err := strconv.ParseInt(p.OwnerID, 10, 64)
	must(t, err)
	return evidence.Said{What: "publisher", At: time.Now(), Publisher: identity.Publisher{Registry: i.registry, Package: name,
		Identity: identity.Identity{Owner: p.Owner, OwnerID: id, Repository: p.Repository, Workflow: p.Workflow, Environment: p.Environment}}}
}
