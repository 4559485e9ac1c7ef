package transport

import (
	"crypto/x509"
	"fmt"
	"os"
)

// roots are the system's, plus those in the file that SSL_CERT_FILE names. Go
// itself reads the variable on Linux and the BSDs only.
func roots(file string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if file == "" {
		return pool, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificates that SSL_CERT_FILE names: %w; correct the variable or unset it", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("SSL_CERT_FILE names %s, which holds no PEM certificate; correct the variable or unset it", file)
	}
	return pool, nil
}
