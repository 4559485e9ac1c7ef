package pypi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// TestEachStageOfUploadingHasItsOwnRefusal holds the texts of
// warehouse/forklift/legacy.py, forms.py and metadata.py (warehouse commit
// 6b62157, 2026-08-21).
func TestEachStageOfUploadingHasItsOwnRefusal(t *testing.T) {
	const see = " See https://packaging.python.org/specifications/core-metadata for more information."
	const names = " See https://pypi.org/help/#project-name for more information."
	whl := func(filename string, files ...string) parcel {
		return parcel{name: "proj", version: "2.0", filename: filename, content: wheel(files...),
			fields: map[string]string{"filetype": "bdist_wheel", "pyversion": "py3"}}
	}
	const info = "proj-2.0.dist-info/"
	for name, c := range map[string]struct {
		p      parcel
		status int
		text   string
	}{
		"protocol":           {sdist("proj", "2.0").with("protocol_version", "2"), 400, "Unknown protocol version."},
		"no name":            {sdist("proj", "2.0").with("name", ""), 400, "'' is an invalid value for Name. Error: This field is required." + see},
		"name":               {sdist("proj", "2.0").with("name", "-a"), 400, "'-a' is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'." + see},
		"kind":               {sdist("proj", "2.0").with("filetype", "egg"), 400, "Invalid value for filetype. Error: Use a known file type."},
		"digest":             {sdist("proj", "2.0").with("sha256_digest", "x"), 400, "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest."},
		"no digest":          {sdist("proj", "2.0").with("sha256_digest", ""), 400, "Error: Include at least one message digest."},
		"sdist's python":     {sdist("proj", "2.0").with("pyversion", "py3"), 400, "Invalid value for pyversion. Error: Use 'source' as Python version for an sdist."},
		"wheel's python":     {sdist("proj", "2.0").with("filetype", "bdist_wheel").with("pyversion", ""), 400, "Invalid value for pyversion. Error: Python version is required for binary distribution uploads."},
		"metadata version":   {sdist("proj", "2.0").with("metadata_version", "9"), 400, "'9' is not a valid metadata version." + see},
		"version":            {sdist("proj", "2.0").with("version", "one"), 400, "'one' is invalid for 'version'." + see},
		"no version":         {sdist("proj", "2.0").with("version", ""), 400, "'version' is a required field." + see},
		"local version":      {sdist("proj", "2.0+x"), 400, "The use of local versions in '2.0+x' is not allowed. See https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers for more information."},
		"summary":            {sdist("proj", "2.0").with("summary", strings.Repeat("s", 513)), 400, "'summary' field must be 512 characters or less." + see},
		"summary lines":      {sdist("proj", "2.0").with("summary", "a\nb"), 400, "'summary' must be a single line." + see},
		"python":             {sdist("proj", "2.0").with("requires_python", "three"), 400, "'three' is invalid for 'requires-python'." + see},
		"direct dependency":  {sdist("proj", "2.0").with("requires_dist", "a @ https://e/a.whl"), 400, "Can't have direct dependency: a @ https://e/a.whl." + see},
		"dependency":         {sdist("proj", "2.0").with("requires_dist", "a (one)"), 400, "'a (one)' is invalid for 'requires-dist'." + see},
		"two licences":       {sdist("proj", "2.0").with("license", "MIT").with("license_expression", "MIT"), 400, "License is deprecated when License-Expression is present. Only License-Expression should be present." + see},
		"description's type": {sdist("proj", "2.0").with("description_content_type", "text/html"), 400, "'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not 'text/html'." + see},
		"home page":          {sdist("proj", "2.0").with("home_page", "nowhere"), 400, "'nowhere' is not a valid url." + see},
		"no file":            {parcel{name: "proj", version: "2.0", filename: "none"}, 400, "Upload payload does not have a file."},
		"name in use":        {sdist("theirs", "2.0"), 403, "The user 'ana' isn't allowed to upload to project 'theirs'." + names},
		"too similar":        {sdist("the1rs", "2.0"), 400, "The name 'the1rs' is too similar to an existing project." + names},
		"standard library":   {sdist("asyncio", "2.0"), 400, "The name 'asyncio' isn't allowed (conflict with Python Standard Library module name)." + names},
		"extension":          {parcel{name: "proj", version: "2.0", filename: "proj-2.0.exe"}, 400, "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information"},
		"wheel as sdist":     {parcel{name: "proj", version: "2.0", filename: "proj-2.0-py3-none-any.whl"}, 400, "Invalid file extension: Extension .whl is invalid for filetype sdist. See https://www.python.org/dev/peps/pep-0527 for more information."},
		"image":              {parcel{name: "proj", version: "2.0", kind: "image/png"}, 400, "Invalid distribution file."},
		"other digest":       {sdist("proj", "2.0").with("sha256_digest", strings.Repeat("a", 64)), 400, "The digest supplied does not match a digest calculated from the uploaded file."},
		"no tar":             {parcel{name: "proj", version: "2.0", content: []byte("x")}, 400, "Invalid distribution file. File is not a tarfile"},
		"two folders":        {parcel{name: "proj", version: "2.0", content: tarball("a/PKG-INFO", "b/x")}, 400, "Invalid distribution file. Incorrect number of top-level directories in sdist"},
		"no PKG-INFO":        {parcel{name: "proj", version: "2.0", content: tarball("proj-2.0/x")}, 400, "Invalid distribution file. PKG-INFO not found at proj-2.0/PKG-INFO"},
		"other project":      {parcel{name: "proj", version: "2.0", filename: "other-2.0.tar.gz"}, 400, "Start filename for 'proj' with 'proj'."},
		"other version":      {parcel{name: "proj", version: "2.0", filename: "proj-2.1.tar.gz"}, 400, "Filename 'proj-2.1.tar.gz' is invalid, should be 'proj-2.0.tar.gz'."},
		"no zip":             {parcel{name: "proj", version: "2.0", filename: "proj-2.0-py3-none-any.whl", content: []byte("x"), fields: whl("").fields}, 400, "Invalid distribution file. File is not a zipfile"},
		"wheel's name":       {whl("proj.whl", "x"), 400, "Invalid distribution file. Unable to parse name and version from wheel filename"},
		"no WHEEL":           {whl("proj-2.0-py3-none-any.whl", "x"), 400, "Invalid distribution file. WHEEL not found at " + info + "WHEEL"},
		"no RECORD":          {whl("proj-2.0-py3-none-any.whl", info+"WHEEL"), 400, "Wheel 'proj-2.0-py3-none-any.whl' does not contain the required RECORD file: " + info + "RECORD"},
		"no METADATA":        {whl("proj-2.0-py3-none-any.whl", info+"WHEEL", info+"RECORD"), 400, "Wheel 'proj-2.0-py3-none-any.whl' does not contain the required METADATA file: " + info + "METADATA"},
		"platform":           {whl("proj-2.0-cp313-cp313-linux_x86_64.whl", info+"WHEEL"), 400, "Binary wheel 'proj-2.0-cp313-cp313-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'."},
		"wheel's version":    {whl("proj-2.1-py3-none-any.whl", "proj-2.1.dist-info/WHEEL"), 400, "Version in filename should be '2.0' not '2.1'."},
		"wheel's spelling":   {whl("Proj-2.0-py3-none-any.whl", "Proj-2.0.dist-info/WHEEL"), 400, "Filename 'Proj-2.0-py3-none-any.whl' should contain the normalized project name 'proj', not 'Proj'."},
		"attestations":       {sdist("proj", "2.0").with("attestations", "[]"), 400, "Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing"},
		"another sdist":      {parcel{name: "proj", version: "1.0", content: tarball("proj-1.0/PKG-INFO", "proj-1.0/x")}, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, PyPI)
			w.must(w.AddProject("theirs", "eve"))
			token, err := w.AddToken("ana", "t", "")
			w.must(err)
			if a := w.send(token, sdist("proj", "1.0")); a.status != 200 {
				t.Fatalf("the first release: %s", a.body)
			}
			a := w.send(token, c.p)
			if c.text == "" {
				if want := "File already exists ('proj-1.0.tar.gz', with blake2_256 hash '"; a.status != 400 || !strings.HasPrefix(a.said(), want) ||
					!strings.HasSuffix(a.said(), "'). See https://pypi.org/help/#file-name-reuse for more information.") {
					t.Errorf("%d %s", a.status, a.said())
				}
			} else {
				a.turnedDown(t, c.status, c.text)
			}
			if files, versions := w.simpleFiles(w.project("proj")); len(files) != 1 || len(versions) != 1 || len(w.Projects()) != 2 {
				t.Error("a refused upload left something behind")
			}
		})
	}
}

