package cratesio

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// The largest parts of a publication, in bytes (src/controllers/krate/publish.rs
// and src/config/publish_limits.rs).
const (
	maxMetadata = 1 << 20
	maxCrate    = 10 << 20
	maxUnpacked = 512 << 20
)

// announced is the JSON that stands before the crate file. The server believes
// only name, version and readme; the rest it reads from the file.
type announced struct {
	Name string `json:"name"`
	Vers string `json:"vers"`
}

// readAnnounced reads the first half of a publication: a length of four bytes,
// little end first, and as much JSON.
func readAnnounced(body io.Reader) (announced, error) {
	var a announced
	var length uint32
	if err := binary.Read(body, binary.LittleEndian, &length); err != nil {
		return a, badRequest("invalid metadata length")
	}
	if length > maxMetadata {
		return a, refuse(http.StatusRequestEntityTooLarge, "JSON metadata blob too large")
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(body, text); err != nil {
		return a, badRequest("invalid metadata length for remaining payload: %d", length)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return a, badRequest("invalid upload request: %v", err)
	}
	for _, name := range []string{"name", "vers"} {
		if fields[name] == nil {
			return a, badRequest("invalid upload request: missing field `%s`", name)
		}
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, badRequest("invalid upload request: %v", err)
	}
	return a, nil
}

// readCrate reads the second half: a length, and as many bytes of the file.
func readCrate(body io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(body, binary.LittleEndian, &length); err != nil {
		return nil, badRequest("invalid tarball length")
	}
	if length > maxCrate {
		return nil, refuse(http.StatusRequestEntityTooLarge, "max upload size is: %d", maxCrate)
	}
	var file bytes.Buffer
	if n, err := io.CopyN(&file, body, int64(length)); err != nil {
		if errors.Is(err, io.EOF) && n < int64(length) {
			return nil, badRequest("invalid tarball length for remaining payload: %d", length)
		}
		return nil, err
	}
	return file.Bytes(), nil
}
