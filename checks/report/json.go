// Package report renders a checks.Report: as the JSON that scripts depend on
// (docs/verify.schema.json), and as text for people.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Schema is the version of the JSON's shape. Within it fields are only added.
const Schema = 1

// document is the JSON in the order of its keys; nil is "not known".
type document struct {
	Schema     int         `json:"schema"`
	Tool       string      `json:"tool"`
	At         *string     `json:"at"`
	Mode       string      `json:"mode"`
	Judged     *judged     `json:"judged"`
	Repository *repository `json:"repository"`
	Packages   []pkg       `json:"packages"`
	Publishers []publisher `json:"publishers"`
	Verdict    string      `json:"verdict"`
	Checks     []check     `json:"checks"`
}

type judged struct {
	Ref *string `json:"ref"`
	SHA *string `json:"sha"`
}

type repository struct {
	Host          string  `json:"host"`
	Owner         string  `json:"owner"`
	Name          string  `json:"name"`
	ID            *int64  `json:"id"`
	DefaultBranch *string `json:"default_branch"`
}

type pkg struct {
	Registry string  `json:"registry"`
	Name     *string `json:"name"`
	Version  *string `json:"version"`
	Path     string  `json:"path"`
}

type publisher struct {
	Registry    string            `json:"registry"`
	Package     string            `json:"package"`
	Owner       *string           `json:"owner"`
	OwnerID     *int64            `json:"owner_id"`
	Repository  *string           `json:"repository"`
	Workflow    string            `json:"workflow"`
	Environment *string           `json:"environment"`
	Origin      map[string]string `json:"origin"`
}

type check struct {
	ID      string `json:"id"`
	Step    string `json:"step"`
	Level   string `json:"level"`
	Subject string `json:"subject"`
	Verdict string `json:"verdict"`
	Because string `json:"because"`
	Fix     string `json:"fix"`
	Seen    []seen `json:"seen"`
	Where   *where `json:"where"`
	Docs    string `json:"docs"`
}

type seen struct {
	Source string  `json:"source"`
	At     *string `json:"at"`
}

type where struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// JSON renders the report for machines, indented, with a line break at the
// end. tool is the program with its version, "gh-trustpub 0.1.0".
func JSON(r checks.Report, tool string) ([]byte, error) {
	doc := document{
		Schema: Schema, Tool: tool, At: stamp(r.At), Mode: string(r.Mode),
		Packages: []pkg{}, Publishers: []publisher{}, Verdict: string(r.Verdict()), Checks: []check{},
	}
	if r.World != nil {
		doc.Judged, doc.Repository, doc.Packages = judgedOf(r.World), repositoryOf(r.World), packagesOf(r.World)
	}
	for _, p := range r.Publishers {
		doc.Publishers = append(doc.Publishers, publisherOf(p))
	}
	for _, res := range r.Results {
		doc.Checks = append(doc.Checks, checkOf(res))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("writing the report as JSON: %w", err)
	}
	return out.Bytes(), nil
}

func judgedOf(w *evidence.World) *judged {
	c, ok := w.Judged.Get()
	if !ok {
		return nil
	}
	return &judged{Ref: text(c.Ref), SHA: text(c.SHA)}
}

func repositoryOf(w *evidence.World) *repository {
	if repo, ok := w.GitHub.Repository.Get(); ok {
		r := named(repo.Name)
		r.ID, r.DefaultBranch = number(repo.ID), text(repo.DefaultBranch)
		return r
	}
	if name, ok := w.Repo.Get(); ok {
		return named(name)
	}
	return nil
}

func named(n evidence.RepoName) *repository {
	host := n.Host
	if host == "" {
		host = "github.com"
	}
	return &repository{Host: line(host), Owner: line(n.Owner), Name: line(n.Name)}
}

func packagesOf(w *evidence.World) []pkg {
	list := []pkg{}
	for _, p := range w.Tree.Packages.Or(nil) {
		if p.Publish.Or(true) {
			list = append(list, pkg{
				Registry: string(p.Ecosystem.Registry()), Name: text(p.Name.Or("")),
				Version: text(p.Version.Or("")), Path: line(p.Path),
			})
		}
	}
	return list
}

func publisherOf(p identity.Publisher) publisher {
	out := publisher{
		Registry: string(p.Registry), Package: line(p.Package), Owner: text(p.Owner), OwnerID: number(p.OwnerID),
		Repository: text(p.Repository), Workflow: line(path.Base(p.Workflow)), Environment: text(p.Environment),
		Origin: map[string]string{},
	}
	for field, from := range p.Origin {
		out.Origin[string(field)] = line(from)
	}
	return out
}

func checkOf(r checks.Result) check {
	out := check{
		ID: r.Check.ID, Step: string(r.Check.Step), Level: string(r.Level), Subject: line(r.Subject),
		Verdict: string(r.Verdict), Because: line(r.Because), Fix: line(r.Fix), Seen: []seen{}, Docs: checks.Docs(r.Check.ID),
	}
	for _, s := range r.Seen {
		out.Seen = append(out.Seen, seen{Source: line(s.String()), At: stamp(s.At)})
	}
	if r.Where != nil {
		out.Where = &where{File: line(r.Where.File), Line: r.Where.Line}
	}
	return out
}

// line makes text from outside safe to print, on one line.
func line(s string) string { return evidence.CleanLine(s) }

func text(s string) *string {
	if s = line(s); s == "" {
		return nil
	}
	return &s
}

func number(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}