func TestWhoMayUpload(t *testing.T) {
	const authentication = "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information."
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	w.must(w.AddProject("other", "ana"))
	w.must(w.AddUser(User{Username: "mo", Email: "m@example.com"}))
	w.must(w.AddUser(User{Username: "no2fa", Email: "n@example.com", Verified: true, NoTwoFactor: true}))
	w.must(w.SetRole("proj", "mo", Maintainer))
	w.must(w.SetRole("proj", "no2fa", Maintainer))
	make := func(user, project string) string {
		token, err := w.AddToken(user, user+project, project)
		w.must(err)
		return token
	}
	w.send("", sdist("proj", "1.0")).turnedDown(t, 403, authentication)
	w.send("pypi-unknown", sdist("proj", "1.0")).turnedDown(t, 403, authentication)
	w.send(make("ana", "other"), sdist("proj", "1.0")).turnedDown(t, 403, "Invalid API Token: project-scoped token is not valid for project: 'proj'")
	w.send(make("ana", "proj"), sdist("brandnew", "1.0")).turnedDown(t, 403, "Invalid API Token: project-scoped token is not valid for project: 'brandnew'")
	w.send(make("mo", ""), sdist("proj", "1.0")).turnedDown(t, 403, "User 'mo', associated with the API token used, does not have a verified primary email address. Please add a verified primary email before attempting to upload to PyPI. See https://pypi.org/help/#verified-email for more information.")
	w.send(make("no2fa", ""), sdist("proj", "1.0")).turnedDown(t, 403, "User 'no2fa', associated with the API token used, does not have two-factor authentication enabled. Please enable two-factor authentication before attempting to upload to PyPI. See https://pypi.org/help/#two-factor-authentication for more information.")
	if len(w.Projects()) != 2 {
		t.Error("a refused token made a project")
	}
	if a := w.send("  "+w.tokenOf("ana", "anaproj2", "proj")+"\n", sdist("Proj", "1.0")); a.status != 200 {
		t.Errorf("a project's own token: %s", a.said())
	}
	w.must(w.RevokeToken("ana", "anaproj"))
}

