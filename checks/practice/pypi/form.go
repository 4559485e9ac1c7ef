package pypi

import (
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// maxFile is the size of a file that a project may upload, in bytes.
const maxFile = 100 << 20

// uploadForm is what `twine upload` sends.
type uploadForm struct {
	values  map[string][]string
	content *multipart.FileHeader
}

// get is a field's first value.
func (f uploadForm) get(name string) string {
	if len(f.values[name]) == 0 {
		return ""
	}
	return f.values[name][0]
}

func readForm(r *http.Request) (uploadForm, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxFile+bodyLimit)
	if err := r.ParseMultipartForm(32 << 20); err != nil {
		return uploadForm{}, badRequest("Unable to parse the upload: %v", err)
	}
	form := uploadForm{values: map[string][]string{}}
	for name, values := range r.MultipartForm.Value {
		// Old tools send UNKNOWN for what they do not know.
		kept := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "UNKNOWN" })
		if len(kept) > 0 {
			form.values[name] = kept
		}
	}
	for name, files := range r.MultipartForm.File {
		if name == "content" && len(files) > 0 {
			form.content = files[0]
		} else if name != "gpg_signature" {
			return form, badRequest("%s: Should not be a tuple.", name)
		}
	}
	return form, nil
}

var hexDigest = regexp.MustCompile(`(?i)^[A-F0-9]{64}$`)

const coreMetadata = "https://packaging.python.org/specifications/core-metadata"

// check refuses forms that could not be right for any project
// (warehouse/forklift/forms.py).
func (f uploadForm) check() error {
	if v := f.get("protocol_version"); v != "" && v != "1" {
		return badRequest("Unknown protocol version.")
	}
	name, kind, python := f.get("name"), f.get("filetype"), f.get("pyversion")
	switch {
	case name == "":
		return badName(name, "This field is required.")
	case !validName.MatchString(name):
		return badName(name, "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.")
	}
	if d := f.get("blake2_256_digest"); d != "" && !hexDigest.MatchString(d) {
		return badField("blake2_256_digest", "Use a valid, hex-encoded, BLAKE2 message digest.")
	}
	switch kind {
	case "":
		return badField("filetype", "This field is required.")
	case "sdist", "bdist_wheel":
	default:
		return badField("filetype", "Use a known file type.")
	}
	if d := f.get("sha256_digest"); d != "" && !hexDigest.MatchString(d) {
		return badField("sha256_digest", "Use a valid, hex-encoded, SHA256 message digest.")
	}
	switch {
	case kind == "bdist_wheel" && python == "":
		return badField("pyversion", "Python version is required for binary distribution uploads.")
	case kind == "sdist" && python != "" && python != "source":
		return badField("pyversion", "Use 'source' as Python version for an sdist.")
	case f.get("md5_digest")+f.get("sha256_digest")+f.get("blake2_256_digest") == "":
		return badRequest("Error: Include at least one message digest.")
	}
	return nil
}

func badField(name, problem string) error {
	return badRequest("Invalid value for %s. Error: %s", name, problem)
}

func badName(name, problem string) error {
	if len(name) > 60 {
		name = name[:30] + "..." + name[len(name)-30:]
	}
	return badRequest("%s is an invalid value for Name. Error: %s See %s for more information.", repr(name), problem, coreMetadata)
}
