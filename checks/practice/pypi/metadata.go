package pypi

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// metadataVersions are those that the index supports
// (warehouse/forklift/metadata.py).
var metadataVersions = []string{"1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"}

const localVersions = "https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers"

// metadata checks the fields of a form that describe the project, and returns
// the version that they give.
func (f uploadForm) metadata() (pep440.Version, error) {
	var version pep440.Version
	given := f.get("metadata_version")
	if given == "" {
		return version, badMetadata("None is not a valid metadata version")
	}
	if !slices.Contains(metadataVersions, given) {
		return version, badMetadata(repr(given) + " is not a valid metadata version")
	}
	if f.get("version") == "" {
		return version, badMetadata("'version' is a required field")
	}
	version, err := pep440.Parse(f.get("version"))
	if err != nil {
		return version, badMetadata(repr(f.get("version")) + " is invalid for 'version'")
	}
	if version.Local() != "" {
		return version, badRequest("The use of local versions in '%s' is not allowed. See %s for more information.", version.String(), localVersions)
	}
	for _, check := range []func() string{f.authors, f.contentType, f.dependencies, f.addresses, f.licence, f.python, f.summary} {
		if problem := check(); problem != "" {
			return version, badMetadata(problem)
		}
	}
	return version, nil
}

func badMetadata(problem string) error {
	if !strings.HasSuffix(problem, ".") {
		problem += "."
	}
	return badRequest("%s See %s for more information.", problem, coreMetadata)
}

func (f uploadForm) authors() string {
	for _, field := range []string{"author_email", "maintainer_email"} {
		text := f.get(field)
		if text == "" {
			continue
		}
		if _, err := mail.ParseAddressList(text); err != nil {
			return repr(text) + " is not a valid email address: " + strings.TrimPrefix(err.Error(), "mail: ")
		}
	}
	return ""
}

func (f uploadForm) contentType() string {
	text := f.get("description_content_type")
	kind, _, _ := strings.Cut(text, ";")
	if text == "" || slices.Contains([]string{"text/plain", "text/x-rst", "text/markdown"}, strings.TrimSpace(kind)) {
		return ""
	}
	return "'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not " + repr(text)
}

var requirementName = regexp.MustCompile(`(?i)^\s*([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\s*(\[[^\]]*\])?\s*(.*)$`)

func (f uploadForm) dependencies() string {
	for _, text := range f.values["requires_dist"] {
		m := requirementName.FindStringSubmatch(text)
		if m == nil {
			return repr(text) + " is invalid for 'requires-dist'"
		}
		if strings.HasPrefix(m[3], "@") {
			return "Can't have direct dependency: " + text
		}
		specifier, _, _ := strings.Cut(m[3], ";")
		specifier = strings.Trim(strings.TrimSpace(specifier), "()")
		if specifier == "" {
			continue
		}
		if _, err := pep440.NewSpecifiers(specifier); err != nil {
			return repr(text) + " is invalid for 'requires-dist'"
		}
	}
	return ""
}

func (f uploadForm) addresses() string {
	for _, field := range []string{"home_page", "download_url"} {
		if text := f.get(field); text != "" && !isAddress(text) {
			return repr(text) + " is not a valid url."
		}
	}
	for _, text := range f.values["project_urls"] {
		label, address, _ := strings.Cut(text, ",")
		label, address = strings.TrimSpace(label), strings.TrimSpace(address)
		switch {
		case label == "":
			return "Must have a label"
		case len(label) > 32:
			return repr(label) + " must be 32 characters or less."
		case address == "":
			return "Must have a URL"
		case !isAddress(address):
			return repr(address) + " is not a valid url"
		}
	}
	return ""
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

func (f uploadForm) licence() string {
	if f.get("license") != "" && f.get("license_expression") != "" {
		return "License is deprecated when License-Expression is present. Only License-Expression should be present."
	}
	return ""
}

func (f uploadForm) python() string {
	text := f.get("requires_python")
	if text == "" {
		return ""
	}
	if _, err := pep440.NewSpecifiers(text); err != nil {
		return repr(text) + " is invalid for 'requires-python'"
	}
	return ""
}

const maxSummary = 512

func (f uploadForm) summary() string {
	text := f.get("summary")
	switch {
	case strings.ContainsAny(text, "\n"):
		return "'summary' must be a single line"
	case len([]rune(text)) > maxSummary:
		return "'summary' field must be 512 characters or less."
	}
	return ""
}
