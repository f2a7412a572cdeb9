package xmlsig

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Algorithm is one of the signature algorithms of the grammar, by the last part
// of its identifier (RFC 4051).
type Algorithm string

// The algorithms of the grammar (contracts.md, the one signature grammar).
const (
	RSASHA256   Algorithm = "rsa-sha256"
	ECDSASHA256 Algorithm = "ecdsa-sha256"

	// Of messages and assertions alone (AgID, annex Digest and Signature).
	RSASHA384   Algorithm = "rsa-sha384"
	RSASHA512   Algorithm = "rsa-sha512"
	ECDSASHA384 Algorithm = "ecdsa-sha384"
	ECDSASHA512 Algorithm = "ecdsa-sha512"
)

// Algorithms lists what Requirements may name.
func Algorithms() []Algorithm {
	return []Algorithm{RSASHA256, ECDSASHA256, RSASHA384, ECDSASHA384, RSASHA512, ECDSASHA512}
}

// Requirements are what a name asks of its signatures beyond the grammar and a
// chain to its anchors. The zero value asks for nothing.
type Requirements struct {
	Algorithms []Algorithm // allowed ones; none given is all of the grammar
	// Organizations pins signers: the certificate must name exactly one
	// organization, and one of these, character by character.
	Organizations []string
}

// Requiring returns a Verifier with the same trust that asks more of the names
// given. The receiver goes on asking what it asked.
func (v *Verifier) Requiring(named map[string]Requirements) *Verifier {
	stricter := NewVerifier(v.trust)
	stricter.required = named
	return stricter
}

// allows reports whether a signature's method is among those allowed.
func (r Requirements) allows(method signatureMethod) bool {
	return len(r.Algorithms) == 0 || slices.Contains(r.Algorithms, method.algorithm())
}

// pins is the fault of a signer that is not one of those pinned, if any.
func (r Requirements) pins(p *path) fault.Code {
	if len(r.Organizations) == 0 || slices.Contains(r.Organizations, p.organization) {
		return ""
	}
	return ForeignOrganization
}

// OrganizationOf returns the organizationIdentifier (OID 2.5.4.97, ETSI EN 319
// 412-1 section 5.1.4; for AgID "CF:IT-" and the codice fiscale of the body)
// that a certificate's subject names, or "" if it names none or several. The
// value is given as it stands.
func OrganizationOf(c *x509.Certificate) string {
	identifier := asn1.ObjectIdentifier{2, 5, 4, 97}
	found := ""
	for _, name := range c.Subject.Names {
		if !name.Type.Equal(identifier) {
			continue
		}
		value, ok := name.Value.(string)
		if !ok || found != "" {
			return ""
		}
		found = value
	}
	return found
}
