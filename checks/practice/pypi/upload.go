package pypi

import (
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"golang.org/x/crypto/blake2b"
)

// closedAfter is how long files can be added to a release
// (warehouse/forklift/legacy.py).
const closedAfter = 14 * 24 * time.Hour

// upload takes what twine sends (warehouse/forklift/legacy.py).
func (s *Service) upload(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := s.take(r); err != nil {
		writeRefusal(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = io.WriteString(w, "200 OK\n\n\n\n")
}

// take goes through the server's stages in its order; a refused upload leaves
// nothing behind.
func (s *Service) take(r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	who, err := s.identify(r)
	if err != nil {
		return err
	}
	if err := form.check(); err != nil {
		return err
	}
	version, err := form.metadata()
	if err != nil {
		return err
	}
	if form.content == nil {
		return badRequest("Upload payload does not have a file.")
	}
	p, isNew, err := s.destination(who, form.get("name"))
	if err != nil {
		return err
	}
	d, err := form.dist(p, version)
	if err != nil {
		return err
	}
	return s.keep(who, form, p, isNew, d)
}

// destination is the project that an upload is for, which is made if a user
// names a free one. It is not kept yet.
func (s *Service) destination(who identity, name string) (p *project, isNew bool, err error) {
	if p = s.project(name); p == nil {
		if who.user == nil {
			return nil, false, badRequest("Non-user identities cannot create new projects. " +
				"This was probably caused by successfully using a pending publisher but specifying the project name incorrectly " +
				"(either in the publisher or in your project's metadata). Please ensure that both match. " +
				"See: https://docs.pypi.org/trusted-publishers/troubleshooting/")
		}
		if err := s.userReady(who.user); err != nil {
			return nil, false, err
		}
		if err := s.refuseName(name); err != nil {
			return nil, false, err
		}
		p, isNew = &project{Name: name, Roles: []role{{User: who.user.Username, Role: Owner}}}, true
	}
	if err := s.mayUpload(who, p); err != nil {
		return nil, false, err
	}
	return p, isNew, s.userReady(who.user)
}

// userReady refuses users without verified e-mail or second factor; runs of
// publishers have neither.
func (s *Service) userReady(u *User) error {
	switch {
	case u == nil:
		return nil
	case u.Email == "" || !u.Verified:
		return forbidden("User %s, associated with the API token used, does not have a verified primary email address. "+
			"Please add a verified primary email before attempting to upload to PyPI. See %s for more information.",
			repr(u.Username), s.help("verified-email"))
	case u.NoTwoFactor:
		return forbidden("User %s, associated with the API token used, does not have two-factor authentication enabled. "+
			"Please enable two-factor authentication before attempting to upload to PyPI. See %s for more information.",
			repr(u.Username), s.help("two-factor-authentication"))
	}
	return nil
}

// dist reads the file of the form.
func (f uploadForm) dist(p *project, version pep440.Version) (*dist, error) {
	d := &dist{name: f.content.Filename, kind: f.get("filetype"), project: p.Name, version: version}
	if err := d.checkFilename(); err != nil {
		return nil, err
	}
	if kind := f.content.Header.Get("Content-Type"); kind == "" || strings.HasPrefix(kind, "image/") {
		return nil, badRequest("Invalid distribution file.")
	}
	if f.content.Size > maxFile {
		return nil, badRequest("File too large. Limit for project %s is %d MB. See https://docs.pypi.org/project-management/storage-limits"+
			"#requesting-a-file-size-limit-increase for more information.", repr(p.Name), maxFile>>20)
	}
	opened, err := f.content.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	d.content, err = io.ReadAll(opened)
	return d, err
}

// keep checks the file against the form and the index, and keeps it.
func (s *Service) keep(who identity, form uploadForm, p *project, isNew bool, d *dist) error {
	made := &file{
		Filename: d.name, Type: d.kind, PythonVersion: form.get("pyversion"), Size: len(d.content), Uploaded: s.now().UTC(),
		SHA256: sha256Hex(d.content),
	}
	md, blake := md5.Sum(d.content), blake2b.Sum256(d.content) // the index shows MD5 to old clients
	made.MD5, made.Blake2 = hex.EncodeToString(md[:]), hex.EncodeToString(blake[:])
	if made.PythonVersion == "" {
		made.PythonVersion = "source"
	}
	for field, digest := range map[string]string{"md5_digest": made.MD5, "sha256_digest": made.SHA256, "blake2_256_digest": made.Blake2} {
		if given := form.get(field); given != "" && !strings.EqualFold(given, digest) {
			return badRequest("The digest supplied does not match a digest calculated from the uploaded file.")
		}
	}
	if same, err := s.exists(made); same || err != nil {
		return err
	}
	r := p.release(d.version)
	if err := s.open(r, d); err != nil {
		return err
	}
	if err := d.checkContent(); err != nil {
		return err
	}
	if d.metadata != nil {
		made.MetadataSHA256 = sha256Hex(d.metadata)
	}
	if text := form.get("attestations"); text != "" {
		var err error
		if made.Provenance, err = s.attestations(who, text, *d); err != nil {
			return err
		}
	}
	return s.commit(who, form, p, isNew, r, d, made)
}

// exists tells whether the very same file is there already, which is no fault,
// and refuses another one of its name or another name for its content.
func (s *Service) exists(made *file) (same bool, err error) {
	for _, p := range s.db.Projects {
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if f.Filename != made.Filename && f.Blake2 != made.Blake2 {
					continue
				}
				if f.Filename == made.Filename && f.SHA256 == made.SHA256 {
					return true, nil
				}
				return false, badRequest("File already exists (%s, with blake2_256 hash %s). See %s for more information.",
					repr(made.Filename), repr(made.Blake2), s.help("file-name-reuse"))
			}
		}
	}
	if slices.Contains(s.db.Filenames, made.Filename) {
		return false, badRequest("This filename was previously used by a file that has since been deleted. "+
			"Use a different version. See %s for more information.", s.help("file-name-reuse"))
	}
	return false, nil
}

