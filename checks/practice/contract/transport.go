package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Transport lets requests pass and reports what is wrong with those to the
// described host, or with their answers. Requests to other hosts are not read.
type Transport struct {
	API *API
	// Next sends the requests.
	Next http.RoundTripper
	// Report is called with each fault found, from the calling goroutine.
	Report func(error)
}

// RoundTrip sends the request and checks it and its answer.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() != t.API.host {
		return t.Next.RoundTrip(r)
	}
	body, err := drain(&r.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the request to check it: %w", err)
	}
	answer, err := t.Next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answered, err := drain(&answer.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to check it: %w", err)
	}
	t.check(Exchange{Request: r, RequestBody: body, Status: answer.StatusCode, Header: answer.Header, Body: answered})
	return answer, nil
}

func (t *Transport) check(x Exchange) {
	// A request that the server refused may well be a wrong one: that is what
	// some tests send.
	if x.Status < 400 {
		if err := t.API.CheckRequest(x.Request, x.RequestBody); err != nil {
			t.Report(err)
		}
	}
	if err := t.API.CheckAnswer(x, Allowed(t.API.host)); err != nil {
		t.Report(err)
	}
}

func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(*body)
	if err != nil {
		return nil, err
	}
	_ = (*body).Close()
	*body = io.NopCloser(bytes.NewReader(data))
	return data, nil
}
