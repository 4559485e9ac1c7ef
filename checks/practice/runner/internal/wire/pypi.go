package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// PyPI is a small double of PyPI or TestPyPI and its upload host.
type PyPI struct {
	mu sync.Mutex
	// Audience is what /_/oidc/audience says.
	Audience string
	// Mint answers a token exchange: a token, or a refusal's code and text.
	Mint func(jwt string) (token, code, text string)
	// Refuse answers an upload with a status and a reason; "" lets it in.
	Refuse func(password, file string) (int, string)
	// Uploads are the form fields that came, the file's name under "file".
	Uploads []map[string][]string
	// Content are the files by name.
	Content map[string][]byte
}

func (p *PyPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case "/_/oidc/audience":
		fmt.Fprintf(w, `{"audience":%q}`, p.Audience)
	case "/_/oidc/mint-token":
		p.mint(w, r)
	case "/legacy/":
		p.upload(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *PyPI) mint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	token, code, text := p.Mint(in.Token)
	if code != "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": "Token request failed",
			"errors": []any{map[string]string{"code": code, "description": text}}})
		return
	}
	fmt.Fprintf(w, `{"success":true,"token":%q,"expires":1}`, token)
}

func (p *PyPI) upload(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 24); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	file, header, err := r.FormFile("content")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, password, _ := r.BasicAuth()
	if p.Refuse != nil {
		if status, text := p.Refuse(password, header.Filename); text != "" {
			http.Error(w, text, status)
			return
		}
	}
	data, err := io.ReadAll(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form := map[string][]string{"file": {header.Filename}}
	for k, v := range r.MultipartForm.Value {
		form[k] = v
	}
	p.Uploads = append(p.Uploads, form)
	if p.Content == nil {
		p.Content = map[string][]byte{}
	}
	p.Content[header.Filename] = data
}