func (p *project) release(version pep440.Version) *release {
	for _, r := range p.Releases {
		if other, err := pep440.Parse(r.Version); err == nil && other.Equal(version) {
			return r
		}
	}
	return nil
}

// open refuses files for releases that are too old or have their sdist.
func (s *Service) open(r *release, d *dist) error {
	switch {
	case r == nil:
		return nil
	case s.now().Sub(r.Created) > closedAfter:
		return badRequest("Uploading new files to releases older than 14 days is not allowed.")
	case d.kind == "sdist" && slices.ContainsFunc(r.Files, func(f *file) bool { return f.Type == "sdist" }):
		return badRequest("Only one sdist may be uploaded per release.")
	}
	return nil
}

// commit keeps everything that an upload changes.
func (s *Service) commit(who identity, form uploadForm, p *project, isNew bool, r *release, d *dist, made *file) error {
	made.Submitter = "OpenID created token"
	if who.user != nil {
		made.Submitter = who.user.Username
	} else {
		made.ViaPublisher = who.publisher.repository()
	}
	if err := s.store.Save(s.fileName(made), d.content); err != nil {
		return err
	}
	if isNew {
		p = s.createProject(p.Name, who.user)
	}
	p.Name = form.get("name")
	if r == nil {
		r = &release{Version: d.version.String(), Created: s.now().UTC(), Fields: described(form.values)}
		p.Releases = append(p.Releases, r)
	}
	r.Files = append(r.Files, made)
	s.db.Filenames = append(s.db.Filenames, made.Filename)
	p.Serial = s.db.Serial + 1
	return s.save()
}

// described keeps of a form what describes a release.
func described(values map[string][]string) map[string][]string {
	kept := map[string][]string{}
	for _, name := range []string{
		"summary", "description", "description_content_type", "keywords", "license", "license_expression", "classifiers",
		"author", "author_email", "maintainer", "maintainer_email", "requires_python", "requires_dist", "provides_extra",
		"project_urls", "home_page", "download_url", "platform",
	} {
		if len(values[name]) > 0 && values[name][0] != "" {
			kept[name] = values[name]
		}
	}
	return kept
}
