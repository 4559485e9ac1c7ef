package transport

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// cratesPace is the least time between two requests to the API of crates.io
// (https://crates.io/data-access, read 2026-08). The sparse index has no such
// limit.
const cratesPace = time.Second

// pace waits for this request's turn. Waiting is no part of the request's own
// deadline.
func (t *Transport) pace(req *http.Request) error {
	if req.URL.Hostname() != "crates.io" || !strings.HasPrefix(req.URL.Path, "/api/") {
		return nil
	}
	return t.crates.Wait(req.Context())
}

// again is an answer that is worth another try.
type again struct{ res *http.Response }

func (again) Error() string { return "the server asked to come again" }

// retrying makes an idempotent request up to three times. What remains after
// that, or asks for more patience than we have, is returned as it is.
func (t *Transport) retrying(req *http.Request) (*http.Response, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 250*time.Millisecond, 2*time.Second
	res, err := backoff.Retry(req.Context(), func() (*http.Response, error) { return t.attempt(req) },
		backoff.WithBackOff(wait), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(tries*Patience))
	var last again
	if errors.As(err, &last) {
		return last.res, nil
	}
	return res, err
}

func (t *Transport) attempt(req *http.Request) (*http.Response, error) {
	res, err := t.once(req)
	if err != nil {
		var e *Error
		if errors.As(err, &e) && e.Kind == KindConnection {
			return nil, err
		}
		return nil, backoff.Permanent(err)
	}
	wait, given := retryAfter(res.Header, t.now())
	switch {
	case !transient(res, given):
		return res, nil
	case !given:
		return nil, again{res}
	case wait > Patience:
		return res, nil
	}
	return nil, errors.Join(again{res}, &backoff.RetryAfterError{Duration: wait})
}

// transient says whether the same request may well succeed a little later. A
// 429 without Retry-After is not: nobody knows when it would be allowed again.
func transient(res *http.Response, retryAfter bool) bool {
	switch res.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case http.StatusTooManyRequests, http.StatusForbidden:
		return retryAfter
	}
	return false
}

// retryAfter reads the header in both of its forms, seconds and date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if v == "" {
		return 0, false
	}
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return time.Duration(s) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}
