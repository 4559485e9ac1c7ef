package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// CratesIO is a small double of crates.io and its index: it keeps what is
// uploaded and lets the test say who may.
type CratesIO struct {
	mu sync.Mutex
	// Refuse answers an upload with a text and a status; nil or "" lets it in.
	Refuse func(token, name, version string) (int, string)
	// Exchange answers a token exchange with a token, or a refusal.
	Exchange func(jwt string) (token, refusal string)
	// Uploads are the metadata of what came, Files the .crate bytes by
	// name-version.
	Uploads []map[string]any
	Files   map[string][]byte
	// Revoked are the tokens that were given back.
	Revoked  []string
	versions map[string][]string
}

// Seed puts a version into the index.
func (c *CratesIO) Seed(name, version string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(name, version)
}

func (c *CratesIO) add(name, version string) {
	if c.versions == nil {
		c.versions, c.Files = map[string][]string{}, map[string][]byte{}
	}
	c.versions[name] = append(c.versions[name], version)
}

func (c *CratesIO) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.Host == "index.crates.io" && r.URL.Path == "/config.json":
		fmt.Fprint(w, `{"dl":"https://static.crates.io/crates","api":"https://crates.io"}`)
	case r.Host == "index.crates.io":
		c.index(w, r)
	case r.URL.Path == "/api/v1/crates/new" && r.Method == http.MethodPut:
		c.publish(w, r)
	case r.URL.Path == "/api/v1/trusted_publishing/tokens":
		c.tokens(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (c *CratesIO) index(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if len(c.versions[name]) == 0 {
		http.NotFound(w, r)
		return
	}
	for _, v := range c.versions[name] {
		fmt.Fprintf(w, "{\"name\":%q,\"vers\":%q,\"deps\":[],\"cksum\":\"\",\"features\":{},\"yanked\":false}\n", name, v)
	}
}

func (c *CratesIO) publish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) < 4 {
		refuse(w, http.StatusBadRequest, "no body")
		return
	}
	n := binary.LittleEndian.Uint32(body)
	var meta map[string]any
	if err := json.Unmarshal(body[4:4+n], &meta); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	rest := body[4+n:]
	name, version := meta["name"].(string), meta["vers"].(string)
	if c.Refuse != nil {
		if status, text := c.Refuse(r.Header.Get("Authorization"), name, version); text != "" {
			refuse(w, status, text)
			return
		}
	}
	c.add(name, version)
	c.Uploads = append(c.Uploads, meta)
	c.Files[name+"-"+version] = rest[4 : 4+binary.LittleEndian.Uint32(rest)]
	fmt.Fprint(w, `{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}`)
}

func (c *CratesIO) tokens(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		c.Revoked = append(c.Revoked, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var in struct {
		JWT string `json:"jwt"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	token, text := c.Exchange(in.JWT)
	if text != "" {
		refuse(w, http.StatusBadRequest, text)
		return
	}
	fmt.Fprintf(w, `{"token":%q}`, token)
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]string{"detail": text}}})
}
