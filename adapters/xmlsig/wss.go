package xmlsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// maxMessageID is the longest MessageID, in bytes.
const maxMessageID = 255

// Message is a SOAP message whose WS-Security signature holds: what the AgID
// patterns ID_AUTH_SOAP_02 and INTEGRITY_SOAP_01 have signed. Everything in it
// was read from canonical signed bytes, but for a Body that is not Whole.
// Whether its instants, its address and its certificates hold at some moment is
// asked apart.
type Message struct {
	Version   string            // namespace of the Envelope: SOAP 1.1 or 1.2
	Body      []byte            // canonical form of the Body element; the caller's own
	Digest    [sha256.Size]byte // SHA-256 of Body
	Whole     bool              // the signature covers Body
	To        string
	ID        string // wsa:MessageID if it is signed, else ""
	Action    string // wsa:Action if it is signed, else ""; an empty one says nothing
	RelatesTo string // wsa:RelatesTo if it is signed, else ""
	Created   time.Time
	Expires   time.Time
	Signed    []Reference // in the order of SignedInfo
	Asserted  bool        // Security holds an Assertion, which is not judged here
	Vouches   bool        // the signature covers that Assertion

	Certificate *x509.Certificate // the signer's; shared, not to be changed
	// Sender names who signed, for as long as it can: organizationIdentifier
	// (AgID, annex Digest and Signature), else the codice fiscale, else the
	// SHA-256 of the certificate.
	Sender string

	chains  [][]*x509.Certificate
	digests []byte // canonical X-RequestDigest, if it is signed
}

// Reference is one ds:Reference of a message, for its answer to repeat.
type Reference struct {
	ID       string // the URI without #, as written: it holds no & and no blank
	Prefixes string // PrefixList, names separated by blanks
	Digest   Digest
}

// MessageVerifier verifies messages. It is safe for concurrent use.
type MessageVerifier struct {
	trust    *Trust
	required map[string]MessageRequirements // by name; not changed
	passes   passes[messagePass]
}

// NewMessageVerifier returns a MessageVerifier that trusts what trust trusts.
// The names must not be those under which documents are verified: the usage
// required of a certificate differs.
func NewMessageVerifier(trust *Trust) *MessageVerifier {
	return &MessageVerifier{trust: trust}
}

// Verify judges a message (UTF-8, without byte order mark) against the anchors
// filed under name: the guard, the layout, the grammar, what is signed, the
// digests, the name's algorithms, the token, the signature value, the chain, key
// usage, the name's pins and the form of what was signed, in this order. It
// stops at the first fault. The Message is empty beside a fault.
func (v *MessageVerifier) Verify(src []byte, name string) (Message, *fault.Fault) {
	m := v.passes.get(len(src))
	defer v.passes.put(m, len(src))
	required := v.required[name]
	if f := m.run(src, required.parts()); f != nil {
		return Message{}, f
	}
	if f := m.checkDigests(); f != nil {
		return Message{}, f
	}
	if !required.allows(m.sig.method) {
		return Message{}, &fault.Fault{Code: messageCode(ForbiddenAlgorithm)}
	}
	known, code := v.signer(m, name)
	if code == "" {
		code = required.pins(known)
	}
	if code != "" {
		return Message{}, &fault.Fault{Code: messageCode(code)}
	}
	return m.message(known, len(src))
}

// signer finds the signer's certificate, checks the value with it and judges it.
func (v *MessageVerifier) signer(m *messagePass, name string) (*path, fault.Code) {
	if code := m.readToken(); code != "" {
		return nil, code
	}
	if m.token.form == tokenSerial {
		c := v.trust.bySerial(name, m.token.issuer, m.token.serial)
		if c == nil {
			return nil, TokenUnknown
		}
		m.sig.certs = append(m.sig.certs[:0], c.Raw...)
		m.sig.ends = append(m.sig.ends[:0], len(m.sig.certs))
	}
	from := 0
	for _, end := range m.sig.ends {
		if end == from || end-from > maxCertSize {
			return nil, BadCertificate
		}
		from = end
	}
	key := v.trust.key(name, m.sig.certs, m.sig.ends)
	known := v.trust.lookup(key)
	if known == nil {
		var err error
		if known, err = parsePath(m.sig.certs, m.sig.ends); err != nil {
			return nil, BadCertificate
		}
	}
	if code := m.checkValue(known.certs[0]); code != "" {
		return nil, code
	}
	return known, v.trust.judge(key, known, x509.KeyUsageDigitalSignature, HolderOf) // usage: contracts.md
}

