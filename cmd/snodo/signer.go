package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
)

// demoSigner signs documents.
type demoSigner struct{ sealer *xmlsig.Sealer }

func (s *demoSigner) sign(c co.Comunicazione) ([]byte, error) {
	document, err := transform.Encode(c)
	if err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	return s.sealer.Seal(document)
}

func readSigner(base string) (*demoSigner, error) {
	text, err := os.ReadFile(base + ".pem")
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	chain, err := xmlsig.ParseCertificates(text)
	if err != nil {
		return nil, err
	}
	key, err := xmlsig.ReadKey(base + ".key")
	if err != nil {
		return nil, err
	}
	sealer, err := xmlsig.NewSealer(key, chain)
	return &demoSigner{sealer}, err
}

// strangerSigner has a flawless certificate of an authority of its own.
func strangerSigner(now time.Time) (*demoSigner, error) {
	authority, err := xmlsig.NewAuthority("Autorità sconosciuta", now)
	if err != nil {
		return nil, err
	}
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		return nil, err
	}
	leaf, err := authority.IssuePerson(sample.Invent(990).CodiceFiscale(), key.Public(), now)
	if err != nil {
		return nil, err
	}
	sealer, err := xmlsig.NewSealer(key, []*x509.Certificate{leaf, authority.Certificate})
	return &demoSigner{sealer}, err
}
