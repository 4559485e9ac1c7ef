package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// foretold is the JSON of a forecast in the order of its keys
// (docs/predict.schema.json).
type foretold struct {
	Schema     int         `json:"schema"`
	Tool       string      `json:"tool"`
	At         *string     `json:"at"`
	Mode       string      `json:"mode"`
	Ref        string      `json:"ref"`
	Origin     string      `json:"origin"`
	Exists     *bool       `json:"exists"`
	Event      *string     `json:"event"`
	Judged     *judged     `json:"judged"`
	Files      string      `json:"files"`
	Differs    []string    `json:"differs"`
	Repository *repository `json:"repository"`
	Outlook    string      `json:"outlook"`
	Remarks    []remark    `json:"remarks"`
	Runs       []runFate   `json:"runs"`
	Idle       []idle      `json:"idle"`
}

type remark struct {
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	Fix     string `json:"fix"`
}

type idle struct {
	File    string `json:"file"`
	Because string `json:"because"`
}

type runFate struct {
	File    string    `json:"file"`
	Line    *int      `json:"line"`
	Event   string    `json:"event"`
	Ref     string    `json:"ref"`
	Fate    string    `json:"fate"`
	Because string    `json:"because"`
	Jobs    []jobFate `json:"jobs"`
}

type jobFate struct {
	Subject     string         `json:"subject"`
	Line        *int           `json:"line"`
	Fate        string         `json:"fate"`
	Because     string         `json:"because"`
	Text        *string        `json:"text"`
	Fix         string         `json:"fix"`
	Environment *string        `json:"environment"`
	Approvers   []string       `json:"approvers"`
	Nobody      bool           `json:"nobody"`
	Minutes     int            `json:"minutes"`
	Apps        []string       `json:"apps"`
	Registries  []registryFate `json:"registries"`
}

type registryFate struct {
	Registry   string        `json:"registry"`
	Uploads    bool          `json:"uploads"`
	Fate       string        `json:"fate"`
	Because    string        `json:"because"`
	Stage      *string       `json:"stage"`
	Field      *string       `json:"field"`
	Presented  *string       `json:"presented"`
	Registered []string      `json:"registered"`
	Text       *string       `json:"text"`
	Packages   []packageFate `json:"packages"`
}

type packageFate struct {
	Name    string  `json:"name"`
	Version *string `json:"version"`
	Fate    string  `json:"fate"`
	Because string  `json:"because"`
	Text    *string `json:"text"`
}

// ForecastJSON renders a forecast for machines, indented, with a line break at
// the end. w is the world that it was made from.
func ForecastJSON(f checks.Forecast, w *evidence.World, tool string) ([]byte, error) {
	doc := foretold{
		Schema: Schema, Tool: tool, At: stamp(w.At), Mode: string(w.Mode), Ref: line(f.Ref), Origin: line(f.Origin), Event: text(f.Event),
		Files: line(f.Files), Differs: lines(f.Differs), Repository: repositoryOf(w), Outlook: string(f.Outlook()),
		Remarks: []remark{}, Runs: []runFate{}, Idle: []idle{},
	}
	if exists, seen := f.Exists.Get(); seen {
		doc.Exists = &exists
	}
	if c, ok := f.Judged.Get(); ok {
		doc.Judged = &judged{Ref: text(c.Ref), SHA: text(c.SHA)}
	}
	for _, r := range f.Remarks {
		doc.Remarks = append(doc.Remarks, remark{string(r.Verdict), line(r.Text), line(r.Fix)})
	}
	for _, r := range f.Runs {
		doc.Runs = append(doc.Runs, runOf(r))
	}
	for _, i := range f.Idle {
		doc.Idle = append(doc.Idle, idle{line(i.File), line(i.Because)})
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("writing the forecast as JSON: %w", err)
	}
	return out.Bytes(), nil
}

func runOf(r checks.RunForecast) runFate {
	out := runFate{File: line(r.File), Line: place(r.Line), Event: line(r.Event), Ref: line(r.Ref), Fate: string(r.Fate), Because: line(r.Because), Jobs: []jobFate{}}
	for _, j := range r.Jobs {
		job := jobFate{Subject: line(j.Subject), Line: place(j.Line), Fate: string(j.Fate), Because: line(j.Because), Text: text(j.Text), Fix: line(j.Fix),
			Environment: text(j.Environment), Approvers: lines(j.Approvers), Nobody: j.Nobody, Minutes: j.Minutes, Apps: lines(j.Apps), Registries: []registryFate{}}
		for _, reg := range j.Registries {
			job.Registries = append(job.Registries, registryOf(reg))
		}
		out.Jobs = append(out.Jobs, job)
	}
	return out
}

func registryOf(r checks.RegistryForecast) registryFate {
	out := registryFate{Registry: string(r.Registry), Uploads: r.Uploads, Fate: string(r.Fate), Because: line(r.Because), Stage: text(r.Stage),
		Field: text(string(r.Field)), Presented: text(r.Presented), Registered: lines(r.Registered), Text: text(r.Text), Packages: []packageFate{}}
	for _, p := range r.Packages {
		out.Packages = append(out.Packages, packageFate{line(p.Name), text(p.Version), string(p.Fate), line(p.Because), text(p.Text)})
	}
	return out
}

func lines(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = line(s)
	}
	return out
}

func place(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}
