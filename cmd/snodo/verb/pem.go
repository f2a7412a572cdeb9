package verb

import (
	"crypto/x509"
	"fmt"
	"os"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// ReadSealer reads the certificates and the key that two flags name; an error names
// the flag.
func ReadSealer(certFlag, cert, keyFlag, key string) (*xmlsig.Sealer, error) {
	chain, err := ReadAnchors(certFlag, cert)
	if err != nil {
		return nil, err
	}
	secret, err := xmlsig.ReadKey(key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", keyFlag, err)
	}
	return xmlsig.NewSealer(secret, chain)
}

// ReadAnchors reads the certificates that a flag names, of which there is at least
// one; an error names the flag.
func ReadAnchors(flag, path string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", flag, err)
	}
	list, err := xmlsig.ParseCertificates(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", flag, err)
	}
	return list, nil
}
