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
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Sealer signs XML with one key by the one signature grammar: the hub's
// receipts and converted documents, or a client's documents. It is safe for
// concurrent use if its key is, as those of crypto/ecdsa and crypto/rsa are.
type Sealer struct {
	key    signer
	chain  []*x509.Certificate
	der    [][]byte
	method string
	passes sync.Pool // *pass
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
	s := &Sealer{key: signer{key}, chain: chain, passes: sync.Pool{New: func() any { return new(pass) }}}
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		if bits := pub.N.BitLen(); bits < minRSA || bits > maxRSA {
			return nil, fmt.Errorf("make sealer: RSA key of %d bits", bits)
		}
		s.method = algRSA
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return nil, errors.New("make sealer: ECDSA key not on P-256")
		}
		s.method = algECDSA
	default:
		return nil, errors.New("make sealer: key neither RSA nor ECDSA")
	}
	for _, c := range chain {
		s.der = append(s.der, c.Raw)
	}
	return s, nil
}

// Certificate returns the certificate of the Sealer's key.
func (s *Sealer) Certificate() *x509.Certificate { return s.chain[0] }

// CertificateHash returns the SHA-256 of that certificate's DER, which the
// ledger's entries name as their seal.
func (s *Sealer) CertificateHash() [sha256.Size]byte { return sha256.Sum256(s.chain[0].Raw) }

// Seal returns xml canonicalised, without XML declaration, with a Signature as
// last child of its root. xml is an unsigned document within the guard of this
// package; otherwise the error wraps a *DocumentError. The same input gives
// the same bytes for ever: RSA by PKCS #1 v1.5, ECDSA by RFC 6979. The content
// of the result (Verified.Content) is the canonical form of xml.
func (s *Sealer) Seal(xml []byte) ([]byte, error) {
	p := s.passes.Get().(*pass)
	defer s.passes.Put(p)
	if f := p.run(xml); f != nil {
		return nil, fmt.Errorf("seal: %w", &DocumentError{Fault: *f})
	}
	if p.place == after {
		return nil, fmt.Errorf("seal: %w", &DocumentError{Fault: fault.Fault{Code: SecondSignature}})
	}
	content := p.content.out
	signature, err := s.signature(content)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	end := bytes.LastIndex(content, []byte("</"))
	sealed := make([]byte, 0, len(content)+len(signature))
	sealed = append(append(sealed, content[:end]...), signature...)
	return append(sealed, content[end:]...), nil
}

// signature makes the Signature element for a canonical document. goxmldsig
// writes it and signs; the digest is that of our own canonical bytes, because
// goxmldsig orders attributes of two namespaces wrongly.
func (s *Sealer) signature(content []byte) ([]byte, error) {
	ctx, err := dsig.NewSigningContext(s.key, s.der)
	if err != nil {
		return nil, fmt.Errorf("make signing context: %w", err)
	}
	root := etree.NewElement("root") // stands for the document
	ctx.Canonicalizer = canonicalised{
		Canonicalizer: dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""),
		root:          root,
		content:       content,
	}
	if err := ctx.SetSignatureMethod(s.method); err != nil {
		return nil, fmt.Errorf("set signature method: %w", err)
	}
	element, err := ctx.ConstructSignature(root, true)
	if err != nil {
		return nil, fmt.Errorf("construct signature: %w", err)
	}
	out := etree.NewDocument()
	out.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	out.SetRoot(element)
	raw, err := out.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write signature: %w", err)
	}
	return raw, nil
}

// canonicalised is exclusive canonicalisation that knows the form of the
// document already.
type canonicalised struct {
	dsig.Canonicalizer
	root    *etree.Element
	content []byte
}

// Canonicalize implements dsig.Canonicalizer.
func (c canonicalised) Canonicalize(e *etree.Element) ([]byte, error) {
	if e == c.root {
		return c.content, nil
	}
	return c.Canonicalizer.Canonicalize(e)
}

// DocumentError is the error of Seal for a document that is not in order.
type DocumentError struct {
	Fault fault.Fault
}

// Error implements error.
func (e *DocumentError) Error() string { return "document not in order: " + string(e.Fault.Code) }

// signer signs deterministically and gives ECDSA values as XML-DSig wants them,
// r||s of 32 bytes each (RFC 4050 section 3.3), where goxmldsig would write DER.
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