// message reads the values of the signed parts of a message of size bytes.
func (m *messagePass) message(known *path, size int) (Message, *fault.Fault) {
	msg := Message{
		Version: m.version, Certificate: known.certs[0], Sender: known.signer, chains: known.chains,
		Signed: m.signedReferences(), Asserted: m.pieces[partAssertion].present, Vouches: m.isSigned(partAssertion),
	}
	known256 := false
	for i := range m.refs {
		if m.refs[i].part == partBody {
			msg.Whole = true
			msg.Digest, known256 = m.refs[i].digest.sha256() // as checkDigests found it
		}
	}
	if !known256 {
		msg.Digest = sha256.Sum256(m.pieces[partBody].canon.out)
	}
	for _, f := range []struct {
		part part
		into *string
	}{{partTo, &msg.To}, {partMessageID, &msg.ID}, {partAction, &msg.Action}, {partRelatesTo, &msg.RelatesTo}} {
		if !m.isSigned(f.part) {
			continue
		}
		text, ok := m.textOf(f.part)
		if !ok || len(text) == 0 && f.part != partAction || len(text) > 2*maxMessageID {
			return Message{}, &fault.Fault{Code: AddressShape, Expected: partName(f.part)}
		}
		*f.into = string(text)
	}
	if m.isSigned(partMessageID) && (!absoluteIRI(msg.ID) || len(msg.ID) > maxMessageID) {
		return Message{}, &fault.Fault{Code: MessageIDShape}
	}
	var ok bool
	if msg.Created, msg.Expires, ok = m.timestamp(); !ok {
		return Message{}, &fault.Fault{Code: TimestampShape}
	}
	msg.Body = m.pieces[partBody].canon.own(size)
	if m.isSigned(partDigests) {
		msg.digests = slices.Clone(m.pieces[partDigests].canon.out)
	}
	return msg, nil
}

func (m *messagePass) isSigned(p part) bool {
	for i := range m.refs {
		if m.refs[i].part == p {
			return true
		}
	}
	return false
}

// signedReferences copies the references into one string that all share.
func (m *messagePass) signedReferences() []Reference {
	text := m.sig.text[:0]
	for i := range m.refs {
		text = append(text, m.refs[i].id...)
		text = appendPrefixes(text, m.refs[i].prefixes)
	}
	m.sig.text = text
	all, list := string(text), make([]Reference, len(m.refs))
	for i := range m.refs {
		r := &m.refs[i]
		n := 0
		for j, p := range r.prefixes {
			n += len(p)
			if len(p) == 0 {
				n += len("#default")
			}
			if j > 0 {
				n++
			}
		}
		list[i] = Reference{ID: all[:len(r.id)], Prefixes: all[len(r.id) : len(r.id)+n], Digest: r.digest}
		all = all[len(r.id)+n:]
	}
	return list
}

// appendPrefixes writes a PrefixList.
func appendPrefixes(dst []byte, prefixes [][]byte) []byte {
	for i, p := range prefixes {
		if i > 0 {
			dst = append(dst, ' ')
		}
		if len(p) == 0 {
			dst = append(dst, "#default"...)
		}
		dst = append(dst, p...)
	}
	return dst
}

// absoluteIRI checks the form: a scheme (RFC 3986, 3.1), a colon, more, and no
// blank.
func absoluteIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || scheme == "" || strings.ContainsAny(s, " \t\r\n") {
		return false
	}
	for i, c := range []byte(scheme) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// Verified is the message as what its signature covers, for whatever is judged
// of signers' certificates; its Signer is the Sender.
func (m Message) Verified() Verified {
	return Verified{Content: m.Body, Digest: m.Digest, Certificate: m.Certificate, Signer: m.Sender, chains: m.chains}
}

// CheckValidity judges every certificate of the signer's chain at an instant.
func (m Message) CheckValidity(at time.Time) *fault.Fault { return m.CheckStanding(at, Conditions{}) }

// CheckStanding judges them by a policy, as Verified.CheckStanding does.
func (m Message) CheckStanding(at time.Time, c Conditions) *fault.Fault {
	faults := m.Verified().CheckStanding(at, c)
	if len(faults) == 0 {
		return nil
	}
	return &fault.Fault{Code: messageCode(faults[0].Code)}
}

// HolderOf names the holder of a certificate, who need not be a person, for as
// long as it can: organizationIdentifier (AgID, annex Digest and Signature), else
// the codice fiscale, else the SHA-256 of the certificate in hexadecimal digits.
func HolderOf(c *x509.Certificate) string {
	if organization := OrganizationOf(c); organization != "" {
		return organization
	}
	if cf := signerOf(c); cf != "" {
		return cf
	}
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// bySerial finds the certificate with this issuer and serial number among those
// filed under name; the signature must then verify with its key.
func (t *Trust) bySerial(name string, issuer, serial []byte) *x509.Certificate {
	a := t.anchors[name]
	if a == nil {
		return nil
	}
	digits := string(bytes.Trim(serial, " \t\r\n"))
	for _, c := range a.list {
		if !c.IsCA && c.SerialNumber.String() == digits && sameName(string(issuer), c.RawIssuer) {
			return c
		}
	}
	return nil
}
