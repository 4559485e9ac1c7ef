package box

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// certificateLife is how long the authority and its certificates are valid: a
// practice session, and no longer than a day.
const certificateLife = 24 * time.Hour

// clockSlack lets clocks of virtual machines lag.
const clockSlack = 5 * time.Minute

// authority signs the certificates of the hosts in the box. Its key is made
// for the run and never leaves memory; its certificate can vouch for the hosts
// served (and names below them) and for nothing else.
type authority struct {
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	leaf  *ecdsa.PrivateKey
	hosts map[string]bool

	mu     sync.Mutex
	issued map[string]*tls.Certificate
}

func newAuthority(hosts []string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	leaf, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &authority{key: key, leaf: leaf, hosts: map[string]bool{}, issued: map[string]*tls.Certificate{}}
	for _, h := range hosts {
		a.hosts[h] = true
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "gh-trustpub practice world", Organization: []string{"Practice: nothing here is real"}},
		NotBefore:             now.Add(-clockSlack),
		NotAfter:              now.Add(certificateLife - clockSlack),
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         hosts,
		// A constraint on DNS names says nothing about addresses.
		ExcludedIPRanges: []*net.IPNet{
			{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
			{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
		},
	}
	der, err := a.sign(template, template, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	a.cert, err = x509.ParseCertificate(der)
	return a, err
}

// serialBits is the length of a random serial number (RFC 5280 allows 20 bytes).
const serialBits = 128

func (a *authority) sign(template, parent *x509.Certificate, public *ecdsa.PublicKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	return x509.CreateCertificate(rand.Reader, template, parent, public, a.key)
}

// pem is the authority's certificate as clients read it.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// certificate makes, once, the certificate of the host that a client asks for.
func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if !a.hosts[hello.ServerName] {
		return nil, fmt.Errorf("the practice world does not serve %q", hello.ServerName)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.issued[hello.ServerName]; c != nil {
		return c, nil
	}
	der, err := a.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: hello.ServerName},
		DNSNames:    []string{hello.ServerName},
		NotBefore:   a.cert.NotBefore,
		NotAfter:    a.cert.NotAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, &a.leaf.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of %s: %w", hello.ServerName, err)
	}
	c := &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.leaf}
	a.issued[hello.ServerName] = c
	return c, nil
}
