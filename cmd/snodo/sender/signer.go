package sender

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

// Signer signs documents as a person does, with what Sealer holds.
type Signer struct{ Sealer *xmlsig.Sealer }

// Sign writes a communication in its national format, and signs it.
func (s *Signer) Sign(c co.Comunicazione) ([]byte, error) {
	document, err := transform.Encode(c)
	if err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	return s.Sealer.Seal(document)
}

// ReadSigner reads what `certificate issue` wrote: base.pem and base.key.
func ReadSigner(base string) (*Signer, error) {
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
	return &Signer{sealer}, err
}

// NewStranger makes a signer with a flawless certificate of an authority of its own,
// which nobody trusts.
func NewStranger(now time.Time) (*Signer, error) {
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
	return &Signer{sealer}, err
}
