package template

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

//go:embed assets
var assets embed.FS

// sheet is the parsed template. It is part of the program, so that one which
// does not parse is a fault of the build, not of a run.
var sheet = template.Must(template.New("publish.yml.tmpl").
	Funcs(template.FuncMap{"quote": quote, "scalar": scalar, "pin": Plan{}.pin}).
	ParseFS(assets, "assets/*.tmpl"))

// Render writes the workflow of a plan. It fails when a value of the plan
// cannot be written into a workflow safely.
func Render(p Plan) (string, error) {
	if err := p.check(); err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	own, err := sheet.Clone()
	if err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	var b strings.Builder
	if err := own.Funcs(template.FuncMap{"pin": p.pin}).Execute(&b, p.view()); err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	return b.String(), nil
}

// Mint are the lines of a step that exchanges a token with a Python index, such
// as "https://pypi.org", and lets it end there: its env and its script.
func Mint(index string) ([]string, error) {
	var b strings.Builder
	if err := sheet.ExecuteTemplate(&b, "mint", index); err != nil {
		return nil, fmt.Errorf("write the exchange with %s: %w", index, err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "        ")
	}
	return lines, nil
}

// IsOurs says whether a workflow is one that Render has written, by the sentence
// at its head.
func IsOurs(text string) bool {
	head, _, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(head, "# Publishes to ") && strings.HasSuffix(strings.TrimSpace(head), "by trusted publishing: no token is stored anywhere.")
}

// quote writes a string for YAML and for an expression alike; plans hold no
// quotes.
func quote(s string) string { return "'" + s + "'" }

var plain = regexp.MustCompile(`^[a-z][a-z0-9-]{2,}$`)

// scalar writes a YAML string, without quotes where it can be read as nothing
// else.
func scalar(s string) string {
	switch s {
	case "true", "false", "null", "yes", "off":
		return quote(s)
	}
	if plain.MatchString(s) {
		return s
	}
	return quote(s)
}

// shell quotes a path for a shell if it needs that; plans hold no quotes.
func shell(p string) string {
	if strings.Contains(p, " ") {
		return quote(p)
	}
	return p
}
