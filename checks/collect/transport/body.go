package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
)

// maxTailed is how many bytes are read through at most to keep the last ones.
const maxTailed = 256 << 20

var errTooLarge = errors.New("the answer is too large")

type tailKey struct{}

// keepTail asks for the last n bytes of the answer instead of all of it; the
// size limit then does not hold, since no more is kept.
func keepTail(ctx context.Context, n int) context.Context {
	if n == 0 {
		return ctx
	}
	return context.WithValue(ctx, tailKey{}, n)
}

// readWhole replaces the body by its bytes, so that nothing after it can hang
// or break half way.
func (t *Transport) readWhole(req *http.Request, res *http.Response) error {
	defer func() { _ = res.Body.Close() }()
	var data []byte
	var err error
	if n, ok := req.Context().Value(tailKey{}).(int); ok && res.StatusCode == http.StatusOK {
		data, err = tail(io.LimitReader(res.Body, maxTailed), n)
	} else {
		data, err = capped(res.Body, t.maxBody)
	}
	res.Body = io.NopCloser(bytes.NewReader(data))
	res.ContentLength = int64(len(data))
	return err
}

func capped(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
}

// tail reads r to its end and keeps the last n bytes.
func tail(r io.Reader, n int) ([]byte, error) {
	kept, chunk := make([]byte, 0, 2*n), make([]byte, 32<<10)
	for {
		read, err := r.Read(chunk)
		kept = append(kept, chunk[:read]...)
		if len(kept) > 2*n {
			kept = append(kept[:0], kept[len(kept)-n:]...)
		}
		if err != nil {
			if len(kept) > n {
				kept = kept[len(kept)-n:]
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return kept, err
		}
	}
}
