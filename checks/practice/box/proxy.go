package box

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

// connect answers the proxy's clients. It never opens a connection to
// anywhere: CONNECT to a host that is served ends in the box, and everything
// else is refused.
func (b *Box) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "The practice world's proxy takes only CONNECT: plain HTTP does not leave it.", http.StatusForbidden)
		return
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != "443" || !b.Serves(host) {
		http.Error(w, fmt.Sprintf("%s is not in the practice world, and nothing gets out of it.", r.Host), http.StatusForbidden)
		return
	}
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		http.Error(w, "The connection cannot be taken over.", http.StatusInternalServerError)
		return
	}
	conn, buffered, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	if f, broken := b.fault(host); broken && f.Refuse {
		_ = conn.Close()
		return
	}
	_ = b.inner.give(tls.Server(&readAhead{Conn: conn, r: buffered.Reader}, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: b.authority.certificate,
	}))
}

// readAhead is a connection of which some bytes have been read already.
type readAhead struct {
	net.Conn
	r *bufio.Reader
}

func (c *readAhead) Read(p []byte) (int, error) { return c.r.Read(p) }

// Client reaches the services in process, without proxy and certificates, and
// nothing else: how the registries fetch the issuer's keys. It can be used
// before Start has returned, as soon as the box serves.
func (b *Box) Client() *http.Client {
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil || port != "443" || !b.Serves(host) {
			return nil, fmt.Errorf("%s is not in the practice world, and nothing gets out of it", address)
		}
		near, far := net.Pipe()
		if err := b.inner.give(far); err != nil {
			return nil, err
		}
		return near, ctx.Err()
	}
	return &http.Client{Transport: &http.Transport{
		DialTLSContext: dial,
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			return nil, fmt.Errorf("%s: plain HTTP does not leave the practice world", address)
		},
	}}
}

// Env are the variables by which the programs that are started in the box find
// it, and nothing around it: NAME=value. The caller keeps the person's own
// tokens out.
func (b *Box) Env() []string {
	env := []string{
		"NO_PROXY=", "no_proxy=", "CARGO_HTTP_CHECK_REVOKE=false", "GIT_TERMINAL_PROMPT=0", "GH_NO_UPDATE_NOTIFIER=1",
		"PIP_DISABLE_PIP_VERSION_CHECK=1", "CARGO_HTTP_MULTIPLEXING=false",
	}
	for _, name := range []string{
		"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "CARGO_HTTP_PROXY",
	} {
		env = append(env, name+"="+b.ProxyURL())
	}
	for _, name := range []string{
		"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "CARGO_HTTP_CAINFO", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS",
	} {
		env = append(env, name+"="+b.CertFile())
	}
	return env
}

// Environ is the process's own environment with [Box.Env] over it.
func (b *Box) Environ() []string { return overlay(os.Environ(), b.Env()) }

// overlay replaces the variables that are named again.
func overlay(base, over []string) []string {
	named := map[string]bool{}
	for _, v := range over {
		name, _, _ := strings.Cut(v, "=")
		named[name] = true
	}
	var env []string
	for _, v := range base {
		if name, _, _ := strings.Cut(v, "="); !named[name] {
			env = append(env, v)
		}
	}
	return append(env, over...)
}
