package box

import (
	"bytes"
	"io"
	"net/http"
)

// Exchange is a request with its answer, as they went over the wire; what
// proves who asks is left out.
type Exchange struct {
	Method string
	// URL is the whole address, "https://api.github.com/user".
	URL           string
	RequestHeader http.Header
	RequestBody   []byte
	Status        int
	Header        http.Header
	Body          []byte
}

// recorded lets a service answer and tells [Options.Record] of it.
func (b *Box) recorded(w http.ResponseWriter, r *http.Request, service http.Handler) {
	if b.opt.Record == nil {
		service.ServeHTTP(w, r)
		return
	}
	header := r.Header.Clone()
	for _, secret := range []string{"Authorization", "Cookie"} {
		header.Del(secret)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "The request breaks off.", http.StatusBadRequest)
		return
	}
	address := "https://" + r.Host + r.URL.RequestURI()
	r.Body = io.NopCloser(bytes.NewReader(body))
	copied := &copier{ResponseWriter: w, status: http.StatusOK}
	service.ServeHTTP(copied, r)
	if copied.status >= http.StatusInternalServerError && r.Context().Err() != nil {
		return // whoever asked has gone, and what was broken off for that failed: nobody had this answer
	}
	b.opt.Record(Exchange{
		Method: r.Method, URL: address, RequestHeader: header, RequestBody: body,
		Status: copied.status, Header: w.Header().Clone(), Body: copied.body.Bytes(),
	})
}

// copier keeps a copy of what it hands on.
type copier struct {
	http.ResponseWriter
	status int
	began  bool
	body   bytes.Buffer
}

func (c *copier) WriteHeader(status int) {
	if !c.began {
		c.status, c.began = status, true
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copier) Write(p []byte) (int, error) {
	c.began = true
	c.body.Write(p)
	return c.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach what is underneath.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
