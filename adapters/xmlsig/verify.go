package xmlsig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// RSA moduli accepted, in bits (contracts.md, the one signature grammar).
const (
	minRSA = 2048
	maxRSA = 4096
)

// Verified is a document whose signature holds. Whether its certificates were
// valid at some instant is asked apart, by CheckValidity, after the lookup of
// duplicates.
type Verified struct {
	Content     []byte            // canonical bytes that the signature covers, without the Signature; the caller's own
	Digest      [sha256.Size]byte // SHA-256 of Content
	Certificate *x509.Certificate // the signer's; shared, not to be changed
	Signer      string            // codice fiscale of a person (16 characters) or a body (11 digits), in capitals

	chains [][]*x509.Certificate
}

// Verifier verifies signed documents. It is safe for concurrent use.
type Verifier struct {
	trust    *Trust
	required map[string]Requirements // by name; not changed
	passes   passes[pass]
}

// NewVerifier returns a Verifier that trusts what trust trusts.
func NewVerifier(trust *Trust) *Verifier {
	return &Verifier{trust: trust}
}

// Verify judges a document (UTF-8, without byte order mark) against the
// anchors of a region: the guard, the grammar, digest, the region's algorithms,
// signature value, the chain, key usage, the region's pins and the signer's
// identity, in this order. It stops at the
// first fault, whose line is that of the document; a Verified comes without
// faults only. An unsigned document, if otherwise in order, has the one fault
// NoSignature.
func (v *Verifier) Verify(doc []byte, region string) (Verified, fault.List) {
	verified, f := v.verify(doc, region)
	if f.Code == "" && verified.Signer == "" {
		f.Code = NoIdentity
	}
	if f.Code != "" {
		return Verified{}, fault.List{f}
	}
	return verified, nil
}

// VerifySeal judges a receipt or a converted document against the anchors
// filed under name, as Verify does except that a seal's certificate names no
// person. Integrity and trust are told apart: a seal that holds comes with its
// Verified even where the fault is Untrusted or WrongUsage; on any other fault
// Verified.Certificate is nil.
func (v *Verifier) VerifySeal(doc []byte, name string) (Verified, fault.List) {
	verified, f := v.verify(doc, name)
	if f.Code != "" {
		return verified, fault.List{f}
	}
	return verified, nil
}

// verify is Verify up to key usage. The Verified is filled as soon as the
// signature holds; a zero fault means that the rest holds too.
func (v *Verifier) verify(doc []byte, name string) (Verified, fault.Fault) {
	p := v.passes.get(len(doc))
	defer v.passes.put(p, len(doc))
	if f := p.run(doc); f != nil {
		return Verified{}, *f
	}
	if p.place != after {
		return Verified{}, fault.Fault{Code: NoSignature}
	}
	digest := sha256.Sum256(p.content.out)
	if said, ok := p.sig.digest.sha256(); !ok || digest != said {
		return Verified{}, fault.Fault{Code: DigestMismatch}
	}
	key := v.trust.key(name, p.sig.certs, p.sig.ends)
	known := v.trust.lookup(key)
	if known == nil {
		var err error
		if known, err = parsePath(p.sig.certs, p.sig.ends); err != nil {
			return Verified{}, fault.Fault{Code: BadCertificate}
		}
	}
	required := v.required[name]
	if !required.allows(p.sig.method) {
		return Verified{}, fault.Fault{Code: ForbiddenAlgorithm}
	}
	if code := p.checkValue(known.certs[0]); code != "" {
		return Verified{}, fault.Fault{Code: code}
	}
	code := v.trust.judge(key, known, x509.KeyUsageContentCommitment, signerOf)
	if code == "" {
		code = required.pins(known)
	}
	return Verified{
		Content: p.content.own(len(doc)), Digest: digest,
		Certificate: known.certs[0], Signer: known.signer, chains: known.chains,
	}, fault.Fault{Code: code}
}

// checkValue checks the signature value over SignedInfo with the certificate's
// key, whose kind must be the algorithm's.
func (p *pass) checkValue(cert *x509.Certificate) fault.Code {
	hashed := digestOf(p.sig.method.function, p.info.out)
	switch pub := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		switch bits := pub.N.BitLen(); {
		case bits < minRSA || bits > maxRSA:
			return WeakKey
		case p.sig.method.ecdsa:
			return KeyMismatch
		case rsa.VerifyPKCS1v15(pub, hashed.function, hashed.bytes(), p.sig.value) != nil:
			return SignatureMismatch
		}
	case *ecdsa.PublicKey:
		switch {
		case pub.Curve != elliptic.P256():
			return WeakKey
		case !p.sig.method.ecdsa:
			return KeyMismatch
		case len(p.sig.value) != 64:
			return DERValue
		}
		var room [maxDER]byte
		if !ecdsa.VerifyASN1(pub, hashed.bytes(), appendDER(room[:0], p.sig.value)) {
			return SignatureMismatch
		}
	default:
		return WeakKey
	}
	return ""
}

// maxDER is the longest Ecdsa-Sig-Value of P-256: two INTEGERs of 33 bytes at most.
const maxDER = 2 + 2*(2+33)

// appendDER appends r||s of P-256, 64 bytes, as the Ecdsa-Sig-Value (RFC 3279, section
// 2.2.3) that crypto/ecdsa reads: big.Int and cryptobyte allocate a dozen times for it.
func appendDER(dst, value []byte) []byte {
	at := len(dst)
	dst = append(dst, 0x30, 0)
	for _, n := range [][]byte{value[:32], value[32:]} {
		for len(n) > 1 && n[0] == 0 {
			n = n[1:]
		}
		pad := n[0] >> 7 // else it would be negative
		dst = append(dst, 0x02, byte(len(n))+pad)
		if pad == 1 {
			dst = append(dst, 0)
		}
		dst = append(dst, n...)
	}
	dst[at+1] = byte(len(dst) - at - 2)
	return dst
}

// CheckValidity judges the beginning and end of every certificate of the chain
// at an instant, anchor included: NotYetValid or Expired, or no fault. It is
// CheckStanding without conditions.
func (v Verified) CheckValidity(at time.Time) fault.List {
	return v.CheckStanding(at, Conditions{})
}