func (w *world) tokenOf(user, name, project string) string {
	w.t.Helper()
	token, err := w.AddToken(user, name, project)
	w.must(err)
	return token
}

func TestAMintedTokenIsForItsProjectsAndAQuarterOfAnHour(t *testing.T) {
	w := newWorld(t, PyPI)
	for _, name := range []string{"a-one", "b-two", "c-three"} {
		w.must(w.AddProject(name, "ana"))
	}
	for _, name := range []string{"a-one", "b-two"} {
		_, err := w.AddPublisher(name, trusted)
		w.must(err)
	}
	token := w.minted(w.run())
	w.send(token, sdist("c-three", "1.0")).turnedDown(t, 403, "Invalid API Token: OIDC scoped token is not valid for project 'c-three'")
	for _, name := range []string{"a-one", "b-two"} {
		if a := w.send(token, sdist(name, "1.0")); a.status != 200 {
			t.Errorf("%s: %s", name, a.said())
		}
	}
	_, err := w.AddPublisher("c-three", trusted)
	w.must(err)
	w.send(token, sdist("c-three", "1.0")).turnedDown(t, 403, "Invalid API Token: project-scoped token is not valid for project: 'c-three'")
	w.now = noon.Add(15 * time.Minute)
	w.send(token, sdist("a-one", "1.1")).turnedDown(t, 403, "Invalid API Token: token is expired")
	w.now = noon.Add(25 * time.Hour)
	w.send(token, sdist("a-one", "1.1")).turnedDown(t, 403, "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information.")
	for _, m := range w.db.Minted {
		if strings.Contains(token, m.Hash) || m.Hash == "" {
			t.Error("the token is kept as it is")
		}
	}
}

func TestFilesAreForGood(t *testing.T) {
	w := newWorld(t, PyPI)
	token := w.tokenOf("ana", "t", "")
	if a := w.send(token, sdist("proj", "1.0")); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := w.send(token, sdist("proj", "1.0")); a.status != 200 {
		t.Errorf("the very same file is a fault: %s", a.said())
	}
	w.must(w.DeleteFile("proj", "proj-1.0.tar.gz"))
	w.send(token, sdist("proj", "1.0")).turnedDown(t, 400, "This filename was previously used by a file that has since been deleted. Use a different version. See https://pypi.org/help/#file-name-reuse for more information.")
	whl := parcel{name: "proj", version: "1.0", filename: "proj-1.0-py3-none-any.whl",
		content: wheel("proj-1.0.dist-info/WHEEL", "proj-1.0.dist-info/RECORD", "proj-1.0.dist-info/METADATA"),
		fields:  map[string]string{"filetype": "bdist_wheel", "pyversion": "py3"}}
	w.now = noon.Add(14*24*time.Hour + time.Second)
	w.send(token, whl).turnedDown(t, 400, "Uploading new files to releases older than 14 days is not allowed.")
	w.now = noon.Add(14 * 24 * time.Hour)
	if a := w.send(token, whl); a.status != 200 {
		t.Errorf("within 14 days: %s", a.said())
	}
	if f := w.project("proj").Releases[0].Files[0]; f.MetadataSHA256 != sha256Hex([]byte("proj-1.0.dist-info/METADATA")) {
		t.Error("the wheel's metadata is not known")
	}
}

