package xmlsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Assertion is the SAML assertion of a message's Security header whose own
// signature holds and whose signer is its issuer's.
type Assertion struct {
	Content []byte            // canonical bytes that the signature covers, without the Signature; the caller's own
	Body    [sha256.Size]byte // SHA-256 of the message's Body as it was received

	Certificate *x509.Certificate // the issuer's; shared, not to be changed

	chains [][]*x509.Certificate
}

// AssertionVerifier verifies assertions. It is safe for concurrent use.
type AssertionVerifier struct {
	trust  *Trust
	passes passes[assertionPass]
}

// NewAssertionVerifier returns an AssertionVerifier that trusts what trust
// trusts, by names that are those of issuers alone.
func NewAssertionVerifier(trust *Trust) *AssertionVerifier {
	return &AssertionVerifier{trust: trust}
}

// Issuer gives the name under which the anchors of an assertion's issuer are
// filed, or a fault: it is asked of canonical content whose digest holds, and of
// which nothing is believed yet.
type Issuer func(content []byte) (name string, f *fault.Fault)

// Verify judges the assertion in a SOAP message, 1.1 or 1.2 (UTF-8, without byte
// order mark): the guard, the layout, the grammar, the digest, the issuer, the
// signature value, the chain to its anchors and key usage (digitalSignature; an
// anchor itself may leave it open), in this order. It stops at the first fault; the Assertion is empty beside one. A message
// without an assertion has the fault AssertionMissing. modi tells that
// MessageVerifier has judged the same bytes: a Security header may then hold a
// signature of the message besides.
func (v *AssertionVerifier) Verify(src []byte, modi bool, issuer Issuer) (Assertion, *fault.Fault) {
	a := v.passes.get(len(src))
	defer v.passes.put(a, len(src))
	if f := a.run(src, modi); f != nil {
		return Assertion{}, f
	}
	if !a.sig.digest.of(a.content.out) {
		return Assertion{}, &fault.Fault{Code: fault.AssertionForged}
	}
	name, f := issuer(a.content.out)
	if f != nil {
		return Assertion{}, f
	}
	key := v.trust.key(name, a.sig.certs, a.sig.ends)
	known := v.trust.lookup(key)
	if known == nil {
		var err error
		if known, err = parsePath(a.sig.certs, a.sig.ends); err != nil {
			return Assertion{}, &fault.Fault{Code: fault.AssertionUntrusted}
		}
	}
	if code := a.checkValue(known.certs[0]); code != "" {
		return Assertion{}, &fault.Fault{Code: assertionCode(code)}
	}
	if code := v.trust.judge(key, known, x509.KeyUsageDigitalSignature, HolderOf); code != "" && !(code == WrongUsage && pinned(known)) {
		return Assertion{}, &fault.Fault{Code: assertionCode(code)}
	}
	return Assertion{
		Content: slices.Clone(a.content.out), Body: sha256.Sum256(a.body),
		Certificate: known.certs[0], chains: known.chains,
	}, nil
}

// pinned reports that the certificate which signs is an anchor itself and says
// nothing against signing: gateways sign with certificates that they made for
// themselves, often without key usage (RFC 5280, section 4.2.1.3: it restricts where
// it is there) and marked as an authority's (openssl's default). Whoever listed it
// believes its key, not what it says of itself.
func pinned(p *path) bool {
	usage := p.certs[0].KeyUsage
	return (usage == 0 || usage&x509.KeyUsageDigitalSignature != 0) &&
		slices.ContainsFunc(p.chains, func(chain []*x509.Certificate) bool { return len(chain) == 1 })
}

// CheckValidity judges the beginning and end of the certificates of the issuer's
// chain at an instant, for clocks that may differ by a tolerance.
func (a Assertion) CheckValidity(at time.Time, tolerance time.Duration) *fault.Fault {
	if faults := CheckChains(a.chains, at, Conditions{Tolerance: tolerance}); len(faults) > 0 {
		return &fault.Fault{Code: assertionCode(faults[0].Code)}
	}
	return nil
}

// SealAssertion signs an assertion (saml-core, section 5): canonical, with its
// Signature behind Issuer. It is for development and tests: assertions are issued
// by identity providers.
func (s *Sealer) SealAssertion(assertion []byte) ([]byte, error) {
	p := s.passes.get(len(assertion))
	defer s.passes.put(p, len(assertion))
	if f := p.run(assertion); f != nil {
		return nil, fmt.Errorf("seal assertion: %w", &DocumentError{Fault: *f})
	}
	content := p.content.out
	id, at := frameOfAssertion(content)
	if id == "" || at == 0 {
		return nil, errors.New("seal assertion: no assertion with ID and Issuer")
	}
	here := Sealer{key: s.key, tail: s.tail, info: bytes.Replace(s.info, []byte(`URI=""`), []byte(`URI="#`+id+`"`), 1)}
	signature, err := here.appendSignature(nil, content)
	if err != nil {
		return nil, fmt.Errorf("seal assertion: %w", err)
	}
	return slices.Concat(content[:at], signature, content[at:]), nil
}

// frameOfAssertion gives the ID of a canonical assertion, and where its Issuer ends.
func frameOfAssertion(content []byte) (id string, at int) {
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		switch {
		case err != nil || kind == xmltoken.EOF:
			return id, 0
		case kind == xmltoken.Start && r.Depth() == 1:
			for _, a := range r.Attrs() {
				if len(a.Prefix) == 0 && string(a.Local) == "ID" {
					id = string(a.Value)
				}
			}
		case kind == xmltoken.End && r.Depth() == 2:
			return id, r.End()
		}
	}
}

// Present puts an assertion, as its issuer signed it, into a Security header of a
// SOAP message that has none: the message itself stays unsigned.
func Present(plain, assertion []byte) ([]byte, error) {
	f, err := frameOf(plain)
	if err != nil {
		return nil, err
	}
	b := messageBuilder{out: make([]byte, 0, len(plain)+len(assertion)+1<<10)}
	b.open(plain, f)
	b.security(f)
	b.out = append(b.out, assertion...)
	b.add(`</wsse:Security>`)
	return append(b.out, plain[b.close(f):]...), nil
}
