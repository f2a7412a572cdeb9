package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Lifetimes of what a development authority issues.
const (
	authorityYears = 10
	leafYears      = 3
	backdate       = 5 * time.Minute // for clocks that are a little behind
)

// Authority is a development certification authority: enough for a demo, a
// test and a first start, and never an anchor in production.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer // nil if the key is kept elsewhere: then it issues nothing
}

// NewAuthority makes an authority with its own P-256 key, valid ten years from
// now.
func NewAuthority(name string, now time.Time) (*Authority, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	return authorityOf(key, name, now)
}

func authorityOf(key crypto.Signer, name string, now time.Time) (*Authority, error) {
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Snodo"}, Country: []string{"IT"}},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.AddDate(authorityYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	c, err := create(template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Authority{Certificate: c, Key: key}, nil
}

// IssuePerson certifies the signing key of a person or body: its codice fiscale
// as serialNumber TINIT-CF, key usage nonRepudiation alone, three years from
// now.
func (a *Authority) IssuePerson(cf string, pub crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	if !isCodiceFiscale(cf) {
		return nil, errors.New("issue certificate: not a codice fiscale")
	}
	return a.issue(&x509.Certificate{
		Subject:   pkix.Name{CommonName: cf, SerialNumber: "TINIT-" + cf, Country: []string{"IT"}},
		NotBefore: now.Add(-backdate),
		NotAfter:  now.AddDate(leafYears, 0, 0),
		KeyUsage:  x509.KeyUsageContentCommitment,
	}, pub)
}

// IssueSystem certifies the key by which a body's system signs its messages: the
// body's codice fiscale as organizationIdentifier CF:IT-... (AgID, annex Digest
// and Signature), key usage digitalSignature alone, three years from now.
func (a *Authority) IssueSystem(cf string, pub crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	if !isCodiceFiscale(cf) {
		return nil, errors.New("issue certificate: not a codice fiscale")
	}
	organization := pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 97}, Value: "CF:IT-" + cf}
	return a.issue(&x509.Certificate{
		Subject: pkix.Name{
			CommonName: "Sistema di " + cf, Country: []string{"IT"}, ExtraNames: []pkix.AttributeTypeAndValue{organization},
		},
		NotBefore: now.Add(-backdate),
		NotAfter:  now.AddDate(leafYears, 0, 0),
		KeyUsage:  x509.KeyUsageDigitalSignature,
	}, pub)
}

// IssueSeal certifies a key of the hub itself, which names no person: key
// usages digitalSignature and nonRepudiation, three years from now.
func (a *Authority) IssueSeal(name string, pub crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	return a.issue(&x509.Certificate{
		Subject:   pkix.Name{CommonName: name, Organization: []string{"Snodo"}, Country: []string{"IT"}},
		NotBefore: now.Add(-backdate),
		NotAfter:  now.AddDate(leafYears, 0, 0),
		KeyUsage:  x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, pub)
}

func (a *Authority) issue(template *x509.Certificate, pub crypto.PublicKey) (*x509.Certificate, error) {
	if a.Key == nil {
		return nil, errors.New("issue certificate: the authority's key is not here")
	}
	template.BasicConstraintsValid = true
	return create(template, a.Certificate, pub, a.Key)
}

func create(template, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	rand.Read(serial)  // never fails
	serial[0] &= 0x7f  // positive
	serial[15] |= 0x01 // not zero
	template.SerialNumber = new(big.Int).SetBytes(serial)
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	id := sha256.Sum256(spki) // RFC 7093 section 2, method 1
	template.SubjectKeyId = id[:20]
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read issued certificate: %w", err)
	}
	return c, nil
}

// NewKey makes an ECDSA key on P-256, as seals use.
func NewKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return key, nil
}

// NewPersonKey makes an RSA key of 2048 bits, as the smart cards of signers do.
func NewPersonKey() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, minRSA)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return key, nil
}
