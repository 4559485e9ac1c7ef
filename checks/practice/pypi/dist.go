package pypi

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// dist is an uploaded file before it is taken.
type dist struct {
	name    string
	kind    string
	content []byte
	project string
	version pep440.Version
	// metadata is the METADATA file of a wheel.
	metadata []byte
}

var extensions = map[string][]string{"sdist": {".zip", ".tar.gz"}, "bdist_wheel": {".whl"}}

var distFile = regexp.MustCompile(`(?i)^.+?(\.(tar\.gz|zip|whl))$`)

// checkFilename refuses names that no file may have
// (warehouse/forklift/legacy.py, _validate_filename).
func (d dist) checkFilename() error {
	control := func(ch rune) bool { return ch < ' ' || ch == 0x7f }
	if strings.ContainsFunc(d.name, control) {
		return badRequest("Cannot upload a file with non-printable characters (ordinals 0-31) " +
			"or the DEL character (ordinal 127) in the name.")
	}
	if strings.ContainsAny(d.name, `/\`) {
		return badRequest(`Cannot upload a file with '/' or '\' in the name.`)
	}
	m := distFile.FindStringSubmatch(d.name)
	if m == nil {
		return badRequest("Invalid file extension: Use .tar.gz, .whl or .zip extension. " +
			"See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information")
	}
	if !slices.Contains(extensions[d.kind], m[1]) {
		return badRequest("Invalid file extension: Extension %s is invalid for filetype %s. "+
			"See https://www.python.org/dev/peps/pep-0527 for more information.", m[1], d.kind)
	}
	return nil
}

// checkContent refuses what is no distribution of the project's version.
func (d *dist) checkContent() error {
	switch {
	case strings.HasSuffix(d.name, ".whl"):
		return d.checkWheel()
	case strings.HasSuffix(d.name, ".tar.gz"):
		if problem := d.checkTar(); problem != "" {
			return badRequest("Invalid distribution file. %s", problem)
		}
	default:
		if _, err := zip.NewReader(bytes.NewReader(d.content), int64(len(d.content))); err != nil {
			return badRequest("Invalid distribution file. File is not a zipfile")
		}
	}
	return d.checkSource()
}

// maxUnpacked bounds what is unpacked of an upload, in bytes.
const maxUnpacked = 1 << 30

// checkTar wants one folder with a PKG-INFO in it.
func (d dist) checkTar() string {
	unzipped, err := gzip.NewReader(bytes.NewReader(d.content))
	if err != nil {
		return "File is not a tarfile"
	}
	var names []string
	for archive := tar.NewReader(io.LimitReader(unzipped, maxUnpacked)); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "File is not a tarfile"
		}
		names = append(names, path.Clean(entry.Name))
	}
	if len(names) == 0 {
		return "Incorrect number of top-level directories in sdist"
	}
	top, _, _ := strings.Cut(names[0], "/")
	if slices.ContainsFunc(names, func(n string) bool { return n != top && !strings.HasPrefix(n, top+"/") }) || top == "." || top == "" {
		return "Incorrect number of top-level directories in sdist"
	}
	if !slices.Contains(names, top+"/PKG-INFO") {
		return "PKG-INFO not found at " + top + "/PKG-INFO"
	}
	return ""
}

// checkSource wants the file to be called as PEP 625 has it.
func (d dist) checkSource() error {
	want := strings.ReplaceAll(normalized(d.project), "-", "_")
	name := d.name
	if at := strings.LastIndex(name, "-"); at >= 0 {
		name = name[:at]
	}
	if normalized(name) != normalized(d.project) {
		return badRequest("Start filename for %s with %s.", repr(d.project), repr(want))
	}
	if expected := want + "-" + d.version.String() + ".tar.gz"; d.name != expected {
		return badRequest("Filename %s is invalid, should be %s.", repr(d.name), repr(expected))
	}
	return nil
}

// checkWheel wants the file to be called as PEP 427 has it, for a platform that
// the index takes, with the files that every wheel has.
func (d *dist) checkWheel() error {
	archive, err := zip.NewReader(bytes.NewReader(d.content), int64(len(d.content)))
	if err != nil {
		return badRequest("Invalid distribution file. File is not a zipfile")
	}
	parts := strings.Split(strings.TrimSuffix(d.name, ".whl"), "-")
	if len(parts) < 3 {
		return badRequest("Invalid distribution file. Unable to parse name and version from wheel filename")
	}
	info := parts[0] + "-" + parts[1] + ".dist-info/"
	if !has(archive, info+"WHEEL") {
		return badRequest("Invalid distribution file. WHEEL not found at %sWHEEL", info)
	}
	if err := d.checkWheelName(parts); err != nil {
		return err
	}
	if !has(archive, info+"RECORD") {
		return badRequest("Wheel '%s' does not contain the required RECORD file: %sRECORD", d.name, info)
	}
	if d.metadata, err = fs.ReadFile(archive, info+"METADATA"); err != nil {
		return badRequest("Wheel '%s' does not contain the required METADATA file: %sMETADATA", d.name, info)
	}
	return nil
}

func has(archive *zip.Reader, name string) bool {
	_, err := fs.Stat(archive, name)
	return err == nil
}

func (d dist) checkWheelName(parts []string) error {
	if len(parts) != 5 && len(parts) != 6 {
		return badRequest("Invalid wheel filename (wrong number of parts): %s", repr(d.name))
	}
	version, err := pep440.Parse(parts[1])
	if err != nil {
		return badRequest("Invalid wheel filename (invalid version): %s", repr(d.name))
	}
	for _, tag := range strings.Split(parts[len(parts)-1], ".") {
		if !validPlatform(tag) {
			return badRequest("Binary wheel '%s' has an unsupported platform tag '%s'.", d.name, tag)
		}
	}
	want := strings.ReplaceAll(normalized(d.project), "-", "_")
	switch {
	case normalized(parts[0]) != normalized(d.project):
		return badRequest("Start filename for %s with %s.", repr(d.project), repr(want))
	case parts[0] != want:
		return badRequest("Filename %s should contain the normalized project name %s, not %s.", repr(d.name), repr(want), repr(parts[0]))
	case !version.Equal(d.version):
		return badRequest("Version in filename should be %s not %s.", repr(d.version.String()), repr(version.String()))
	}
	return nil
}

// platforms are the tags that the index takes, other than any
// (warehouse/forklift/legacy.py).
var platforms = regexp.MustCompile(`^(any|win32|win_arm64|win_amd64|win_ia64|` +
	`manylinux(1|2010)_(x86_64|i686)|manylinux2014_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)|linux_armv[67]l|` +
	`macosx_(10_\d+|(11|12|13|14|15|26)_0)_(ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2)|` +
	`manylinux_\d+_\d+_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)|` +
	`musllinux_\d+_\d+_(x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)|` +
	`ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)|android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)|` +
	`pyemscripten_\d+_\d+_wasm32)$`)

func validPlatform(tag string) bool { return platforms.MatchString(tag) }

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