func attestation(filename string, content []byte, kind string) string {
	said, _ := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "predicateType": kind,
		"subject": []any{map[string]any{"name": filename, "digest": map[string]string{"sha256": sha256Hex(content)}}},
	})
	return fmt.Sprintf(`{"version":1,"verification_material":{"certificate":"c","transparency_entries":[]},"envelope":{"statement":%q,"signature":"s"}}`,
		base64.StdEncoding.EncodeToString(said))
}

func TestAttestationsBecomeTheProvenance(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	_, err := w.AddPublisher("proj", trusted)
	w.must(err)
	token := w.minted(w.run())
	p := sdist("proj", "1.0")
	filename, content := p.file()
	const before = "Invalid attestations supplied during upload: "
	const unverified = before + "Could not verify the uploaded artifact using the included attestation: "
	good := attestation(filename, content, predicates[0])
	for text, want := range map[string]string{
		"[]":                          before + "Malformed attestations: an empty attestation set is not permitted",
		"[1,2,3]":                     before + "A maximum of 2 attestations per file are supported",
		"[" + good + "," + good + "]": before + "Multiple attestations for the same file with the same predicate type (" + predicates[0] + ") are not supported",
		"[{}]":                        before + "Malformed attestations: version, verification_material and envelope are required",
		"[" + attestation("x", content, predicates[0]) + "]":              unverified + "subject does not match distribution name: x != " + filename,
		"[" + attestation(filename, []byte("x"), predicates[0]) + "]":     unverified + "subject does not match distribution digest",
		"[" + attestation(filename, content, "https://example.com") + "]": before + "Attestation with unsupported predicate type: https://example.com",
	} {
		w.send(token, p.with("attestations", text)).turnedDown(t, 400, want)
	}
	if a := w.send(token, p.with("attestations", "["+good+"]")); a.status != 200 {
		t.Fatal(a.body)
	}
	var shown struct {
		Attestation_bundles []struct {
			Publisher struct{ Kind, Repository, Workflow, Environment string }
		}
	}
	a := w.get("https://pypi.org/integrity/proj/1.0/" + filename + "/provenance")
	w.must(json.Unmarshal([]byte(a.body), &shown))
	if got := shown.Attestation_bundles[0].Publisher; got.Kind != "GitHub" || got.Repository != "Acme/x" || got.Workflow != "publish.yml" || got.Environment != "release" {
		t.Errorf("provenance of %+v", got)
	}
	if a := w.get("https://pypi.org/integrity/proj/1.0/"+filename+"/provenance", "text/html"); a.status != 406 {
		t.Errorf("html of a provenance: %d", a.status)
	}
	if a := w.send(token, sdist("proj", "1.1")); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := w.get("https://pypi.org/integrity/proj/1.1/proj-1.1.tar.gz/provenance"); a.status != 404 || !strings.Contains(a.body, "No provenance available for proj-1.1.tar.gz") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add("2.1", "1.0", "a>=1; python_version<'3'", ">=3.9", "Home, https://e")
	f.Add("", "1.0+x", "@", "~", ",")
	f.Fuzz(func(t *testing.T, metadata, version, requires, python, url string) {
		form := uploadForm{values: map[string][]string{
			"metadata_version": {metadata}, "version": {version}, "requires_dist": {requires}, "requires_python": {python}, "project_urls": {url},
		}}
		if _, err := form.metadata(); err != nil {
			if no, ok := err.(*refusal); !ok || no.status != 400 {
				t.Errorf("bad input is a fault of the server: %v", err)
			}
		}
	})
}

func FuzzDist(f *testing.F) {
	f.Add("proj-1.0.tar.gz", tarball("proj-1.0/PKG-INFO"))
	f.Add("proj-1.0-py3-none-any.whl", wheel("proj-1.0.dist-info/WHEEL"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		for kind := range extensions {
			d := dist{name: name, kind: kind, content: content, project: "proj", version: pep440.MustParse("1.0")}
			if d.checkFilename() != nil {
				continue
			}
			if err := d.checkContent(); err != nil {
				if no, ok := err.(*refusal); !ok || no.status != 400 {
					t.Errorf("bad input is a fault of the server: %v", err)
				}
			}
		}
	})
}
