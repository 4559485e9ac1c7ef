package build

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
)

// UploadError is a registry's refusal of a file.
type UploadError struct {
	// URL is where the file was sent, Status what was answered.
	URL    string
	Status int
	// Reason is the text of the status line's place in twine's message, Body
	// the text of the answer.
	Reason, Body string
}

func (e *UploadError) Error() string {
	return fmt.Sprintf("HTTPError: %d %s from %s\n%s", e.Status, e.Reason, e.URL, e.Body)
}

// AlreadyExists tells the refusal that skip-existing forgives.
func (e *UploadError) AlreadyExists() bool {
	return e.Status == http.StatusConflict || e.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(e.Body), "already exist")
}

// formNames maps metadata fields to those of the upload form (PyPI's legacy
// upload API, docs.pypi.org/api/upload).
var formNames = map[string]string{
	"metadata-version": "metadata_version", "name": "name", "version": "version", "summary": "summary", "keywords": "keywords",
	"author": "author", "author-email": "author_email", "maintainer": "maintainer", "maintainer-email": "maintainer_email",
	"license": "license", "license-expression": "license_expression", "license-file": "license_files", "classifier": "classifiers",
	"project-url": "project_urls", "home-page": "home_page", "requires-python": "requires_python", "requires-dist": "requires_dist",
	"provides-extra": "provides_extra", "description-content-type": "description_content_type", "platform": "platform", "dynamic": "dynamic",
}

// Upload sends one file to an upload address as twine does. attestations is the
// JSON list that goes with it, "" for none. A refusal is an *UploadError.
func (d *Distribution) Upload(ctx context.Context, client *http.Client, url, user, password, attestations string) error {
	body, kind, err := d.form(attestations)
	if err != nil {
		return fmt.Errorf("making the upload form of %s: %w", d.FileName, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return fmt.Errorf("uploading to %s: %w", url, err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "gh-trustpub practice runner (https://github.com/trustpub/gh-trustpub)")
	req.SetBasicAuth(user, password)
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("uploading %s to %s: %w", d.FileName, url, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("reading the answer of %s: %w", url, err)
	}
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	reason := strings.TrimSpace(strings.TrimPrefix(resp.Status, fmt.Sprint(resp.StatusCode)))
	return &UploadError{URL: url, Status: resp.StatusCode, Reason: reason, Body: strings.TrimSpace(string(answer))}
}

func (d *Distribution) form(attestations string) (io.Reader, string, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields := []Field{{":action", "file_upload"}, {"protocol_version", "1"}, {"filetype", d.FileType}, {"pyversion", d.PythonVersion},
		{"sha256_digest", d.SHA256()}, {"md5_digest", d.md5()}}
	for _, f := range d.Fields {
		if name, ok := formNames[strings.ToLower(f.Name)]; ok {
			fields = append(fields, Field{name, f.Value})
		}
	}
	if d.Description != "" {
		fields = append(fields, Field{"description", d.Description})
	}
	if attestations != "" {
		fields = append(fields, Field{"attestations", attestations})
	}
	for _, f := range fields {
		if err := form.WriteField(f.Name, f.Value); err != nil {
			return nil, "", err
		}
	}
	part, err := form.CreateFormFile("content", d.FileName)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(d.Data); err != nil {
		return nil, "", err
	}
	return &body, form.FormDataContentType(), form.Close()
}
