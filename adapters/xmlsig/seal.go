package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Sealer signs XML with one key by the one signature grammar: the hub's
// receipts and converted documents, or a client's documents. It is safe for
// concurrent use if its key is, as those of crypto/ecdsa and crypto/rsa are.
type Sealer struct {
	key    signer
	chain  []*x509.Certificate
	info   []byte // of SignedInfo, before the digest
	tail   []byte // of Signature, behind the value
	size   int    // of the whole Signature: the same for every document
	passes passes[pass]
}

// NewSealer returns a Sealer for a key, RSA of 2048 to 4096 bits or ECDSA
// P-256, and the certificates to send along: its own first, one to four.
func NewSealer(key crypto.Signer, chain []*x509.Certificate) (*Sealer, error) {
	if len(chain) < 1 || len(chain) > maxCerts {
		return nil, fmt.Errorf("make sealer: %d certificates, want 1 to %d", len(chain), maxCerts)
	}
	if !samePublicKey(chain[0].PublicKey, key.Public()) {
		return nil, errors.New("make sealer: the certificate is not of this key")
	}
	s := &Sealer{key: signer{key}, chain: chain}
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		if bits := pub.N.BitLen(); bits < minRSA || bits > maxRSA {
			return nil, fmt.Errorf("make sealer: RSA key of %d bits", bits)
		}
		s.info = signedInfo(algRSA)
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return nil, errors.New("make sealer: ECDSA key not on P-256")
		}
		s.info = signedInfo(algECDSA)
	default:
		return nil, errors.New("make sealer: key neither RSA nor ECDSA")
	}
	s.tail = keyInfo(chain)
	// What is sealed is kept, so its slice should not be longer than it is.
	probe, err := s.appendSignature(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make sealer: %w", err)
	}
	s.size = len(probe)
	return s, nil
}

// Certificate returns the certificate of the Sealer's key.
func (s *Sealer) Certificate() *x509.Certificate { return s.chain[0] }

// CertificateHash returns the SHA-256 of that certificate's DER, which the
// ledger's entries name as their seal.
func (s *Sealer) CertificateHash() [sha256.Size]byte { return sha256.Sum256(s.chain[0].Raw) }

// Common returns what every Signature of the Sealer has before its digest,
// between digest and value, and behind the value. The caller must not change it.
func (s *Sealer) Common() [][]byte {
	return [][]byte{append([]byte(signatureStart), s.info...), []byte(valueStart), s.tail}
}

// Seal returns xml canonicalised, without XML declaration, with a Signature as
// last child of its root. xml is an unsigned document within the guard of this
// package; otherwise the error wraps a *DocumentError. The same input gives
// the same bytes for ever: RSA by PKCS #1 v1.5, ECDSA by RFC 6979. The content
// of the result (Verified.Content) is the canonical form of xml.
func (s *Sealer) Seal(xml []byte) ([]byte, error) {
	p := s.passes.get(len(xml))
	defer s.passes.put(p, len(xml))
	if f := p.run(xml); f != nil {
		return nil, fmt.Errorf("seal: %w", &DocumentError{Fault: *f})
	}
	if p.place == after {
		return nil, fmt.Errorf("seal: %w", &DocumentError{Fault: fault.Fault{Code: SecondSignature}})
	}
	content := p.content.out
	end := bytes.LastIndex(content, []byte("</"))
	sealed := make([]byte, 0, len(content)+s.size)
	sealed, err := s.appendSignature(append(sealed, content[:end]...), content)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return append(sealed, content[end:]...), nil
}

// appendSignature appends the Signature element for a canonical document, as the last
// child of its root. It is canonical itself: the signed form of SignedInfo
// differs from the written one by its declaration of ds alone, which the
// document has on Signature. Tests hold the bytes to goxmldsig's.
func (s *Sealer) appendSignature(sealed, content []byte) ([]byte, error) {
	digest := sha256.Sum256(content)
	start := len(sealed)
	sealed = append(sealed, infoStart+` xmlns:ds="`+spaceDSig+`">`...)
	sealed = append(sealed, s.info...)
	sealed = base64.StdEncoding.AppendEncode(sealed, digest[:])
	sealed = append(sealed, infoEnd...)
	signed := sha256.Sum256(sealed[start:])
	value, err := s.key.Sign(nil, signed[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	sealed = append(sealed[:start], signatureStart...)
	sealed = append(sealed, s.info...)
	sealed = base64.StdEncoding.AppendEncode(sealed, digest[:])
	sealed = append(sealed, valueStart...)
	sealed = base64.StdEncoding.AppendEncode(sealed, value)
	return append(sealed, s.tail...), nil
}

// The parts of a Signature around its digest.
const (
	infoStart = `<ds:SignedInfo`
	infoEnd   = `</ds:DigestValue></ds:Reference></ds:SignedInfo>`

	signatureStart = `<ds:Signature xmlns:ds="` + spaceDSig + `">` + infoStart + `>`
	valueStart     = infoEnd + `<ds:SignatureValue>`
)

// signedInfo is what SignedInfo holds before the digest.
func signedInfo(method string) []byte {
	algorithm := func(name, uri string) string { return `<ds:` + name + ` Algorithm="` + uri + `"></ds:` + name + `>` }
	return []byte(algorithm("CanonicalizationMethod", algExclusive) + algorithm("SignatureMethod", method) +
		`<ds:Reference URI=""><ds:Transforms>` + algorithm("Transform", algEnveloped) + algorithm("Transform", algExclusive) +
		`</ds:Transforms>` + algorithm("DigestMethod", algSHA256) + `<ds:DigestValue>`)
}

// keyInfo is what follows the signature's value.
func keyInfo(chain []*x509.Certificate) []byte {
	b := []byte(`</ds:SignatureValue><ds:KeyInfo><ds:X509Data>`)
	for _, c := range chain {
		b = append(b, `<ds:X509Certificate>`...)
		b = base64.StdEncoding.AppendEncode(b, c.Raw)
		b = append(b, `</ds:X509Certificate>`...)
	}
	return append(b, `</ds:X509Data></ds:KeyInfo></ds:Signature>`...)
}

// DocumentError is the error of Seal for a document that is not in order.
type DocumentError struct {
	Fault fault.Fault
}

// Error implements error.
func (e *DocumentError) Error() string { return "document not in order: " + string(e.Fault.Code) }

// signer signs deterministically and gives ECDSA values as XML-DSig wants them,
// r||s of 32 bytes each (RFC 4050 section 3.3), where crypto/ecdsa writes DER.
type signer struct {
	crypto.Signer
}

// Sign implements crypto.Signer; the randomness offered is not used.
func (s signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	value, err := s.Signer.Sign(nil, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if _, ok := s.Public().(*ecdsa.PublicKey); !ok {
		return value, nil
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(value, &pair); err != nil {
		return nil, fmt.Errorf("read ECDSA value: %w", err)
	}
	out := make([]byte, 64)
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return out, nil
}

func samePublicKey(a, b crypto.PublicKey) bool {
	known, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && known.Equal(b)
}
