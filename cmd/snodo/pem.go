package main

import (
	"crypto/x509"
	"fmt"
	"os"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// readSealer reads the certificates and the key that two flags name.
func readSealer(certFlag, cert, keyFlag, key string) (*xmlsig.Sealer, error) {
	chain, err := readAnchors(certFlag, cert)
	if err != nil {
		return nil, err
	}
	secret, err := xmlsig.ReadKey(key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", keyFlag, err)
	}
	return xmlsig.NewSealer(secret, chain)
}

// readAnchors reads the certificates that a flag names.
func readAnchors(flag, path string) ([]*x509.Certificate, error) {
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
