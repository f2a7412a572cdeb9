package xmlsig

import (
	"bytes"
	"errors"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The namespaces of a message: SOAP 1.1 and 1.2, WS-Security 1.0 and its
// utility schema (OASIS 2004), WS-Addressing 1.0 (W3C 2006).
const (
	spaceSOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
	spaceSOAP12 = "http://www.w3.org/2003/05/soap-envelope"
	spaceWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	spaceWSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
	spaceWSU    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	spaceWSA    = "http://www.w3.org/2005/08/addressing"
	spaceEGov   = "http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/" // SPCoop's envelope 1.1
	spaceSAML   = "urn:oasis:names:tc:SAML:2.0:assertion"             // saml-core-2.0-os, section 1.1
)

// Limits on a message, beside those of a document.
const (
	MaxMessage = 12 << 20 // bytes: the longest HTTP body (contracts.md, Bytes)
	maxRefs    = 8        // References of one SignedInfo
)

// part is a place in a message that a Reference may be to: nothing elsewhere
// can be signed, whatever its name or id.
type part uint8

const (
	partBody      part = iota // /Envelope/Body
	partTimestamp             // /Envelope/Header/Security/Timestamp
	partTo                    // /Envelope/Header/To, and so the next
	partMessageID
	partRelatesTo
	partAction
	partFrom
	partReplyTo
	partFaultTo
	partDigests // X-RequestDigest, of whatever namespace
	partToken   // /Envelope/Header/Security/BinarySecurityToken
	// /Envelope/Header/Security/Assertion of SAML 2.0, by its own ID.
	partAssertion
	parts
)

// partName is what a part is called in faults.
func partName(p part) string {
	return [parts]string{
		"soap:Body", "wsu:Timestamp", "wsa:To", "wsa:MessageID", "wsa:RelatesTo", "wsa:Action", "wsa:From",
		"wsa:ReplyTo", "wsa:FaultTo", digestsLocal, "wsse:BinarySecurityToken", "saml:Assertion",
	}[p]
}

// digestsLocal is the header block by which an answer names its request:
// X-RequestDigest, as GovWay writes it for PROFILE_NON_REPUDIATION_01.
const digestsLocal = "X-RequestDigest"

// piece is a part as it was found: its canonical form and its wsu:Id.
type piece struct {
	canon   canon
	present bool
	id      []byte // raw, nil without
}

// reference is one ds:Reference.
type reference struct {
	id       []byte // behind the #, raw
	part     part
	prefixes [][]byte
	digest   Digest
}

// messagePass reads one message: the guard and the grammar are those of pass,
// the layout is SOAP's. Buffers are reused; nothing in it outlives the next run.
type messagePass struct {
	pass
	version  string // namespace of the Envelope
	size     int    // bytes of the message
	security bool
	pieces   [parts]piece
	refs     []reference
	lists    [parts][][]byte // PrefixLists learnt by the first reading, of parts before the Signature
	infos    [][]byte        // SignedInfo's, likewise
	body     [][]byte        // PrefixList of a Body about to be signed
	spare    []byte          // what those of the first reading point into
	learnt   bool            // the first reading came to the end of the Signature
	token    tokenRef
	small    xmltoken.Reader // over canonical parts
	where    fault.Fault     // what a fault of resolve is about
}

// run reads src. Without a fault every reference is to a part, and the parts
// are canonical by the PrefixList of their reference, and those of must are
// signed. A nil must admits a message without Signature, for who is about to
// sign it.
func (m *messagePass) run(src []byte, must []part) *fault.Fault {
	for i := range m.lists {
		m.lists[i] = m.lists[i][:0]
	}
	m.lists[partBody] = append(m.lists[partBody], m.body...)
	m.learnt, m.family = false, true
	err := m.read(src, nil)
	if errors.Is(err, errReadAgain) {
		m.sig.prefixBuf, m.spare = m.spare, m.sig.prefixBuf // the lists still point into it
		err = m.read(src, m.infos)
	}
	if err == nil {
		err = m.resolve(must)
	}
	if err == nil {
		return nil
	}
	f := faultOf(err)
	f.Code = messageCode(f.Code)
	if m.where.Code == f.Code {
		f.Expected = m.where.Expected
	}
	return f
}

// errReadAgain: a part, or SignedInfo, was written before its PrefixList was
// known. It never leaves run.
var errReadAgain = errors.New("read again with the PrefixLists")

// learn keeps the PrefixLists of what stands before the end of the Signature
// just read, and says if that must be written again. The Body, the bulk of a
// message, is then not read twice.
func (m *messagePass) learn() error {
	if m.learnt {
		return nil
	}
	m.learnt = true
	m.infos = append(m.infos[:0], m.sig.infoSet...)
	again := len(m.infos) > 0
	for i := range m.refs {
		r := &m.refs[i]
		p, met := m.partOf(r.id)
		if len(r.prefixes) > 0 && met {
			m.lists[p] = append(m.lists[p][:0], r.prefixes...)
			again = true
		}
	}
	if again {
		return errReadAgain
	}
	return nil
}

func (m *messagePass) read(src []byte, infos [][]byte) error {
	m.reset()
	m.info.reset(infos)
	m.info.most = maxPart
	for i := range m.pieces {
		p := &m.pieces[i]
		p.present, p.id = false, nil
		p.canon.most = maxPart
	}
	m.version, m.size, m.security = "", len(src), false
	m.refs, m.token, m.where = m.refs[:0], tokenRef{}, fault.Fault{}
	m.pieces[partBody].canon.most = longestForm(len(src), MaxMessage)
	if len(src) > MaxMessage {
		return &refusal{code: TooLarge}
	}
	m.tok.Reset(src, xmltoken.Limits{Depth: maxDepth, Attrs: maxAttrs, Decls: maxDecls})
	if err := m.envelope(); err != nil {
		return err
	}
	return m.repeatedID()
}

// envelope: Header, Body, and nothing else.
func (m *messagePass) envelope() error {
	if kind, err := m.element(); err != nil {
		return err
	} else if kind != xmltoken.Start || string(m.tok.Local()) != "Envelope" {
		return m.refuse(fault.NotAnEnvelope)
	}
	switch string(m.tok.Space()) {
	case spaceSOAP11:
		m.version = spaceSOAP11
	case spaceSOAP12:
		m.version = spaceSOAP12
	default:
		return m.refuse(fault.EnvelopeVersion)
	}
	kind, err := m.element()
	if err != nil {
		return err
	}
	if kind != xmltoken.Start || !m.at(m.version, "Header") {
		return m.refuse(NoSecurity)
	}
	if err := m.header(); err != nil {
		return err
	}
	if !m.security {
		return m.refuse(NoSecurity)
	}
	if kind, err = m.element(); err != nil {
		return err
	}
	if kind != xmltoken.Start || !m.at(m.version, "Body") {
		return m.refuse(fault.NotAnEnvelope)
	}
	if err := m.capture(partBody); err != nil {
		return err
	}
	if kind, err = m.element(); err != nil {
		return err
	}
	if kind != xmltoken.End {
		return m.refuse(fault.NotAnEnvelope)
	}
	if kind, err = m.element(); err == nil && kind != xmltoken.EOF {
		err = m.refuse(fault.NotAnEnvelope)
	}
	return err
}

// header reads the blocks of the Header whose Start is current.
func (m *messagePass) header() error {
	for {
		kind, err := m.element()
		if err != nil || kind == xmltoken.End {
			return err
		}
		switch p, known := m.block(); {
		case m.at(spaceWSSE, "Security"):
			err = m.securityHeader()
		case known:
			err = m.capture(p)
		case string(m.tok.Space()) == spaceEGov: // mandatory or not
			err = m.refuse(fault.MessageEGov)
		case m.mandatory():
			err = m.refuse(fault.MustUnderstand)
		default:
			err = m.skip()
		}
		if err != nil {
			return err
		}
	}
}

// block is the part that the current Start of a header block is.
func (m *messagePass) block() (part, bool) {
	if string(m.tok.Local()) == digestsLocal {
		return partDigests, true
	}
	if string(m.tok.Space()) != spaceWSA {
		return 0, false
	}
	switch string(m.tok.Local()) {
	case "To":
		return partTo, true
	case "MessageID":
		return partMessageID, true
	case "RelatesTo":
		return partRelatesTo, true
	case "Action":
		return partAction, true
	case "From":
		return partFrom, true
	case "ReplyTo":
		return partReplyTo, true
	case "FaultTo":
		return partFaultTo, true
	}
	return 0, false
}

// mandatory reports mustUnderstand on the current block.
func (m *messagePass) mandatory() bool {
	value := m.soapAttr("mustUnderstand")
	return value != nil && string(value) != "0" && string(value) != "false"
}

// soapAttr is the raw value of an attribute of the envelope's namespace.
func (m *messagePass) soapAttr(local string) []byte {
	for _, a := range m.tok.Attrs() {
		if string(a.Local) == local && string(a.Space) == m.version {
			return a.Value
		}
	}
	return nil
}

// forUs reports whether the current Security names no actor or role but that of
// whoever receives it.
func (m *messagePass) forUs() bool {
	value := string(m.soapAttr("actor")) + string(m.soapAttr("role"))
	switch value {
	case "", "http://schemas.xmlsoap.org/soap/actor/next", spaceSOAP12 + "/role/next", spaceSOAP12 + "/role/ultimateReceiver":
		return true
	}
	return false
}

// securityHeader: Timestamp, BinarySecurityToken, Assertion and Signature, in any
// order.
func (m *messagePass) securityHeader() error {
	if m.security {
		return m.refuse(fault.SecurityTwice)
	}
	if !m.forUs() {
		return m.refuse(NoSecurity)
	}
	m.security = true
	for {
		kind, err := m.element()
		if err != nil || kind == xmltoken.End {
			return err
		}
		switch {
		case m.at(spaceWSU, "Timestamp"):
			err = m.capture(partTimestamp)
		case m.at(spaceWSSE, "BinarySecurityToken"):
			if err = m.binaryToken(); err == nil {
				err = m.capture(partToken)
			}
		case m.at(spaceSAML, "Assertion"):
			err = m.capture(partAssertion)
		case m.at(spaceSAML, "EncryptedAssertion"):
			err = m.refuse(fault.AssertionEncrypted)
		case m.at(spaceWSSE, "UsernameToken"):
			err = m.refuse(fault.UserNameRefused)
		case isSignature(&m.tok):
			if m.place == after {
				return m.refuse(SecondSignature)
			}
			m.place = inside
			if err = m.readMessageSignature(); err == nil {
				err = m.learn()
			}
			m.place = after
		default:
			err = m.refuse(SecurityShape)
		}
		if err != nil {
			return err
		}
	}
}

// capture writes the canonical form of the part whose Start is current.
func (m *messagePass) capture(p part) error {
	x := &m.pieces[p]
	if x.present {
		switch p {
		case partTimestamp, partToken:
			return m.refuse(SecurityShape)
		case partAssertion:
			return m.refuse(fault.AssertionTwice)
		}
		return m.refuse(HeaderTwice)
	}
	x.present, x.id = true, m.wsuID()
	if p == partAssertion {
		x.id = m.plain("ID")
	}
	list := m.lists[p]
	if m.place == after {
		list = m.listOf(x.id)
	}
	x.canon.reset(list)
	if p == partBody {
		x.canon.expect(m.size)
	}
	if err := x.canon.start(&m.tok); err != nil {
		return err
	}
	depth := m.tok.Depth()
	m.values = append(m.values[:0], state{})
	for {
		kind, err := m.next()
		if err != nil {
			return err
		}
		if err := m.write(kind, &x.canon); err != nil || kind == xmltoken.End && m.tok.Depth() == depth {
			return err
		}
	}
}

// write hands the current token to c, and refuses a comment inside a value.
func (m *messagePass) write(kind xmltoken.Kind, c *canon) error {
	top := len(m.values) - 1
	switch kind {
	case xmltoken.Start:
		m.values[top].child = true
		m.values = append(m.values, state{})
		return c.start(&m.tok)
	case xmltoken.End:
		if v := m.values[top]; v.comment && (v.text || !v.child) {
			return m.refuse(CommentInside)
		}
		m.values = m.values[:top]
		c.end(&m.tok)
	case xmltoken.Text:
		m.values[top].text = m.values[top].text || !isBlank(m.tok.Raw())
		return c.text(&m.tok)
	case xmltoken.CData:
		m.values[top].text = true
		return c.cdata(&m.tok)
	case xmltoken.Comment:
		m.values[top].comment = true
	}
	return nil
}

// skip passes over the element whose Start is current: nothing reads it.
func (m *messagePass) skip() error {
	depth := m.tok.Depth()
	for {
		kind, err := m.next()
		if err != nil || kind == xmltoken.End && m.tok.Depth() == depth {
			return err
		}
	}
}

// element moves to the next Start, End or EOF, over blanks and comments.
func (m *messagePass) element() (xmltoken.Kind, error) {
	for {
		kind, err := m.next()
		switch {
		case err != nil, kind == xmltoken.Start, kind == xmltoken.End, kind == xmltoken.EOF:
			return kind, err
		case kind == xmltoken.CData, kind == xmltoken.Text && !isBlank(m.tok.Raw()):
			return kind, m.refuse(fault.NotAnEnvelope)
		}
	}
}

// at reports the expanded name of the current tag.
func (m *messagePass) at(space, local string) bool {
	return string(m.tok.Local()) == local && string(m.tok.Space()) == space
}

// wsuID is the raw wsu:Id of the current Start. Other attributes name nothing:
// one reader's Id is another's plain attribute.
func (m *messagePass) wsuID() []byte {
	for _, a := range m.tok.Attrs() {
		if string(a.Local) == "Id" && string(a.Space) == spaceWSU {
			return a.Value
		}
	}
	return nil
}

// listOf is the PrefixList of the Reference to an id.
func (m *messagePass) listOf(id []byte) [][]byte {
	for i := range m.refs {
		if id != nil && bytes.Equal(m.refs[i].id, id) {
			return m.refs[i].prefixes
		}
	}
	return nil
}
