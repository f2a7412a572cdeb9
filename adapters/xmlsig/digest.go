package xmlsig

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
)

// Identifiers of XML Signature, XML Encryption and RFC 4051 for SHA-384 and SHA-512,
// which AgID's annex Digest and Signature lists beside SHA-256.
const (
	algRSA384    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	algRSA512    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	algECDSA384  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
	algECDSA512  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
	algDigest384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	algDigest512 = "http://www.w3.org/2001/04/xmlenc#sha512"
)

// Digest is a digest and the function of SHA-2 that made it: SHA-256, SHA-384 or
// SHA-512. The zero value is none, and of no bytes.
type Digest struct {
	function crypto.Hash
	value    [sha512.Size]byte // behind the function's size all zero
}

// digestOf is the digest of b by one of the three functions, which it panics
// without.
func digestOf(function crypto.Hash, b []byte) Digest {
	d := Digest{function: function}
	switch function {
	case crypto.SHA256:
		*(*[sha256.Size]byte)(d.value[:]) = sha256.Sum256(b)
	case crypto.SHA384:
		*(*[sha512.Size384]byte)(d.value[:]) = sha512.Sum384(b)
	case crypto.SHA512:
		d.value = sha512.Sum512(b)
	default:
		panic("xmlsig: digest by " + function.String())
	}
	return d
}

// bytes are as many as the function makes.
func (d *Digest) bytes() []byte {
	if d.function == 0 {
		return nil
	}
	return d.value[:d.function.Size()]
}

// of reports whether it is the digest of b.
func (d *Digest) of(b []byte) bool { return d.function != 0 && digestOf(d.function, b) == *d }

// set takes the value of a digest by function, and reports whether it is as long as
// those are.
func (d *Digest) set(function crypto.Hash, value []byte) bool {
	*d = Digest{function: function}
	return copy(d.value[:], value) == len(value) && len(value) == function.Size()
}

// sha256 is the value of a digest by SHA-256.
func (d *Digest) sha256() (sum [sha256.Size]byte, ok bool) {
	return [sha256.Size]byte(d.value[:]), d.function == crypto.SHA256
}

// digestFunction is the function that a DigestMethod names.
func digestFunction(method []byte) (function crypto.Hash, ok bool) {
	switch string(method) {
	case algSHA256:
		return crypto.SHA256, true
	case algDigest384:
		return crypto.SHA384, true
	case algDigest512:
		return crypto.SHA512, true
	}
	return 0, false
}

// digestMethod names a function in a DigestMethod.
func digestMethod(function crypto.Hash) string {
	switch function {
	case crypto.SHA384:
		return algDigest384
	case crypto.SHA512:
		return algDigest512
	}
	return algSHA256
}

// signatureMethod is what a SignatureMethod names.
type signatureMethod struct {
	ecdsa    bool
	function crypto.Hash
}

// signatureMethodOf reads a SignatureMethod.
func signatureMethodOf(method []byte) (m signatureMethod, ok bool) {
	switch string(method) {
	case algRSA:
		return signatureMethod{false, crypto.SHA256}, true
	case algRSA384:
		return signatureMethod{false, crypto.SHA384}, true
	case algRSA512:
		return signatureMethod{false, crypto.SHA512}, true
	case algECDSA:
		return signatureMethod{true, crypto.SHA256}, true
	case algECDSA384:
		return signatureMethod{true, crypto.SHA384}, true
	case algECDSA512:
		return signatureMethod{true, crypto.SHA512}, true
	}
	return signatureMethod{}, false
}

// algorithm is the name that a policy has for it.
func (m signatureMethod) algorithm() Algorithm {
	switch m {
	case signatureMethod{false, crypto.SHA384}:
		return RSASHA384
	case signatureMethod{false, crypto.SHA512}:
		return RSASHA512
	case signatureMethod{true, crypto.SHA256}:
		return ECDSASHA256
	case signatureMethod{true, crypto.SHA384}:
		return ECDSASHA384
	case signatureMethod{true, crypto.SHA512}:
		return ECDSASHA512
	}
	return RSASHA256
}
