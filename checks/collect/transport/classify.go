package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
)

func (t *Transport) fail(req *http.Request, k Kind, err error) *Error {
	return &Error{Kind: k, Method: req.Method, Address: address(req.URL), Host: req.URL.Host,
		Anonymous: req.Header.Get("Authorization") == "", At: t.now(), err: err}
}

// address leaves the query out: it adds nothing for a reader, and links to
// storage carry signatures in it.
func address(u *url.URL) string { return u.Host + u.EscapedPath() }

// classify turns what the network said into an *Error.
func (t *Transport) classify(req *http.Request, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	return t.fail(req, kindOf(err), plain(err))
}

func kindOf(err error) Kind {
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.Is(err, errTooLarge):
		return KindTooLarge
	case errors.Is(err, errProxy), errors.As(err, &op) && op.Op == "proxyconnect":
		return KindProxy
	case timedOut(err):
		return KindTimeout
	case errors.As(err, &dns):
		return KindOffline
	case handshake(err):
		return KindTLS
	case errors.Is(err, io.ErrUnexpectedEOF):
		return KindTruncated
	}
	return KindConnection
}

func timedOut(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

func handshake(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &alert) ||
		errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}

// plain takes the address out of an error that we name ourselves.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
