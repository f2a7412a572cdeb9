package xmlsig

import (
	"bytes"
	"encoding/asn1"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The identifiers of tokens: WS-Security X.509 Certificate Token Profile 1.0
// and SOAP Message Security 1.0 (OASIS 2004).
const (
	valueX509      = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	valuePKIPath   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"
	encodingBase64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)

// maxID is the longest identifier, in bytes, that a Reference may be to.
const maxID = 256

// tokenForm is how a message gives its signer's certificate.
type tokenForm uint8

const (
	tokenNone     tokenForm = iota
	tokenDirect             // Reference to the BinarySecurityToken
	tokenEmbedded           // KeyIdentifier that holds the certificate
	tokenSerial             // X509IssuerSerial
)

// tokenRef is what KeyInfo and the BinarySecurityToken say.
type tokenRef struct {
	form   tokenForm
	id     []byte // direct: what the reference is to, raw
	value  string // direct: ValueType of the reference, "" if it has none
	binary string // ValueType of the BinarySecurityToken, "" if there is none
	issuer []byte // serial: distinguished name, as written
	serial []byte // serial: digits
}

// readMessageSignature reads the Signature whose Start is current, to its End:
// SignedInfo, SignatureValue, KeyInfo.
func (m *messagePass) readMessageSignature() error {
	if err := m.only("Id"); err != nil {
		return err
	}
	m.capturing = true
	if err := m.open("SignedInfo", SignatureShape, "Id"); err != nil {
		return err
	}
	if err := m.methods(); err != nil {
		return err
	}
	if err := m.references(); err != nil {
		return err
	}
	m.capturing = false
	if err := m.open("SignatureValue", SignatureShape, "Id"); err != nil {
		return err
	}
	var err error
	if m.sig.value, err = m.base64(m.sig.value[:0], BadBase64); err != nil {
		return err
	}
	if err := m.readKeyInfo(); err != nil {
		return err
	}
	return m.close(SignatureShape)
}

// references: one to eight, to the End of SignedInfo.
func (m *messagePass) references() error {
	for {
		kind, err := m.sibling()
		if err != nil {
			return err
		}
		if kind == xmltoken.End && len(m.refs) > 0 {
			return nil
		}
		if kind != xmltoken.Start || !m.is("Reference") || len(m.refs) == maxRefs {
			return m.refuse(References)
		}
		if err := m.only("Id", "URI"); err != nil {
			return m.refuse(References)
		}
		uri := m.attr("URI")
		if len(uri) < 2 || len(uri) > maxID+1 || uri[0] != '#' || bytes.IndexByte(uri, '&') >= 0 {
			return m.refuse(References)
		}
		r := m.grow()
		r.id = uri[1:]
		if err := m.exclusive(r); err != nil {
			return err
		}
		if err := m.referenceDigest(); err != nil {
			return err
		}
		r.digest = m.sig.digest
	}
}

// grow appends a reference, whose buffers are reused.
func (m *messagePass) grow() *reference {
	n := len(m.refs)
	if n < cap(m.refs) {
		m.refs = m.refs[:n+1]
	} else {
		m.refs = append(m.refs, reference{})
	}
	r := &m.refs[n]
	r.prefixes = r.prefixes[:0]
	return r
}

// exclusive: Transforms with the one Transform there may be.
func (m *messagePass) exclusive(r *reference) error {
	if err := m.open("Transforms", Transforms); err != nil {
		return err
	}
	if err := m.open("Transform", Transforms, "Algorithm"); err != nil {
		return err
	}
	if string(m.attr("Algorithm")) != algExclusive {
		return m.refuse(Transforms)
	}
	var err error
	if r.prefixes, err = m.prefixList(r.prefixes, Transforms); err != nil {
		return err
	}
	return m.close(Transforms)
}

// readKeyInfo: one SecurityTokenReference with one way to the certificate.
func (m *messagePass) readKeyInfo() error {
	if err := m.open("KeyInfo", TokenShape, "Id"); err != nil {
		return err
	}
	if err := m.enter(spaceWSSE, "SecurityTokenReference"); err != nil {
		return err
	}
	kind, err := m.sibling()
	if err != nil {
		return err
	}
	switch {
	case kind != xmltoken.Start:
		err = m.refuse(TokenShape)
	case m.at(spaceWSSE, "Reference"):
		err = m.direct()
	case m.at(spaceWSSE, "KeyIdentifier"):
		err = m.embedded()
	case m.is("X509Data"):
		err = m.issuerSerial()
	default:
		err = m.refuse(TokenShape)
	}
	if err != nil {
		return err
	}
	if err := m.close(TokenShape); err != nil {
		return err
	}
	return m.close(TokenShape)
}

// enter moves to the Start of an element that may have attributes of ours to
// ignore: wsu:Id, wsse11:TokenType.
func (m *messagePass) enter(space, local string) error {
	kind, err := m.sibling()
	if err != nil {
		return err
	}
	if kind != xmltoken.Start || !m.at(space, local) {
		return m.refuse(TokenShape)
	}
	return nil
}

// plain returns the raw value of an attribute without namespace; attr is for
// where only has refused all others.
func (m *messagePass) plain(name string) []byte {
	for _, a := range m.tok.Attrs() {
		if len(a.Prefix) == 0 && string(a.Local) == name {
			return a.Value
		}
	}
	return nil
}

func (m *messagePass) direct() error {
	uri := m.plain("URI")
	if len(uri) < 2 || len(uri) > maxID+1 || uri[0] != '#' || bytes.IndexByte(uri, '&') >= 0 {
		return m.refuse(TokenShape)
	}
	m.token.form, m.token.id = tokenDirect, uri[1:]
	if v := m.plain("ValueType"); v != nil {
		if m.token.value = valueType(v); m.token.value == "" {
			return m.refuse(TokenShape)
		}
	}
	return m.close(TokenShape)
}

// embedded is a KeyIdentifier that is no identifier but the certificate. Key
// identifiers proper and SHA-1 thumbprints do not name one certificate.
func (m *messagePass) embedded() error {
	if valueType(m.plain("ValueType")) != valueX509 || !m.encoded() {
		return m.refuse(TokenShape)
	}
	m.token.form = tokenEmbedded
	var err error
	if m.sig.certs, err = m.base64(m.sig.certs[:0], BadCertificate); err != nil {
		return err
	}
	m.sig.ends = append(m.sig.ends[:0], len(m.sig.certs))
	return nil
}

func (m *messagePass) issuerSerial() error {
	if err := m.open("X509IssuerSerial", TokenShape); err != nil {
		return err
	}
	for _, f := range []struct {
		local string
		into  *[]byte
	}{{"X509IssuerName", &m.token.issuer}, {"X509SerialNumber", &m.token.serial}} {
		if err := m.open(f.local, TokenShape); err != nil {
			return err
		}
		text, err := m.simple()
		if err != nil {
			return err
		}
		*f.into = bytes.Clone(text)
	}
	m.token.form = tokenSerial
	if err := m.close(TokenShape); err != nil {
		return err
	}
	return m.close(TokenShape)
}

// encoded reports that the current token is in base64, said or not.
func (m *messagePass) encoded() bool {
	e := m.plain("EncodingType")
	return e == nil || string(e) == encodingBase64
}

// binaryToken reads the attributes of the BinarySecurityToken that is current.
func (m *messagePass) binaryToken() error {
	v := valueType(m.plain("ValueType"))
	if v == "" || !m.encoded() {
		return m.refuse(TokenShape)
	}
	m.token.binary = v
	return nil
}

// valueType is the constant of a ValueType that is allowed, "" for others.
func valueType(raw []byte) string {
	switch string(raw) {
	case valueX509:
		return valueX509
	case valuePKIPath:
		return valuePKIPath
	}
	return ""
}

// resolve finds the part that each reference is to, and judges their digests
// and the token: after it, the parts that are referred to are the signed ones.
func (m *messagePass) resolve(must []part) error {
	if must == nil {
		return nil
	}
	if m.place != after {
		return &refusal{code: SignatureShape}
	}
	var signed [parts]bool
	for i := range m.refs {
		p, ok := m.partOf(m.refs[i].id)
		if !ok || signed[p] {
			return &refusal{code: References}
		}
		m.refs[i].part, signed[p] = p, true
	}
	for _, p := range must {
		if !signed[p] {
			m.where = fault.Fault{Code: NotSigned, Expected: partName(p)}
			return &refusal{code: NotSigned}
		}
	}
	return nil
}

// partOf finds the part with an id.
func (m *messagePass) partOf(id []byte) (part, bool) {
	for p := range parts {
		if x := &m.pieces[p]; x.present && x.id != nil && bytes.Equal(x.id, id) {
			return p, true
		}
	}
	return 0, false
}

// checkDigests compares each part with its reference, hashing it once.
func (m *messagePass) checkDigests() *fault.Fault {
	for i := range m.refs {
		r := &m.refs[i]
		if !r.digest.of(m.pieces[r.part].canon.out) {
			return &fault.Fault{Code: PartChanged, Expected: partName(r.part)}
		}
	}
	return nil
}

// readToken fills certs and ends, the signer's first, from the token. There is
// one: the BinarySecurityToken that KeyInfo refers to, or none beside what
// KeyInfo itself holds.
func (m *messagePass) readToken() fault.Code {
	t := &m.token
	if (t.form == tokenDirect) != m.pieces[partToken].present {
		return TokenShape
	}
	if t.form != tokenDirect {
		return ""
	}
	x := &m.pieces[partToken]
	if !bytes.Equal(x.id, t.id) || t.value != "" && t.value != t.binary {
		return TokenShape
	}
	text, ok := m.textOf(partToken)
	if !ok {
		return TokenShape
	}
	var err error
	if m.sig.certs, err = appendBase64(m.sig.certs[:0], text); err != nil {
		return TokenUnreadable
	}
	m.sig.ends = append(m.sig.ends[:0], len(m.sig.certs))
	if t.binary == valuePKIPath {
		return m.splitPath()
	}
	return ""
}

// splitPath takes a PKIPath apart: a SEQUENCE of certificates, the signer's
// last (X.509, 10.1.3 of the token profile).
func (m *messagePass) splitPath() fault.Code {
	if len(m.sig.certs) > maxCerts*maxCertSize+16 { // else each two bytes may be an element
		return TokenUnreadable
	}
	var list []asn1.RawValue
	rest, err := asn1.Unmarshal(m.sig.certs, &list)
	if err != nil || len(rest) > 0 || len(list) == 0 || len(list) > maxCerts {
		return TokenUnreadable
	}
	turned := make([]byte, 0, len(m.sig.certs))
	m.sig.ends = m.sig.ends[:0]
	for i := len(list) - 1; i >= 0; i-- {
		turned = append(turned, list[i].FullBytes...)
		m.sig.ends = append(m.sig.ends, len(turned))
	}
	m.sig.certs = turned
	return ""
}

// textOf reads the simple content of a part from its canonical form, without
// outer blanks, as xs:anyURI and xs:dateTime have it. The slice ends with the
// next call.
func (m *messagePass) textOf(p part) ([]byte, bool) {
	m.small.Reset(m.pieces[p].canon.out, xmltoken.Limits{})
	if kind, err := m.small.Next(); err != nil || kind != xmltoken.Start {
		return nil, false
	}
	text, err := m.small.Text()
	return bytes.Trim(text, " \t\r\n"), err == nil
}
