package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
)

// errMessageSignature tells only that a signature does not hold.
var errMessageSignature = errors.New("verify message: signature does not hold")

// SignMessage signs bytes that are no XML, such as a sealed head: SHA-256 with
// RSA PKCS #1 v1.5, or ECDSA as r||s; the same message gives the same value.
func (s *Sealer) SignMessage(message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	value, err := s.key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	return value, nil
}

// VerifyMessage checks what SignMessage made with the key of a certificate.
func VerifyMessage(c *x509.Certificate, message, value []byte) error {
	digest := sha256.Sum256(message)
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], value) == nil {
			return nil
		}
	case *ecdsa.PublicKey:
		if len(value) == 64 && ecdsa.VerifyASN1(pub, digest[:], appendDER(nil, value)) {
			return nil
		}
	}
	return errMessageSignature
}
