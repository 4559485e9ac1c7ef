package box

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// Fault is what a host does instead of answering as it should.
type Fault struct {
	// Refuse breaks every connection off before anything is said on it.
	Refuse bool
	// Hang keeps the answer back until the client gives up.
	Hang bool
	// Cut sends the first half of the true answer and breaks off.
	Cut bool
	// Status, Header and Body are an answer in the place of the true one, where
	// none of the above is set.
	Status int
	Header http.Header
	Body   string
	// Where narrows it to some requests; nil is all.
	Where func(*http.Request) bool
}

// Break lets a host fail until it is repaired; what is under way is not
// touched. The loopback pages go on: they are the browser's.
func (b *Box) Break(host string, f Fault) {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	b.faults[strings.ToLower(host)] = f
}

// Repair lets a host answer again as it should.
func (b *Box) Repair(host string) {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	delete(b.faults, strings.ToLower(host))
}

func (b *Box) fault(host string) (Fault, bool) {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	f, broken := b.faults[strings.ToLower(host)]
	return f, broken
}

// fail gives a request the fault of its host.
func (f Fault) fail(w http.ResponseWriter, r *http.Request, service http.Handler) {
	switch {
	case f.Refuse:
		panic(http.ErrAbortHandler)
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Cut:
		f.cut(w, r, service)
	}
	for name, values := range f.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

func (f Fault) cut(w http.ResponseWriter, r *http.Request, service http.Handler) {
	whole := &held{header: http.Header{}, status: http.StatusOK}
	service.ServeHTTP(whole, r)
	for name, values := range whole.header {
		w.Header()[name] = values
	}
	body := whole.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)+1)) // one more, so that half of nothing breaks off too
	w.WriteHeader(whole.status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// held keeps an answer back.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }
