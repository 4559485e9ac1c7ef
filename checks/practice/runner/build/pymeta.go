package build

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// coreMetadata is the METADATA or PKG-INFO text (Python Packaging User Guide,
// "Core metadata specifications", version 2.4).
func (p *Project) coreMetadata() ([]byte, error) {
	var out strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%s: %s\n", name, strings.ReplaceAll(strings.TrimSpace(value), "\n", "\n       |"))
		}
	}
	field("Metadata-Version", "2.4")
	field("Name", p.Name)
	field("Version", p.Version)
	field("Summary", asText(p.project["description"]))
	for _, k := range asTexts(p.project["keywords"]) {
		field("Keywords", k)
	}
	p.people(field)
	if license := asText(p.project["license"]); license != "" {
		field("License-Expression", license)
	} else {
		field("License", asText(asTable(p.project["license"])["text"]))
	}
	for _, c := range asTexts(p.project["classifiers"]) {
		field("Classifier", c)
	}
	urls := asTable(p.project["urls"])
	for _, label := range keys(urls) {
		field("Project-URL", label+", "+asText(urls[label]))
	}
	field("Requires-Python", asText(p.project["requires-python"]))
	p.requirements(field)
	body, kind, err := p.readmeText()
	if err != nil {
		return nil, err
	}
	field("Description-Content-Type", kind)
	out.WriteString("\n" + body)
	return []byte(out.String()), nil
}

func (p *Project) people(field func(name, value string)) {
	for _, role := range []struct{ key, name string }{{"authors", "Author"}, {"maintainers", "Maintainer"}} {
		for _, v := range list(p.project[role.key]) {
			name, mail := asText(asTable(v)["name"]), asText(asTable(v)["email"])
			switch {
			case mail == "":
				field(role.name, name)
			case name == "":
				field(role.name+"-Email", mail)
			default:
				field(role.name+"-Email", name+" <"+mail+">")
			}
		}
	}
}

func (p *Project) requirements(field func(name, value string)) {
	for _, d := range asTexts(p.project["dependencies"]) {
		field("Requires-Dist", d)
	}
	extras := asTable(p.project["optional-dependencies"])
	for _, extra := range keys(extras) {
		field("Provides-Extra", extra)
		for _, d := range asTexts(extras[extra]) {
			requirement, marker, found := strings.Cut(d, ";")
			if found {
				marker = "(" + strings.TrimSpace(marker) + ") and "
			}
			field("Requires-Dist", fmt.Sprintf("%s ; %sextra == '%s'", strings.TrimSpace(requirement), marker, extra))
		}
	}
}

// readmeText is the long description and its content type.
func (p *Project) readmeText() (text, kind string, err error) {
	file := asText(p.project["readme"])
	if t := asTable(p.project["readme"]); t != nil {
		file, kind, text = asText(t["file"]), asText(t["content-type"]), asText(t["text"])
	}
	if file == "" {
		return text, kind, nil
	}
	raw, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(file)))
	if err != nil {
		return "", "", fmt.Errorf("readme file of %s: %w", p.Name, err)
	}
	if kind == "" {
		kind = map[string]string{".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain"}[strings.ToLower(filepath.Ext(file))]
	}
	return string(raw), kind, nil
}
