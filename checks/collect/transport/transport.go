// Package transport is the one way by which the program reaches the internet:
// proxy and roots from the environment, a deadline and a size limit for every
// request, bounded retries, the registries' pace, and errors that tell apart
// what went wrong.
package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/time/rate"
)

// Limits of a single request.
const (
	// Timeout is the time within which an answer must have been read whole.
	Timeout = 15 * time.Second
	// MaxBody is the size in bytes above which an answer is refused.
	MaxBody = 10 << 20
	// Patience is the longest Retry-After that is waited for; a longer one
	// becomes an error that names the time.
	Patience = 5 * time.Second
	// tries is how often an idempotent request is made at most.
	tries = 3
)

// Options make a Transport. The zero value of each field has a meaning.
type Options struct {
	// Version is our own version for the User-Agent; "" is "dev".
	Version string
	// Getenv reads HTTPS_PROXY, HTTP_PROXY, NO_PROXY and SSL_CERT_FILE; nil
	// means that none is set.
	Getenv func(string) string
	// Timeout and MaxBody replace the constants of the same name.
	Timeout time.Duration
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Base replaces the network, in tests.
	Base http.RoundTripper
}

// Transport is an http.RoundTripper that obeys the program's rules. One serves
// the whole program, since it keeps the registries' pace.
type Transport struct {
	base    http.RoundTripper
	agent   string
	timeout time.Duration
	maxBody int64
	now     func() time.Time
	crates  *rate.Limiter
}

// New makes a transport. It fails when SSL_CERT_FILE names a file that cannot
// be used: going on without it would only fail later and less clearly.
func New(o Options) (*Transport, error) {
	t := &Transport{base: o.Base, agent: Agent(o.Version), timeout: o.Timeout, maxBody: o.MaxBody, now: o.Now,
		crates: rate.NewLimiter(rate.Every(cratesPace), 1)}
	if t.timeout == 0 {
		t.timeout = Timeout
	}
	if t.maxBody == 0 {
		t.maxBody = MaxBody
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.base != nil {
		return t, nil
	}
	getenv := o.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	base, err := network(getenv)
	t.base = base
	return t, err
}

// Agent is the User-Agent: program, version and contact, as crates.io's data
// access policy asks (https://crates.io/data-access, read 2026-08).
func Agent(version string) string {
	if version == "" {
		version = "dev"
	}
	return "gh-trustpub/" + version + " (+https://github.com/trustpub/gh-trustpub)"
}

func network(getenv func(string) string) (http.RoundTripper, error) {
	roots, err := roots(getenv("SSL_CERT_FILE"))
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  proxy(getenv),
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	}, nil
}

// proxy reads the variables through getenv, as http.ProxyFromEnvironment does
// once for the whole process.
func proxy(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	either := func(upper string) string {
		if v := getenv(upper); v != "" {
			return v
		}
		return getenv(strings.ToLower(upper))
	}
	choose := (&httpproxy.Config{
		HTTPProxy:  either("HTTP_PROXY"),
		HTTPSProxy: either("HTTPS_PROXY"),
		NoProxy:    either("NO_PROXY"),
	}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}

// errProxy marks a proxy that answered CONNECT with something else than 200.
var errProxy = errors.New("the proxy refused")

func proxyAnswer(_ context.Context, p *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return fmt.Errorf("%w: %s answered %s", errProxy, p.Host, res.Status)
}

// RoundTrip makes one request: https or loopback only, paced, retried where
// that is safe, read whole and within limits. Errors are *Error, except those
// of the caller's own context.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !mayCall(req.URL) {
		return nil, t.fail(req, KindInsecure, nil)
	}
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", t.agent)
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return t.retrying(req)
	}
	return t.once(req)
}

// mayCall holds the promise that no address is called in the clear, except
// this machine itself.
func mayCall(u *url.URL) bool {
	host := u.Hostname()
	if u.Scheme == "https" {
		return host != ""
	}
	ip := net.ParseIP(host)
	return u.Scheme == "http" && (host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback())
}

func (t *Transport) once(req *http.Request) (*http.Response, error) {
	caller := req.Context()
	if err := t.pace(req); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(caller, t.timeout)
	defer cancel()
	res, err := t.base.RoundTrip(req.WithContext(ctx))
	if err == nil {
		err = t.readWhole(req, res)
	}
	if err == nil {
		res.Request = req
		return res, nil
	}
	if caller.Err() != nil {
		return nil, context.Cause(caller)
	}
	return nil, t.classify(req, err)
}
