package transport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cli/go-gh/v2/pkg/asciisanitizer"
	"golang.org/x/text/transform"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Answer is a successful answer, read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// Moved is whether the server sent us on from the address asked for.
	Moved bool
	// At is when it was read.
	At   time.Time
	fail func(Kind, error) *Error
}

// Source names the place of the answer: host and path as asked for.
func (a *Answer) Source() evidence.Source {
	return evidence.Source{Name: a.fail("", nil).Address, At: a.At}
}

// Do makes one request and returns its answer, or an *Error for every status
// that is not success. Only GET follows redirects. Answers are not shared: use
// a Pass to read.
func (t *Transport) Do(req *http.Request) (*Answer, error) {
	moved := false
	client := &http.Client{Transport: t, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if req.Method != http.MethodGet || len(via) >= 10 {
			return http.ErrUseLastResponse
		}
		moved = true
		return nil
	}}
	res, err := client.Do(req)
	if err != nil {
		return nil, t.unwrapped(req, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, t.classify(req, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, t.refused(req, res, body)
	}
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: body, Moved: moved, At: t.now(),
		fail: func(k Kind, err error) *Error { return t.fail(req, k, err) }}, nil
}

// unwrapped takes off the *url.Error, whose text holds the whole address; what
// is no *Error then is the caller's own cancellation, or a bad redirect.
func (t *Transport) unwrapped(req *http.Request, err error) error {
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case req.Context().Err() != nil:
		return context.Cause(req.Context())
	}
	return t.fail(req, KindConnection, plain(err))
}

// JSON decodes the body into v. Control characters of a terminal are made
// harmless on the way. Failures are *Error.
func (a *Answer) JSON(v any) error {
	body := bytes.TrimSpace(a.Body)
	if len(body) == 0 {
		return a.fail(KindEmpty, nil)
	}
	if body[0] == '<' || strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return a.fail(KindNotJSON, nil)
	}
	if clean, _, err := transform.Bytes(&asciisanitizer.Sanitizer{JSON: true}, bytes.ToValidUTF8(body, []byte("\uFFFD"))); err == nil {
		body = clean
	}
	return a.decoded(json.Unmarshal(body, v), len(body))
}

// Shape is the *Error for JSON that decodes and yet is not what was due.
func (a *Answer) Shape(format string, args ...any) error {
	return a.fail(KindShape, fmt.Errorf(format, args...))
}

func (a *Answer) decoded(err error, size int) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && syntax.Offset >= int64(size):
		return a.fail(KindTruncated, err)
	case errors.As(err, &syntax):
		return a.fail(KindNotJSON, err)
	case errors.As(err, &kind): // its own words are about Go's types
		return a.fail(KindShape, fmt.Errorf("%s is a JSON %s", cmp.Or(kind.Field, "the whole"), kind.Value))
	}
	return a.fail(KindShape, err)
}

// Unknown is the fact that err left: unknown, with its reason and source.
func Unknown[T any](src evidence.Source, err error) evidence.Fact[T] {
	if e, ok := errors.AsType[*Error](err); ok {
		return evidence.Unknown[T](e.Source(), "%s", e.Reason())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return evidence.Unknown[T](src, "there was no time left to ask; try again later")
	}
	return evidence.Unknown[T](src, "%v", err)
}

// SourceOf is where and when the answer behind err was read; fallback where err
// is no *Error.
func SourceOf(err error, fallback evidence.Source) evidence.Source {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Source()
	}
	return fallback
}

// Is reports whether err is an *Error of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	for _, k := range kinds {
		if e.Kind == k {
			return true
		}
	}
	return false
}
